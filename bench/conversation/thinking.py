"""Students who think while they speak: questions with a pause inside a clause, and traces of what is heard.

Two kinds of pause at the same random places. Silence cut into a fluent sentence: the hardest kind, for people
draw out the last word and keep its pitch up, and this voice stops as if it were done. And silence after an
"um", with which the same voice says that there is more to come.

A trace holds what the end of turn is judged by (voice of each frame, words so far, the judge's opinions), so
that policies are compared on the same hearing.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.conversation.material import Question, Spoken, in_a_room, to_16_khz
from bench.student import Pcm
from bench.voice import record
from tutor_engine.hearing.endpointing import Decision, Endpointer, EndpointRules
from tutor_engine.hearing.ngrams import library_model, words_of
from tutor_engine.hearing.port import (
    RATE_HZ,
    VOICE_FRAME_BYTES,
    VOICE_FRAME_MS,
    VoiceDetector,
)
from tutor_engine.hearing.smart_turn import SmartTurn
from tutor_engine.hearing.sphinx_messages import Open
from tutor_engine.hearing.sphinx_reader import English, Reading
from tutor_engine.hearing.stage import DRAFT_AFTER_MS, JUDGED_MS, PRE_ROLL_MS

LIBRARY = "library"
PAUSES_S = (0.4, 1.5)
LEAD_MS = 500
_BEFORE_UM_S = 0.06
AFTER_MS = 6_000
_SNAP_MS = 80
_PER_MS = RATE_HZ // 1000


@dataclass(frozen=True, slots=True)
class Thought:
    """A question, and where its pause and its speech end."""

    spoken: Spoken
    pause_ms: tuple[float, float] | None
    """None when it is said in one go."""
    end_ms: float
    rest: str = ""
    """What is said after the pause."""


@dataclass(slots=True)
class Trace:
    """What hearing perceives of a thought."""

    thought: Thought
    voice: list[float]
    words: list[tuple[float, str]]
    judged: dict[tuple[float, float], float] = field(default_factory=dict[tuple[float, float], float])


def said_at_once(asked: list[Question], voice: str) -> list[Thought]:
    """Questions without a pause."""
    thoughts: list[Thought] = []
    for at, each in enumerate(asked):
        pcm = to_16_khz(record(each.text, voice, lead_s=0.0))
        room = in_a_room(pcm, at, before_ms=LEAD_MS, after_ms=AFTER_MS)
        end_ms = LEAD_MS + pcm.size / _PER_MS
        thoughts.append(Thought(Spoken(voice, each.text, each.phrase, room), None, end_ms))
    return thoughts


def thought_about(asked: list[Question], voice: str, *, um: bool = False) -> list[Thought]:
    """Questions of five words and more with one pause between two words, 0.4 to 1.5 s, never at a comma."""
    random = np.random.default_rng(7)
    hesitation = to_16_khz(record("um", voice, lead_s=_BEFORE_UM_S)) if um else np.zeros(0, np.int16)
    thoughts: list[Thought] = []
    for at, each in enumerate(asked):
        split = each.text.split()
        if len(split) < 5:
            continue
        cut = int(random.integers(2, len(split) - 1))
        pcm = to_16_khz(record(each.text, voice, lead_s=0.0))
        where = _between_words(pcm, to_16_khz(record(" ".join(split[:cut]), voice, lead_s=0.0)).size)
        pause_ms = float(random.uniform(*PAUSES_S)) * 1000
        quiet = np.zeros(int(pause_ms * _PER_MS), np.int16)
        thinking = np.concatenate([pcm[:where], hesitation, quiet, pcm[where:]])
        room = in_a_room(thinking, at, before_ms=LEAD_MS, after_ms=AFTER_MS)
        begins_ms = LEAD_MS + (where + hesitation.size) / _PER_MS
        end_ms = LEAD_MS + thinking.size / _PER_MS
        text = " ".join([*split[:cut], "um …" if um else "…", *split[cut:]])
        pause = (begins_ms, begins_ms + pause_ms)
        rest = " ".join(split[cut:])
        thoughts.append(Thought(Spoken(voice, text, "", room), pause, end_ms, rest))
    return thoughts


def with_library(english: English, sentences: Sequence[str]) -> str:
    """Give the recogniser a library's language model; its name."""
    known = english.add_words(words_of(sentences))
    with tempfile.TemporaryDirectory() as folder:
        arpa = Path(folder) / "library.arpa"
        arpa.write_text(library_model(sentences, known), "utf-8")
        english.add_model(LIBRARY, arpa)
    return LIBRARY


def _between_words(pcm: Pcm, near: int) -> int:
    """The quietest place around a sample; a phrase alone lasts a little longer than inside a sentence."""
    window = _SNAP_MS * _PER_MS
    first, last = max(0, near - 2 * window), min(pcm.size - window, near + window)
    step = 5 * _PER_MS
    places = range(first, max(first + 1, last), step)
    return (
        min(places, key=lambda at: float(np.abs(pcm[at : at + 4 * step].astype(np.int32)).sum())) + 2 * step
    )


def trace(thought: Thought, detector: VoiceDetector, english: English, search: str) -> Trace:
    """Listen to a thought once: voice of each frame, and the words shown by one language model.

    As in a lesson, the end is prepared when the student falls silent, and those words stand until they go on.
    """
    pcm = thought.spoken.pcm.tobytes()
    starts = range(0, len(pcm) - VOICE_FRAME_BYTES + 1, VOICE_FRAME_BYTES)
    reading = Reading(english, Open(1, ""), search)
    voice: list[float] = []
    words: list[tuple[float, str]] = []
    silence_ms, began = 0.0, False
    for number, start in enumerate(starts, start=1):
        frame = pcm[start : start + VOICE_FRAME_BYTES]
        voice.append(detector.probability(frame))
        voiced = voice[-1] >= EndpointRules().still_voice
        began |= voiced
        drafted = silence_ms >= DRAFT_AFTER_MS
        silence_ms = 0.0 if voiced else silence_ms + VOICE_FRAME_MS
        if number * VOICE_FRAME_MS > thought.end_ms + 1_000:
            continue
        partial = reading.hear(frame)
        text = partial.text if partial is not None and silence_ms < DRAFT_AFTER_MS else ""
        if began and not drafted and silence_ms >= DRAFT_AFTER_MS:
            text = _drafted(reading)
        if text and (not words or words[-1][1] != text):
            words.append((number * VOICE_FRAME_MS, text))
    reading.finish()
    return Trace(thought, voice, words)


def _drafted(reading: Reading) -> str:
    """The words if nothing more is said, from a copy of this process, as a reader makes them."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(theirs, reading.draft(1).heard.encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as told:
        words = told.read().decode()
    os.waitpid(pid, 0)
    return words


@dataclass(frozen=True, slots=True)
class End:
    """Where a policy ended a turn, and the words that were known then."""

    at_ms: float
    words: str


def turn_ends(
    heard: Trace, endpointer: Endpointer, judge: SmartTurn | None, lag_ms: float, zero_ms: float = 0.0
) -> list[End]:
    """Where the policy ends turns; words come `lag_ms` after their sound.

    `zero_ms` is where in the endpointer's lesson the trace begins.
    """
    ends: list[End] = []
    shown = 0
    words = ""
    for number, probability in enumerate(heard.voice):
        start_ms = float(number * VOICE_FRAME_MS)
        now_ms = start_ms + VOICE_FRAME_MS
        while shown < len(heard.words) and heard.words[shown][0] + lag_ms <= now_ms:
            words = heard.words[shown][1]
            endpointer.words(words)
            shown += 1
        decision = endpointer.frame(probability, zero_ms + start_ms, zero_ms + now_ms)
        if decision is Decision.ASK and judge is not None:
            since_ms = endpointer.voice_start_ms - zero_ms - PRE_ROLL_MS
            opinion = _opinion(heard, judge, since_ms, now_ms)
            decision = endpointer.judged(opinion, zero_ms + now_ms, zero_ms + now_ms)
        if decision is Decision.END:
            ends.append(End(now_ms, words))
    return ends


def _opinion(heard: Trace, judge: SmartTurn, since_ms: float, now_ms: float) -> float:
    since_ms = max(0.0, since_ms, now_ms - JUDGED_MS)
    key = (since_ms, now_ms)
    if key not in heard.judged:
        sound = heard.thought.spoken.pcm[int(since_ms * _PER_MS) : int(now_ms * _PER_MS)]
        heard.judged[key] = judge.judge(sound.tobytes())
    return heard.judged[key]
