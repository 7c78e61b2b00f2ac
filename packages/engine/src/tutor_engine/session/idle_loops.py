"""The idle loops of a node: rendered by the face worker once, encoded by every media worker, kept on disk.

Knows which loops there are, which are being made and how far that is. It looks into no picture.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from tutor_engine.media import messages as mm
from tutor_engine.showing import messages as sm

log = structlog.get_logger()

_LOOP_TIMEOUT_S = 120.0
"""Rendering and encoding ten seconds of a new face on a busy laptop takes up to a minute."""


@dataclass(frozen=True, slots=True)
class FaceRef:
    """An avatar that can be shown: its package and the identity of its idle loop."""

    avatar_id: str
    package: Path
    loop: str


class OfferRefused(Exception):
    """The browser's offer cannot be taken."""


class _Loop(msgspec.Struct, frozen=True):
    """What must be known to load an encoded loop again."""

    key: str
    width: int
    height: int
    frames: int


class IdleLoops:
    """Makes the loop of a face ready and keeps it."""

    def __init__(
        self,
        cache: Path,
        *,
        load: Callable[[mm.LoadLoop], None],
        render: Callable[[sm.RenderLoop], None],
        everywhere: Callable[[str], bool],
    ) -> None:
        """`load` tells every media worker, `everywhere` says whether all of them have a loop."""
        self._cache = cache
        self._tell_media = load
        self._render = render
        self._everywhere = everywhere
        self._known: dict[str, _Loop] = {}
        self._preparing: dict[str, asyncio.Future[None]] = {}
        self._rendering: dict[str, str] = {}
        """Package to loop, while the face worker is at it."""
        self.progress: dict[str, float] = {}
        """Part of a loop that is rendered, 0 to 1."""

    async def prepare(self, face: FaceRef) -> None:
        """Make the idle loop of a face ready in every media worker; rendered and encoded once, ever.

        Raises:
            OfferRefused: the face cannot be rendered.
        """
        if self._everywhere(face.loop):
            return
        future = self._preparing.get(face.loop)
        if future is None:
            future = asyncio.get_running_loop().create_future()
            self._preparing[face.loop] = future
            note = await asyncio.to_thread(self._read_note, face.loop)
            if note is None:
                self._rendering[str(face.package)] = face.loop
                self._render(sm.RenderLoop(str(face.package), str(self._raw(face.loop))))
            else:
                self._load(note)
        try:
            async with asyncio.timeout(_LOOP_TIMEOUT_S):
                await asyncio.shield(future)
        except TimeoutError:
            self._preparing.pop(face.loop, None)
            raise OfferRefused("the face is still being prepared") from None

    def forget(self, key: str) -> None:
        """Delete what is kept of a face that is gone; workers drop it when they restart."""
        self._known.pop(key, None)
        for path in self._cache.glob(f"{key}.*"):
            path.unlink(missing_ok=True)

    def commands(self) -> list[mm.LoadLoop]:
        """What a new media worker must be told."""
        return [self._command(loop) for loop in self._known.values()]

    def on_loaded(self, key: str) -> None:
        """A media worker has it; once all do, the raw pictures can go."""
        if not self._everywhere(key) or key not in self._known:
            return
        self._raw(key).unlink(missing_ok=True)
        self._note(key).write_bytes(msgspec.json.encode(self._known[key]))
        future = self._preparing.pop(key, None)
        if future is not None and not future.done():
            future.set_result(None)

    def on_failed(self, key: str, reason: str) -> None:
        """A media worker could not take it: it is forgotten, and rendered anew when wanted again."""
        log.warning("loop_failed", loop=key, reason=reason)
        self._known.pop(key, None)
        self._note(key).unlink(missing_ok=True)
        self._refuse(key, f"the picture could not be prepared: {reason}")

    def on_progress(self, report: sm.LoopProgress) -> None:
        """The face worker renders."""
        if (key := self._rendering.get(report.package)) is not None:
            self.progress[key] = report.progress

    def on_rendered(self, report: sm.LoopRendered) -> None:
        """The raw pictures are there: media workers encode them."""
        key = Path(report.target).stem
        self._rendered(key)
        self._load(_Loop(key, report.width, report.height, report.frames))

    def on_not_rendered(self, package: str, reason: str) -> None:
        """The face worker could not render the loop of a package."""
        if (key := self._rendering.get(package)) is not None:
            self._refuse(key, f"{package}: {reason}")

    def on_face_worker_restarted(self) -> None:
        """What the former one was rendering will never come."""
        for key in list(self._rendering.values()):
            self._refuse(key, "the face worker restarted")

    def _refuse(self, key: str, reason: str) -> None:
        self._rendered(key)
        future = self._preparing.pop(key, None)
        if future is not None and not future.done():
            future.set_exception(OfferRefused(reason))

    def _rendered(self, key: str) -> None:
        self._rendering = {package: other for package, other in self._rendering.items() if other != key}
        self.progress.pop(key, None)

    def _load(self, loop: _Loop) -> None:
        self._known[loop.key] = loop
        self._tell_media(self._command(loop))

    def _command(self, loop: _Loop) -> mm.LoadLoop:
        raw = str(self._raw(loop.key))
        return mm.LoadLoop(loop.key, raw, str(self._cache), loop.width, loop.height, loop.frames)

    def _raw(self, key: str) -> Path:
        return self._cache / f"{key}.i420"

    def _note(self, key: str) -> Path:
        return self._cache / f"{key}.json"

    def _read_note(self, key: str) -> _Loop | None:
        try:
            return msgspec.json.decode(self._note(key).read_bytes(), type=_Loop)
        except (OSError, msgspec.MsgspecError):
            return None
