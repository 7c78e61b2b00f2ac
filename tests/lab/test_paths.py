"""Lessons through a NAT and a port map, with students made of code and in real browsers; and what can happen.

The engine announces one address and one port; nobody has a STUN or TURN server.
"""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from tests.lab.conftest import Bring
from tests.lab.deployment import Deployment
from tests.lab.net import PUBLIC, Network
from tests.lab.remote import Remote, of_all
from tests.lab.sight import (
    CHANCES_AFTER_LOSS,
    QUESTION,
    expect_alive,
    expect_eventually,
    expect_joined,
    expect_steady,
)

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

DEADLINE_S = 12
"""The engine gives a connection up after this time."""
LOW = ("still", "text")
"""Levels without a moving picture."""


@pytest.fixture(autouse=True)
def usual(deployment: Deployment) -> None:
    deployment.restart()


def expect_refused(remotes: Sequence[Remote], deployment: Deployment, code: str) -> None:
    """Nobody connects, everybody is told why in time, and the lesson goes on in writing."""
    since = deployment.mark()
    for joined in of_all(remotes, "join", patience_s=DEADLINE_S):
        assert not joined["connected"], joined
        assert joined["first_frame_s"] is None
    expect_eventually(remotes, "errors", lambda told: code in told, timeout_s=20)
    states = list(deployment.events("peer_state", since))
    begun = {state["audience"]: moment(state) for state in states if state["state"] == "connecting"}
    failed = {state["audience"]: moment(state) for state in states if state["state"] == "failed"}
    assert begun.keys() == failed.keys(), states
    for audience, failed_s in failed.items():
        assert DEADLINE_S - 1 < failed_s - begun[audience] < DEADLINE_S + 5
    for said in of_all(remotes, "converse", text=QUESTION):
        assert said["answer"]


def moment(event: dict[str, Any]) -> float:
    return datetime.fromisoformat(event["timestamp"]).timestamp()


def test_students_behind_a_nat_connect_without_stun_or_turn(bring: Bring) -> None:
    code, pages = bring("H264", "VP8", "H264"), bring("H264", "VP8", browser=True)
    both = (code, pages)
    joined = of_all(both, "join")
    assert [j["connected"] for j in joined] == [True] * 5, joined
    assert [j["codec"] for j in joined] == ["H264", "VP8", "H264", "H264", "VP8"]
    assert max(j["first_frame_s"] for j in joined) < 5
    for student in joined[:3]:
        assert student["announced"] == [f"{PUBLIC} 10110"]
    for page in joined[3:]:
        assert page["remote"] == f"{PUBLIC} 10110"
    expect_steady(both)


@pytest.mark.parametrize("percent", [2, 10])
def test_a_lesson_goes_on_while_packets_are_lost(network: Network, bring: Bring, percent: float) -> None:
    both = (bring("H264", "VP8"), bring("H264", "VP8", browser=True))
    expect_joined(both)
    with network.lossy(percent):
        watched = expect_alive(both, seconds=5)
    packets = sum(sum(seen["packets"].values()) for seen in watched)
    lost = sum(sum(seen["lost"].values()) for seen in watched)
    assert percent / 3 < 100 * lost / (packets + lost) < percent * 3, "the network lost something else"
    for seen in watched:
        assert seen["packets"]["audio"] > 5 * 50 * 0.5, seen
    for told in of_all(both, "quality"):
        assert not {(level, "network") for level in LOW} & {(level, reason) for level, reason in told}, told


def test_under_heavy_loss_a_lesson_steps_down_and_says_why(network: Network, bring: Bring) -> None:
    """Moving pictures end before the sound does."""
    both = (bring("H264", "VP8"), bring("H264", "VP8", browser=True))
    expect_joined(both)
    with network.lossy(40):
        told = expect_eventually(both, "quality", lambda told: told[-1:] and told[-1][0] in LOW, 40)
        watched = of_all(both, "watch", seconds=2)
    for levels, seen in zip(told, watched, strict=True):
        assert "network" in [reason for _, reason in levels], levels
        assert "reduced" in [level for level, _ in levels], levels
        assert seen["packets"]["audio"] > 2 * 50 * 0.3, seen


def test_media_goes_on_when_the_nat_forgets_the_student(
    network: Network, deployment: Deployment, bring: Bring
) -> None:
    """Browsers check their connection from the new address within seconds; nobody offers anew."""
    pages = bring("H264", "VP8", browser=True)
    expect_joined((pages,))
    since = deployment.mark()
    for _ in range(2):
        pages.tell("watch", seconds=4)
        time.sleep(0.5)
        network.rebind()
        for seen in pages.hear():
            assert seen["lost"]["video"] > 0, "the NAT has forgotten nothing"
            assert seen["longest_still_s"] < 4, seen
    expect_steady((pages,), CHANCES_AFTER_LOSS)
    assert list(deployment.events("peer_state", since)) == [], "the connection was made anew"


def test_media_follows_a_client_that_only_checks_again(network: Network, bring: Bring) -> None:
    """Not every ICE agent nominates the new pair, as browsers' does: what it checks from is where it is."""
    students = bring("H264", "VP8")
    expect_joined((students,))
    students.tell("watch", seconds=12)
    time.sleep(0.5)
    network.rebind()
    for seen in students.hear():
        assert seen["packets"]["audio"] > 12 * 50 * 0.3, seen
    expect_steady((students,), CHANCES_AFTER_LOSS)


def test_a_student_who_changes_networks_is_back_within_seconds(network: Network, bring: Bring) -> None:
    """The old link is gone with its address; the lesson is the same, on a new socket with the same token."""
    both = (bring("H264", "VP8"), bring("H264", "VP8", browser=True))
    expect_joined(both)
    network.move_client()
    try:
        assert all(seen["fps"] == 0 for seen in of_all(both, "watch", seconds=0.5)[:2]), "the old link works"
        for back in of_all(both, "reconnect"):
            assert back["connected"]
            assert back["back_after_s"] < 10
        expect_alive(both)
    finally:
        network.return_client()


def test_without_a_port_map_the_lesson_goes_on_in_writing(
    network: Network, deployment: Deployment, bring: Bring
) -> None:
    both = (bring("H264"), bring("VP8", browser=True))
    with network.port_map_missing():
        expect_refused(both, deployment, "media_blocked")
    expect_joined(both)


def test_lost_replies_are_named(network: Network, deployment: Deployment, bring: Bring) -> None:
    with network.replies_lost():
        expect_refused((bring("VP8", browser=True),), deployment, "media_one_way")


def test_a_wrong_public_address_is_named(deployment: Deployment, bring: Bring) -> None:
    deployment.restart(WEBRTC_PUBLIC_IP="203.0.113.99")
    expect_refused((bring("H264"), bring("VP8", browser=True)), deployment, "media_blocked")
