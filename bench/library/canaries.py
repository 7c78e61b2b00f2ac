"""Questions across tenants: each tenant's bases hold words and vectors that no other tenant may ever see.

Every question asks for another tenant's secret by its exact words and its exact vector, under all names a
caller may try. A passage, page, count or neighbour of another tenant is a leak; so that the count means
something, the owner asks too and must find it.
"""

import argparse
import random
from dataclasses import dataclass

import numpy as np

from bench import tables
from bench.library.stores import STORES, store, tokens
from tutor_engine.knowledge.document import CutPassage
from tutor_engine.knowledge.index.tokens import Tokens
from tutor_engine.knowledge.port import BaseKey, Embedded, Index, PageText, Scope, Vectors
from tutor_engine.knowledge.retrieval import Retrieval

MODEL = "canary"
_DIMENSION = 32
_BASES = ("physics", "history", "语文")
"""All tenants use the same identifiers, the worst case."""


@dataclass(frozen=True, slots=True)
class Canary:
    """A secret of one tenant."""

    kb: BaseKey
    words: str
    chinese: str
    vector: Vectors


@dataclass(slots=True)
class Count:
    """What came of the questions."""

    queries: int = 0
    leaks: int = 0
    missed: int = 0
    """Times the owner did not find its own secret."""


def plant(index: Index, tenants: int, seed: int = 1) -> list[Canary]:
    """One secret in every base of every tenant."""
    dice = np.random.default_rng(seed)
    planted: list[Canary] = []
    for tenant in range(tenants):
        for number, kb_id in enumerate(_BASES):
            vector = dice.standard_normal(_DIMENSION).astype(np.float32)
            canary = Canary(
                BaseKey(f"tenant-{tenant}", kb_id),
                f"canary{tenant}x{number} sings secretly",
                f"第{chr(0x4E00 + tenant * 7)}{chr(0x6E00 + number * 5)}只金丝雀",
                (vector / np.linalg.norm(vector)).astype(np.float32),
            )
            text = f"{canary.words}. {canary.chinese}。 The canary sings for its own school only."
            version = index.begin(canary.kb, "song", sha256="1" * 64, title="Song", kind="txt")
            cut = CutPassage(1, 0, text, "Birds", "en", ((0, len(text)),))
            index.add_pages(canary.kb, "song", version, [PageText(1, text)], [cut])
            index.finish(canary.kb, "song", version)
            (waiting,) = index.without_vectors(canary.kb, MODEL, ("en",), 9)
            index.set_vectors(
                canary.kb, MODEL, [Embedded(waiting.place.row, canary.vector, canary.vector[None])]
            )
            planted.append(canary)
    return planted


def ask(index: Index, words: Tokens, planted: list[Canary], queries: int, seed: int = 2) -> Count:
    """Ask so many times for a secret of somebody else, and once more as its owner."""
    dice = random.Random(seed)
    counted = Count()
    tenants = sorted({canary.kb.tenant for canary in planted})
    retrieval = Retrieval(index, words)
    for _ in range(queries):
        secret = dice.choice(planted)
        stranger = dice.choice([tenant for tenant in tenants if tenant != secret.kb.tenant])
        names = dice.sample(_BASES, dice.randint(1, len(_BASES)))
        odd = dice.choice(["", f"{secret.kb.tenant}/{secret.kb.kb_id}", f"../{secret.kb.tenant}", "%", "*"])
        counted.queries += 1
        counted.leaks += _seen(index, retrieval, Scope(stranger, (*names, odd)), secret)
        counted.missed += not _seen(index, retrieval, Scope(secret.kb.tenant, (secret.kb.kb_id,)), secret)
    return counted


def _seen(index: Index, retrieval: Retrieval, scope: Scope, secret: Canary) -> bool:
    """Whether anything of the secret can be seen from there."""
    name = secret.words.split()[0]
    library = retrieval.library(scope)
    found = [*library.search_now(secret.words, "en"), *library.search_now(secret.chinese, "zh")]
    near = index.nearest(scope, MODEL, secret.vector, 9)
    stored = index.passages(scope, [hit.place for hit in near], MODEL)
    texts = [passage.text for passage in found] + [passage.cut.text for passage in stored]
    texts += [passage.cut.text for passage in index.outline(scope, 99)]
    texts += [index.page_text(key, "song", 1) or "" for key in scope.keys]
    held = index.frequencies(scope, "words", [name]).of[name]
    return any(name in text for text in texts) or held > 0 or any(hit.score > 0.999 for hit in near)


def main() -> None:
    """Plant, ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tenants", type=int, default=20)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES))
    options = parser.parse_args()
    words = tokens()
    rows: list[tuple[str, ...]] = []
    for name in options.stores:
        with store(name, words) as index:
            planted = plant(index, options.tenants)
            counted = ask(index, words, planted, options.queries)
        rows.append((name, str(counted.queries), str(counted.leaks), str(counted.missed)))
    tables.show(
        f"Canaries of {options.tenants} tenants with the same base names",
        ("store", "questions for a secret of somebody else", "leaks", "own secret missed (baseline)"),
        rows,
    )
    if any(row[2] != "0" for row in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
