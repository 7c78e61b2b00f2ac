"""How fast one browser, and one address, may ask and open sockets."""

import pytest
from packages.platform.tests.conftest import OpenTown
from websockets.exceptions import InvalidStatus

from tutor_platform.cli import MAX_CONNECTIONS
from tutor_platform.kit import edge
from tutor_platform.kit.limits import ADDRESS_SHARE, Turnstile


def test_each_browser_has_its_share_and_an_address_ten() -> None:
    stile = Turnstile(rate_hz=1, burst=2)
    assert [stile.passes("a", "one", 0) for _ in range(3)] == [True, True, False]
    assert stile.passes("a", "two", 0)
    assert stile.passes("a", "one", 1)
    others = [stile.passes("a", f"made-up-{number}", 1) for number in range(40)]
    assert sum(others) < 2 * ADDRESS_SHARE + 1
    assert stile.passes("b", "", 1)


def test_who_shows_nothing_counts_by_address() -> None:
    stile = Turnstile(rate_hz=1, burst=1)
    assert sum(stile.passes("a", "", 0) for _ in range(50)) == ADDRESS_SHARE


def test_a_whole_school_comes_back_through_one_address_at_once() -> None:
    stile = Turnstile(edge.SOCKETS_OPENED_HZ, edge.SOCKETS_OPENED_BURST, edge.SOCKETS_ADDRESS_SHARE)
    assert all(stile.passes("the school's", f"student {number}", 0) for number in range(MAX_CONNECTIONS))
    assert not stile.passes("the school's", "one more", 0)


async def test_a_browser_that_asks_too_fast_waits(town_with: OpenTown) -> None:
    town = await town_with(request_rate_hz=0.01, request_burst=4)
    student = await town.signed_in("student@here")
    answers = [await student.http.get("/api/auth/me") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert answers[-1].json()["error"]["code"] == "too_many_attempts"
    assert int(answers[-1].headers["retry-after"]) >= 1
    # Pages and scripts are not counted, and neither are others.
    assert (await student.http.get("/favicon.svg")).status_code == 404
    other = await town.signed_in("other@here")
    assert (await other.http.get("/api/auth/me")).status_code == 200


async def test_a_browser_that_opens_sockets_too_fast_is_refused(
    town_with: OpenTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "SOCKETS_OPENED_HZ", 0.001)
    monkeypatch.setattr(edge, "SOCKETS_OPENED_BURST", 2)
    town = await town_with()
    student = await town.signed_in("student@here")
    for _ in range(2):
        async with student.socket() as wire:
            await wire.say("ping")
            await wire.until("pong")
    with pytest.raises(InvalidStatus) as refusal:
        async with student.socket():
            pass
    assert refusal.value.response.status_code == 403
