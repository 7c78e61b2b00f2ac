"""Answers prepared before the student's words are final: held, then used at once or dropped unheard.

`Guesses` keeps the books and does no I/O. `Speculation` runs them over a stage: what it starts belongs to the
caller's task group, nothing of a dropped guess is ever said, and no alert of it is raised.
"""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import structlog

from tutor_engine.answering.intent import normalised
from tutor_engine.answering.port import Alert, AnswerEvent, Question
from tutor_engine.answering.streams import closable
from tutor_engine.text import HAN

log = structlog.get_logger()

_UNIT = re.compile(rf"[{HAN}]|[a-z0-9]+(?:'[a-z]+)?")
_IDLE = "a an the um uh er hm please 嗯 呃 啊 呀 吧 呢 哦 请"
_EMPTY = frozenset(_IDLE.split())


def same_question(one: str, other: str) -> bool:
    """Whether two transcripts ask the same: case, punctuation, articles and hesitation aside."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> list[str]:
    units = _UNIT.findall(normalised(text).lower().replace("’", "'"))
    return [unit for unit in units if unit not in _EMPTY] or units


class Guesses:
    """Which words are being answered ahead of time."""

    def __init__(self, most: int = 4) -> None:
        """Begin at most `most` answers for one question; partial words change often."""
        self.held: str | None = None
        self._left = self._most = most

    def prepare(self, words: str) -> bool:
        """Whether to begin an answer to `words`; what was held before is then to be dropped."""
        if not _bare(words) or not self._left or (self.held is not None and same_question(self.held, words)):
            return False
        self._left -= 1
        self.held = words
        return True

    def confirm(self, words: str) -> bool:
        """Whether what is held answers the final words. Either way it is held no longer."""
        held, self.held = self.held, None
        self._left = self._most
        return held is not None and same_question(held, words)

    def drop(self) -> None:
        """The student said something else, or nothing."""
        self.held = None
        self._left = self._most


class Prepared:
    """One answer on its way, its events kept until somebody wants them. An answer is bounded, so this is."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.retrieved_s: float | None = None
        """When retrieval was done, on the injected clock."""
        self._clock = clock
        self._kept: asyncio.Queue[AnswerEvent | Exception | None] = asyncio.Queue()
        self._alerts: list[Alert] = []
        self._final = False
        self._question: Question | None = None
        self.task: asyncio.Task[None] | None = None

    async def run(
        self,
        question: Callable[[], Awaitable[Question]],
        answer: Callable[[Question], AsyncIterator[AnswerEvent]],
    ) -> None:
        """Retrieve and answer; a failure waits for whoever takes the answer."""
        try:
            self._question = await question()
            self.retrieved_s = self._clock()
            async with aclosing(closable(answer(replace(self._question, on_alert=self._alerted)))) as events:
                async for event in events:
                    self._kept.put_nowait(event)
            self._kept.put_nowait(None)
        except Exception as error:  # Raised again in `events`, where the turn handles it.
            log.info("speculation_failed", kind=type(error).__name__)
            self._kept.put_nowait(error)

    async def events(self) -> AsyncGenerator[AnswerEvent]:
        """Everything so far at once, then the rest as it comes. Leaving ends the answer.

        Raises:
            AnswererFailed: as the answer itself would.
        """
        try:
            while (event := await self._kept.get()) is not None:
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            await self.stop()

    def release(self) -> None:
        """The words are final: alerts count from now on."""
        self._final = True
        self._tell()

    async def stop(self) -> None:
        """End it, whatever its state. Idempotent."""
        if self.task is not None and not self.task.done():
            self.task.cancel()
            await asyncio.wait([self.task])

    def _alerted(self, alert: Alert) -> None:
        self._alerts.append(alert)
        if self._final:
            self._tell()

    def _tell(self) -> None:
        alerts, self._alerts = self._alerts, []
        for alert in alerts:
            if self._question is not None:
                self._question.on_alert(alert)


class Speculation:
    """At most one answer ahead of the student's final words."""

    def __init__(
        self,
        answer: Callable[[Question], AsyncIterator[AnswerEvent]],
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        *,
        has_room: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Answer with `answer` in tasks of `spawn` (a task group's `create_task`), while `has_room`."""
        self._answer = answer
        self._spawn = spawn
        self._has_room = has_room
        self._clock = clock
        self._guesses = Guesses()
        self._held: Prepared | None = None

    def prepare(self, words: str, question: Callable[[], Awaitable[Question]]) -> bool:
        """Begin to answer `words`, dropping what was held; False when nothing is begun."""
        if not self._has_room() or not self._guesses.prepare(words):
            return False
        self._cancel()
        prepared = Prepared(self._clock)
        prepared.task = self._spawn(prepared.run(question, self._answer))
        self._held = prepared
        return True

    def confirm(self, words: str) -> Prepared | None:
        """The answer prepared for these final words; None: answer as usual, what was held is gone."""
        if not self._guesses.confirm(words):
            self._cancel()
            return None
        prepared, self._held = self._held, None
        if prepared is not None:
            prepared.release()
        return prepared

    def drop(self) -> None:
        """Forget what is held. Idempotent."""
        self._guesses.drop()
        self._cancel()

    async def aclose(self) -> None:
        """Forget what is held and wait until it has ended. Idempotent."""
        held = self._held
        self.drop()
        if held is not None:
            await held.stop()

    def _cancel(self) -> None:
        if self._held is not None and self._held.task is not None:
            self._held.task.cancel()
        self._held = None
