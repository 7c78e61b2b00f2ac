"""One question put to the tutor, and what came of it at a real WebRTC peer on loopback.

Waiting runs from the last voiced sample leaving the microphone (or the message leaving the socket) to the
arrival of a packet; a browser's jitter buffer comes on top.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.conversation.mouth import Mouth
from bench.conversation.reading import phrase_in
from bench.house import DEMO_LIBRARY
from bench.student import Student
from bench.tables import quantiles
from bench.voice import record

STAGES = ("turn_end", "words", "retrieved", "answer_first", "speech_first", "played_first")
"""Moments of the engine, in the order in which they happen, counted from the end of speech."""
FAINT = 20.0
"""Loudness (RMS) that silence never has after Opus."""
IDLE_S = 0.6
"""Pause before a question, in which the mouth at rest is seen."""


@dataclass(frozen=True, slots=True)
class Question:
    """`voice` is one of flite's; empty when the question is typed."""

    text: str
    phrase: str
    """Words of the passage that answers it."""
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a question led to; times in milliseconds from its end."""

    question: Question
    faint_ms: float
    """The first 20 ms that are not silence: the answer has begun."""
    sound_ms: float
    """The first audible 20 ms."""
    picture_ms: float | None
    """The frame that belongs to them; None when no pictures came, as on a machine without room for them."""
    lips_ms: float | None
    """The first frame whose mouth is not the idle one's; None when nobody looked."""
    fps: float
    longest_gap_ms: float
    stages_ms: dict[str, float]
    right: bool
    answer: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """`why`: `cut off` when the answer began before the question ended, else `no answer`."""

    question: Question
    why: str


Outcome = Answered | Unanswered


def library_questions() -> list[Question]:
    """All that the English demo library answers."""
    data = json.loads((DEMO_LIBRARY / "en" / "questions.json").read_text("utf-8"))
    return [Question(entry["question"], entry["phrase"]) for entry in data["questions"]]


def in_voices(questions: Sequence[Question], voices: Sequence[str], count: int) -> list[Question]:
    """`count` questions, voices in turn; a question that comes again comes in the other voice."""
    asked: list[Question] = []
    for number in range(count):
        turn, place = divmod(number, len(questions))
        voice = voices[(number + turn) % len(voices)]
        asked.append(Question(questions[place].text, questions[place].phrase, voice))
    return asked


async def ask(
    student: Student, question: Question, mouth: Mouth | None = None, *, listen_s: float = 1.5
) -> Outcome:
    """Ask, listen for a while, stop the tutor and wait until the lesson is quiet."""
    student.forget()
    await asyncio.sleep(IDLE_S)
    since, began_s = len(student.events), time.monotonic()
    if question.voice:
        asked_s = await student.say(await asyncio.to_thread(record, question.text, question.voice))
    else:
        asked_s = await student.ask(question.text)
    try:
        spoke = await student.news("turn", since=since, where=_is("speaking"), timeout_s=20)
    except AssertionError:
        return Unanswered(question, "no answer")
    cut_off = spoke.at_s < asked_s
    if not cut_off:
        await student.until(lambda: student.first_sound(asked_s) is not None, 10, "sound")
        await asyncio.sleep(listen_s)
    ended_s = time.monotonic()
    await student.interrupt()
    latency = await student.event("latency", since=since, timeout_s=30)
    if cut_off:
        await asyncio.sleep(1.0)
        return Unanswered(question, "cut off")
    return await _read(student, question, mouth, latency["stages"], since, (began_s, asked_s, ended_s))


async def _read(
    student: Student,
    question: Question,
    mouth: Mouth | None,
    stages_ms: dict[str, float],
    since: int,
    times_s: tuple[float, float, float],
) -> Answered:
    began_s, asked_s, ended_s = times_s
    faint_s, sound_s = student.first_sound(asked_s, FAINT), student.first_sound(asked_s)
    assert faint_s is not None
    assert sound_s is not None
    released_s = sound_s - 0.02
    picture_s = next((at for at in student.frame_times if at >= released_s), None)
    shown = np.array([at for at in student.frame_times if sound_s <= at <= ended_s])
    gaps_s = np.diff(shown)
    moved_s: float | None = None
    if mouth is not None:
        idle = [seen for seen in student.frames if seen.at_s < began_s]
        after = [seen for seen in student.frames if asked_s <= seen.at_s <= ended_s]
        moved_s = await asyncio.to_thread(mouth.moves, idle, after)
    texts = [event.data for event in student.events[since:] if event.data["type"] == "text"]
    return Answered(
        question=question,
        faint_ms=(faint_s - asked_s) * 1000,
        sound_ms=(sound_s - asked_s) * 1000,
        picture_ms=None if picture_s is None else (picture_s - asked_s) * 1000,
        lips_ms=None if moved_s is None else (moved_s - asked_s) * 1000,
        fps=float((len(shown) - 1) / (shown[-1] - shown[0])) if len(shown) > 2 else 0.0,
        longest_gap_ms=float(gaps_s.max() * 1000) if len(gaps_s) else 0.0,
        stages_ms=stages_ms,
        right=any(_says(text, question.phrase) for text in texts),
        answer=" ".join(str(text["content"]) for text in texts),
    )


def answered(outcomes: Sequence[Outcome]) -> list[Answered]:
    """Those that led to an answer."""
    return [each for each in outcomes if isinstance(each, Answered)]


def waiting_rows(outcomes: Sequence[Outcome]) -> list[list[str]]:
    """The engine's stages and the moments at the peer: p50, p95, max."""
    told = answered(outcomes)
    rows: list[list[str]] = []
    for name, values in (
        *(
            (f"engine: {stage}", [w.stages_ms[stage] for w in told if stage in w.stages_ms])
            for stage in STAGES
        ),
        ("peer: the answer begins, perhaps faintly", [wait.faint_ms for wait in told]),
        ("peer: first audible sound", [wait.sound_ms for wait in told]),
        ("peer: its frame", [wait.picture_ms for wait in told if wait.picture_ms is not None]),
        ("peer: first frame with moved lips", [w.lips_ms for w in told if w.lips_ms is not None]),
    ):
        if values:
            rows.append([name, *(f"{value:.0f}" for value in quantiles(values))])
    return rows


def losses(outcomes: Sequence[Outcome]) -> str:
    """What was not answered, in a sentence."""
    lost = [each for each in outcomes if isinstance(each, Unanswered)]
    cut_off = sum(each.why == "cut off" for each in lost)
    right = sum(each.right for each in answered(outcomes))
    return (
        f"{right} of {len(outcomes)} answered rightly, {cut_off} cut off, {len(lost) - cut_off} not answered"
    )


def _is(state: str) -> Any:
    return lambda event: event["state"] == state


def _says(text: dict[str, Any], phrase: str) -> bool:
    quotes = [str(citation.get("quote", "")) for citation in text.get("citations") or ()]
    return phrase_in(str(text["content"]), quotes, phrase)
