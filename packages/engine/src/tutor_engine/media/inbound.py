"""The student's microphone: RTP packets in, 16 kHz mono PCM out, decoded on arrival.

In-order packets are never held back. Out-of-order ones wait for at most three packets (60 ms), what stays
missing is concealed, and pauses of the sender become silence, so that the sound keeps its length. Nothing
here grows: the reorder buffer has three places.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError
from numpy.lib.stride_tricks import as_strided

Samples = npt.NDArray[np.int16]
Decode = Callable[[bytes], Samples]

OPUS_RATE_HZ = 48_000
PACKET_SAMPLES = 960
REORDER_PACKETS = 3
MAX_CONCEALED_SAMPLES = OPUS_RATE_HZ * 60 // 1000
"""Repeating a voice longer than 60 ms sounds like a robot and makes words that were not said."""
MAX_SILENCE_SAMPLES = OPUS_RATE_HZ
"""A longer pause of the sender is shortened to 1 s."""
_RESTART_PACKETS = 500
"""A jump of 10 s of packets is another stream, not loss."""


class PayloadInvalid(ValueError):
    """The payload is no Opus packet."""


class OpusDecoder:
    """Opus packets to 48 kHz mono samples."""

    def __init__(self) -> None:
        context: Any = av.CodecContext.create("libopus", "r")
        context.format = "s16"
        context.layout = "mono"
        context.sample_rate = OPUS_RATE_HZ
        self._context = context

    def __call__(self, payload: bytes) -> Samples:
        """Decode one packet.

        Raises:
            PayloadInvalid: see there.
        """
        try:
            frames = self._context.decode(av.Packet(payload))
        except FFmpegError as error:
            raise PayloadInvalid(str(error)) from error
        # the plane is longer than its sound, and to_ndarray would look up the format with every packet
        parts: list[Samples] = [np.frombuffer(frame.planes[0], np.int16, frame.samples) for frame in frames]
        if not parts:
            raise PayloadInvalid("no sound in the packet")
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


class Decimator:
    """48 kHz to 16 kHz, continuous over pieces of any length; delays by 0.65 ms and holds nothing back."""

    TAPS = 63
    CUTOFF_HZ = 7_300

    def __init__(self) -> None:
        n = np.arange(self.TAPS) - (self.TAPS - 1) / 2
        kernel = np.sinc(2 * self.CUTOFF_HZ / OPUS_RATE_HZ * n) * np.hamming(self.TAPS)
        self._kernel = (kernel / kernel.sum()).astype(np.float32)
        self._history = np.zeros(self.TAPS - 1, np.float32)

    def __call__(self, samples: Samples) -> Samples:
        """Every third filtered sample."""
        joined = np.concatenate([self._history, samples.astype(np.float32)])
        count = len(joined) - (self.TAPS - 1)
        usable = count - count % 3
        # only every third is computed; the kernel reads the same from both ends
        step = joined.itemsize
        windows = as_strided(joined, (usable // 3, self.TAPS), (3 * step, step), writeable=False)
        filtered = windows @ self._kernel
        self._history = joined[usable:]
        return np.clip(np.rint(filtered), -32768, 32767).astype(np.int16)


def conceal(history: Samples, count: int) -> Samples:
    """Continue a voice for `count` samples by its last pitch period, fading out.

    The period is where the last 10 ms are most like what came 2.5 to 15 ms before them.
    """
    window, shortest, longest = 480, 120, 720
    if len(history) < window + longest:
        return np.zeros(count, np.int16)
    recent = history[-(window + longest) :].astype(np.float32)
    target = recent[-window:]
    scores = np.correlate(recent[: window + longest - shortest], target, "valid")
    period = longest - int(np.argmax(scores))
    repeated = np.resize(recent[-period:], count)
    return (repeated * np.linspace(1.0, 0.0, count, dtype=np.float32)).astype(np.int16)


class MicrophoneStream:
    """One stream (SSRC) of a microphone."""

    def __init__(self, decode: Decode) -> None:
        self._decode = decode
        self._decimate = Decimator()
        self._next: int | None = None
        self._next_time = 0
        self._waiting: dict[int, tuple[int, bytes]] = {}
        self._history: Samples = np.zeros(0, np.int16)
        self.counters: Counter[str] = Counter()

    def receive(self, sequence: int, timestamp: int, payload: bytes) -> bytes:
        """Take one packet; what can be heard now, possibly nothing."""
        self.counters["packets"] += 1
        ahead = 0 if self._next is None else _signed(sequence - self._next, 16)
        if self._next is None or abs(ahead) > _RESTART_PACKETS:
            self._waiting.clear()
            self._next, self._next_time, ahead = sequence, timestamp, 0
        if ahead < 0 or sequence in self._waiting:
            self.counters["late"] += 1
            return b""
        self._waiting[sequence] = (timestamp, payload)
        parts: list[Samples] = []
        self._drain(parts)
        if len(self._waiting) >= REORDER_PACKETS:
            self._skip_missing(parts)
            self._drain(parts)
        return self._decimate(np.concatenate(parts)).tobytes() if parts else b""

    def _drain(self, parts: list[Samples]) -> None:
        """Decode what is next in line."""
        while self._next is not None and self._next in self._waiting:
            timestamp, payload = self._waiting.pop(self._next)
            self._next = (self._next + 1) & 0xFFFF
            self._fill_pause(_signed(timestamp - self._next_time, 32), parts)
            samples = self._decoded(payload)
            self._keep(samples, parts)
            self._next_time = (timestamp + len(samples)) & 0xFFFFFFFF

    def _fill_pause(self, samples: int, parts: list[Samples]) -> None:
        """The sender was silent (discontinuous transmission): keep the length of the sound."""
        if samples > 0:
            self._keep(np.zeros(min(samples, MAX_SILENCE_SAMPLES), np.int16), parts)

    def _skip_missing(self, parts: list[Samples]) -> None:
        """Give up on the packets before the first that is there."""
        expected = self._next or 0
        first = min(self._waiting, key=lambda sequence: _signed(sequence - expected, 16))
        self.counters["lost"] += _signed(first - expected, 16)
        missing = _signed(self._waiting[first][0] - self._next_time, 32)
        self._next = first
        if missing > 0:
            self._conceal(min(missing, MAX_CONCEALED_SAMPLES), parts)

    def _decoded(self, payload: bytes) -> Samples:
        try:
            return self._decode(payload)
        except PayloadInvalid:
            self.counters["invalid"] += 1
            return conceal(self._history, PACKET_SAMPLES)

    def _conceal(self, count: int, parts: list[Samples]) -> None:
        self.counters["concealed_samples"] += count
        self._keep(conceal(self._history, count), parts)
        self._next_time = (self._next_time + count) & 0xFFFFFFFF

    def _keep(self, samples: Samples, parts: list[Samples]) -> None:
        parts.append(samples)
        self._history = np.concatenate([self._history, samples])[-1920:]


def _signed(value: int, bits: int) -> int:
    """The difference of two wrapping numbers."""
    half = 1 << (bits - 1)
    return (value + half) % (1 << bits) - half


class Microphone:
    """Everything that arrives for one peer's audio section; follows a change of source."""

    def __init__(self, report: Callable[[bytes], None]) -> None:
        self._report = report
        self._source: int | None = None
        self._stream: MicrophoneStream | None = None
        self._former: Counter[str] = Counter()

    @property
    def counters(self) -> Counter[str]:
        """Packets, lost, late, invalid, concealed_samples, over all sources."""
        return self._former + (self._stream.counters if self._stream else Counter())

    def receive(self, source: int, sequence: int, timestamp: int, payload: bytes) -> None:
        """Take one RTP packet; reports the PCM it completes."""
        if not payload:
            return
        if self._stream is None or source != self._source:
            self._former = self.counters
            self._source, self._stream = source, MicrophoneStream(OpusDecoder())
        pcm = self._stream.receive(sequence, timestamp, payload)
        if pcm:
            self._report(pcm)
