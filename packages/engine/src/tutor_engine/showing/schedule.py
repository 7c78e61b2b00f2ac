"""Which frame of which performance is rendered next. Pure state: no clock, no task, no pixels.

Times are seconds of one monotonic clock, given by the caller. A performance is idle (the media worker shows
its loop by itself) or live: frame n of a turn belongs to sound position n * 40 ms; where there is no sound
to show, fillers with a closed mouth keep the face alive, and a live stretch ends on the last frame before a
keyframe of the loop.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from tutor_engine.showing.port import FPS, FRAME_MS

AHEAD_FRAMES = 10
"""Speech frames rendered before their sound is played."""
FILLERS_AHEAD = 2
CLOSING_FRAMES = 3
"""Fillers until the mouth is closed; a live stretch ends no sooner."""
_SILENT_S = 1.0
"""A media worker that reports no playing for this long after the last frame is not waited for."""
_FRAME_S = FRAME_MS / 1000


class Fed(Enum):
    """What speech means for a performance."""

    IGNORED = "ignored"
    """Of a turn that is over."""
    NEW = "new"
    """The first of its turn: forget the speech before it."""
    MORE = "more"


@dataclass(frozen=True, slots=True)
class FramePlan:
    """A frame to be rendered now."""

    performance: int
    turn: int
    index: int
    """Frame of the turn's sound, -1 for a filler."""
    loop_index: int
    at_ms: float | None
    exit: bool
    due_s: float
    era: int
    """Frames of an older era than the performance's are no longer wanted."""


@dataclass(slots=True)
class _Candidate:
    due_s: float
    from_s: float
    """Not to be rendered sooner."""
    filler: bool
    skipped: int = 0
    """Frames left out before it, because their sound has been heard."""


class Performance:
    """One face on one connection."""

    def __init__(self, number: int, loop_frames: int, now_s: float) -> None:
        self.number = number
        self.era = 0
        self._frames = loop_frames
        self._loop_index = 0
        self._loop_s = now_s
        self._live = False
        self._turn = -1
        self._over = -1
        """Newest turn that was flushed or replaced."""
        self._ended = False
        self._fed_ms = 0.0
        self._next = 0
        self._next_loop = 0
        self._fillers = 0
        self._filler_s: float | None = None
        """When the next filler is due; None while speech runs."""
        self._begun_s = 0.0
        self._playing: tuple[float, float] | None = None
        """Reported position in ms and when."""

    @property
    def live(self) -> bool:
        """Whether its frames come from here rather than from the encoded loop."""
        return self._live

    @property
    def opening(self) -> bool:
        """Whether the first frame of a turn is missing: it must come before anybody's later frame."""
        return self._live and self._next == 0 and self._fed_ms > 0

    def fed(self, turn: int, end_ms: float, now_s: float) -> Fed:
        """Speech of `turn` is there up to `end_ms`."""
        if turn <= self._over or turn < self._turn:
            return Fed.IGNORED
        fresh = turn != self._turn
        if fresh:
            self._begin(turn, now_s)
        elif self._ended:
            return Fed.IGNORED
        elif self._filler_s is not None and self._playing is not None:
            # The sound has waited too, and goes on now.
            self._playing = (self._playing[0], now_s)
        self._fed_ms = max(self._fed_ms, end_ms)
        return Fed.NEW if fresh else Fed.MORE

    def _begin(self, turn: int, now_s: float) -> None:
        if self._live:
            self._rewind(now_s)
            self._over = max(self._over, self._turn)
        else:
            self._next_loop = self._loop_now(now_s) + 1
        self.era += 1
        self._live, self._turn, self._ended = True, turn, False
        self._fed_ms, self._next, self._fillers, self._filler_s = 0.0, 0, 0, None
        self._begun_s = now_s
        self._playing = None

    def end(self, turn: int) -> None:
        """No more speech in this turn."""
        if turn == self._turn:
            self._ended = True

    def flush(self, turn: int, now_s: float) -> bool:
        """Stop showing this turn; False when it was not shown."""
        self._over = max(self._over, turn)
        closing = self._ended and self._filler_s is not None
        if not self._live or turn != self._turn or closing:
            return False
        self._rewind(now_s)
        self.era += 1
        self._ended = True
        self._fed_ms = 0.0
        self._fillers, self._filler_s = 0, now_s
        return True

    def loop_at(self, loop_index: int, monotonic_s: float) -> None:
        """The encoded loop showed this frame then."""
        if not self._live:
            self._loop_index, self._loop_s = loop_index, monotonic_s

    def playing(self, turn: int, position_ms: float, now_s: float) -> None:
        """The sound of `turn` has been played up to here."""
        if turn == self._turn and self._live:
            self._playing = (position_ms, now_s)

    def candidate(self, now_s: float) -> _Candidate | None:
        """The next frame of this performance and when it is due; None when nothing is wanted yet."""
        if not self._live:
            return None
        if self._next * FRAME_MS < self._fed_ms:
            return self._speech(now_s)
        due_s = self._filler_due(now_s)
        # While more speech may come, a closed mouth must not be queued in front of it.
        ahead = FILLERS_AHEAD if self._ended else 0
        return _Candidate(due_s, due_s - ahead * _FRAME_S, filler=True)

    def _speech(self, now_s: float) -> _Candidate | None:
        position, at_s = self._playing or (0.0, self._begun_s)
        # Nobody reports playing: go on by the clock, so that a turn always ends.
        unheard_ms = max(now_s - at_s - _SILENT_S, 0.0) * 1000
        if self._next >= (position + unheard_ms) / FRAME_MS + AHEAD_FRAMES:
            return None
        index = self._next
        if self._playing is not None:
            # Frames whose sound has been heard would only be dropped: go on where the sound is.
            heard_ms = position + min(now_s - at_s, _SILENT_S) * 1000
            last = math.ceil(self._fed_ms / FRAME_MS) - 1
            if index * FRAME_MS < heard_ms:
                index = max(index, min(math.ceil(heard_ms / FRAME_MS) + 1, last))
        due_s = at_s + (index * FRAME_MS - position) / 1000
        return _Candidate(due_s, now_s, filler=False, skipped=index - self._next)

    def _filler_due(self, now_s: float) -> float:
        """The end of the sound, then one per frame; after a stall the missed ones are left out."""
        if self._filler_s is not None:
            due_s = self._filler_s
        elif self._playing is None:
            due_s = self._begun_s + _SILENT_S + self._next * _FRAME_S
        else:
            position, at_s = self._playing
            due_s = at_s + max(self._next * FRAME_MS - position, 0.0) / 1000
        return max(due_s, now_s - _FRAME_S)

    def take(self, candidate: _Candidate) -> FramePlan:
        """Make the candidate the next frame."""
        loop_index = (self._next_loop + candidate.skipped) % self._frames
        self._next_loop = loop_index + 1
        if not candidate.filler:
            index = self._next + candidate.skipped
            self._next = index + 1
            self._fillers, self._filler_s = 0, None
            return FramePlan(
                self.number,
                self._turn,
                index,
                loop_index,
                index * FRAME_MS,
                exit=False,
                due_s=candidate.due_s,
                era=self.era,
            )
        self._fillers += 1
        self._filler_s = candidate.due_s + _FRAME_S
        leaving = self._ended and self._fillers >= CLOSING_FRAMES and (loop_index + 1) % FPS == 0
        if leaving:
            self._live = False
            self._over = max(self._over, self._turn)
            self._loop_index, self._loop_s = loop_index, candidate.due_s
        return FramePlan(
            self.number, self._turn, -1, loop_index, None, exit=leaving, due_s=candidate.due_s, era=self.era
        )

    def _loop_now(self, now_s: float) -> int:
        return self._loop_index + int(max(now_s - self._loop_s, 0.0) * FPS)

    def _rewind(self, now_s: float) -> None:
        """Frames rendered ahead will not be shown: continue the loop after the frame on the screen."""
        if self._filler_s is not None:
            unseen = int(max(self._filler_s - now_s, 0.0) / _FRAME_S)
        elif self._playing is None:
            unseen = self._next
        else:
            position, at_s = self._playing
            shown = int((position + (now_s - at_s) * 1000) / FRAME_MS) + 1
            unseen = max(self._next - shown, 0)
        self._next_loop = (self._next_loop - unseen) % self._frames


class Schedule:
    """All performances of a face worker."""

    def __init__(self) -> None:
        self._performances: dict[int, Performance] = {}

    def __getitem__(self, number: int) -> Performance:
        return self._performances[number]

    def __contains__(self, number: int) -> bool:
        return number in self._performances

    def __iter__(self) -> Iterator[int]:
        return iter(list(self._performances))

    def open(self, number: int, loop_frames: int, now_s: float) -> Performance:
        """Add a performance, idle."""
        performance = self._performances[number] = Performance(number, loop_frames, now_s)
        return performance

    def close(self, number: int) -> None:
        """Remove a performance. Idempotent."""
        self._performances.pop(number, None)

    def next(self, now_s: float, among: Iterable[int] | None = None) -> FramePlan | None:
        """The most urgent frame: the first of a new turn, else the one due soonest; None when all are ahead.

        `among` leaves out other performances: an engine's batch holds its own faces only.
        """
        best: tuple[bool, float, Performance, _Candidate] | None = None
        for number in self._performances if among is None else among:
            performance = self._performances[number]
            candidate = performance.candidate(now_s)
            if candidate is None or candidate.from_s > now_s:
                continue
            key = (not performance.opening, candidate.due_s)
            if best is None or key < best[:2]:
                best = (*key, performance, candidate)
        return None if best is None else best[2].take(best[3])

    def wanted(self, plan: FramePlan) -> bool:
        """Whether a frame that was planned is still to be shown."""
        performance = self._performances.get(plan.performance)
        return performance is not None and performance.era == plan.era

    def wake_s(self, now_s: float) -> float | None:
        """When `next` may have something although nothing was told: fillers come by the clock."""
        times = [
            max(candidate.from_s, now_s)
            for p in self._performances.values()
            if (candidate := p.candidate(now_s)) is not None and candidate.filler
        ]
        if not times and any(p.live for p in self._performances.values()):
            return now_s + _SILENT_S / 4
        return min(times, default=None)
