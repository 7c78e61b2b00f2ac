"""One person in the worker: the schedule, the live picture's encoder, the voice encoder and the connection.

The seat outlives its connections: a browser that comes back with a new offer finds the sound where it was.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import structlog

from tutor_engine.media.encode import (
    BLOCK_BYTES,
    TIERS,
    EncodedFrame,
    EncodingFailed,
    OpusEncoder,
    VideoCodec,
    VideoEncoder,
)
from tutor_engine.media.encoders import EncoderShelf
from tutor_engine.media.faces import FaceLink
from tutor_engine.media.messages import PeerQuality
from tutor_engine.media.peer import Peer
from tutor_engine.media.playout import MAX_FRAMES_AHEAD, Playout
from tutor_engine.media.quality import Frames, QualityWatch
from tutor_engine.media.released import Event, LiveFrame
from tutor_engine.processes.frames import FrameReady, SlotUnknown

log = structlog.get_logger()

QUIET_BLOCKS = 25
"""Silence encoded after sound, so that the decoder fades out; then one packet made beforehand is repeated."""

REST_S = 2.0
"""A picture that has not moved for so long needs no encoder: speech is over, or stuck."""


def encoder_threads(cores: int) -> int:
    """One core is the clock's: encoders on all of them make every tick wait."""
    return max(1, cores - 1)


class Voice:
    """Blocks of sound to Opus packets; silence costs nothing."""

    def __init__(self, silence: bytes) -> None:
        self._silence = silence
        self._encoder: OpusEncoder | None = None
        self._quiet = 0

    def packet(self, pcm: bytes | None) -> bytes:
        """The packet of a block; None is silence."""
        if pcm is None:
            if self._encoder is None:
                return self._silence
            self._quiet += 1
            if self._quiet > QUIET_BLOCKS:
                self._encoder = None
                return self._silence
            return self._encoder.encode(bytes(BLOCK_BYTES))
        self._quiet = 0
        if self._encoder is None:
            self._encoder = OpusEncoder()
        return self._encoder.encode(pcm)


@dataclass(frozen=True, slots=True)
class _Arrived:
    frame: FrameReady
    link: FaceLink


class LivePicture:
    """Encodes the frames of one peer in their order, each as soon as it arrives, in a thread of the pool."""

    def __init__(self, playout: Playout, encoders: EncoderShelf, pool: Executor) -> None:
        self._playout = playout
        self._encoders = encoders
        self._pool = pool
        self._queue: asyncio.Queue[_Arrived] = asyncio.Queue(MAX_FRAMES_AHEAD)
        self._encoder: VideoEncoder | None = None
        self.tier = 0
        self.codec: VideoCodec | None = None
        self.arrived = 0
        self.dropped = 0
        self.left_out = 0
        """Frames for which the level has no place."""

    def take(self, frame: FrameReady, link: FaceLink) -> None:
        """A frame has arrived."""
        self.arrived += 1
        try:
            self._queue.put_nowait(_Arrived(frame, link))
        except asyncio.QueueFull:
            self._drop(frame, link)

    async def run(self) -> None:
        """Encode until cancelled."""
        while True:
            arrived = await self._next()
            frame, link = arrived.frame, arrived.link
            if self._playout.leaves_out(frame.index, exit=frame.exit):
                self.left_out += 1
                link.taken(frame.slot)
                continue
            if self.codec is None or not self._playout.wants(frame.turn, frame.index, exit=frame.exit):
                self._drop(frame, link)
                continue
            epoch = self._playout.epoch
            key = self._playout.take_key_request()
            try:
                picture = await self._encode(frame, link, self.codec, key)
            except (EncodingFailed, SlotUnknown) as error:
                log.warning("frame_not_encoded", reason=str(error))
                self._encoders.note_failure()
                self._playout.key_wanted = True
                self._drop(frame, link)
                continue
            link.taken(frame.slot)
            live = LiveFrame(frame.turn, frame.index, frame.loop_index, frame.exit, picture)
            self._playout.add_frame(live, epoch)

    async def _next(self) -> _Arrived:
        """The next frame; while there is none, the encoder serves others."""
        try:
            async with asyncio.timeout(REST_S if self._encoder is not None else None):
                return await self._queue.get()
        except TimeoutError:
            self.rest()
        return await self._queue.get()

    def rest(self) -> None:
        """Give the encoder back."""
        encoder, self._encoder = self._encoder, None
        if encoder is not None:
            self._encoders.give_back(encoder)

    async def _encode(self, frame: FrameReady, link: FaceLink, codec: VideoCodec, key: bool) -> EncodedFrame:
        settings = TIERS[self.tier]
        if self._encoder is not None and not self._encoder.is_for(codec, frame.width, frame.height, settings):
            self.rest()
        # held here alone while a thread is at it: what fails or is cancelled is not given to anybody
        encoder, self._encoder = self._encoder, None
        if encoder is None:
            encoder = self._encoders.borrow(codec, frame.width, frame.height, settings)
        with link.pixels(frame) as view:
            shape = (frame.height * 3 // 2, frame.width)
            loop = asyncio.get_running_loop()
            picture = await loop.run_in_executor(self._pool, _encode_view, encoder, view, shape, key)
        self._encoder = encoder
        return picture

    def _drop(self, frame: FrameReady, link: FaceLink) -> None:
        """Not shown; nothing was encoded, so the chain of pictures is whole."""
        self.dropped += 1
        link.taken(frame.slot)


def _encode_view(encoder: VideoEncoder, view: memoryview, shape: tuple[int, int], key: bool) -> EncodedFrame:
    """Runs in a thread; leaves no array behind that would keep the shared memory from being closed."""
    return encoder.encode(np.frombuffer(view, np.uint8).reshape(shape), key)


class Seat:
    """A peer number with everything that belongs to it."""

    def __init__(
        self, number: int, loop: str, silence: bytes, encoders: EncoderShelf, pool: Executor
    ) -> None:
        self.number = number
        self.loop = loop
        self.playout = Playout()
        self.picture = LivePicture(self.playout, encoders, pool)
        self.quality = QualityWatch(number)
        self.peer: Peer | None = None
        self._voice = Voice(silence)

    @property
    def codec(self) -> VideoCodec | None:
        """What the present connection shows pictures in."""
        return self.peer.codec if self.peer is not None else None

    def connect(self, peer: Peer) -> Peer | None:
        """Use this connection from now on; the former one, to be closed."""
        former, self.peer = self.peer, peer
        self.picture.codec = peer.codec
        self.quality.restart()
        self._apply()
        self.playout.restart_picture()
        return former

    def judge(self, late_ms: float, now_s: float) -> PeerQuality | None:
        """Once a second: go by what the receiver and this host can bear; what there is to tell."""
        peer = self.peer
        if peer is None or not peer.connected:
            return None
        frames = Frames(self.picture.arrived, self.playout.late_frames)
        former = self.quality.grade
        grade = self.quality.observe(peer.reception, frames, late_ms, now_s)
        if grade != former:
            log.info("quality", peer=self.number, shown=grade.level.word, tier=grade.tier, why=grade.reason)
            self._apply()
        return self.quality.news(peer.reception, peer.microphone, late_ms, now_s)

    def _apply(self) -> None:
        grade = self.quality.grade
        self.playout.set_level(grade.level)
        self.picture.tier = grade.tier

    def tick(self, number: int, now_s: float, on_event: Callable[[int, Event], None]) -> None:
        """Let out what is due; nothing moves while nobody is connected."""
        peer = self.peer
        if peer is None or not peer.connected:
            return
        released = self.playout.tick(number)
        peer.push_sound(released.sound.pts, self._voice.packet(released.sound.pcm))
        for picture in released.pictures:
            peer.push_picture(picture.pts, picture.frame.data)
            self.quality.sent.add(len(picture.frame.data), now_s)
        for event in released.events:
            on_event(self.number, event)
