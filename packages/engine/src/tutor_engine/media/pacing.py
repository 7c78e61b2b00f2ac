"""Spreads the packets of a large frame over a few milliseconds, so that no buffer on the way overflows.

One per connection. Frames of usual size, sound, STUN, DTLS and RTCP pass at once and cost one comparison;
only what is left of a key frame waits, at most 8 ms.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Collection

from tutor_engine.media.addresses import Address

BURST_PACKETS = 10
"""What leaves at once: 12 kB, twice the largest ordinary frame at 1.2 Mb/s."""
PAUSE_S = 0.0015
MOST_PAUSES = 5
"""So often at most is waited: 7.5 ms, a fifth of the time between two frames."""
FORGET_S = 0.01
"""A burst is over after so long without pictures."""

_RTP = 2
"""Version in the first two bits of RTP and RTCP (RFC 3550)."""


class Pacer:
    """Sits before the socket. `call_later` and `clock` are those of the event loop."""

    def __init__(
        self,
        send: Callable[[bytes, Address], None],
        call_later: Callable[[float, Callable[[], None]], asyncio.TimerHandle],
        clock: Callable[[], float],
    ) -> None:
        self._send = send
        self._call_later = call_later
        self._clock = clock
        self._waiting: deque[tuple[bytes, Address]] = deque()
        self._share = BURST_PACKETS
        self._left = BURST_PACKETS
        self._last_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.paced: Collection[int] = ()
        """RTP payload types of pictures (and their retransmissions)."""
        self.delayed = 0
        """Packets that had to wait."""

    def send(self, data: bytes, addr: Address) -> None:
        """Send a datagram now, or soon when it is part of a large frame."""
        if len(data) < 2 or data[0] >> 6 != _RTP or data[1] & 0x7F not in self.paced:
            self._send(data, addr)
            return
        if self._timer is not None:
            self._waiting.append((data, addr))
            return
        now_s = self._clock()
        if now_s - self._last_s > FORGET_S:
            self._left = BURST_PACKETS
        self._last_s = now_s
        if self._left > 0:
            self._left -= 1
            self._send(data, addr)
            return
        self._waiting.append((data, addr))
        self._share = 0
        self._timer = self._call_later(PAUSE_S, self._go_on)

    def close(self) -> None:
        """Forget what waits. Idempotent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._waiting.clear()

    def _go_on(self) -> None:
        """The next part of what waits, so large that all of it has left in time."""
        if not self._share:
            self._share = max(BURST_PACKETS, -(-len(self._waiting) // MOST_PAUSES))
        for _ in range(min(self._share, len(self._waiting))):
            self.delayed += 1
            self._send(*self._waiting.popleft())
        self._last_s = self._clock()
        self._left = 0
        self._timer = self._call_later(PAUSE_S, self._go_on) if self._waiting else None
