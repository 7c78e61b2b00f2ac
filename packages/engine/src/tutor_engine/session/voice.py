"""The student's voice in one lesson: an ear that opens at the first sound, and what it hears told onwards.

It holds no turn and decides nothing: whoever owns it turns `HearingEvent`s into a conversation.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Literal, Protocol

from tutor_engine.hearing.port import HearingEvent, Patience
from tutor_engine.session.loudspeaker import Loudspeaker


class Ear(Protocol):
    """Hearing, opened for one lesson."""

    def feed(self, pcm: bytes) -> None:
        """Student sound; never blocks."""
        ...

    def expect_answer(self, expected: bool, choices: Sequence[str] = ()) -> None:
        """Be patient: the tutor has asked something, and may have offered choices."""
        ...

    def played(self, pcm: bytes, at_s: float) -> None:
        """What the student's loudspeaker plays (16 kHz, 16 bit) from this time on."""
        ...

    def press(self) -> None:
        """The student presses the key to talk."""
        ...

    def release(self) -> None:
        """The student lets the key to talk go."""
        ...

    def think(self, held: bool) -> None:
        """The student holds the key to think, or lets it go."""
        ...

    def events(self) -> AsyncIterator[HearingEvent]:
        """What the student does."""
        ...

    async def aclose(self) -> None:
        """Stop."""
        ...


class Hears(Protocol):
    """The hearing stage."""

    def open(
        self,
        language: str,
        vocabulary: Sequence[str] = (),
        patience: Patience | None = None,
        student: str = "",
    ) -> Ear:
        """Begin to listen to a student, who may be known by this name."""
        ...


class StudentVoice:
    """One lesson's ear, opened when it is first needed and again after it failed."""

    def __init__(
        self,
        hearing: Hears,
        language: str,
        patience: Patience,
        vocabulary: Callable[[], Awaitable[Sequence[str]]],
        heard: Callable[[HearingEvent], None],
        clock: Callable[[], float] = time.monotonic,
        student: str = "",
    ) -> None:
        """`student` is any name that is theirs in every lesson."""
        self._hearing = hearing
        self._student = student
        self._language = language
        self._patience = patience
        self._vocabulary = vocabulary
        self._heard = heard
        self.loudspeaker = Loudspeaker(self.played, clock)
        """To be told what the tutor plays: what comes back of it is not the student."""
        self._ear: Ear | None = None
        self._expected: tuple[bool, tuple[str, ...]] = (False, ())
        self._listening: asyncio.Task[None] | None = None
        self._held: dict[Literal["talk", "think"], bool] = {}

    def feed(self, pcm: bytes, group: asyncio.TaskGroup | None) -> None:
        """Student sound: 16 kHz mono 16-bit PCM. Without a group that could hold an open ear, it is lost."""
        if self._ear is not None:
            self.loudspeaker.play_on()
            self._ear.feed(pcm)
        else:
            self._open(group)

    def hold(self, key: Literal["talk", "think"], held: bool, group: asyncio.TaskGroup | None) -> None:
        """The student presses a key, or lets it go; a key pressed before any sound opens the ear."""
        self._held[key] = held
        if self._ear is None:
            self._open(group)
        else:
            self._tell(self._ear, key)

    def played(self, pcm: bytes, at_s: float) -> None:
        """What the student's loudspeaker plays (16 kHz, 16 bit) from this time on."""
        if self._ear is not None:
            self._ear.played(pcm, at_s)

    def expect_answer(self, expected: bool, choices: Sequence[str] = ()) -> None:
        """Whether the tutor has just asked something; an ear that opens later is told as well."""
        self._expected = (expected, tuple(choices))
        if self._ear is not None:
            self._ear.expect_answer(*self._expected)

    def stop(self) -> None:
        """Close the ear. Idempotent."""
        if self._listening is not None:
            self._listening.cancel()

    def _open(self, group: asyncio.TaskGroup | None) -> None:
        if self._listening is None and group is not None:
            self._listening = group.create_task(self._listen())

    def _tell(self, ear: Ear, key: Literal["talk", "think"]) -> None:
        held = self._held[key]
        if key == "think":
            ear.think(held)
        elif held:
            ear.press()
        else:
            ear.release()

    async def _listen(self) -> None:
        vocabulary = await self._vocabulary()
        ear = self._hearing.open(self._language, vocabulary, self._patience, self._student)
        self._ear = ear
        if self._expected[0]:
            ear.expect_answer(*self._expected)
        for key, held in self._held.items():
            if held:
                self._tell(ear, key)
        try:
            async for event in ear.events():
                self._heard(event)
        finally:
            self._ear = None
            self._listening = None
            await ear.aclose()
