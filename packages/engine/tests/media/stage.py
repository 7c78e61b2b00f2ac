"""A playout on its own: ticks counted, blocks of sound, frames of a face that is never late."""

import numpy as np

from tutor_engine.media.encode import EncodedFrame, VideoCodec
from tutor_engine.media.loops import EncodedLoop
from tutor_engine.media.playout import (
    Playout,
)
from tutor_engine.media.released import Event, LiveFrame, Released

LOOP = EncodedLoop("loop", VideoCodec.H264, tuple(EncodedFrame(b"l%d" % i, i % 25 == 0) for i in range(50)))


def blocks(count: int, value: int = 1000) -> bytes:
    """`count` blocks of 20 ms at 48 kHz."""
    return np.full(count * 960, value, np.int16).tobytes()


class Stage:
    """A playout with its ticks counted, and a face that is never late in encoding."""

    def __init__(self, *, face: bool = True, loop: bool = True) -> None:
        self.playout = Playout()
        self.playout.face_present = face
        if loop:
            self.playout.set_loop(LOOP)
        self.number = 100
        self.released: list[Released] = []

    def run(self, ticks: int = 1) -> list[Released]:
        out = [self.playout.tick(self.number + step) for step in range(ticks)]
        self.number += ticks
        self.released += out
        return out

    def speak(self, turn: int, count: int, *, end: bool = True, with_face: bool = True) -> list[Event]:
        events = self.playout.play(turn, blocks(count), 48_000, 0.0, with_face)
        return events + (self.playout.end(turn) if end else [])

    def show(self, turn: int, index: int, *, loop_index: int = 0, exit: bool = False) -> bool:
        if not self.playout.wants(turn, index, exit=exit):
            return False
        picture = EncodedFrame(b"%d/%d" % (turn, index), self.playout.take_key_request())
        self.playout.add_frame(LiveFrame(turn, index, loop_index, exit, picture), self.playout.epoch)
        return True

    def seen(self) -> list[bytes]:
        return [picture.frame.data for released in self.released for picture in released.pictures]


def events_of(released: list[Released]) -> list[Event]:
    return [event for one in released for event in one.events]


def silent(released: Released) -> bool:
    return released.sound.pcm is None


def loudest(released: list[Released]) -> list[int]:
    return [int(np.frombuffer(one.sound.pcm or bytes(2), np.int16).max()) for one in released]
