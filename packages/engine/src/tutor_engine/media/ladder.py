"""Which quality one seat gets: from 25 fps down to words only, and back again.

Pure: it is told the time, what the receiver reports of the network and how loaded this host is, and answers
with a `Grade`. Every step down needs trouble that lasts, every step up a calm that lasts longer, and a step
up that fails is tried again later and later. Network and host are judged apart; the lower of the two counts.
"""

from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Reason = Literal["", "network", "host"]


class Level(IntEnum):
    """What is sent, best first; the names in lower case are those of the protocol."""

    FULL = 0
    """25 fps."""
    REDUCED = 1
    """15 fps."""
    STILL = 2
    """A picture every few seconds, and sound."""
    TEXT = 3
    """Nothing but words over the socket. Silence is still sent: it is the probe of the way back."""

    @property
    def word(self) -> Literal["full", "reduced", "still", "text"]:
        """The name in the protocol."""
        return _WORDS[self]


_WORDS: tuple[Literal["full", "reduced", "still", "text"], ...] = ("full", "reduced", "still", "text")


@dataclass(frozen=True, slots=True)
class Grade:
    """A decision: the level, which bitrate tier (0 is the best), and what keeps it below the best."""

    level: Level = Level.FULL
    tier: int = 0
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class Network:
    """What is known of the way to the student; None is unknown."""

    loss: float | None = None
    """Share of our packets that are lost, 0 to 1."""
    rtt_s: float | None = None
    estimate_bps: float | None = None
    """What the receiver thinks fits through (REMB), when it has said so lately."""
    sent_bps: float = 0.0
    unreported_s: float = 0.0
    """How long no receiver report has come from somebody who is there."""


@dataclass(frozen=True, slots=True)
class Host:
    """How well this machine keeps up."""

    late_ms: float = 0.0
    """How late the clock's ticks were, 99th percentile of the last seconds."""
    refused_share: float = 0.0
    """Live frames of this seat that came, or would have been encoded, too late to be shown, 0 to 1."""


RUNGS = (
    Grade(Level.FULL, 0),
    Grade(Level.FULL, 1),
    Grade(Level.FULL, 2),
    Grade(Level.REDUCED, 2),
    Grade(Level.STILL, 2),
    Grade(Level.TEXT, 2),
)
LAST_TIER = 2

LOSS_DOWN = (0.15, 0.30, 0.50)
"""Loss that is too much for 25 fps, for moving pictures, and for speech. At 10 % nearly all is repaired, at
30 % a picture is repaired less often than it breaks, and at 50 % no word is whole."""
LOSS_UP = (0.12, 0.22, 0.40)
"""Loss below which the level above is tried."""
SHORTAGE = 0.9
"""An estimate is at most 1.5 times what arrives, so a small one says nothing while little is sent: only one
below what is being sent is a shortage."""
GROWTH = 1.03
GROWTH_S = 3.0
"""An estimate starts low and, as long as nothing is wrong, grows by 8 % a second, never beyond 1.5 times what
arrives: one that still grows by so much in so long has not met a limit."""
FALL = 0.95
FALL_S = 10.0
"""A receiver whose packets queue lowers its estimate by 15 %; so much within so long is a limit."""
FEWEST_BPS = 100_000
"""An estimate of less than a moving picture sends says nothing about one."""
QUEUE_S = 0.4
"""Round trips this much longer than the shortest seen are a full buffer on the way: ours to empty."""
UNREPORTED_S = 12.0
"""Browsers report every 1 s on the picture and every 5 s on the sound."""
LATE_MS = 100.0
"""Later ticks are left out, sound and all; jitter buffers hide about as much."""
REFUSED_SHARE = 0.3
DOWN_AFTER_S = 2.0
"""Trouble lasts at least so long before a step down, and so long again before the next."""
HOST_DOWN_AFTER_S = 4.0
"""Longer, and different from seat to seat: what one gives up may be enough for the others."""
UP_AFTER_S = 12.0
SOUND_AFTER_S = 5.0
"""Calm after which sound is tried again: without it there is no lesson."""
MAX_WAIT_S = 120.0
RELAPSE_S = 15.0
"""Trouble so soon after a step up was made by it."""


class _Climber:
    """Walks on a staircase: down when trouble lasts, up when calm lasts."""

    def __init__(self, now_s: float) -> None:
        self.position = 0
        self._changed_s = now_s
        self._trouble_s: float | None = None
        self._calm_s: float | None = None
        self._rose_s: float | None = None
        self._penalty = 1.0

    def walk(self, *, floor: int, step: int, calm: bool, after_s: tuple[float, float], now_s: float) -> None:
        """One observation: `floor` is as low as the trouble asks for, `step` the next place on the way.

        `after_s`: how long trouble lasts before a step down, and calm before a step up.
        """
        down_after_s, up_after_s = after_s
        if floor > self.position:
            self._calm_s = None
            self._trouble_s = now_s if self._trouble_s is None else self._trouble_s
            if min(now_s - self._trouble_s, now_s - self._changed_s) >= down_after_s:
                self._fall(min(step, floor), now_s)
            return
        self._trouble_s = None
        if not calm or self.position == 0:
            self._calm_s = None
            return
        self._calm_s = now_s if self._calm_s is None else self._calm_s
        if now_s - self._calm_s >= min(up_after_s * self._penalty, MAX_WAIT_S):
            self.position -= 1
            self._changed_s = self._rose_s = now_s
            self._calm_s = None

    def _fall(self, position: int, now_s: float) -> None:
        relapse = self._rose_s is not None and now_s - self._rose_s <= RELAPSE_S
        self._penalty = self._penalty * 2 if relapse else 1.0
        self.position, self._changed_s, self._rose_s = position, now_s, None


class _Estimates:
    """The receiver's latest estimates of what fits through."""

    def __init__(self) -> None:
        self._told: deque[tuple[float, float]] = deque()

    def limited(self, estimate_bps: float, now_s: float) -> bool:
        """Whether this one tells of a limit: it has fallen, or has stopped growing."""
        while self._told and now_s - self._told[0][0] > FALL_S:
            self._told.popleft()
        peak_bps = max((bps for _, bps in self._told), default=0.0)
        before_bps = next((bps for told_s, bps in self._told if now_s - told_s <= GROWTH_S), estimate_bps)
        self._told.append((now_s, estimate_bps))
        return estimate_bps < FALL * peak_bps or estimate_bps < GROWTH * before_bps


class Ladder:
    """One seat. Observe about once a second."""

    def __init__(self, now_s: float, patience: float = 1.0) -> None:
        """`patience` (1 to 2) stretches times of the host, so that its seats do not move together."""
        self._network = _Climber(now_s)
        self._host = _Climber(now_s)
        self._patience = patience
        self._estimates = _Estimates()
        self._shortest_rtt_s = float("inf")
        self.grade = Grade()

    def observe(self, network: Network, host: Host, now_s: float) -> Grade:
        """What is right from now on."""
        self._observe_network(network, now_s)
        self._observe_host(host, now_s)
        wanted = RUNGS[self._network.position]
        level = max(wanted.level, Level(self._host.position))
        reason: Reason = ""
        if wanted.level == level and self._network.position:
            reason = "network"
        elif level > wanted.level:
            reason = "host"
        tier = max(wanted.tier, LAST_TIER if level is not Level.FULL else 0)
        self.grade = Grade(level, tier, reason)
        return self.grade

    def _observe_network(self, network: Network, now_s: float) -> None:
        climber = self._network
        rung = RUNGS[climber.position]
        severe = _floor_by_loss(network.loss)
        if network.unreported_s > UNREPORTED_S:
            severe = Level.TEXT
        floor = _rung_of(severe)
        step = climber.position + 1
        if severe > Level.REDUCED:
            step = _rung_of(Level(min(rung.level + 1, Level.TEXT)))
        congested = self._congested(network, now_s)
        if congested:
            floor = max(floor, min(climber.position + 1, _rung_of(Level.STILL)))
        climber.walk(
            floor=floor,
            step=step,
            calm=not congested and _calm(network, rung.level),
            after_s=(DOWN_AFTER_S, SOUND_AFTER_S if rung.level is Level.TEXT else UP_AFTER_S),
            now_s=now_s,
        )

    def _congested(self, network: Network, now_s: float) -> bool:
        if network.estimate_bps is not None:
            limited = self._estimates.limited(network.estimate_bps, now_s)
            enough_bps = SHORTAGE * network.sent_bps if network.sent_bps > FEWEST_BPS else 0.0
            if limited and network.estimate_bps < enough_bps:
                return True
        if network.rtt_s is None:
            return False
        self._shortest_rtt_s = min(self._shortest_rtt_s, network.rtt_s)
        return network.rtt_s - self._shortest_rtt_s > QUEUE_S

    def _observe_host(self, host: Host, now_s: float) -> None:
        climber = self._host
        trouble = host.late_ms > LATE_MS or host.refused_share > REFUSED_SHARE
        calm = host.late_ms < LATE_MS / 2 and host.refused_share < REFUSED_SHARE / 2
        climber.walk(
            floor=min(climber.position + 1, Level.STILL) if trouble else 0,
            step=climber.position + 1,
            calm=calm,
            after_s=(HOST_DOWN_AFTER_S * self._patience, UP_AFTER_S * self._patience),
            now_s=now_s,
        )


def _floor_by_loss(loss: float | None) -> Level:
    """The best level that this loss allows."""
    return Level(sum(loss > limit for limit in LOSS_DOWN)) if loss is not None else Level.FULL


def _calm(network: Network, level: Level) -> bool:
    """Whether the level above `level` may be tried."""
    if network.loss is None:
        return network.unreported_s < UNREPORTED_S and level is not Level.TEXT
    return network.loss < LOSS_UP[max(level - 1, 0)]


def _rung_of(level: Level) -> int:
    """The first rung of a level."""
    return next(place for place, rung in enumerate(RUNGS) if rung.level is level)


class LossWindow:
    """The share of packets lost in the last seconds, from receiver reports (RFC 3550 section 6.4.1)."""

    WINDOW_S = 8.0
    FEWEST = 25
    """Packets below which a share says nothing."""

    def __init__(self, now_s: float) -> None:
        self._last: dict[int, tuple[int, int]] = {}
        self._deltas: deque[tuple[float, int, int]] = deque()
        self._heard_s = now_s

    def add(self, source: int, highest_sequence: int, lost: int, now_s: float) -> None:
        """A report on one stream; both numbers count from its start."""
        former = self._last.get(source)
        self._last[source] = (highest_sequence, lost)
        if former is None:
            self._heard_s = now_s
            return
        expected = highest_sequence - former[0]
        if expected <= 0:
            return
        self._heard_s = now_s
        self._deltas.append((now_s, expected, min(max(0, lost - former[1]), expected)))

    def unreported_s(self, now_s: float) -> float:
        """How long nothing new was reported."""
        return now_s - self._heard_s

    def share(self, now_s: float) -> float | None:
        """0 to 1; None when too little is known."""
        while self._deltas and now_s - self._deltas[0][0] > self.WINDOW_S:
            self._deltas.popleft()
        expected = sum(delta[1] for delta in self._deltas)
        if expected < self.FEWEST:
            return None
        return sum(delta[2] for delta in self._deltas) / expected
