"""The minutes that a tutor gives to one lesson: told in time, and over after the answer that used them up."""

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tutor_platform.authz.subject import Subject
from tutor_platform.kit.errors import PlatformError
from tutor_platform.lessons.service import Lessons

log = structlog.get_logger(__name__)

SHORT = "time_short"
OVER = "time_over"


class Minutes:
    """Those of one person's lessons."""

    def __init__(self, subject: Subject, lessons: Lessons) -> None:
        self._subject = subject
        self._lessons = lessons
        self._limits: dict[str, int | None] = {}
        """What each lesson began with."""
        self._warned: set[str] = set()
        """Lessons whose student knows that little time is left."""
        self._over: set[str] = set()
        """Lessons whose student knows that it is over; late events of a last turn say nothing new."""

    async def after_turn(self, lesson_id: str) -> str | None:
        """End the lesson if its time is over.

        Returns:
            What the student has to be told now: `SHORT`, `OVER`, or nothing.
        """
        if lesson_id in self._over:
            return None
        try:
            if lesson_id not in self._limits:
                self._limits[lesson_id] = await self._lessons.minutes(self._subject, lesson_id)
            left = await self._lessons.time_left(self._subject, lesson_id, self._limits[lesson_id])
            if left == "none":
                await self._lessons.end(self._subject, lesson_id)
                self._over.add(lesson_id)
                return OVER
        except (PlatformError, SQLAlchemyError) as error:
            log.info("time_not_looked_at", lesson=lesson_id, reason=type(error).__name__)
            return None
        if left == "little" and lesson_id not in self._warned:
            self._warned.add(lesson_id)
            return SHORT
        return None
