"""When each stage of a turn was done, on one monotonic clock, and what that means in milliseconds."""

from collections.abc import Callable
from dataclasses import dataclass, field

STAGES = (
    "speech_end",
    "turn_end",
    "words",
    "retrieved",
    "answer_first",
    "speech_first",
    "played_first",
)
"""In the order in which they happen; `speech_end` (of typed questions: their arrival) is the origin."""


@dataclass(slots=True)
class Marks:
    """Moments of one turn, in seconds of the injected clock. The first mark of a stage counts."""

    clock: Callable[[], float]
    moments: dict[str, float] = field(default_factory=dict[str, float])

    def mark(self, stage: str, at_s: float | None = None) -> None:
        """Note that a stage is done, now or at `at_s`."""
        self.moments.setdefault(stage, self.clock() if at_s is None else at_s)

    def stages_ms(self) -> dict[str, float]:
        """Milliseconds from the end of the question to each stage."""
        origin = self.moments.get("speech_end")
        if origin is None:
            return {}
        known = (stage for stage in STAGES if stage in self.moments and stage != "speech_end")
        return {stage: round((self.moments[stage] - origin) * 1000, 1) for stage in known}
