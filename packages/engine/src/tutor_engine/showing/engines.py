"""The one place where face engines are listed. To add one: its folder, and its line in `face_engines`.

Each engine but the puppet has an `offer`: given the surroundings it returns the engine, or one sentence why
it is not used on this machine. An offer imports nothing heavy and returns at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor_engine.showing.port import FaceEngine


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an engine may want to know before it offers itself."""

    models: Path
    """Where `tutor-engine models install` puts weights, one folder per asset."""
    stand_in: FaceEngine
    """The puppet: idle frames, and whatever an engine cannot draw."""
    musetalk_base: Path | None = None
    """A folder of MuseTalk's weights laid out by its authors' scripts."""
    at_once: bool = False
    """Load before returning, and prepare avatars while they open: for commands that wait anyway."""


Offer = Callable[[Surroundings], FaceEngine | str]


@dataclass(frozen=True, slots=True)
class FaceEngines:
    """The engines of a node."""

    used: Sequence[FaceEngine]
    """The best first; each avatar is shown by the first that can."""
    absent: Mapping[str, str]
    """Name of each engine that is not used, and why."""


def face_engines(
    models: Path,
    musetalk_base: Path | None = None,
    *,
    only_puppet: bool = False,
    at_once: bool = False,
) -> FaceEngines:
    """The face engines of this machine; `only_puppet` when the operator wants no other."""
    from tutor_engine.showing.musetalk.offer import offer as musetalk
    from tutor_engine.showing.puppet.engine import PuppetEngine
    from tutor_engine.showing.puppet.packages import open_package

    puppet = PuppetEngine(open_package, "CPU; drawn, photo and video avatars")
    offers: dict[str, Offer] = {"musetalk": musetalk}
    surroundings = Surroundings(models, puppet, musetalk_base, at_once)
    return offered({} if only_puppet else offers, surroundings)


def offered(offers: Mapping[str, Offer], surroundings: Surroundings) -> FaceEngines:
    """Ask each in order; the stand-in comes last."""
    answers = {name: offer(surroundings) for name, offer in offers.items()}
    used = [answer for answer in answers.values() if not isinstance(answer, str)]
    absent = {name: answer for name, answer in answers.items() if isinstance(answer, str)}
    return FaceEngines([*used, surroundings.stand_in], absent)
