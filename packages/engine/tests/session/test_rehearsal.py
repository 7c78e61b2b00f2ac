"""Connections for the check before a lesson: few, short, and of no lesson."""

import asyncio
from pathlib import Path
from typing import cast

import pytest
from packages.engine.tests.session.scene import Scene

from tutor_engine.media import messages as mm
from tutor_engine.session.plane import FaceRef, OfferRefused, Plane
from tutor_engine.session.rehearsal import Rehearsals, TooManyRehearsals


async def find_face(avatar_id: None) -> FaceRef:
    return FaceRef("ada", Path("/avatars/ada"), "loop-ada")


def rehearsals(scene: Scene, most: int = 2, lasts_s: float = 60.0) -> Rehearsals:
    return Rehearsals(cast("Plane", scene.plane), find_face, most=most, lasts_s=lasts_s)


async def test_an_offer_is_answered_and_takes_no_seat(scene: Scene) -> None:
    checks = rehearsals(scene)
    assert await checks.begin("v=0") == "v=0 answer"
    assert scene.plane.media.of(mm.OpenPeer) == [mm.OpenPeer(1, "v=0", "loop-ada")]
    assert (checks.running, scene.registry.active) == (1, 0)
    await checks.aclose()
    await checks.aclose()
    assert checks.running == 0
    assert scene.plane.media.of(mm.ClosePeer) == [mm.ClosePeer(1)]


async def test_it_ends_by_itself(scene: Scene) -> None:
    checks = rehearsals(scene, lasts_s=0.0)
    await checks.begin("v=0")
    await asyncio.sleep(0.001)
    assert checks.running == 0
    assert scene.plane.media.of(mm.ClosePeer)


@pytest.mark.parametrize("state", ["failed", "gone"])
async def test_a_lost_connection_makes_room(scene: Scene, state: str) -> None:
    checks = rehearsals(scene, most=1)
    await checks.begin("v=0")
    with pytest.raises(TooManyRehearsals):
        await checks.begin("v=0")
    scene.plane.peers[1].take(mm.PeerState(1, "stalled"))
    assert checks.running == 1
    scene.plane.peers[1].take(mm.PeerState(1, state))
    assert checks.running == 0
    await checks.begin("v=0")
    await checks.aclose()


async def test_a_refused_offer_makes_room(scene: Scene) -> None:
    checks = rehearsals(scene, most=1)
    scene.plane.refuse = "no Opus in the sound section"
    with pytest.raises(OfferRefused, match="Opus"):
        await checks.begin("v=0")
    assert checks.running == 0
