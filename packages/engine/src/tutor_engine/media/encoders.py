"""The encoders of live pictures of a worker, lent for one stretch of speech each.

An encoder holds about 10 MB of pictures, and a lesson listens most of the time: a worker needs as many as
speak at once, not one for each seat. Used again they leave no holes in the heap, as made and freed ones do.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tutor_engine.media.encode import X264, VideoCodec, VideoEncoder, VideoSettings


@dataclass(frozen=True, slots=True)
class _Resting:
    encoder: VideoEncoder
    since_s: float


class EncoderShelf:
    """Encoders that nobody uses now. Not thread-safe: an encoder is given back when no thread is at it."""

    KEEP_S = 20.0

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._resting: list[_Resting] = []
        """In the order in which they came back; the last is taken first, so that the others grow old."""
        self.h264 = X264
        """The FFmpeg encoder for H264; another one that fails gives way to x264 for good."""

    def __len__(self) -> int:
        return len(self._resting)

    def borrow(self, codec: VideoCodec, width: int, height: int, settings: VideoSettings) -> VideoEncoder:
        """An encoder whose next picture is a key frame.

        Raises:
            EncodingFailed: this build of FFmpeg has none.
        """
        for index in range(len(self._resting) - 1, -1, -1):
            if self._resting[index].encoder.is_for(codec, width, height, settings):
                encoder = self._resting.pop(index).encoder
                encoder.restart()
                return encoder
        return VideoEncoder(codec, width, height, settings, h264=self.h264)

    def give_back(self, encoder: VideoEncoder) -> None:
        """It is not used any more."""
        self._resting.append(_Resting(encoder, self._clock()))

    def note_failure(self) -> None:
        """One has failed: nothing that was made with it is used again."""
        self.h264 = X264
        self._resting.clear()

    def clear_out(self) -> bool:
        """Let go of those that rested for long; whether there were any."""
        before, until_s = len(self._resting), self._clock() - self.KEEP_S
        self._resting = [one for one in self._resting if one.since_s > until_s]
        return len(self._resting) < before
