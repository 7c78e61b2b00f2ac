"""What goes into a peer's schedule and what one tick of it lets out. Plain records, no behaviour."""

from dataclasses import dataclass, field

from tutor_engine.media.encode import EncodedFrame


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """An encoded frame of a face worker; see `processes.frames.FrameReady`."""

    turn: int
    index: int
    loop_index: int
    exit: bool
    picture: EncodedFrame


@dataclass(frozen=True, slots=True)
class Sound:
    """20 ms of sound; `pcm` None is silence."""

    pts: int
    pcm: bytes | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame to send; `live` when it came from a face worker."""

    pts: int
    frame: EncodedFrame
    live: bool


@dataclass(frozen=True, slots=True)
class Started:
    """The first sound of a turn leaves in this tick."""

    turn: int


@dataclass(frozen=True, slots=True)
class Position:
    """How much of the turn has left; `report` marks every 100 ms."""

    turn: int
    position_ms: float
    report: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The turn's sound is over."""

    turn: int
    position_ms: float
    flushed: bool


@dataclass(frozen=True, slots=True)
class AtLoop:
    """The idle loop shows this frame in this tick."""

    loop_index: int


Event = Started | Position | Ended | AtLoop


@dataclass(slots=True)
class Released:
    """What leaves in one tick."""

    sound: Sound
    pictures: list[Picture] = field(default_factory=list[Picture])
    events: list[Event] = field(default_factory=list[Event])
