"""How many lessons the networks carry: who is let in when a turn starts, who is moved when frames are late.

Pure state; the caller tells the time. A turn that is not let in speaks by the stand-in, and so does one that
is moved; the newest speaker goes first, so that those who have spoken well go on so.
"""

from collections import deque

from tutor_engine.showing.port import FPS

_RESERVE = 1.1
"""Speed kept free, as a factor."""
_LATE_LIMIT = 5
_LATE_WITHIN_S = 1.0
_CAREFUL_S = 10.0
"""So long after lateness no more speakers are let in than were left."""
_SMOOTHING = 0.1
_SPOKE_S = 1.0
"""A speaker of whom nothing was drawn for so long has finished."""


class Load:
    """Speakers and speed of one GPU."""

    def __init__(self, frames_per_s: float) -> None:
        """Begin with a measured speed."""
        self.frames_per_s = frames_per_s
        self._speakers: dict[int, float] = {}
        """Performance to when it was last drawn, in the order in which they began."""
        self._late: deque[float] = deque()
        self._ceiling: int | None = None
        self._careful_until_s = 0.0

    def speaking(self, now_s: float) -> int:
        """Lessons that the networks draw now."""
        self._forget_finished(now_s)
        return len(self._speakers)

    def overloaded(self, now_s: float) -> bool:
        """Whether frames were late a short while ago."""
        return now_s < self._careful_until_s

    def admit(self, performance: int, now_s: float) -> bool:
        """Whether a turn that begins may be drawn by the networks; True counts it as a speaker."""
        self._forget_finished(now_s)
        self._speakers.pop(performance, None)
        others = len(self._speakers)
        if self.overloaded(now_s) and self._ceiling is not None and others >= self._ceiling:
            return False
        if others and (others + 1) * FPS * _RESERVE > self.frames_per_s:
            return False
        self._speakers[performance] = now_s
        return True

    def drew(self, frames: int, took_s: float) -> None:
        """A full batch was drawn in this time: learn the speed."""
        if took_s > 0:
            self.frames_per_s += _SMOOTHING * (frames / took_s - self.frames_per_s)

    def shown(self, performance: int, late_s: float, now_s: float) -> int | None:
        """A frame of a speaker was drawn `late_s` after it was due; returns who must be moved, if anybody."""
        if performance in self._speakers:
            self._speakers[performance] = now_s
        if late_s <= 0:
            return None
        self._late.append(now_s)
        while self._late[0] < now_s - _LATE_WITHIN_S:
            self._late.popleft()
        if len(self._late) < _LATE_LIMIT or not self._speakers:
            return None
        self._late.clear()
        newest = next(reversed(self._speakers))
        del self._speakers[newest]
        self._ceiling = len(self._speakers)
        self._careful_until_s = now_s + _CAREFUL_S
        return newest

    def leave(self, performance: int) -> None:
        """A turn or a performance is over. Idempotent."""
        self._speakers.pop(performance, None)

    def _forget_finished(self, now_s: float) -> None:
        for performance, seen_s in list(self._speakers.items()):
            if now_s - seen_s > _SPOKE_S:
                del self._speakers[performance]
