"""A student made of code: a real WebRTC peer and socket client that asks, listens and watches.

Used by benchmarks and system tests. What arrives is kept with the moment its first RTP packet arrived, so
that sound and picture can be laid on one clock.
"""

import asyncio
import fractions
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import aiohttp
import av
import numpy as np
import numpy.typing as npt
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

Pcm = npt.NDArray[np.int16]
Picture = npt.NDArray[np.uint8]

MIC_RATE_HZ = 16_000
_CHUNK = MIC_RATE_HZ // 50

ADA = {"name": "Ada", "language": "en", "avatar_id": "ada", "voice": "ada"}
LIN = {"name": "林老师", "language": "zh", "avatar_id": "lin", "voice": "lin"}


@dataclass(frozen=True, slots=True)
class Sound:
    """20 ms of received sound: 48 kHz mono."""

    at_s: float
    """Arrival of its packet."""
    rtp_s: float
    """Its RTP time, from the first packet of the stream."""
    pcm: Pcm

    @property
    def rms(self) -> float:
        """Loudness, 0 to 32767."""
        return float(np.sqrt(np.mean(self.pcm.astype(np.float64) ** 2))) if self.pcm.size else 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A received frame; `i420` has shape (height * 3 // 2, width)."""

    at_s: float
    rtp_s: float
    i420: Picture


class Microphone(MediaStreamTrack):
    """Plays what is put into it in real time, silence otherwise."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._queue: list[Pcm] = []
        self._sent = 0
        self._start_s: float | None = None
        self.first_voice_s = 0.0
        """When the first 20 ms of the last recording left."""
        self.last_voice_s = 0.0
        """When the last sample of the last recording left."""
        self._begins = False
        self.drained = asyncio.Event()

    def say(self, pcm: Pcm) -> None:
        """Say 16 kHz mono sound."""
        self.drained.clear()
        self._begins = True
        self._queue.extend(pcm[start : start + _CHUNK] for start in range(0, len(pcm), _CHUNK))

    async def recv(self) -> av.AudioFrame:
        """The next 20 ms, when they are due."""
        if self._start_s is None:
            self._start_s = time.monotonic()
        due_s = self._start_s + self._sent / MIC_RATE_HZ
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
        chunk = np.zeros(_CHUNK, np.int16)
        if self._queue:
            piece = self._queue.pop(0)
            chunk[: len(piece)] = piece
            if self._begins:
                self._begins, self.first_voice_s = False, time.monotonic()
            if not self._queue:
                self.last_voice_s = time.monotonic()
                self.drained.set()
        frame = av.AudioFrame.from_ndarray(chunk.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = MIC_RATE_HZ
        frame.pts = self._sent
        frame.time_base = fractions.Fraction(1, MIC_RATE_HZ)
        self._sent += _CHUNK
        return frame


@dataclass(slots=True)
class Event:
    """A socket event and when it came."""

    at_s: float
    data: dict[str, Any]


class _Arrivals:
    """When the first RTP packet of each frame arrived; aiortc counts time from the first packet."""

    def __init__(self, receiver: Any, tell: Callable[[float], None] | None = None) -> None:
        self._receiver = receiver
        self._origin: int | None = None
        self._last = -1
        self._at_s: dict[int, float] = {}
        self._tell = tell
        """Told of each new frame; then nothing is decoded and nothing kept."""
        self._handle = receiver._handle_rtp_packet
        receiver._handle_rtp_packet = self._note

    async def _note(self, packet: Any, arrival_time_ms: int) -> None:
        if self._origin is None:
            self._origin = packet.timestamp
            if self._tell is not None:
                _Unread(self._receiver)
        if self._tell is None:
            self._at_s.setdefault((packet.timestamp - self._origin) & 0xFFFFFFFF, time.monotonic())
        elif packet.timestamp != self._last:
            self._last = packet.timestamp
            self._tell(time.monotonic())
        await self._handle(packet, arrival_time_ms)

    def of(self, pts: int) -> float:
        """Arrival of a decoded frame; it may be asked for once."""
        return self._at_s.pop(pts & 0xFFFFFFFF, time.monotonic())


class _Unread:
    """In the place of a decoder's queue: whole frames are thrown away, only the end is passed on."""

    def __init__(self, receiver: Any) -> None:
        self._queue = receiver._RTCRtpReceiver__decoder_queue
        receiver._RTCRtpReceiver__decoder_queue = self

    def put(self, task: Any) -> None:
        if task is None:
            self._queue.put(None)


class _Counted:
    """In the place of an ICE transport's reader: of sound and picture only the headers are looked at.

    They are not encrypted (RFC 3711 section 3.1), so a student costs little more than its datagrams.
    """

    def __init__(self, transport: Any, picture: set[int | None], tell: Callable[[float], None]) -> None:
        self._picture = picture
        """Payload types."""
        self._tell = tell
        self._last = b""
        self._receive = transport._recv
        transport._recv = self._pass_on

    async def _pass_on(self) -> bytes:
        """The next datagram that is neither sound nor picture."""
        while True:
            data: bytes = await self._receive()
            is_rtcp = 192 <= data[1] <= 223
            if not 128 <= data[0] <= 191 or is_rtcp:
                return data
            if data[1] & 0x7F in self._picture and data[4:8] != self._last:
                self._last = data[4:8]
                self._tell(time.monotonic())


@dataclass(slots=True)
class Student:
    """One student in one lesson. `async with Student(...) as student`."""

    engine: str
    """http://host:port of the engine."""
    api_key: str | None = None
    tutor: dict[str, Any] = field(
        default_factory=lambda: {"name": "Ada", "language": "en", "avatar_id": "ada"}
    )
    kb_id: str | None = None
    user_id: int = 1
    history: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    keep_frames: bool = False
    watches: bool = True
    """Decode pictures; without it only their arrival is noted, so that many students fit on a machine."""
    listens: bool = True
    """Decode sound; without it and `watches` nothing is even decrypted."""
    joins: bool = True
    """Open the socket; without it only a seat is taken, for somebody else's socket."""
    media: bool = True
    session_id: str = ""
    token: str = ""
    events: list[Event] = field(default_factory=list[Event])
    sounds: list[Sound] = field(default_factory=list[Sound])
    frames: list[Seen] = field(default_factory=list[Seen])
    frame_times: list[float] = field(default_factory=list[float])
    microphone: Microphone = field(default_factory=Microphone)
    connection: RTCPeerConnection | None = None
    _http: aiohttp.ClientSession | None = None
    _socket: aiohttp.ClientWebSocketResponse | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __aenter__(self) -> "Student":
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        self._http = aiohttp.ClientSession(headers=headers)
        try:
            await self.enrol()
            if self.joins:
                await self.connect_socket()
            if self.joins and self.media:
                await self.connect_media()
        except BaseException:
            await self.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Leave: media, socket, seat."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.connection is not None:
            await self.connection.close()
        if self._socket is not None:
            await self._socket.close()
        if self._http is not None:
            if self.session_id:
                limit = aiohttp.ClientTimeout(total=10)
                await self._http.delete(f"{self.engine}/v1/sessions/{self.session_id}", timeout=limit)
            await self._http.close()

    async def enrol(self) -> None:
        """Take a seat."""
        assert self._http is not None
        body: dict[str, Any] = {
            "tutor_id": 1,
            "student_id": self.user_id,
            "tutor": self.tutor,
            "history": self.history,
        }
        if self.kb_id:
            body["kb_id"] = self.kb_id
        async with self._http.post(f"{self.engine}/v1/sessions", json=body) as answer:
            data = await answer.json()
            assert answer.status == 201, data
        self.session_id, self.token = data["session_id"], data["engine_token"]

    async def connect_socket(self) -> None:
        """Open the user's socket."""
        assert self._http is not None
        url = f"{self.engine.replace('http', 'ws', 1)}/ws/user_{self.user_id}"
        self._socket = await self._http.ws_connect(
            url, protocols=("tutor.v1", f"token.{self.token}"), max_msg_size=0
        )
        self._tasks.append(asyncio.create_task(self._listen()))
        await self.event("hello")

    async def connect_media(self) -> None:
        """Offer a connection and wait for the picture."""
        connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self.connection = connection
        connection.addTrack(self.microphone)
        connection.addTransceiver("video", direction="recvonly")

        @connection.on("track")
        def on_track(track: MediaStreamTrack) -> None:
            receiver = next(t.receiver for t in connection.getTransceivers() if t.receiver.track is track)
            if not self.listens:
                return
            if track.kind == "audio":
                self._tasks.append(asyncio.create_task(self._hear(track, _Arrivals(receiver))))
            elif self.watches:
                self._tasks.append(asyncio.create_task(self._watch(track, _Arrivals(receiver))))
            else:
                _Arrivals(receiver, self.frame_times.append)

        await connection.setLocalDescription(await connection.createOffer())
        since = len(self.events)
        await self.send(
            type="webrtc_offer", sdp=connection.localDescription.sdp, user_id=self.user_id,
            engine_session_id=self.session_id,
        )  # fmt: skip
        answer = await self.event("webrtc_answer", since=since, timeout_s=90)
        await connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        if not self.listens:
            picture: Any = connection.getTransceivers()[1]
            types = {codec.payloadType for codec in picture._codecs}
            _Counted(picture.receiver.transport.transport, types, self._count)
        await self.until(lambda: bool(self.frame_times), timeout_s=15)

    async def reconnect_media(self) -> None:
        """Offer anew, as a browser does when its connection is lost."""
        if self.connection is not None:
            await self.connection.close()
        self.frame_times.clear()
        self.microphone = Microphone()
        await self.connect_media()

    async def send(self, **message: Any) -> None:
        """Send a socket message."""
        assert self._socket is not None
        await self._socket.send_json(message)

    async def ask(self, text: str) -> float:
        """Ask in writing, spoken answer; returns when it was sent."""
        now = time.monotonic()
        await self.send(
            type="text_webrtc", content=text, user_id=self.user_id, engine_session_id=self.session_id
        )
        return now

    async def say(self, pcm: Pcm) -> float:
        """Ask by voice; returns when the last sample left."""
        self.microphone.say(pcm)
        await self.microphone.drained.wait()
        return self.microphone.last_voice_s

    async def interrupt(self) -> None:
        """Press stop."""
        await self.send(type="interrupt", engine_session_id=self.session_id)

    async def event(
        self,
        kind: str,
        *,
        since: int = 0,
        timeout_s: float = 15.0,
        where: Callable[[dict[str, Any]], bool] = lambda _: True,
    ) -> dict[str, Any]:
        """The first event of a kind from position `since` on."""
        return (await self.news(kind, since=since, timeout_s=timeout_s, where=where)).data

    async def news(
        self,
        kind: str,
        *,
        since: int = 0,
        timeout_s: float = 15.0,
        where: Callable[[dict[str, Any]], bool] = lambda _: True,
    ) -> Event:
        """The same with the moment at which it came."""

        def found() -> Event | None:
            matches = (e for e in self.events[since:] if e.data["type"] == kind and where(e.data))
            return next(matches, None)

        await self.until(lambda: found() is not None, timeout_s, what=kind)
        event = found()
        assert event is not None
        return event

    async def until(self, condition: Callable[[], bool], timeout_s: float, what: str = "") -> None:
        """Wait until something is true."""
        try:
            async with asyncio.timeout(timeout_s), self._news:
                await self._news.wait_for(condition)
        except TimeoutError:
            tail = [event.data.get("type") for event in self.events[-12:]]
            raise AssertionError(f"no {what or 'change'} within {timeout_s} s; last events {tail}") from None

    def forget(self) -> None:
        """Drop the sounds and frames received so far."""
        self.sounds.clear()
        self.frames.clear()
        del self.frame_times[:-1]

    def first_sound(self, after_s: float, threshold: float = 250.0) -> float | None:
        """When the first audible 20 ms after a moment arrived."""
        return next((s.at_s for s in self.sounds if s.at_s >= after_s and s.rms > threshold), None)

    def _count(self, at_s: float) -> None:
        self.frame_times.append(at_s)
        if len(self.frame_times) == 1:
            self._tasks.append(asyncio.create_task(self._tell()))

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def _listen(self) -> None:
        assert self._socket is not None
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self.events.append(Event(time.monotonic(), json.loads(message.data)))
                await self._tell()

    async def _hear(self, track: MediaStreamTrack, arrivals: _Arrivals) -> None:
        mono = av.AudioResampler(format="s16", layout="mono", rate=48_000)
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            assert isinstance(frame, av.AudioFrame)
            at_s = arrivals.of(frame.pts or 0)
            pieces = [f.to_ndarray().reshape(-1) for f in mono.resample(frame)]
            rtp_s = (frame.pts or 0) / 48_000
            self.sounds.append(Sound(at_s, rtp_s, np.concatenate(pieces).astype(np.int16)))
            await self._tell()

    async def _watch(self, track: MediaStreamTrack, arrivals: _Arrivals) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            assert isinstance(frame, av.VideoFrame)
            at_s = arrivals.of(frame.pts or 0)
            self.frame_times.append(at_s)
            if self.keep_frames:
                rtp_s = (frame.pts or 0) / 90_000
                self.frames.append(
                    Seen(at_s, rtp_s, np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8))
                )
            await self._tell()
