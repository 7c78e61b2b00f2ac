"""What the sandboxed intake is asked, and what it answers while it works: one JSON message per line."""

from collections.abc import Callable
from typing import Literal

import msgspec

from tutor_engine.avatars.findings import Finding


class Intake(msgspec.Struct, frozen=True):
    """What to do. Paths are absolute and hold no links."""

    source: str
    """A photo, a video, or with `kind` official a folder."""
    folder: str
    detector: str
    mesh: str
    described: str = ""
    kind: Literal["upload", "official"] = "upload"


class Step(msgspec.Struct, frozen=True, tag=True):
    """Progress: what is being done, and how much of everything is done (0–1)."""

    step: str
    progress: float


class Remark(msgspec.Struct, frozen=True, tag=True):
    """Something seen that did not prevent the avatar."""

    finding: Finding


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The upload cannot become an avatar."""

    findings: list[Finding]
    detail: str = ""
    """Of a folder made by another program: what is wrong with it, in words."""


class Done(msgspec.Struct, frozen=True, tag=True):
    """The package is complete."""


Report = Step | Remark | Refused | Done
Tell = Callable[[Report], None]
