"""Sound against lips, at a real peer: what a student receives, measured with the face mesh.

The tutor says known sentences. Frames and sound are recorded as they arrive (the moment of the first RTP
packet of each), laid on one 25 fps clock, and the opening of the mouth is compared with the loudness of the
received sound and with the phonemes of the sentence. Baselines in the same run: the right face against the
wrong sentence, and the same recording with the picture shifted on purpose.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.house import MODELS, House
from bench.student import ADA, LIN, Seen, Sound, Student
from bench.tables import show
from tutor_engine.showing.lipsync import (
    Articulated,
    MouthSeries,
    Offset,
    Span,
    articulated,
    found_shifts,
    loudness,
    measure,
    mismatched,
    moving_in_silence,
    offset,
    opening_range,
)
from tutor_engine.showing.port import FRAME_MS, TimedPhoneme
from tutor_engine.showing.puppet.mesh import FaceMesh, FaceModels
from tutor_engine.showing.visemes import MouthTrack, visemes_of
from tutor_engine.speaking.espeak import EspeakVoice
from tutor_engine.speaking.stage import Speaking, SpokenSound

SENTENCES = {
    "en": (
        "Hello everybody, please open your books on page nine. Mars and Pluto may both be seen tonight.",
        "Pack my box with five dozen liquor jugs, and bring me a map of the moon by Monday morning.",
        "Water boils at one hundred degrees, but pressure moves that point up or down a bit.",
    ),
    "zh": ("大家好，请把课本翻到第八页。爸爸妈妈，明天我们一起去博物馆看木星的模型吧。",),
}
AUDIBLE = 250.0
OPEN_VOWELS = ("open", "ash", "wedge")

Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Take:
    """One sentence as received: frames on a 25 fps clock that starts with the sound."""

    frames: list[Seen]
    pcm: npt.NDArray[np.int16]
    before: list[Seen]
    """Frames of the second before: silence."""
    longest_gap_ms: float
    fps: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What was measured on one take."""

    mouth: MouthSeries
    loud: Series
    track: Series
    by_sound: Offset
    by_phonemes: Offset
    articulation: Articulated
    still_before: float
    """Share of silent frames in which the mouth moved."""


async def record(house: House, tutor: dict[str, str], sentence: str) -> Take:
    """Let the tutor say a sentence and record what arrives."""
    async with Student(
        house.engine_url, house.api_key, tutor={**tutor, "greeting": sentence}, keep_frames=True
    ) as student:
        await asyncio.sleep(1.5)
        since = len(student.events)
        await student.send(type="greet", engine_session_id=student.session_id)
        await student.event("turn", since=since, where=lambda e: e["state"] == "speaking", timeout_s=30)
        await student.event("turn", since=since, where=lambda e: e["state"] == "idle", timeout_s=60)
        await asyncio.sleep(0.5)
        return cut(student)


def cut(student: Student) -> Take:
    """From the first audible 20 ms to the last."""
    audible = [index for index, sound in enumerate(student.sounds) if sound.rms > AUDIBLE]
    first, last = audible[0], audible[-1]
    # The least delayed packet of each stream ties its RTP time to the clock of arrivals: free of jitter.
    sound_origin_s = min(sound.at_s - sound.rtp_s for sound in student.sounds)
    picture_origin_s = min(seen.at_s - seen.rtp_s for seen in student.frames)
    start_s = student.sounds[first].rtp_s + sound_origin_s
    end_s = student.sounds[last].rtp_s + sound_origin_s
    count = int((end_s - start_s) * 1000 / FRAME_MS)
    pcm = laid_out(student.sounds[first : last + 1])
    by_slot: dict[int, Seen] = {}
    for seen in student.frames:
        by_slot[round((seen.rtp_s + picture_origin_s - start_s) * 1000 / FRAME_MS)] = seen
    slots = [slot for slot in range(count) if slot in by_slot]
    times = np.array([seen.at_s for seen in student.frames if start_s <= seen.at_s <= end_s])
    frames = [by_slot[min(slots, key=lambda known: abs(known - slot))] for slot in range(count)]
    before = [by_slot[slot] for slot in range(-25, -2) if slot in by_slot]
    return Take(
        frames=frames,
        pcm=pcm,
        before=before,
        longest_gap_ms=float(np.diff(times).max() * 1000),
        fps=float((len(times) - 1) / (times[-1] - times[0])),
    )


def laid_out(sounds: Sequence[Sound]) -> npt.NDArray[np.int16]:
    """The sound on its RTP time line; where the sender skipped, there is silence."""
    origin_s = sounds[0].rtp_s
    pcm = np.zeros(round((sounds[-1].rtp_s - origin_s) * 48_000) + len(sounds[-1].pcm), np.int16)
    for sound in sounds:
        start = round((sound.rtp_s - origin_s) * 48_000)
        pcm[start : start + len(sound.pcm)] = sound.pcm[: len(pcm) - start]
    return pcm


async def phonemes_of(sentence: str, language: str) -> list[TimedPhoneme]:
    """When each phoneme sounds, from the first audible one on."""

    async def text() -> AsyncIterator[str]:
        yield sentence

    voice = EspeakVoice()
    try:
        marks = [
            TimedPhoneme(mark.ipa, mark.start_ms, mark.end_ms)
            async for piece in Speaking(voice).speak(text(), voice=None, language=language)
            if isinstance(piece, SpokenSound)
            for mark in piece.phonemes
        ]
    finally:
        await voice.aclose()
    origin_ms = next(mark.start_ms for mark in marks if mark.ipa)
    return [TimedPhoneme(m.ipa, m.start_ms - origin_ms, m.end_ms - origin_ms) for m in marks]


def judge(take: Take, phonemes: Sequence[TimedPhoneme], mesh: FaceMesh) -> Judged:
    """Measure a take against its sound and its phonemes."""
    import cv2

    def pictures(frames: Sequence[Seen]) -> list[npt.NDArray[np.uint8]]:
        return [np.asarray(cv2.cvtColor(f.i420, cv2.COLOR_YUV2RGB_I420), np.uint8) for f in frames]

    mouth = measure(pictures(take.frames), mesh)
    count = len(take.frames)
    loud = np.sqrt(loudness(take.pcm, 48_000, count))
    wanted = MouthTrack()
    wanted.add(phonemes)
    track = np.array([wanted.at(index * FRAME_MS).open for index in range(count)])
    closures = [Span.of_ms(p.start_ms, p.end_ms) for p in phonemes if _is(p, "bilabial")]
    opens = [Span.of_ms(p.start_ms, p.end_ms) for p in phonemes if _is(p, *OPEN_VOWELS)]
    silent = measure(pictures(take.before), mesh).gap
    return Judged(
        mouth=mouth,
        loud=loud,
        track=track,
        by_sound=offset(mouth.gap, loud),
        by_phonemes=offset(mouth.gap, track),
        articulation=articulated(mouth.gap, closures, opens),
        still_before=moving_in_silence(
            silent, np.ones(len(silent), bool), speaking_range=opening_range(mouth.gap)
        ),
    )


def _is(phoneme: TimedPhoneme, *names: str) -> bool:
    return any(viseme.name in names for viseme in visemes_of(phoneme.ipa))


def main() -> None:
    """Both drawn tutors, all sentences, and the negative controls."""
    mesh = FaceMesh(FaceModels.in_folder(MODELS))
    rows: list[list[str]] = []
    judged: list[Judged] = []
    with House() as house:
        house.wait_for_faces()
        for tutor in (ADA, LIN):
            for number, sentence in enumerate(SENTENCES[tutor["language"]]):
                take = asyncio.run(record(house, tutor, sentence))
                phonemes = asyncio.run(phonemes_of(sentence, tutor["language"]))
                result = judge(take, phonemes, mesh)
                judged.append(result)
                rows.append(
                    [
                        f"{tutor['avatar_id']} {number + 1}",
                        f"{take.fps:.1f}",
                        f"{take.longest_gap_ms:.0f}",
                        f"{result.by_sound.frames:+d}",
                        f"{result.by_phonemes.frames:+d}",
                        f"{result.by_phonemes.r_at_zero:.2f}",
                        f"{result.articulation.closed_rate:.0%} of {result.articulation.closures}",
                        f"{result.articulation.open_over_closed:.1f}",
                        f"{result.still_before:.0%}",
                    ]
                )
    columns = (
        "take", "fps", "longest gap ms", "offset by sound, frames", "offset by phonemes, frames",
        "r phonemes", "p b m closed", "open/closed", "moving in silence",
    )  # fmt: skip
    show("Lips at the peer", columns, rows)
    wrong = mismatched([j.mouth.gap for j in judged], [j.track for j in judged])
    shifts = [-6, -4, -2, 2, 4, 6]
    found = [found_shifts(j.mouth.gap, j.track, shifts) for j in judged]
    exact = sum(f == s for one in found for f, s in zip(one, shifts, strict=True))
    show(
        "Negative controls",
        ("control", "value"),
        [
            ["wrong sentence, mean r", f"{np.mean(wrong):.2f}"],
            ["wrong sentence, max r", f"{np.max(wrong):.2f}"],
            ["shifts of ±2, ±4, ±6 frames found exactly", f"{exact} of {len(judged) * len(shifts)}"],
        ],
    )


if __name__ == "__main__":
    main()
