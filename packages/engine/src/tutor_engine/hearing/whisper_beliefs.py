"""When words that Whisper wrote are believed: its own figures, loops, and how fast anybody can speak. Pure.

Whisper writes fluent sentences for silence, noise and a sound that was cut too short. What betrays them is a
poor probability, text that repeats itself, phrases of the videos it learned from, and more words than the
voice in the sound could have said.
"""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tutor_engine.hearing.port import Transcript
from tutor_engine.text import HAN

_INVENTED = re.compile(
    r"^(thanks? (you )?(so much |very much )?for (watching|listening).*|(please )?(like and )?subscribe.*|"
    r"(subtitles?|captions?|transcri(bed|ption)) by.*|see you (in the )?next (time|video).*|you|bye[- ]?bye|"
    r".*(amara\.org|字幕|订阅|点赞|打赏|转发).*|谢谢(大家)?(的?观看|收看|收听).*|(我们)?下(期|次|集)再见)[.!。！]?$",
    re.IGNORECASE,
)
"""What Whisper writes for silence and noise: the ends of videos it was trained on."""

_PAUSE = re.compile(r"[\s,，、.。!！?？;；:：…]+")
_STUTTER = re.compile(
    r"(?<!\S)(?:(\S+ )\1{5}|((?:\S+ ){2,8}?)\2{3})|([\u4e00-\u9fff]{2,10}? ?)\3{3}|([^\W\d]{1,3})\4{7}"
)
"""One word six times in a row, several words four times, a few letters eight times: a decoder in circles."""

_HANZI = re.compile(f"[{HAN}]")
_VOWELS = re.compile(r"[aeiouy]+|\d", re.IGNORECASE)
_FASTEST_SYLLABLES_S = 11.0
"""Per second of voice. Fast Mandarin and fast English have 7 to 8; the voice detector misses a fifth."""
_FREE_SYLLABLES = 3
"""Words so short that the length of the voice cannot be told exactly."""


@dataclass(frozen=True, slots=True)
class HallucinationRules:
    """When a decoded segment is not believed."""

    no_speech: float = 0.6
    doubtful_logprob: float = -0.7
    """With a high no-speech probability or a suspicious phrase, only a better log probability is believed;
    a result of a short window below it is decoded again with the whole 30 s."""
    hopeless_logprob: float = -1.5
    compression: float = 2.4
    """Text that compresses better than this repeats itself."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What one decoded piece of sound says and how sure the decoder is."""

    text: str
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    ended: bool = True
    """False: the decoder was stopped by its limit, not by the end of the words."""
    language: str = ""


def compression_of(text: str) -> float:
    """How much shorter a text becomes by zlib; short texts stay under 1."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0


def syllables(text: str) -> int:
    """About how many syllables a text has: a Hanzi and a group of Latin vowels or a digit is one."""
    return len(_HANZI.findall(text)) + len(_VOWELS.findall(_HANZI.sub(" ", text)))


def repeats(segment: Segment, rules: HallucinationRules) -> bool:
    """Whether the decoder went in circles."""
    paced = _PAUSE.sub(" ", segment.text.casefold()).strip() + " "
    return segment.compression_ratio > rules.compression or _STUTTER.search(paced) is not None


def too_fast(text: str, voiced_ms: float) -> bool:
    """Whether nobody can say this text in so much voice."""
    return syllables(text) > _FREE_SYLLABLES + _FASTEST_SYLLABLES_S * voiced_ms / 1000


def believable(segment: Segment, rules: HallucinationRules, voiced_ms: float | None = None) -> bool:
    """Whether a segment is speech rather than invention; `voiced_ms` is how much voice the sound has."""
    suspicious = segment.no_speech_prob > rules.no_speech or _INVENTED.match(segment.text.strip()) is not None
    if suspicious and segment.avg_logprob < rules.doubtful_logprob:
        return False
    if repeats(segment, rules) or (voiced_ms is not None and too_fast(segment.text, voiced_ms)):
        return False
    return segment.avg_logprob >= rules.hopeless_logprob


def doubtful(segment: Segment, rules: HallucinationRules, voiced_ms: float) -> bool:
    """Whether a second, more expensive decoding is worth its time."""
    return (
        not segment.text.strip()
        or not segment.ended
        or segment.avg_logprob < rules.doubtful_logprob
        or not believable(segment, rules, voiced_ms)
    )


def better(one: Segment, other: Segment, rules: HallucinationRules, voiced_ms: float) -> Segment:
    """The one to go on with: what is believed, has words, has ended, and then what is more probable."""

    def worth(segment: Segment) -> tuple[bool, bool, bool, float]:
        believed = believable(segment, rules, voiced_ms)
        return believed, bool(segment.text.strip()), segment.ended, segment.avg_logprob

    return max(one, other, key=worth)


def transcript_of(
    segments: Iterable[tuple[Segment, float | None]], language: str, rules: HallucinationRules
) -> Transcript:
    """Join the segments (each with its voice) that are believed; the confidence is their mean probability."""
    believed = [segment for segment, voiced_ms in segments if believable(segment, rules, voiced_ms)]
    text = "".join(segment.text for segment in believed).strip()
    if not text:
        return Transcript("", language, 0.0)
    mean = sum(segment.avg_logprob for segment in believed) / len(believed)
    heard = believed[0].language or language
    return Transcript(text, heard, float(np.exp(min(0.0, mean))))
