"""A sentence becomes a film of a face that says it."""

import io
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from packages.engine.tests.session.scene import ScriptedVoice

from tutor_engine.session import clips as subject
from tutor_engine.session.clips import ClipFailed, Clips
from tutor_engine.showing.messages import ClipOrder
from tutor_engine.speaking.stage import Speaking

SAID = "Maple trees bring pumpkins."
ECHO = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"


def program(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


async def test_the_film_gets_the_face_the_sound_and_the_phonemes(tmp_path: Path) -> None:
    import msgspec

    clips = Clips(Speaking(ScriptedVoice()), program(ECHO))
    order = msgspec.msgpack.decode(
        await clips.make(tmp_path, SAID, voice="ada", language="en"), type=ClipOrder
    )
    assert order.package == str(tmp_path)
    assert order.rate_hz > 0
    assert len(order.pcm) > order.rate_hz // 2
    ends = [end for _, _, end in order.phonemes]
    assert ends == sorted(ends)


@pytest.mark.parametrize("code", ["raise SystemExit(3)", ""])
async def test_a_program_that_makes_no_film_is_told(tmp_path: Path, code: str) -> None:
    clips = Clips(Speaking(ScriptedVoice()), program(code))
    with pytest.raises(ClipFailed):
        await clips.make(tmp_path, SAID, voice="ada", language="en")


async def test_nobody_waits_for_a_film_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "PATIENCE_S", 0.5)
    clips = Clips(Speaking(ScriptedVoice()), program("import time; time.sleep(60)"))
    with pytest.raises(ClipFailed):
        await clips.make(tmp_path, SAID, voice="ada", language="en")


def test_the_film_moves_sounds_and_says_what_it_is(tmp_path: Path) -> None:
    import av
    import numpy as np

    from tutor_engine.showing.clip import film
    from tutor_engine.showing.port import FPS, FaceCapabilities, Frame, FrameRequest, LoopInfo, Speech

    class Slate:
        """Grey while it speaks, black at rest."""

        @property
        def capabilities(self) -> FaceCapabilities:
            return FaceCapabilities("slate", 1)

        def open(self, performance: int, package: Path) -> LoopInfo:
            return LoopInfo(64, 48, 5)

        def feed(self, performance: int, speech: Speech) -> None:
            assert speech.phonemes[0].ipa == "m"

        def flush(self, performance: int) -> None: ...

        def render(self, requests: Sequence[FrameRequest]) -> list[Frame]:
            assert all(request.loop_index < 5 for request in requests)
            return [np.full((72, 64), 16 if r.at_ms is None else 120, np.uint8) for r in requests]

        def close(self, performance: int) -> None: ...

    rate_hz = 16_000
    order = ClipOrder(str(tmp_path), bytes(2 * rate_hz), rate_hz, [("m", 0.0, 1000.0)])
    with av.open(io.BytesIO(film(order, Slate())), "r") as media:
        assert "AI-generated" in media.metadata["comment"]
        assert [stream.type for stream in media.streams] == ["video", "audio"]
        grey = [frame.to_ndarray(format="gray").mean() > 60 for frame in media.decode(video=0)]
    assert grey.count(True) == FPS
    assert not grey[0]
    assert not grey[-1]
