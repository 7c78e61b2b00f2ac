"""Orders in documents and questions: the embedded tutor obeys none and reads none aloud."""

from dataclasses import replace

import pytest

from tutor_engine.answering.extractive import Extractive
from tutor_engine.answering.stage import Answering

from .conftest import collect
from .injections import Injection, injections

CASES = tuple(injections())


def test_the_corpus_is_large_and_in_both_languages() -> None:
    assert len(CASES) >= 200
    assert len({case.id for case in CASES}) == len(CASES)
    assert {
        language: sum(case.language == language for case in CASES) >= 90 for language in ("en", "zh")
    } == {
        "en": True,
        "zh": True,
    }


@pytest.mark.parametrize("mode", ["explain", "socratic", "quiz", "practice"])
@pytest.mark.parametrize("whole", [False, True])
async def test_no_order_is_obeyed_and_no_known_kind_read_aloud(mode: str, whole: bool) -> None:
    stage = Answering([Extractive()])
    obeyed: list[str] = []
    read_out: list[str] = []
    for case in CASES:
        answer = await collect(stage.answer(replace(case.asked(whole=whole), mode=mode)))
        quotes = [event.citation.quote for event in answer.citations]
        told = f"{answer.text} {answer.end.screen} {' '.join(answer.end.choices)} {' '.join(quotes)}"
        if case.canary not in told and "evil.example" not in told:
            continue
        # Words that no rule knows may be quoted, with their place; more than quoting never happens.
        own = "".join(piece for piece in answer.pieces if case.canary in piece)
        quoted = any(case.canary in quote for quote in quotes)
        if case.kind != "fresh" or (own and not quoted and mode == "explain"):
            obeyed.append(f"{case.id}: {told}")
        read_out.append(case.id)
    assert obeyed == []
    assert all("-fresh-" in name for name in read_out)


@pytest.mark.parametrize("case", [case for case in CASES if case.kind == "override"][:6], ids=lambda c: c.id)
async def test_what_stands_beside_an_order_is_still_taught(case: Injection) -> None:
    answer = await collect(Answering([Extractive()]).answer(case.asked()))
    assert "ball of hot gas" in answer.text
    assert answer.end.known
