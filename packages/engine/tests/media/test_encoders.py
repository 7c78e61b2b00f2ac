import numpy as np
import pytest

from tutor_engine.media.encode import TIERS, X264, EncodingFailed, VideoCodec
from tutor_engine.media.encoders import EncoderShelf

PICTURE = np.full((96, 64), 128, np.uint8)


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shelf(clock: Clock) -> EncoderShelf:
    return EncoderShelf(clock)


@pytest.mark.parametrize("codec", VideoCodec)
def test_who_borrows_a_used_encoder_begins_with_a_key_frame(shelf: EncoderShelf, codec: VideoCodec) -> None:
    first = shelf.borrow(codec, 64, 64, TIERS[0])
    assert [first.encode(PICTURE).key for _ in range(3)] == [True, False, False]
    shelf.give_back(first)
    second = shelf.borrow(codec, 64, 64, TIERS[0])
    assert second is first
    assert [second.encode(PICTURE).key for _ in range(3)] == [True, False, False]


def test_only_an_encoder_of_the_same_kind_is_used_again(shelf: EncoderShelf) -> None:
    wanted = (VideoCodec.H264, 64, 64, TIERS[0])
    for other in (
        (VideoCodec.VP8, 64, 64, TIERS[0]),
        (VideoCodec.H264, 96, 64, TIERS[0]),
        (VideoCodec.H264, 64, 96, TIERS[0]),
        (VideoCodec.H264, 64, 64, TIERS[1]),
    ):
        shelf.give_back(shelf.borrow(*other))
    fresh = shelf.borrow(*wanted)
    assert len(shelf) == 4
    assert fresh.is_for(*wanted)


def test_two_lessons_never_share_one(shelf: EncoderShelf) -> None:
    kind = (VideoCodec.VP8, 64, 64, TIERS[0])
    one, other = shelf.borrow(*kind), shelf.borrow(*kind)
    assert one is not other
    shelf.give_back(one)
    assert shelf.borrow(*kind) is one
    assert shelf.borrow(*kind) not in (one, other)


def test_what_nobody_borrows_for_long_goes(shelf: EncoderShelf, clock: Clock) -> None:
    kind = (VideoCodec.VP8, 64, 64, TIERS[0])
    one, other = shelf.borrow(*kind), shelf.borrow(*kind)
    shelf.give_back(one)
    shelf.give_back(other)
    clock.now_s = shelf.KEEP_S - 1
    assert not shelf.clear_out()
    assert len(shelf) == 2
    shelf.give_back(shelf.borrow(*kind))
    clock.now_s = shelf.KEEP_S + 1
    assert shelf.clear_out()
    assert len(shelf) == 1
    assert shelf.borrow(*kind) is other


def test_after_a_failure_x264_encodes_and_nothing_old_is_used(shelf: EncoderShelf) -> None:
    kind = (VideoCodec.H264, 64, 64, TIERS[0])
    former = shelf.borrow(*kind)
    shelf.give_back(former)
    shelf.h264 = "h264_no_such_encoder"
    assert shelf.borrow(*kind) is former
    with pytest.raises(EncodingFailed, match="h264_no_such_encoder"):
        shelf.borrow(*kind)
    shelf.give_back(former)
    shelf.note_failure()
    assert shelf.h264 == X264
    assert shelf.borrow(*kind) is not former
