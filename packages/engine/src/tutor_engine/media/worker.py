"""The media worker process: one UDP port, one clock, many peers.

`python -m tutor_engine.media.worker --fd N --host 0.0.0.0 --port 10110 --frames-socket /path.sock`. Commands
and reports are in `messages.py`, frames come over the socket of `faces.py`. It keeps nothing on disk but
encoded idle loops, and ends when the engine's end of the channel closes.
"""

import argparse
import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from tutor_engine.media import messages as m
from tutor_engine.media.addresses import Address, local_addresses, parse_announced
from tutor_engine.media.clock import TickClock
from tutor_engine.media.encode import NVENC, silence_packet
from tutor_engine.media.encoders import EncoderShelf
from tutor_engine.media.faces import FaceDoor, FaceLink
from tutor_engine.media.loops import EncodedLoop
from tutor_engine.media.mux import UdpMux, UdpSockets
from tutor_engine.media.nvenc import probe_nvenc
from tutor_engine.media.offer import OfferRefused
from tutor_engine.media.peer import News, Peer, PeerLimits, PeerListener
from tutor_engine.media.playout import FRAME_MS
from tutor_engine.media.released import AtLoop, Ended, Event, Position, Started
from tutor_engine.media.seat import Seat, encoder_threads
from tutor_engine.media.shelf import LoopShelf
from tutor_engine.media.stats import clock_values, playout_values
from tutor_engine.processes import Channel, ChannelClosed, Collector, serve_child
from tutor_engine.processes.channel import MAX_BYTES
from tutor_engine.processes.frames import FrameReady, LoopAt, Playing
from tutor_engine.telemetry import configure_logs

log = structlog.get_logger()

STATS_S = 2.0
QUALITY_S = 1.0
RECENT_TICKS = 250
"""Lateness of the last 5 s decides whether this host is overloaded."""
PUNCTUAL_NICE = -10
MAX_UNSENT_BYTES = 1024 * 1024
"""When the engine does not read, microphone sound and counters are dropped: 1 MiB are 30 s of one voice."""


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How a worker is started."""

    hosts: tuple[str, ...]
    port: int
    announced: tuple[Address, ...]
    """Empty: every local address."""
    frames_socket: Path
    limits: PeerLimits = field(default_factory=PeerLimits)


class MediaWorker:
    """Obeys the engine's commands and drives the clock."""

    def __init__(self, options: WorkerOptions, tasks: asyncio.TaskGroup, post: Callable[[Any], None]) -> None:
        self._options = options
        self._tasks = tasks
        self._post = post
        self._pool = ThreadPoolExecutor(encoder_threads(os.cpu_count() or 1), "encode")
        self._sockets = UdpSockets(options.hosts, options.port)
        announced = options.announced or local_addresses(options.hosts, self._sockets.port)
        self._mux = UdpMux(self._sockets.send, announced, time.monotonic)
        self._sockets.on_datagram = self._mux.receive
        self._door = FaceDoor(options.frames_socket, on_frame=self._take_frame, on_change=self._faces_changed)
        self._clock = TickClock(time.monotonic())
        self._silence = silence_packet()
        self._live = EncoderShelf(time.monotonic)
        self._relay: m.RelayServer | None = None
        self._shelf = LoopShelf(post, self._loop_arrived)
        self._seats: dict[int, Seat] = {}
        self._encoders: dict[int, asyncio.Task[None]] = {}
        self.collector = Collector()
        self._perpetual: list[asyncio.Task[None]] = []
        self._handlers: dict[type, Callable[[Any], Awaitable[None]]] = {
            m.RelayServer: self._use_relay,
            m.LoadLoop: self._load_loop,
            m.OpenPeer: self._open_peer,
            m.AddCandidate: self._add_candidate,
            m.ShowLoop: self._show_loop,
            m.PlayAudio: self._play_audio,
            m.EndAudio: self._end_audio,
            m.SetGain: self._set_gain,
            m.FlushAudio: self._flush_audio,
            m.ClosePeer: self._close_peer,
        }

    @property
    def seats(self) -> dict[int, Seat]:
        """Peers by number."""
        return self._seats

    async def start(self) -> None:
        """Open the door to face workers, start the clock and say so."""
        await self._door.open()
        self._clock = TickClock(time.monotonic())
        self._perpetual = [
            self._tasks.create_task(self._run_clock(), name="clock"),
            self._tasks.create_task(self._run_statistics(), name="statistics"),
            self._tasks.create_task(self._run_quality(), name="quality"),
            self._tasks.create_task(self._find_encoder(), name="encoder"),
        ]
        addresses = [
            f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self._mux.announced
        ]
        self._post(m.MediaReady(self._sockets.port, str(self._options.frames_socket), addresses))

    async def obey(self, command: m.MediaCommand) -> None:
        """Carry out one command."""
        await self._handlers[type(command)](command)

    async def aclose(self) -> None:
        """End every connection and give the port back. Idempotent."""
        for task in self._perpetual:
            task.cancel()
        for number in list(self._seats):
            await self._leave(number)
        await self._door.aclose()
        self._sockets.close()
        self._shelf.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    # --- commands

    async def _use_relay(self, command: m.RelayServer) -> None:
        self._relay = command

    async def _load_loop(self, command: m.LoadLoop) -> None:
        self._shelf.load(command, self._tasks)

    def _loop_arrived(self, loop: EncodedLoop) -> None:
        for seat in self._seats.values():
            if seat.loop == loop.name:
                self._set_loop(seat, loop.name)

    async def _open_peer(self, command: m.OpenPeer) -> None:
        number = command.peer
        listener = PeerListener(
            state=lambda news: self._state_changed(number, peer_box[0], news),
            microphone=partial(self._microphone, number),
            keyframe_request=partial(self._keyframe_requested, number),
        )
        peer_box: list[Peer | None] = [None]
        try:
            peer, answer = await Peer.open(
                self._mux, command.sdp, listener, self._options.limits, self._relay
            )
        except OfferRefused as error:
            log.info("offer_refused", peer=number, reason=str(error))
            self._post(m.PeerRefused(number, str(error)))
            return
        peer_box[0] = peer
        seat = self._seats.get(number)
        if seat is None:
            seat = self._seats[number] = Seat(number, command.loop, self._silence, self._live, self._pool)
            seat.playout.face_present = self._door.present
            self._encoders[number] = self._tasks.create_task(seat.picture.run(), name=f"encode-{number}")
        former = seat.connect(peer)
        self._set_loop(seat, command.loop)
        if former is not None:
            self._tasks.create_task(former.aclose(), name="close-peer")
        self._post(m.PeerAnswer(number, answer))
        self._post(m.PeerState(number, "connecting"))

    async def _add_candidate(self, command: m.AddCandidate) -> None:
        seat = self._seats.get(command.peer)
        if seat is not None and seat.peer is not None:
            await seat.peer.add_candidate(command.candidate)

    async def _show_loop(self, command: m.ShowLoop) -> None:
        if (seat := self._seats.get(command.peer)) is not None:
            self._set_loop(seat, command.loop)

    async def _play_audio(self, command: m.PlayAudio) -> None:
        if (seat := self._seats.get(command.peer)) is not None:
            events = seat.playout.play(
                command.turn, command.pcm, command.rate_hz, command.start_ms, command.with_face
            )
            self._report_all(command.peer, events)

    async def _end_audio(self, command: m.EndAudio) -> None:
        await self._end_turn(command.peer, command.turn, flush=False)

    async def _set_gain(self, command: m.SetGain) -> None:
        if (seat := self._seats.get(command.peer)) is not None:
            seat.playout.set_gain(command.turn, command.gain)

    async def _flush_audio(self, command: m.FlushAudio) -> None:
        await self._end_turn(command.peer, command.turn, flush=True)

    async def _end_turn(self, number: int, turn: int, *, flush: bool) -> None:
        """A peer that is gone has played nothing: say so, or the engine would wait for it."""
        seat = self._seats.get(number)
        if seat is None:
            self._post(m.PlaybackEnded(number, turn, 0.0, True))
            return
        self._report_all(number, seat.playout.flush(turn) if flush else seat.playout.end(turn))

    async def _close_peer(self, command: m.ClosePeer) -> None:
        self._tasks.create_task(self._leave(command.peer), name="leave")

    # --- what happens by itself: each round is a call of its own, so that no waiting frame keeps a seat alive

    async def _run_clock(self) -> None:
        while True:
            await asyncio.sleep(max(0.0, self._clock.next_s - time.monotonic()))
            now_s = time.monotonic()
            for number in self._clock.due(now_s):
                self._tick(number, now_s)

    def _tick(self, number: int, now_s: float) -> None:
        for seat in list(self._seats.values()):
            seat.tick(number, now_s, self._report)

    async def _run_statistics(self) -> None:
        while True:
            await asyncio.sleep(STATS_S)
            await self._report_statistics()
            if self._live.clear_out():
                self.collector.departed()

    async def _report_statistics(self) -> None:
        for number, seat in list(self._seats.items()):
            if seat.peer is None:
                continue
            values = await seat.peer.statistics() | playout_values(seat.playout) | clock_values(self._clock)
            values["frames_refused"] = float(seat.picture.dropped)
            for counters in (self._mux.counters, self._sockets.counters):
                values |= {f"port_{name}": float(count) for name, count in counters.items()}
            self._post(m.PeerStats(number, values))

    async def _find_encoder(self) -> None:
        if await asyncio.get_running_loop().run_in_executor(None, probe_nvenc):
            self._live.h264 = NVENC

    async def _run_quality(self) -> None:
        while True:
            await asyncio.sleep(QUALITY_S)
            self._judge(self._clock.lateness_ms(0.99, RECENT_TICKS), time.monotonic())

    def _judge(self, late_ms: float, now_s: float) -> None:
        for seat in list(self._seats.values()):
            former = seat.quality.grade
            if (news := seat.judge(late_ms, now_s)) is not None:
                self._post(news)
            if seat.quality.grade != former:
                self._set_loop(seat, seat.loop)

    def _state_changed(self, number: int, peer: Peer | None, news: News) -> None:
        seat = self._seats.get(number)
        if seat is None or seat.peer is not peer:
            return
        state = m.PeerState(number, news.state, silent_s=news.silent_s)
        if news.diagnosis is None:
            self._post(state)
            return
        log.info("peer_over", peer=number, state=news.state, cause=news.diagnosis.cause)
        state = m.PeerState(
            number,
            news.state,
            f"{news.diagnosis.cause}: {news.diagnosis.detail}",
            code=news.diagnosis.code or "",
            silent_s=news.silent_s,
        )
        self._tasks.create_task(self._leave(number, state), name="leave")

    async def _leave(self, number: int, last_word: m.PeerState | None = None) -> None:
        """Forget a peer; a turn that was playing ends where it was."""
        seat = self._seats.pop(number, None)
        if seat is None:
            return
        if last_word is not None:
            self._post(last_word)
        self._report_all(number, seat.playout.abandon())
        encoder = self._encoders.pop(number)
        encoder.cancel()
        with suppress(asyncio.CancelledError):
            await encoder
        seat.picture.rest()
        if seat.peer is not None:
            await seat.peer.aclose()
        self.collector.departed()

    def _microphone(self, number: int, pcm: bytes) -> None:
        self._post(m.Microphone(number, pcm, time.monotonic()))

    def _keyframe_requested(self, number: int) -> None:
        if (seat := self._seats.get(number)) is not None:
            seat.playout.request_key()

    def _take_frame(self, frame: FrameReady, link: FaceLink) -> None:
        seat = self._seats.get(frame.performance)
        if seat is None:
            link.taken(frame.slot)
        else:
            seat.picture.take(frame, link)

    def _faces_changed(self) -> None:
        for seat in self._seats.values():
            seat.playout.face_present = self._door.present
            seat.playout.announce_loop()

    def _set_loop(self, seat: Seat, name: str) -> None:
        seat.loop = name
        if seat.codec is None:
            return
        loop = self._shelf.find(name, seat.codec, seat.quality.grade.tier)
        if loop is not None:
            seat.playout.set_loop(loop)

    # --- reports

    def _report_all(self, number: int, events: Sequence[Event]) -> None:
        for event in events:
            self._report(number, event)

    def _report(self, number: int, event: Event) -> None:
        """Tell the engine, and the face workers what paces them."""
        match event:
            case Started(turn):
                self._post(m.PlaybackStarted(number, turn, time.monotonic()))
            case Position(turn, position_ms, report):
                if report:
                    self._post(m.PlaybackPosition(number, turn, position_ms))
                if round(position_ms) % FRAME_MS == 0:
                    self._door.post(Playing(number, turn, position_ms))
            case Ended(turn, position_ms, flushed):
                self._post(m.PlaybackEnded(number, turn, position_ms, flushed))
            case AtLoop(loop_index):
                self._door.post(LoopAt(number, loop_index, time.monotonic()))


async def run_worker(options: WorkerOptions, sock: socket.socket) -> None:
    """Serve until the engine's end of the channel closes."""
    reader, writer = await asyncio.open_connection(sock=sock, limit=MAX_BYTES)
    channel: Channel[m.MediaReport, m.MediaCommand] = Channel(reader, writer, m.MediaCommand)

    def post(report: m.MediaReport) -> None:
        full = writer.transport.get_write_buffer_size() > MAX_UNSENT_BYTES
        if not (full and isinstance(report, m.Microphone | m.PlaybackPosition | m.PeerStats)):
            channel.post(report)

    async with asyncio.TaskGroup() as tasks:
        worker = MediaWorker(options, tasks, post)
        try:
            await worker.start()
            worker.collector.calm()
            while True:
                await worker.obey(await channel.receive())
        except ChannelClosed:
            log.info("engine_left")
        finally:
            await worker.aclose()
            await channel.aclose()


def read_arguments(arguments: Sequence[str] | None = None) -> tuple[int, WorkerOptions]:
    """The inherited socket and the options of a command line."""
    parser = argparse.ArgumentParser(prog="tutor_engine.media.worker", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="inherited socket of the engine")
    parser.add_argument("--host", default="0.0.0.0", help="addresses to bind, comma-separated")  # noqa: S104
    parser.add_argument("--port", type=int, default=10110, help="UDP port, 0 for any")
    parser.add_argument(
        "--announce", default="", help="ip[:port],… that browsers are told; default: all local"
    )
    parser.add_argument("--frames-socket", type=Path, required=True, help="where face workers connect")
    given = parser.parse_args(arguments)
    hosts = tuple(host.strip() for host in given.host.split(","))
    announced = tuple(parse_announced(given.announce, given.port))
    return given.fd, WorkerOptions(hosts, given.port, announced, given.frames_socket)


def _prefer_punctuality() -> None:
    """Run before other processes where the system allows it: 20 ms of delay here can be heard."""
    try:
        os.nice(PUNCTUAL_NICE)
    except PermissionError:
        log.debug("ordinary_priority")


def main() -> None:
    """Body of the process."""
    configure_logs()
    fd, options = read_arguments()
    _prefer_punctuality()
    serve_child(partial(run_worker, options), fd)


if __name__ == "__main__":
    main()
