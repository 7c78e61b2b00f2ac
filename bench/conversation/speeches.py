"""A long greeting of the tutor, as it sounds when nobody interrupts, and where a student is in it."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.conversation.reading import AUDIBLE, RATE_HZ, gains, lag_of
from bench.house import House
from bench.lipsync import laid_out
from bench.student import ADA, Pcm, Sound, Student

GREETING = (
    "Hello and welcome to this lesson about the sky above us, in which we are going to look at planets and "
    "moons, at stars and galaxies, at comets and meteors, and at the instruments with which people have been "
    "watching all of them for more than four hundred years, from the first small telescopes to the great "
    "mirrors on the mountains and in space, so take a seat and make yourself comfortable."
)
TYPED = "What is the solar system?"
INTO_S = (1.2, 3.2)
"""How far into the tutor's speech the student interrupts."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What the tutor says when nobody interrupts."""

    pcm: Pcm

    @property
    def length_ms(self) -> float:
        """How long it lasts."""
        return self.pcm.size * 1000 / RATE_HZ


def greeted(house: House, *, keep_frames: bool = False) -> Student:
    """A student whose tutor says the long greeting when asked to greet."""
    return Student(
        house.engine_url,
        house.api_key,
        tutor={**ADA, "greeting": GREETING},
        kb_id="bench",
        keep_frames=keep_frames,
    )


async def undisturbed(student: Student) -> Speech:
    """Hear the tutor to the end of its turn."""
    since = len(student.events)
    await student.event("turn", where=speaking, since=since, timeout_s=20)
    await student.event("turn", where=lambda event: event["state"] == "idle", since=since, timeout_s=60)
    await asyncio.sleep(0.5)
    return Speech(laid_out(from_first_audible(student.sounds)))


async def references(house: House) -> tuple[Speech, Speech]:
    """The greeting and the answer to the typed question, whole."""
    async with greeted(house) as student:
        await asyncio.sleep(1.0)
        await student.send(type="greet", engine_session_id=student.session_id)
        greeting = await undisturbed(student)
        student.forget()
        await student.ask(TYPED)
        return greeting, await undisturbed(student)


def course(heard: Sequence[Sound], speech: Speech, began_s: float) -> list[tuple[float, float]]:
    """Loudness against the undisturbed speech; empty when it is not recognised as the same."""
    before = [sound for sound in heard if sound.at_s < began_s]
    if not before:
        return []
    pcm = laid_out(before)
    lag = lag_of(pcm, speech.pcm, pcm.size)
    return gains(heard, speech.pcm, lag) if lag is not None else []


def speaking(event: dict[str, Any]) -> bool:
    """Whether an event says that the tutor speaks."""
    return event["state"] == "speaking"


def from_first_audible(sounds: Sequence[Sound]) -> list[Sound]:
    """What came from the first audible 20 ms on."""
    first = next((at for at, sound in enumerate(sounds) if sound.rms > AUDIBLE), len(sounds))
    return list(sounds[first:])


async def into_speech(student: Student, since: int, moods: random.Random) -> None:
    """Wait until the tutor speaks, and then some seconds."""
    await student.event("turn", since=since, where=speaking, timeout_s=20)
    await asyncio.sleep(moods.uniform(*INTO_S))
