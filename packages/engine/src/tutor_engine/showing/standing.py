"""What the engine is told of the face engines, once at the start and whenever one of them changes.

From the same words it is known which engine shows an avatar of some kind.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

from tutor_engine.showing.messages import FaceReady
from tutor_engine.showing.port import FaceEngine

_LOOK_S = 1.0
_NOT_USED = "not used"
"""How an offer's sentence begins when the engine is not for this machine."""
_DRAWS_ONLY: Mapping[str, frozenset[str]] = {"musetalk": frozenset({"video"})}
"""The kinds of avatar an engine draws, where it does not draw every kind."""


def engines_for(kind: str, told: Mapping[str, str], troubled: Collection[str]) -> list[str]:
    """Who shows avatars of this kind at this moment, the best first, by what the face worker has told.

    `told` is a word on each engine and `troubled` those that should work and do not (see `Standing`).
    """
    able = [
        name
        for name, word in told.items()
        if name not in troubled
        and not word.startswith(_NOT_USED)
        and (name not in _DRAWS_ONLY or kind in _DRAWS_ONLY[name])
    ]
    # Before the worker has told anything the puppet is what will show the face.
    return able or ["puppet"]


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
