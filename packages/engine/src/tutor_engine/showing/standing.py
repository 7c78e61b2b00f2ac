"""What the engine is told of the face engines: once at the start, and whenever one of them changes."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from tutor_engine.showing.messages import FaceReady
from tutor_engine.showing.port import FaceEngine

_LOOK_S = 1.0


class Standing:
    """Posts `FaceReady` when what it says is new."""

    def __init__(
        self, engines: Sequence[FaceEngine], absent: Mapping[str, str], post: Callable[[FaceReady], None]
    ) -> None:
        self._engines, self._absent, self._post = engines, absent, post
        self._told: FaceReady | None = None

    def tell(self) -> None:
        """Look once."""
        known = [engine.capabilities for engine in self._engines]
        words = {one.name: one.detail or "ready" for one in known}
        now = FaceReady({**words, **self._absent}, [one.name for one in known if not one.ready])
        if now != self._told:
            self._told = now
            self._post(now)

    async def watch(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(_LOOK_S)
            self.tell()
