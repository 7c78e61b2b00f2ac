"""Lines the segments of a turn up on one clock: one sample rate, 40 ms chunks, a pause after each segment.

The clock starts at 0 with the first sample of the turn and counts samples, so chunks follow each other
without a gap. Silence at the end of what an engine gave is replaced by a pause of the length we want.
No tasks and no waiting here.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor_engine.speaking.port import AudioChunk, PhonemeMark, Segment, SpeechEvent, WordMark
from tutor_engine.speaking.spoken import Spoken

if TYPE_CHECKING:
    import soxr

CHUNK_MS = 40
"""One frame of the face."""
_SILENT_PEAK = 160
"""-46 dB: below the breath of a voice, above the noise of a decoder."""


@dataclass(frozen=True, slots=True)
class SpokenSound:
    """Sound at `start_ms` of the turn; `phonemes` begin in it or later and come only once."""

    pcm: bytes
    rate_hz: int
    start_ms: float
    phonemes: tuple[PhonemeMark, ...] = ()


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """Words on the clock of the turn; characters count in the whole answer as it was written."""

    words: tuple[WordMark, ...]


@dataclass(frozen=True, slots=True)
class SegmentDone:
    """All sound of a segment has been given; `char_start` is where its text begins in the answer.

    A segment without anything to say has equal times.
    """

    index: int
    text: str
    char_start: int
    start_ms: float
    end_ms: float
    last: bool


@dataclass(frozen=True, slots=True)
class SegmentFailed:
    """The voice failed at `at_ms`; this segment is text only (from there on)."""

    index: int
    text: str
    char_start: int
    start_ms: float
    at_ms: float
    reason: str
    last: bool


SpokenPiece = SpokenSound | SpokenWords | SegmentDone | SegmentFailed


class TurnAssembly:
    """Builds the sound of one turn, segment after segment."""

    def __init__(self) -> None:
        self.rate_hz: int | None = None
        self._given_bytes = 0
        self._pcm = bytearray()
        """Sound ready to be given."""
        self._quiet = bytearray()
        """Silence that is part of the speech only if more sound follows."""
        self._segment = _Open(0.0, 0, "", Spoken(""))
        self._phonemes: list[PhonemeMark] = []
        self._pause: PhonemeMark | None = None
        self._words: list[WordMark] = []

    @property
    def position_ms(self) -> float:
        """Where the next sample will be."""
        return self._ms(self._given_bytes + len(self._pcm) + len(self._quiet))

    def open(self, segment: Segment, char_start: int, spoken: Spoken) -> None:
        """Begin a segment here."""
        self._segment = _Open(self.position_ms, char_start, segment.text, spoken)

    def add(self, event: SpeechEvent) -> list[SpokenPiece]:
        """Take an event of the voice; what is ready to be given."""
        match event:
            case WordMark():
                self._add_word(event)
                return []
            case PhonemeMark():
                self._add_phoneme(event)
                return []
            case AudioChunk():
                self._add_sound(event)
                return self._give(rest=False)

    def close(self, pause_ms: float) -> list[SpokenPiece]:
        """End the segment with a pause that reaches to a whole chunk; no sound, no pause."""
        spoke = self.position_ms > self._segment.start_ms
        self._flush_resampler()
        if spoke and self.rate_hz:
            voiced_end_ms = self._ms(self._given_bytes + len(self._pcm))
            wanted = self._bytes(pause_ms)
            self._pcm += bytes(self._quiet[:wanted]).ljust(wanted, b"\0")
            self._pcm += bytes(-len(self._pcm) % self._bytes(CHUNK_MS))
            self._quiet.clear()
            end_ms = self._ms(self._given_bytes + len(self._pcm))
            last_ms = self._segment.phonemes_end_ms
            begin_ms = voiced_end_ms if last_ms is None else min(last_ms, end_ms)
            self._phonemes.append(PhonemeMark("", begin_ms, end_ms))
        self._pause = None
        return self._give(rest=True)

    def _add_word(self, mark: WordMark) -> None:
        opened = self._segment
        start, end = opened.spoken.written_span(mark.char_start, mark.char_end)
        word = WordMark(
            opened.text[start:end],
            start + opened.char_start,
            end + opened.char_start,
            mark.start_ms + opened.start_ms,
            mark.end_ms + opened.start_ms,
        )
        if self._words and word.char_start < self._words[-1].char_end:
            # Several spoken words stand for one written thing: "twenty twenty-four" for 2024.
            last = self._words[-1]
            self._words[-1] = replace(last, end_ms=word.end_ms)
        elif end > start:
            self._words.append(word)

    def _add_phoneme(self, mark: PhonemeMark) -> None:
        shift = self._segment.start_ms
        moved = PhonemeMark(mark.ipa, mark.start_ms + shift, mark.end_ms + shift)
        if self._pause is not None:
            self._phonemes.append(self._pause)
            self._pause = None
        if moved.ipa == "":
            # The last pause of a segment is ours, so an engine's pause waits for a phoneme after it.
            self._pause = moved
        else:
            self._phonemes.append(moved)
            self._segment.phonemes_end_ms = moved.end_ms

    def _add_sound(self, chunk: AudioChunk) -> None:
        if self.rate_hz is None:
            self.rate_hz = chunk.rate_hz
        pcm = chunk.pcm if chunk.rate_hz == self.rate_hz else self._resampled(chunk, self.rate_hz)
        self._append(pcm)

    def _append(self, pcm: bytes) -> None:
        """Silence waits: it belongs to the speech only when sound comes after it."""
        import numpy as np

        samples = np.frombuffer(pcm, np.int16).astype(np.int32)
        if not samples.size or int(np.abs(samples).max()) < _SILENT_PEAK:
            self._quiet += pcm
        else:
            self._pcm += self._quiet + pcm
            self._quiet.clear()

    def _resampled(self, chunk: AudioChunk, rate_hz: int) -> bytes:
        import numpy as np
        import soxr

        if self._segment.resampler is None:
            self._segment.resampler = soxr.ResampleStream(
                chunk.rate_hz, rate_hz, 1, dtype="int16", quality="HQ"
            )
        return self._segment.resampler.resample_chunk(np.frombuffer(chunk.pcm, np.int16)).tobytes()

    def _flush_resampler(self) -> None:
        import numpy as np

        if self._segment.resampler is not None:
            rest = self._segment.resampler.resample_chunk(np.zeros(0, np.int16), last=True)
            self._append(rest.tobytes())

    def _give(self, *, rest: bool) -> list[SpokenPiece]:
        pieces: list[SpokenPiece] = []
        if self.rate_hz is None:
            return pieces
        size = self._bytes(CHUNK_MS)
        while len(self._pcm) >= size or (rest and self._pcm):
            if self._words:
                pieces.append(SpokenWords(tuple(self._words)))
                self._words.clear()
            pcm = bytes(self._pcm[:size])
            start_ms = self._ms(self._given_bytes)
            pieces.append(SpokenSound(pcm, self.rate_hz, start_ms, tuple(self._phonemes)))
            self._phonemes.clear()
            del self._pcm[:size]
            self._given_bytes += len(pcm)
        return pieces

    def _ms(self, size: int) -> float:
        return size / 2 * 1000 / self.rate_hz if self.rate_hz else 0.0

    def _bytes(self, duration_ms: float) -> int:
        return int(duration_ms * (self.rate_hz or 0) / 1000) * 2


@dataclass(slots=True)
class _Open:
    """The segment being built."""

    start_ms: float
    char_start: int
    text: str
    spoken: Spoken
    resampler: "soxr.ResampleStream | None" = None
    phonemes_end_ms: float | None = None
