"""Makes lost engine sessions of one person again, from the record; on another node when theirs is away."""

import asyncio
from collections import deque
from collections.abc import Callable, Set

from tutor_platform.authz.subject import Subject
from tutor_platform.gateway.options import MAX_RECOVERIES, RECOVERIES_WITHIN_S
from tutor_platform.gateway.questions import Questions
from tutor_platform.lessons.service import Lessons, LiveLesson

Moved = Callable[[LiveLesson, LiveLesson], None]
"""Is told the lost session and the one in its place."""


class Recovery:
    """For one line."""

    def __init__(self, subject: Subject, lessons: Lessons, questions: Questions, moved: Moved) -> None:
        self._subject = subject
        self._lessons = lessons
        self._questions = questions
        self._moved = moved
        self._often: deque[float] = deque(maxlen=MAX_RECOVERIES)

    def may_try(self) -> bool:
        """Whether one more session may be made again; an engine that ends every one of them is left alone."""
        now_s = asyncio.get_running_loop().time()
        if len(self._often) == MAX_RECOVERIES and now_s - self._often[0] < RECOVERIES_WITHIN_S:
            return False
        self._often.append(now_s)
        return True

    async def renew(self, used: Set[str], *, refused: bool) -> bool:
        """Make the lost sessions in use again; let go of the others until somebody resumes them.

        `refused`: the engine answered, and did not take the token.

        Returns:
            Whether another attempt to connect makes sense now.
        """
        live = await self._lessons.live(self._subject)
        in_use = used or {lesson.lesson_id for lesson in live[:1]}
        held = [lesson for lesson in live if await self._lessons.is_held(lesson)]
        # The engine holds them all and still refuses: the token has run out.
        lost = live if refused and len(held) == len(live) else [one for one in live if one not in held]
        for lesson in lost:
            if lesson.lesson_id in in_use:
                await self.replace(lesson)
            else:
                await self._lessons.release(self._subject, lesson)
        return refused or bool(lost)

    async def replace(self, lost: LiveLesson) -> None:
        """A new session in the place of a lost one; what nobody confirmed is asked again there."""
        again = self._questions.turn_ids(lost.lesson_id)
        fresh = await self._lessons.replace(self._subject, lost, without=again)
        self._questions.ask_again(lost.lesson_id)
        self._moved(lost, fresh)
