"""Judges one seat once a second: gathers what the ladder wants to know and says what is to be told."""

from collections import Counter
from dataclasses import dataclass

from tutor_engine.media.ladder import Grade, Host, Ladder, Network
from tutor_engine.media.messages import PeerQuality
from tutor_engine.media.reception import Reception
from tutor_engine.media.stats import SentRate

NEWS_S = 4.0
"""The student is told at each change, and this often without one."""
FEWEST_FRAMES = 8
"""Live frames in a second below which their share says nothing."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Live frames of a seat so far."""

    arrived: int
    late: int


class QualityWatch:
    """One seat's quality over its connections; each connection starts at the best."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._patience = 1 + number % 8 / 8
        self._ladder: Ladder | None = None
        self._frames = Frames(0, 0)
        self._heard: Counter[str] = Counter()
        self._told: tuple[Grade, float] | None = None
        self.sent = SentRate()
        self.grade = Grade()

    def restart(self) -> None:
        """Another connection, perhaps over another network."""
        self._ladder = None
        self._heard = Counter()
        self._told = None
        self.grade = Grade()

    def observe(self, reception: Reception, frames: Frames, late_ms: float, now_s: float) -> Grade:
        """What the seat gets from now on."""
        if self._ladder is None:
            self._ladder = Ladder(now_s, self._patience)
        network = reception.network(now_s, self.sent.bits_per_s(now_s))
        self.grade = self._ladder.observe(network, Host(late_ms, self._refused(frames)), now_s)
        return self.grade

    def news(
        self, reception: Reception, microphone: Counter[str], late_ms: float, now_s: float
    ) -> PeerQuality | None:
        """What to tell the student now, if anything."""
        if self._told is not None and self._told[0] == self.grade and now_s - self._told[1] < NEWS_S:
            return None
        self._told = (self.grade, now_s)
        network: Network = reception.network(now_s, 0.0)
        return PeerQuality(
            self._number,
            self.grade.level.word,
            self.grade.reason,
            loss_out=network.loss,
            loss_in=self._lost_share(microphone),
            rtt_ms=None if network.rtt_s is None else network.rtt_s * 1000,
            late_ms=late_ms,
        )

    def _refused(self, frames: Frames) -> float:
        former, self._frames = self._frames, frames
        arrived = frames.arrived - former.arrived
        return (frames.late - former.late) / arrived if arrived >= FEWEST_FRAMES else 0.0

    def _lost_share(self, microphone: Counter[str]) -> float | None:
        """Of the microphone's packets since the last news; None when there were none."""
        lost = microphone["lost"] - self._heard["lost"]
        expected = microphone["packets"] - self._heard["packets"] + lost
        self._heard = Counter(microphone)
        return max(0.0, lost / expected) if expected > 0 else None
