"""What a student must see and hear of a lesson for the lab to be content."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.lab.remote import Remote, of_all

QUESTION = "What is a star made of?"
SMOOTH_FPS = {"full": 22.0, "reduced": 12.0}
"""By the level that the student was told: 25 and 15 frames a second are sent."""
CHANCES = 3
"""A machine that is busy with other things may be late twice."""
CHANCES_AFTER_LOSS = 10
"""A lesson that lost a second of packets shows 15 frames a second for the next ten or so."""


def is_steady(seen: dict[str, Any]) -> bool:
    """Every packet arrives, and as many frames as were promised."""
    return seen["fps"] > SMOOTH_FPS.get(seen["level"], 99) and set(seen["lost"].values()) == {0}


def is_alive(seen: dict[str, Any]) -> bool:
    """The tutor is heard, and frames keep coming unless the student was told of a still picture."""
    moves = seen["fps"] > 8 and seen["longest_still_s"] < 2
    return seen["speech_s"] > 0.5 and (moves or seen["level"] == "still")


def expect_joined(remotes: Sequence[Remote], **how: Any) -> list[Any]:
    """Everybody connects, like the web app with a new offer where the first one failed; how they did."""
    tries: list[list[Any]] = []
    for _ in range(CHANCES):
        tries.append(of_all(remotes, "join", **how))
        if all(student["connected"] for student in tries[-1]):
            return tries[-1]
    raise AssertionError(tries)


def expect_steady(remotes: Sequence[Remote], chances: int = CHANCES) -> None:
    """Picture and sound arrive without a gap."""
    tries: list[list[dict[str, Any]]] = []
    for _ in range(chances):
        tries.append(of_all(remotes, "watch", seconds=3))
        if all(is_steady(seen) for seen in tries[-1]):
            return
    raise AssertionError(tries)


def expect_alive(remotes: Sequence[Remote], seconds: float = 3) -> list[dict[str, Any]]:
    """Questions are answered, and the answer is seen and heard; what was seen."""
    watched: list[dict[str, Any]] = []
    for _ in range(CHANCES):
        assert all(said["answer"] for said in of_all(remotes, "converse", text=QUESTION))
        watched = of_all(remotes, "watch", seconds=seconds)
        if all(is_alive(seen) for seen in watched):
            return watched
    raise AssertionError(watched)


def expect_eventually(
    remotes: Sequence[Remote], do: str, true: Callable[[Any], bool], timeout_s: float
) -> list[Any]:
    """Ask until the answers of all students are as they should be; the last answers."""
    deadline_s = time.monotonic() + timeout_s
    while True:
        answers = of_all(remotes, do)
        if all(true(answer) for answer in answers):
            return answers
        assert time.monotonic() < deadline_s, (do, answers)
        time.sleep(0.25)
