"""What this process knows of lessons that go on now, from the events that pass through it. Nothing is stored.

Another process knows of others: where several serve one database, each school has to stay with one of them,
or its wall shows only a part. Records, jobs and lessons themselves are shared.

The gateway tells each event in one line (`saw`), and who is connected (`came`, `went`). The board holds one
entry for each lesson and never more than `MAX_LESSONS`; who is quiet longest is forgotten first.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, cast, get_args

from tutor_platform.kit.clock import Clock, utc_now
from tutor_protocol.server import QualityLevel, QualityReason

State = Literal["waiting", "listening", "thinking", "speaking"]
Trouble = Literal["", "network", "host"]
"""The engine's word for it."""

FRESH = timedelta(seconds=90)
"""An event so long ago still shows that somebody is there; quality is told every few seconds."""
SITTING = timedelta(minutes=10)
"""Longer without any event, and what follows is another sitting of the same lesson."""
VISIT_LASTS = timedelta(seconds=30)
"""A teacher's page renews its visit every ten seconds; closed without goodbye, it ends by itself."""
MAX_LESSONS = 10_000
MAX_WORDS_CHARS = 200

_STATES: tuple[str, ...] = get_args(State)
_LEVELS: tuple[str, ...] = get_args(QualityLevel)
_REASONS: tuple[str, ...] = get_args(QualityReason)


@dataclass(slots=True)
class Seen:
    """One lesson, as it was seen last."""

    since: datetime
    at: datetime
    state: State = "waiting"
    level: QualityLevel | None = None
    reason: QualityReason = ""
    loss: float | None = None
    """Share of packets that are lost on the way to the student, 0 to 1."""
    words: str = ""
    """What the student asked last."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A member of staff who has a lesson open."""

    person_id: str
    name: str


@dataclass(slots=True)
class LiveWall:
    """One per process."""

    clock: Clock = utc_now
    changed: Callable[[], None] = lambda: None
    """Called whenever the wall should be drawn again."""
    _seen: OrderedDict[str, Seen] = field(default_factory=OrderedDict[str, Seen])
    _here: Counter[str] = field(default_factory=Counter[str])
    _visits: dict[str, dict[Visitor, datetime]] = field(default_factory=dict[str, dict[Visitor, datetime]])
    _students: dict[str, str] = field(default_factory=dict[str, str])
    """Whose a visited lesson is."""
    _trouble: dict[str, Trouble] = field(default_factory=dict[str, Trouble])

    # From the gateway ------------------------------------------------------------------------------------

    def saw(self, lesson_id: str, event: Mapping[str, object]) -> None:
        """An event of the engine about this lesson; anything may be told, most of it changes nothing."""
        now = self.clock()
        seen = self._seen.get(lesson_id)
        if seen is None or now - seen.at > SITTING:
            seen = self._seen[lesson_id] = Seen(since=now, at=now)
            self.changed()
        seen.at = now
        self._seen.move_to_end(lesson_id)
        while len(self._seen) > MAX_LESSONS:
            self._seen.popitem(last=False)
        match event.get("type"):
            case "turn":
                self._turn(seen, event.get("state"))
            case "transcription" if event.get("final"):
                seen.words = str(event.get("content", "")).strip()[:MAX_WORDS_CHARS]
                self.changed()
            case "quality":
                self._quality(lesson_id, seen, event)
            case _:
                pass

    def came(self, person_id: str) -> None:
        """One more browser of this person is connected."""
        self._here[person_id] += 1
        self.changed()

    def went(self, person_id: str) -> None:
        """One less."""
        self._here[person_id] -= 1
        if self._here[person_id] <= 0:
            del self._here[person_id]
        self.changed()

    def _turn(self, seen: Seen, state: object) -> None:
        told = cast("State", state) if state in _STATES else "waiting"
        if told != seen.state:
            seen.state = told
            self.changed()

    def _quality(self, lesson_id: str, seen: Seen, event: Mapping[str, object]) -> None:
        level, reason, loss = event.get("level"), event.get("reason", ""), event.get("loss_out")
        if level not in _LEVELS or reason not in _REASONS:
            return
        before = (seen.level, seen.reason)
        seen.level = cast("QualityLevel", level)
        seen.reason = cast("QualityReason", reason)
        seen.loss = float(loss) if isinstance(loss, int | float) else None
        if seen.level != "full" and seen.reason and self._trouble.get(lesson_id) != "network":
            self._trouble[lesson_id] = seen.reason
        if before != (seen.level, seen.reason):
            self.changed()

    # For the pages ---------------------------------------------------------------------------------------

    def seen(self, lesson_id: str) -> Seen | None:
        """What is known of a lesson."""
        return self._seen.get(lesson_id)

    def is_live(self, lesson_id: str, person_id: str) -> bool:
        """Whether the student is there: connected, and this lesson was heard of in this sitting."""
        seen = self._seen.get(lesson_id)
        if seen is None:
            return False
        quiet = self.clock() - seen.at
        return quiet <= FRESH or (quiet <= SITTING and self._here[person_id] > 0)

    def visit(self, lesson_id: str, student_id: str, visitor: Visitor) -> bool:
        """A member of staff has this lesson open; True when they were not here before."""
        self._students[lesson_id] = student_id
        visits = self._visits.setdefault(lesson_id, {})
        fresh = visitor not in self.visitors(lesson_id)
        visits[visitor] = self.clock() + VISIT_LASTS
        return fresh

    def leave(self, lesson_id: str, visitor: Visitor) -> bool:
        """They have closed it; False when they were not here."""
        was_here = visitor in self.visitors(lesson_id)
        self._visits.get(lesson_id, {}).pop(visitor, None)
        return was_here

    def visitors(self, lesson_id: str) -> list[Visitor]:
        """Who of the staff has this lesson open now."""
        now = self.clock()
        visits = self._visits.get(lesson_id, {})
        return [visitor for visitor, until in visits.items() if until > now]

    def ended_visits(self) -> list[tuple[str, str]]:
        """Lessons and their students that a visitor left without goodbye since this was asked last."""
        now = self.clock()
        left: list[tuple[str, str]] = []
        for lesson_id, visits in list(self._visits.items()):
            over = [visitor for visitor, until in visits.items() if until <= now]
            for visitor in over:
                del visits[visitor]
            if over:
                left.append((lesson_id, self._students[lesson_id]))
            if not visits:
                del self._visits[lesson_id], self._students[lesson_id]
        return left

    def visited(self, student_id: str) -> list[str]:
        """Lessons of this student that a member of staff has open."""
        mine = [lesson_id for lesson_id, owner in self._students.items() if owner == student_id]
        return [lesson_id for lesson_id in mine if self.visitors(lesson_id)]

    def take_trouble(self) -> dict[str, Trouble]:
        """What took picture or sound away, by lesson, since this was asked last."""
        taken, self._trouble = self._trouble, {}
        return taken

    def give_back(self, trouble: Mapping[str, Trouble]) -> None:
        """What could not be stored yet."""
        for lesson_id, reason in trouble.items():
            self._trouble.setdefault(lesson_id, reason)
