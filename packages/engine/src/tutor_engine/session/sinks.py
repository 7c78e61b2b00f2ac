"""Where the sound of a turn goes: to the student's connection, or into a `text` event.

Live sound survives its connection: it waits while nobody hears it, and goes on where it was last heard.
"""

import asyncio
import base64
import io
import wave
from collections import deque
from typing import Literal, Protocol

from tutor_engine.session.plane import Peer
from tutor_engine.speaking.stage import SpokenSound

AHEAD_MS = 6_000.0
"""Sound sent ahead of the listener: one long sentence. More would only be thrown away on interruption."""
KEPT_MS = 10_000.0
"""Sound kept after it was sent: as much as may have been played to nobody before that is noticed."""


class Sink(Protocol):
    """Where the sound of a turn goes."""

    async def sound(self, sound: SpokenSound) -> None:
        """Take sound; may wait while the listener is far behind."""
        ...

    def end(self) -> None:
        """No more sound."""
        ...

    def cancel(self) -> None:
        """Silence now."""
        ...


class PlaysAloud(Protocol):
    """Who wants to know what the student's loudspeaker plays. Turns are numbered as the peer numbers them."""

    def sent(self, turn: int, pcm: bytes, rate_hz: int, start_ms: float) -> None:
        """Sound (16-bit mono) that will be played from `start_ms` of the turn on, unless it is flushed."""
        ...

    def started(self, turn: int, at_s: float) -> None:
        """The first sound of a turn leaves at `at_s` (monotonic)."""
        ...

    def moved(self, turn: int, position_ms: float) -> None:
        """So much of a turn has been played by now."""
        ...

    def flushed(self, turn: int, position_ms: float) -> None:
        """Nothing after this position is played."""
        ...

    def gain(self, turn: int, gain: float) -> None:
        """From now on the turn is played at this share of its loudness."""
        ...


class LiveSound:
    """Sound and face over WebRTC. Playback reports come back through the lesson."""

    def __init__(self, peer: Peer, loudspeaker: PlaysAloud | None = None) -> None:
        self.peer = peer
        self._loudspeaker = loudspeaker
        self._gain = 1.0
        self._gain_told = 1.0
        self.number: int | None = peer.begin_turn()
        """The turn of the peer that plays now; None while nothing is played."""
        self.position_ms = 0.0
        """How much of the sound has been heard."""
        self.state: Literal["playing", "waiting", "muted"] = "playing"
        self.ended = False
        self._origin_ms = 0.0
        """Where in the sound the peer's present turn began."""
        self._begun = False
        """Some sound of the peer's present turn has been sent: only then it has a loudness."""
        self._sent: deque[SpokenSound] = deque()
        self._moved = asyncio.Event()

    def started(self, at_s: float) -> None:
        """The first sound of the peer's turn leaves."""
        if self._loudspeaker is not None and self.number is not None:
            self._loudspeaker.started(self.number, at_s)

    def moved(self, peer_position_ms: float) -> None:
        """The listener has heard this much of the peer's turn."""
        if self._loudspeaker is not None and self.number is not None:
            self._loudspeaker.moved(self.number, peer_position_ms)
        self.position_ms = self._origin_ms + peer_position_ms
        while self._sent and _end_ms(self._sent[0]) < self.position_ms - KEPT_MS:
            self._sent.popleft()
        self._moved.set()

    async def sound(self, sound: SpokenSound) -> None:
        """Send it, at most six seconds ahead and only while somebody hears it."""
        while self.state == "waiting" or (
            self.state == "playing" and sound.start_ms - self.position_ms > AHEAD_MS
        ):
            self._moved.clear()
            await self._moved.wait()
        if self.state == "playing":
            self._sent.append(sound)
            self._play(sound)

    def set_gain(self, gain: float) -> None:
        """Play at this share of the loudness from now on, also on another connection."""
        self._gain = gain
        if self._begun:
            self._tell_gain()

    def end(self) -> None:
        """No more sound."""
        self.ended = True
        if self.number is not None:
            self.peer.end_turn(self.number)

    def cancel(self) -> None:
        """Silence and a closed mouth, for good."""
        self._stop("muted")
        self._sent.clear()

    def suspend(self, silent_s: float) -> None:
        """Nobody has heard the last `silent_s`: wait."""
        if self.state == "playing":
            self._stop("waiting")
            self.position_ms = max(0.0, self.position_ms - silent_s * 1000)

    def resume(self) -> None:
        """Somebody hears again: go on where they stopped hearing."""
        if self.state != "waiting":
            return
        self.state = "playing"
        self.number = self.peer.begin_turn()
        self._origin_ms = self.position_ms
        self._gain_told = 1.0
        for sound in self._sent:
            self._play(sound)
        if self.ended:
            self.peer.end_turn(self.number)
        self._moved.set()

    def _stop(self, state: Literal["waiting", "muted"]) -> None:
        if self.number is not None:
            self.peer.flush_turn(self.number)
            if self._loudspeaker is not None:
                self._loudspeaker.flushed(self.number, self.position_ms - self._origin_ms)
        self.number, self.state = None, state
        self._begun = False
        self._moved.set()

    def _play(self, sound: SpokenSound) -> None:
        """Send what lies after the origin, on the clock of the peer's turn."""
        if self.number is None or _end_ms(sound) <= self._origin_ms:
            return
        start_ms = sound.start_ms - self._origin_ms
        pcm = sound.pcm
        if start_ms < 0:
            pcm = pcm[2 * round(-start_ms * sound.rate_hz / 1000) :]
        origin_ms = self._origin_ms
        phonemes = [
            (mark.ipa, max(0.0, mark.start_ms - origin_ms), mark.end_ms - origin_ms)
            for mark in sound.phonemes
            if mark.end_ms > origin_ms
        ]
        start_ms = max(0.0, start_ms)
        self.peer.play(self.number, pcm, sound.rate_hz, start_ms, phonemes)
        if self._loudspeaker is not None:
            self._loudspeaker.sent(self.number, pcm, sound.rate_hz, start_ms)
        self._begun = True
        self._tell_gain()

    def _tell_gain(self) -> None:
        if self.number is None or self._gain == self._gain_told:
            return
        self._gain_told = self._gain
        self.peer.set_gain(self.number, self._gain)
        if self._loudspeaker is not None:
            self._loudspeaker.gain(self.number, self._gain)


def _end_ms(sound: SpokenSound) -> float:
    return sound.start_ms + len(sound.pcm) / 2 * 1000 / sound.rate_hz


class AttachedSound:
    """Sound collected for a `text` event."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._rate_hz = 0

    async def sound(self, sound: SpokenSound) -> None:
        """Keep it."""
        self._pcm += sound.pcm
        self._rate_hz = sound.rate_hz

    def end(self) -> None:
        """Nothing to do."""

    def cancel(self) -> None:
        """Forget it."""
        self._pcm.clear()

    def wav_base64(self) -> str:
        """The sound as a WAV file in base64; empty when nothing was spoken."""
        if not self._pcm:
            return ""
        file = io.BytesIO()
        with wave.open(file, "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(self._rate_hz)
            wav.writeframes(bytes(self._pcm))
        return base64.b64encode(file.getvalue()).decode("ascii")
