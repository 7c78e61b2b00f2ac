"""Moving, moving less, still: what the idle loop shows in each slot."""

from tutor_engine.media.encode import EncodedFrame, VideoCodec, shown_at_15_fps
from tutor_engine.media.ladder import Level
from tutor_engine.media.loopcursor import STILL_SLOTS, LoopCursor
from tutor_engine.media.loops import EncodedLoop


def loop(mark: str, tier: int = 0) -> EncodedLoop:
    frames = (
        EncodedFrame(f"{mark}{n}".encode(), n % 25 == 0) if tier < 2 or shown_at_15_fps(n) else None
        for n in range(75)
    )
    return EncodedLoop("face", VideoCodec.H264, tuple(frames), tier)


def shown(cursor: LoopCursor, slots: int) -> list[str]:
    frames = [cursor.step()[0] for _ in range(slots)]
    return ["" if frame is None else frame.data.decode() for frame in frames]


def test_another_tier_begins_at_a_key_frame_and_goes_on_where_the_loop_is() -> None:
    cursor = LoopCursor()
    cursor.show(loop("a"))
    shown(cursor, 20)
    cursor.show(loop("c", 2))
    assert shown(cursor, 10) == ["a20", "a21", "a22", "a23", "a24", "c25", "", "c27", "c28", ""]
    cursor.show(loop("a"))
    assert shown(cursor, 22)[-2:] == ["a50", "a51"]


def test_a_tier_that_is_taken_back_before_its_key_frame_is_never_shown() -> None:
    cursor, best = LoopCursor(), loop("a")
    cursor.show(best)
    cursor.step()
    cursor.show(loop("b", 1))
    cursor.show(best)
    assert shown(cursor, 74) == [f"a{n}" for n in range(1, 75)]


def test_three_of_five_frames_are_15_fps_and_keep_every_key_frame() -> None:
    kept = [n for n in range(250) if shown_at_15_fps(n)]
    assert len(kept) == 150
    assert set(range(0, 250, 25)) <= set(kept)


def test_a_still_picture_is_one_key_frame_every_four_seconds_and_the_way_back() -> None:
    cursor = LoopCursor()
    cursor.show(loop("a"))
    shown(cursor, 30)
    cursor.show(loop("c", 2))
    cursor.level = Level.STILL
    cursor.resend()
    assert shown(cursor, STILL_SLOTS + 1) == ["c50", *[""] * (STILL_SLOTS - 1), "c50"]
    cursor.level = Level.FULL
    assert shown(cursor, 3) == ["c50", "", "c52"]


def test_words_only_shows_nothing() -> None:
    cursor = LoopCursor()
    cursor.show(loop("a"))
    cursor.level = Level.TEXT
    assert shown(cursor, 200) == [""] * 200


def test_another_face_starts_from_its_first_frame() -> None:
    cursor = LoopCursor()
    cursor.show(loop("a"))
    shown(cursor, 30)
    cursor.show(EncodedLoop("other", VideoCodec.H264, loop("z").frames))
    assert shown(cursor, 2) == ["z0", "z1"]
