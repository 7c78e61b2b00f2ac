"""What the engine hears of the face engines."""

from dataclasses import replace

from packages.engine.tests.showing.faces import GreyFace

from tutor_engine.showing.messages import FaceReady
from tutor_engine.showing.port import FaceCapabilities
from tutor_engine.showing.standing import Standing


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
