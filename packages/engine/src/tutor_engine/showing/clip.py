"""A face that says one sentence, as a film: `python -m tutor_engine.showing.clip`, a process of its own.

It takes a `ClipOrder` (MessagePack) on its standard input and answers with an MP4 on its standard output. The
CPU puppet draws it on every machine, so that no second copy of a neural engine is loaded for a few seconds.
"""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tutor_engine.showing.messages import ClipOrder
from tutor_engine.showing.port import (
    FPS,
    FRAME_MS,
    AvatarUnusable,
    FaceEngine,
    Frame,
    FrameRequest,
    Speech,
    TimedPhoneme,
)

if TYPE_CHECKING:
    import av.container

UNUSABLE = 3
"""Exit status: the avatar cannot be shown."""
_LEAD_FRAMES = 10
"""At rest before the first sound; a film that begins in the middle of a word looks cut."""
_TAIL_FRAMES = 15
_PERFORMANCE = 1
_NICE = 5
"""Lessons come first; a teacher waits for this."""
_LABEL = "AI-generated: a synthetic voice and a synthetic face."
_X264 = {"preset": "veryfast", "crf": "21"}


def performed(order: ClipOrder, engine: FaceEngine) -> Iterator[Frame]:
    """The frames of the film.

    Raises:
        AvatarUnusable: the package cannot be opened.
    """
    info = engine.open(_PERFORMANCE, Path(order.package))
    phonemes = [TimedPhoneme(ipa, start, end) for ipa, start, end in order.phonemes]
    engine.feed(_PERFORMANCE, Speech(order.pcm, order.rate_hz, 0.0, phonemes))
    spoken = round(len(order.pcm) // 2 * FPS / order.rate_hz)
    for number in range(-_LEAD_FRAMES, spoken + _TAIL_FRAMES):
        at_ms = number * FRAME_MS if 0 <= number < spoken else None
        index = (number + _LEAD_FRAMES) % info.frames
        yield from engine.render([FrameRequest(_PERFORMANCE, index, at_ms)])
    engine.close(_PERFORMANCE)


def film(order: ClipOrder, engine: FaceEngine) -> bytes:
    """The film as an MP4 that says of itself that a machine made it."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as media:
        media.metadata["comment"] = _LABEL
        _write(media, order, performed(order, engine))
    return file.getvalue()


def _write(media: "av.container.OutputContainer", order: ClipOrder, frames: Iterator[Frame]) -> None:
    import av
    import numpy as np

    picture = media.add_stream("libx264", rate=FPS, options=_X264)
    sound = media.add_stream("aac", rate=order.rate_hz, layout="mono")
    picture.pix_fmt = "yuv420p"
    for number, frame in enumerate(frames):
        if number == 0:
            picture.height, picture.width = frame.shape[0] * 2 // 3, frame.shape[1]
        shown = av.VideoFrame.from_ndarray(frame, format="yuv420p")
        shown.pts = number
        media.mux(picture.encode(shown))
    media.mux(picture.encode(None))
    quiet = bytes(2 * (_LEAD_FRAMES * order.rate_hz // FPS))
    samples = np.frombuffer(quiet + order.pcm, np.int16).reshape(1, -1)
    heard = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    heard.sample_rate = order.rate_hz
    heard.pts = 0
    media.mux(sound.encode(heard))
    media.mux(sound.encode(None))


def main() -> int:
    """Read the order, make the film."""
    import cv2

    from tutor_engine.showing.puppet.engine import PuppetEngine
    from tutor_engine.showing.puppet.packages import open_package

    os.nice(_NICE)
    cv2.setNumThreads(1)
    order = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=ClipOrder)
    try:
        made = film(order, PuppetEngine(open_package, "a clip"))
    except AvatarUnusable:
        return UNUSABLE
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
