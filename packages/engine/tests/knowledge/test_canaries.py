"""Tenants ask for each other's secrets; `python -m bench.library canaries` does it with more of them."""

from bench.library.canaries import MODEL, ask, plant

from tutor_engine.knowledge.index.tokens import ChineseWords, Tokens
from tutor_engine.knowledge.port import Index, Scope


def test_no_canary_sings_elsewhere(index: Index, chinese: ChineseWords) -> None:
    planted = plant(index, tenants=5)
    counted = ask(index, Tokens(chinese), planted, queries=60)
    assert (counted.queries, counted.leaks, counted.missed) == (60, 0, 0)


def test_a_leak_would_be_noticed(index: Index, chinese: ChineseWords) -> None:
    planted = plant(index, tenants=3)
    theirs = [canary for canary in planted if canary.kb.tenant == "tenant-1"]
    # As if the second tenant's bases were the first's.
    everything = Scope("tenant-1", tuple(canary.kb.kb_id for canary in theirs))
    hits = index.nearest(everything, MODEL, theirs[0].vector, 9)
    assert hits[0].score > 0.999
