"""Where one seat is in the idle loop, and what the loop shows next: moving, moving less, or still."""

from tutor_engine.media.encode import EncodedFrame
from tutor_engine.media.ladder import Level
from tutor_engine.media.loops import GROUP_FRAMES, EncodedLoop

NEWS_SLOTS = 50
"""Face workers are told every 2 s where the loop is."""
STILL_SLOTS = 100
"""A still picture is sent again after 4 s, for whoever lost a part of it."""


class LoopCursor:
    """Counts in picture slots of 40 ms."""

    def __init__(self) -> None:
        self.loop: EncodedLoop | None = None
        self.next = 0
        """Frame of the next slot."""
        self._variant: EncodedLoop | None = None
        """Another tier, shown from its next key frame on."""
        self._news_in = 0
        self._still_in = 0
        self.level = Level.FULL

    def show(self, loop: EncodedLoop) -> None:
        """Another loop, from its first frame; the same one in another tier goes on where it is."""
        if self.loop is not None and self.loop.name == loop.name and self.loop.codec is loop.codec:
            self._variant = None if loop is self.loop else loop
            return
        self.loop, self._variant = loop, None
        self.next = 0
        self.resend()

    def announce(self) -> None:
        """Somebody new wants to know where the loop is."""
        self._news_in = 0

    def resend(self) -> None:
        """What was sent last is not there: the still picture is sent again, the place told again."""
        self._still_in = self._news_in = 0

    def go_to_key(self, index: int) -> None:
        """Go on at the key frame at or after `index`."""
        self.announce()
        if self.loop is not None:
            self.next = self.loop.next_key(index)

    def step(self) -> tuple[EncodedFrame | None, int | None]:
        """One slot: the frame to send, if any, and the place in the loop when it is news."""
        if self._variant is not None and (self.next % GROUP_FRAMES == 0 or self.level >= Level.STILL):
            self.loop, self._variant = self._variant, None
        if self.loop is None:
            return None, None
        if self.level >= Level.STILL:
            return self._step_still(self.loop), None
        index, self.next = self.next, (self.next + 1) % len(self.loop.frames)
        self._news_in -= 1
        if self._news_in >= 0:
            return self.loop.frames[index], None
        self._news_in = NEWS_SLOTS - 1
        return self.loop.frames[index], index

    def _step_still(self, loop: EncodedLoop) -> EncodedFrame | None:
        """The same key frame again and again: the way back to moving pictures starts with it."""
        self._still_in -= 1
        if self.level is Level.TEXT or self._still_in >= 0:
            return None
        self._still_in = STILL_SLOTS - 1
        self.next = loop.next_key(self.next)
        return loop.frames[self.next]
