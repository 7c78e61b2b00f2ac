"""What the engine hears of the face engines."""

from dataclasses import replace

import pytest
from packages.engine.tests.showing.faces import GreyFace

from tutor_engine.showing.messages import FaceReady
from tutor_engine.showing.port import FaceCapabilities
from tutor_engine.showing.standing import Standing, engines_for


class Moody(GreyFace):
    """An engine whose capabilities change."""

    mood = FaceCapabilities("moody", 4, "well")

    @property
    def capabilities(self) -> FaceCapabilities:
        return self.mood


def test_tells_at_first_and_when_something_changes() -> None:
    told: list[FaceReady] = []
    moody = Moody()
    standing = Standing([moody, GreyFace()], {"rare": "not used: no GPU"}, told.append)
    standing.tell()
    standing.tell()
    assert told == [FaceReady({"moody": "well", "grey": "for tests", "rare": "not used: no GPU"}, [])]
    moody.mood = replace(moody.mood, detail="out of memory", ready=False)
    standing.tell()
    assert told[1:] == [
        FaceReady({"moody": "out of memory", "grey": "for tests", "rare": "not used: no GPU"}, ["moody"])
    ]


_GPU = {"musetalk": "NVIDIA H200, 412 frames/s: 16 speaking lessons", "puppet": "CPU"}


@pytest.mark.parametrize("kind", ["drawn", "photo", "video"])
def test_the_puppet_shows_every_kind(kind: str) -> None:
    assert engines_for(kind, {"puppet": "CPU", "musetalk": "not used: no GPU"}, []) == ["puppet"]


def test_musetalk_shows_footage_and_nothing_else() -> None:
    assert engines_for("video", _GPU, []) == ["musetalk", "puppet"]
    assert engines_for("photo", _GPU, []) == ["puppet"]
    assert engines_for("drawn", _GPU, []) == ["puppet"]


def test_an_engine_in_trouble_shows_nothing() -> None:
    assert engines_for("video", _GPU, ["musetalk"]) == ["puppet"]


def test_an_engine_that_is_not_known_to_be_choosy_shows_every_kind() -> None:
    told = {"personal": "ready", "puppet": "CPU"}
    assert engines_for("photo", told, []) == ["personal", "puppet"]


def test_before_the_worker_is_up_the_puppet_is_expected() -> None:
    assert engines_for("video", {}, []) == ["puppet"]
