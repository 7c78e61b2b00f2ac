"""What a poor connection is spared."""

from packages.engine.tests.media.stage import Stage, events_of, silent

from tutor_engine.media.ladder import Level
from tutor_engine.media.released import Started


def test_reduced_leaves_out_two_frames_of_five_and_keeps_every_one_on_time() -> None:
    stage = Stage()
    stage.playout.set_level(Level.REDUCED)
    stage.speak(1, 40)
    left_out = [index for index in range(20) if stage.playout.leaves_out(index)]
    assert len(left_out) == 8
    for index in range(20):
        if index not in left_out:
            assert stage.show(1, index)
    out = stage.run(40)
    shown = {picture.frame.data: picture.pts for released in out for picture in released.pictures}
    assert shown == {b"1/%d" % index: index * 3600 for index in range(20) if index not in left_out}
    assert not any(silent(released) for released in out)
    assert not stage.playout.leaves_out(-1)
    assert not stage.playout.leaves_out(1, exit=True)


def test_a_still_picture_needs_no_face_and_sound_goes_on() -> None:
    stage = Stage()
    stage.run(4)
    stage.speak(1, 60)
    assert stage.show(1, 0)
    stage.run(4)
    stage.playout.set_level(Level.STILL)
    assert stage.playout.leaves_out(3)
    assert stage.playout.leaves_out(3, exit=True)
    known = len(stage.seen())
    out = stage.run(300)
    assert stage.seen()[known:] == [b"l25", b"l25"], "at once, and after 4 s"
    assert sum(not silent(released) for released in out) == 56
    stage.playout.set_level(Level.FULL)
    stage.run(2)
    assert stage.seen()[-1] == b"l25"
    assert stage.playout.key_wanted, "the next live stretch starts with a key frame"


def test_sound_begins_without_a_frame_when_there_will_be_none() -> None:
    stage = Stage()
    stage.playout.set_level(Level.STILL)
    stage.run(2)
    stage.speak(1, 3)
    assert events_of(stage.run())[0] == Started(1)


def test_a_receiver_that_lost_the_still_picture_gets_it_again() -> None:
    stage = Stage()
    stage.playout.set_level(Level.STILL)
    stage.run(10)
    stage.playout.request_key()
    stage.run(2)
    assert stage.seen() == [b"l0", b"l0"]


def test_words_only_sends_silence_and_no_picture() -> None:
    stage = Stage()
    stage.playout.set_level(Level.TEXT)
    out = stage.run(300)
    assert stage.seen() == []
    assert all(silent(released) for released in out)
