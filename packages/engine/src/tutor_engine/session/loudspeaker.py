"""What the student's loudspeaker plays, told to the ear when it is played: the tutor must not hear itself.

Sound is announced when it is sent, seconds ahead, and told onwards only once its moment has come: sound that
was flushed before never was. Pulled by the microphone's sound: a silent tutor costs nothing. Sans-I/O.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
_PER_MS = RATE_HZ // 1000
_REPORTED_MS = 100.0
"""How old a reported position may be; what has left since then is heard as well."""
_STALLED_MS = 120.0
"""A turn that is so much behind the clock has waited for its sound; less is the delay of reports."""
_TOLD_EVERY_S = 0.04
"""Sound comes back later than this, and each telling costs."""

Samples = npt.NDArray[np.int16]


@dataclass(slots=True)
class _Turn:
    pieces: deque[tuple[float, Samples]] = field(default_factory=deque[tuple[float, Samples]])
    """Sound not told yet, by where it begins on the turn's clock, ms."""
    zero_s: float | None = None
    """When position 0 leaves; None until the turn has started."""
    gain: float = 1.0
    told_ms: float = 0.0
    """Up to where the turn has been told."""


class Loudspeaker:
    """The loudspeaker of one lesson. Turns are numbered by the peer; the next peer begins at 1 again."""

    def __init__(
        self, played: Callable[[bytes, float], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`played` gets 16 kHz 16-bit sound and when its first sample left, in seconds of `clock`."""
        self._played = played
        self._clock = clock
        self._turns: dict[int, _Turn] = {}
        self._told_s = -math.inf

    def sent(self, turn: int, pcm: bytes, rate_hz: int, start_ms: float) -> None:
        """Sound (16-bit mono) that will be played from `start_ms` of the turn on, unless it is flushed."""
        state = self._turns.get(turn)
        if state is None or start_ms < state.told_ms:
            # Sound from before what was played already: another turn of this number, on another peer.
            self._turns.pop(turn, None)
            state = self._turns[turn] = _Turn()
        state.pieces.append((start_ms, _at_16_khz(pcm, rate_hz)))

    def started(self, turn: int, at_s: float) -> None:
        """The first sound of a turn leaves at this time."""
        if (state := self._turns.get(turn)) is not None:
            state.zero_s = at_s

    def moved(self, turn: int, position_ms: float) -> None:
        """So much of a turn has been played by now: one that waited for its sound goes on later."""
        state = self._turns.get(turn)
        if state is None or state.zero_s is None:
            return
        now_s = self._clock()
        # A report may be late, never early: one ahead of the clock undoes a stall that was none.
        if not 0 <= (now_s - state.zero_s) * 1000 - position_ms <= _STALLED_MS:
            state.zero_s = now_s - position_ms / 1000

    def flushed(self, turn: int, position_ms: float) -> None:
        """Nothing of the turn after this position, as last reported, is played."""
        state = self._turns.pop(turn, None)
        if state is not None and state.zero_s is not None:
            since_ms = (self._clock() - state.zero_s) * 1000
            self._tell(state, min(since_ms, position_ms + _REPORTED_MS))

    def gain(self, turn: int, gain: float) -> None:
        """From now on the turn is played at this share of its loudness."""
        self._tell_all(self._clock())
        if (state := self._turns.get(turn)) is not None:
            state.gain = gain

    def play_on(self) -> None:
        """Tell onwards what has been played by now."""
        if not self._turns:
            return
        now_s = self._clock()
        if now_s - self._told_s >= _TOLD_EVERY_S:
            self._tell_all(now_s)

    def _tell_all(self, now_s: float) -> None:
        self._told_s = now_s
        latest = next(reversed(self._turns), None)
        for number, state in list(self._turns.items()):
            if state.zero_s is not None:
                self._tell(state, (now_s - state.zero_s) * 1000)
                if not state.pieces and number != latest:
                    del self._turns[number]

    def _tell(self, state: _Turn, until_ms: float) -> None:
        """Everything of a turn up to a position, at the loudness it is played with."""
        while state.pieces and state.zero_s is not None:
            start_ms, samples = state.pieces[0]
            count = min(samples.size, int((until_ms - start_ms) * _PER_MS))
            if count <= 0:
                return
            part = samples[:count]
            if state.gain != 1.0:
                part = (part * state.gain).clip(-32768, 32767).astype(np.int16)
            self._played(part.tobytes(), state.zero_s + start_ms / 1000)
            state.told_ms = start_ms + count / _PER_MS
            if count < samples.size:
                state.pieces[0] = (state.told_ms, samples[count:])
                return
            state.pieces.popleft()


def _at_16_khz(pcm: bytes, rate_hz: int) -> Samples:
    samples = np.frombuffer(pcm[: len(pcm) & ~1], np.int16)
    if rate_hz == RATE_HZ:
        return samples
    import soxr

    # Band energies are compared, nothing is listened to: the cheapest filter does.
    return soxr.resample(samples, rate_hz, RATE_HZ, "LQ")
