"""The media plane of a node: media workers, the face worker, and the peers they serve.

The plane keeps what a worker must know, so that one that died is replaced and told again. It never looks into
sound or pictures.
"""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import structlog

from tutor_engine.media import messages as mm
from tutor_engine.processes import Child
from tutor_engine.session.idle_loops import FaceRef as FaceRef
from tutor_engine.session.idle_loops import IdleLoops
from tutor_engine.session.idle_loops import OfferRefused as OfferRefused
from tutor_engine.showing import messages as sm
from tutor_protocol import ErrorCode

log = structlog.get_logger()

_ANSWER_TIMEOUT_S = 5.0
_READY_TIMEOUT_S = 15.0
"""Python and the codecs of a worker load in about a second, and in ten on a laptop that starts everything."""


class PeerListener(Protocol):
    """Who wants to know what happens on a peer. Called on the event loop; must not block."""

    def on_microphone(self, pcm: bytes) -> None:
        """Student sound, 16 kHz mono s16le."""
        ...

    def on_playback_started(self, turn: int, at_s: float) -> None:
        """The first sound of a turn leaves at `at_s` (monotonic)."""
        ...

    def on_playback_at(self, turn: int, position_ms: float) -> None:
        """Progress of a turn's sound."""
        ...

    def on_playback_ended(self, turn: int, position_ms: float) -> None:
        """A turn's sound is over."""
        ...

    def on_connection(self, report: mm.PeerState) -> None:
        """The connection is in another state; `worker_lost` is one more, said by the plane."""
        ...

    def on_quality(self, report: mm.PeerQuality) -> None:
        """How picture and sound arrive: at each change of the level, and every few seconds."""
        ...


class _MediaWorker:
    """One media worker process and the peers on it."""

    def __init__(self, plane: "Plane", index: int, port: int, args: Sequence[str], folder: Path) -> None:
        self.plane = plane
        self.frames_socket = str(folder / f"media-{index}.sock")
        self.peers: dict[int, Peer] = {}
        self.info: mm.MediaReady | None = None
        self.ready = asyncio.Event()
        self.loaded: set[str] = set()
        self.child: Child[mm.MediaCommand, mm.MediaReport] = Child(
            f"media-{index}",
            "tutor_engine.media.worker",
            mm.MediaReport,
            args=["--port", str(port), "--frames-socket", self.frames_socket, *args],
            on_message=self._take,
            on_start=self._tell_again,
            on_end=self._lost,
        )

    async def _tell_again(self) -> None:
        if self.plane.relay is not None:
            self.child.post(self.plane.relay)
        for command in self.plane.loops.commands():
            self.child.post(command)

    async def _lost(self) -> None:
        self.loaded.clear()
        self.info = None
        self.ready.clear()
        self.plane.on_restart(self.child.name)
        for peer in list(self.peers.values()):
            peer.on_worker_lost()

    async def _take(self, report: mm.MediaReport) -> None:
        if isinstance(report, mm.MediaReady):
            self.info = report
            self.ready.set()
        elif isinstance(report, mm.LoopLoaded):
            self.loaded.add(report.loop)
            self.plane.loops.on_loaded(report.loop)
        elif isinstance(report, mm.LoopFailed):
            self.plane.loops.on_failed(report.loop, report.reason)
        elif (peer := self.peers.get(report.peer)) is not None:
            peer.take(report)


class Peer:
    """One person's media connection. Turn numbers of a peer only grow, whichever lesson is on stage."""

    def __init__(self, number: int, worker: _MediaWorker, plane: "Plane", listener: PeerListener) -> None:
        self.number = number
        self.face: FaceRef | None = None
        self.face_works = True
        self.connected = False
        self.coming = False
        """Whether a connection is being made. The browser may know before us that it stands."""
        self.level = "full"
        """See `mm.PeerQuality`."""
        self.stats: dict[str, float] = {}
        self._worker = worker
        self._plane = plane
        self._listener = listener
        self._turn = 0
        self._with_face = True
        """Whether the present turn is shown: a still picture needs no lips."""
        self._answer: asyncio.Future[str] | None = None

    @property
    def audible(self) -> bool:
        """Whether speech would be heard, now or as soon as the connection stands."""
        return (self.connected or self.coming) and self.level != "text"

    async def answer(self, sdp: str, face: FaceRef) -> str:
        """Take a browser's offer (again); returns the SDP answer.

        Raises:
            OfferRefused: with the reason.
        """
        await self._plane.prepare(face)
        try:
            async with asyncio.timeout(_READY_TIMEOUT_S):
                await self._worker.ready.wait()
            if self._answer is not None and not self._answer.done():
                self._answer.cancel()
            self._answer = asyncio.get_running_loop().create_future()
            self._show_face(face)
            self.coming = True
            self._worker.child.post(mm.OpenPeer(self.number, sdp, face.loop))
            async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                return await self._answer
        except TimeoutError:
            raise OfferRefused("the media worker did not answer") from None

    def add_candidate(self, candidate: str | None) -> None:
        """A trickled candidate of the browser."""
        self._worker.child.post(mm.AddCandidate(self.number, candidate))

    async def show(self, face: FaceRef) -> None:
        """Another face on the same connection."""
        if face == self.face:
            return
        await self._plane.prepare(face)
        self._worker.child.post(mm.ShowLoop(self.number, face.loop))
        self._show_face(face)

    def _show_face(self, face: FaceRef) -> None:
        if face == self.face:
            return
        self.face = face
        self.face_works = True
        self._plane.face_child.post(self.open_face_command(face))

    def open_face_command(self, face: FaceRef) -> sm.OpenFace:
        """What the face worker must know of this peer."""
        return sm.OpenFace(self.number, str(face.package), self._worker.frames_socket)

    def begin_turn(self) -> int:
        """A number for the next turn on this peer."""
        self._turn += 1
        self._with_face = self.level in ("full", "reduced")
        return self._turn

    def play(
        self,
        turn: int,
        pcm: bytes,
        rate_hz: int,
        start_ms: float,
        phonemes: list[tuple[str, float, float]],
    ) -> None:
        """Send speech to the face and to the loudspeaker; both run on the turn's clock."""
        with_face = self._with_face and self.face_works
        if with_face:
            self._plane.face_child.post(sm.FeedFace(self.number, turn, pcm, rate_hz, start_ms, phonemes))
        self._worker.child.post(mm.PlayAudio(self.number, turn, pcm, rate_hz, start_ms, with_face))

    def set_gain(self, turn: int, gain: float) -> None:
        """Play the turn at this share of its loudness from now on; its lips move as before."""
        self._worker.child.post(mm.SetGain(self.number, turn, gain))

    def end_turn(self, turn: int) -> None:
        """No more speech in this turn."""
        self._plane.face_child.post(sm.EndTurn(self.number, turn))
        self._worker.child.post(mm.EndAudio(self.number, turn))

    def flush_turn(self, turn: int) -> None:
        """Silence and a closed mouth now."""
        self._worker.child.post(mm.FlushAudio(self.number, turn))
        self._plane.face_child.post(sm.FlushFace(self.number, turn))

    def close(self) -> None:
        """End the connection. Idempotent."""
        if self._worker.peers.pop(self.number, None) is None:
            return
        self.connected = self.coming = False
        self._worker.child.post(mm.ClosePeer(self.number))
        self._plane.face_child.post(sm.CloseFace(self.number))

    def on_worker_lost(self) -> None:
        """The media worker died: the browser must offer again; the lesson stays."""
        self.connected = self.coming = False
        self.face = None  # the face worker has let go too, and is told again with the next offer
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(OfferRefused("the media worker restarts"))
        self._listener.on_connection(mm.PeerState(self.number, "worker_lost", code=ErrorCode.MEDIA_FAILED))

    def take(self, report: mm.MediaReport) -> None:
        """A report of the media worker about this peer."""
        match report:
            case mm.PeerAnswer(sdp=sdp):
                if self._answer is not None and not self._answer.done():
                    self._answer.set_result(sdp)
            case mm.PeerRefused(reason=reason):
                self.coming = False
                if self._answer is not None and not self._answer.done():
                    self._answer.set_exception(OfferRefused(reason))
            case mm.PeerState(state=state):
                self.connected, self.coming = state == "connected", state == "connecting"
                if state == "connecting":
                    self.level = "full"
                self._listener.on_connection(report)
            case mm.PeerQuality(level=level):
                self.level = level
                self._listener.on_quality(report)
            case mm.Microphone(pcm=pcm):
                self._listener.on_microphone(pcm)
            case mm.PlaybackStarted(turn=turn, monotonic_s=at_s):
                self._listener.on_playback_started(turn, at_s)
            case mm.PlaybackPosition(turn=turn, position_ms=position_ms):
                self._listener.on_playback_at(turn, position_ms)
            case mm.PlaybackEnded(turn=turn, position_ms=position_ms):
                self._listener.on_playback_ended(turn, position_ms)
            case mm.PeerStats(values=values):
                self.stats = values
            case _:
                log.warning("unexpected_report", report=type(report).__name__)


class Plane:
    """All workers of the node. Use as `async with Plane(...) as plane`."""

    def __init__(
        self,
        *,
        cache: Path,
        models_dir: Path,
        face_args: Sequence[str] = (),
        media_ports: Sequence[int],
        host: str = "0.0.0.0",  # noqa: S104
        announce: Sequence[str] = (),
        relay: mm.RelayServer | None = None,
        on_restart: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.loops = IdleLoops(
            cache,
            load=self._tell_media,
            render=lambda command: self.face_child.post(command),
            everywhere=self._loaded_everywhere,
        )
        self.on_restart = on_restart
        self.face_engines: dict[str, str] = {}
        self.face_troubled: list[str] = []
        """Face engines that should work and do not at the moment."""
        self.relay = relay
        """The TURN server through which browsers are reached in deployments without a port of our own."""
        self._cache = cache
        self._folder = tempfile.TemporaryDirectory(prefix="tutor-")
        self._next_peer = 0
        args = ["--host", host]
        if announce:
            args += ["--announce", ",".join(announce)]
        folder = Path(self._folder.name)
        self.media = [_MediaWorker(self, index, port, args, folder) for index, port in enumerate(media_ports)]
        self.face_child: Child[sm.FaceCommand, sm.FaceReport] = Child(
            "face",
            "tutor_engine.showing.worker",
            sm.FaceReport,
            args=["--models", str(models_dir), *face_args],
            on_message=self._take_face,
            on_start=self._tell_face_again,
            on_end=self._face_lost,
        )
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Plane":
        cache = self._cache
        await asyncio.to_thread(cache.mkdir, parents=True, exist_ok=True)
        for child in (*(worker.child for worker in self.media), self.face_child):
            await child.start()
            self._stack.push_async_callback(child.aclose)
        try:
            async with asyncio.timeout(_READY_TIMEOUT_S):
                await asyncio.gather(*(worker.ready.wait() for worker in self.media))
        except TimeoutError:
            log.error("media_worker_slow", detail="it did not report within the time; starting without it")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        self._folder.cleanup()

    @property
    def progress(self) -> dict[str, float]:
        """Part of each loop that is being rendered, 0 to 1."""
        return self.loops.progress

    def open_peer(self, listener: PeerListener) -> Peer:
        """A new peer on the media worker with the fewest."""
        worker = min(self.media, key=lambda candidate: len(candidate.peers))
        self._next_peer += 1
        peer = Peer(self._next_peer, worker, self, listener)
        worker.peers[peer.number] = peer
        return peer

    async def prepare(self, face: FaceRef) -> None:
        """Make the idle loop of a face ready in every media worker; rendered and encoded once, ever.

        Raises:
            OfferRefused: the face cannot be rendered.
        """
        await self.loops.prepare(face)

    def _tell_media(self, command: mm.LoadLoop) -> None:
        for worker in self.media:
            worker.child.post(command)

    def _loaded_everywhere(self, key: str) -> bool:
        return all(key in worker.loaded for worker in self.media)

    # The face worker ---------------------------------------------------------------------------------

    def _peers(self) -> list[Peer]:
        return [peer for worker in self.media for peer in worker.peers.values()]

    async def _tell_face_again(self) -> None:
        for peer in self._peers():
            if peer.face is not None:
                peer.face_works = True
                self.face_child.post(peer.open_face_command(peer.face))
        self.loops.on_face_worker_restarted()

    async def _face_lost(self) -> None:
        self.face_engines = {}
        self.on_restart("face")

    async def _take_face(self, report: sm.FaceReport) -> None:
        match report:
            case sm.FaceReady(engines=engines, troubled=troubled):
                self.face_engines, self.face_troubled = engines, troubled
            case sm.LoopProgress():
                self.loops.on_progress(report)
            case sm.LoopRendered():
                self.loops.on_rendered(report)
            case sm.FaceFailed(performance=number, package=package, reason=reason):
                log.warning("face_failed", performance=number, package=package, reason=reason)
                self._on_face_failed(number, package, reason)
            case sm.FaceOpened():
                pass

    def _on_face_failed(self, number: int | None, package: str, reason: str) -> None:
        for peer in self._peers():
            if peer.number == number:
                peer.face_works = False
        if number is None:
            self.loops.on_not_rendered(package, reason)
