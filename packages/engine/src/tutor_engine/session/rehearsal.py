"""Connections without a lesson: a few seconds of picture and silence, for the check before one.

They take no seat, hear nothing and end by themselves.
"""

import asyncio
from collections.abc import Awaitable, Callable

from tutor_engine.media import messages as mm
from tutor_engine.session.plane import FaceRef, OfferRefused, Peer, Plane

LASTS_S = 15.0
"""To connect, and the five seconds that a browser measures."""
MOST = 4
"""At once; students of a class who check together wait for each other rather than for the lessons."""
_OVER = ("failed", "gone", "worker_lost")


class TooManyRehearsals(Exception):
    """Others check their connection right now."""


class Rehearsals:
    """The checks that run on this node. `aclose` ends them."""

    def __init__(
        self,
        plane: Plane,
        find_face: Callable[[None], Awaitable[FaceRef]],
        *,
        most: int = MOST,
        lasts_s: float = LASTS_S,
    ) -> None:
        self._plane = plane
        self._find_face = find_face
        self._most = most
        self.lasts_s = lasts_s
        self._running: set[_Rehearsal] = set()

    @property
    def running(self) -> int:
        """How many there are."""
        return len(self._running)

    async def begin(self, sdp: str) -> str:
        """Answer a browser's offer; what it shows is an idle face.

        Raises:
            TooManyRehearsals: try again in a few seconds.
            OfferRefused: with the reason.
        """
        if len(self._running) >= self._most:
            raise TooManyRehearsals
        rehearsal = _Rehearsal(self._plane, self._running.discard)
        self._running.add(rehearsal)
        rehearsal.ends_after(self.lasts_s)
        try:
            return await rehearsal.peer.answer(sdp, await self._find_face(None))
        except OfferRefused:
            rehearsal.end()
            raise

    async def aclose(self) -> None:
        """End all. Idempotent."""
        for rehearsal in list(self._running):
            rehearsal.end()


class _Rehearsal:
    """One connection; listens to it only to know when it is over."""

    def __init__(self, plane: Plane, ended: Callable[["_Rehearsal"], None]) -> None:
        self.peer: Peer = plane.open_peer(self)
        self._ended = ended
        self._timer: asyncio.TimerHandle | None = None

    def ends_after(self, seconds: float) -> None:
        """End by itself."""
        self._timer = asyncio.get_running_loop().call_later(seconds, self.end)

    def end(self) -> None:
        """Let the connection go. Idempotent."""
        if self._timer is not None:
            self._timer.cancel()
        self.peer.close()
        self._ended(self)

    def on_connection(self, report: mm.PeerState) -> None:
        """A connection that is lost is not made again."""
        if report.state in _OVER:
            self.end()

    def on_quality(self, report: mm.PeerQuality) -> None:
        """The browser counts for itself."""

    def on_microphone(self, pcm: bytes) -> None:
        """Nobody listens."""

    def on_playback_started(self, turn: int, at_s: float) -> None:
        """Nothing is played."""

    def on_playback_at(self, turn: int, position_ms: float) -> None:
        """Nothing is played."""

    def on_playback_ended(self, turn: int, position_ms: float) -> None:
        """Nothing is played."""
