"""One question to a library of 10,000 and 100,000 passages: the whole way from words to scored passages.

Beside it, what a simple library would do: FTS5 over the text with every word of the question joined by OR,
and a brute-force comparison in float32, sorted whole. One thread; judged by processor time.
"""

import argparse
import os

# Before numpy: BLAS threads that spin while they wait would be counted as work.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import random
import sqlite3
import time
from collections.abc import Callable, Sequence

import numpy as np

from bench import tables
from bench.library.corpus import Corpus, Text, fill
from bench.library.stores import STORES, minilm, timed_store, tokens
from tutor_engine.knowledge.index.tokens import english_words, hanzi_pairs
from tutor_engine.knowledge.meaning.background import Meaning
from tutor_engine.knowledge.meaning.embed import MiniLm
from tutor_engine.knowledge.port import BaseKey, Scope
from tutor_engine.knowledge.retrieval import Library, Retrieval

_GOALS_MS = {10_000: 15.0, 100_000: 60.0}
_WARM = 10

Ask = Callable[[Text, str], object]


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES))
    options = parser.parse_args()
    model, words = minilm(), tokens()
    rows: list[tuple[str, ...]] = []
    for count in options.passages:
        corpus = Corpus()
        texts = list(corpus.passages(count))
        picked = random.Random(1).sample(texts, min(options.questions, count))
        asked = [(text, corpus.question(text)) for text in picked]
        for name in options.stores:
            with timed_store(name, words) as (index, server_s):
                key = BaseKey("bench", str(count))
                began = time.process_time()
                fill(index, key, texts, model.name, model.dimension)
                filled_s = time.process_time() - began
                library = Retrieval(index, words, Meaning(model)).library(Scope(key.tenant, (key.kb_id,)))
                goal_ms = _GOALS_MS.get(count)
                rows += _rows(f"{count:,} in {name}", _ours(library), asked, goal_ms, server_s)
            rows.append(("", f"filled in {filled_s:.0f} CPU s, not embedded", "", "", "", ""))
        rows += _rows(f"{count:,}, baseline", _baseline(texts, model), asked, None)
    tables.show(
        "A question to the library, ms",
        ("passages", "language", "CPU p50", "CPU p95", "clock p95", "goal p95"),
        rows,
        "ours: question embedded, words and pairs ranked, vectors compared, candidates scored, 8 returned",
        "baseline: FTS5 with every word OR every other, float32 brute force; not merged, not scored",
        "CPU: of this process and of the server's connections together",
        tables.versions("numpy", "ctranslate2", "psycopg", "pgvector") + f", SQLite {sqlite3.sqlite_version}",
    )


def _rows(
    name: str,
    ask: Ask,
    asked: Sequence[tuple[Text, str]],
    goal_ms: float | None,
    server_s: Callable[[], float] = float,
) -> list[tuple[str, ...]]:
    for text, question in asked[:_WARM]:
        ask(text, question)
    cpu_ms: dict[str, list[float]] = {"en": [], "zh": []}
    wall_ms: dict[str, list[float]] = {"en": [], "zh": []}
    for text, question in asked:
        cpu_s, wall_s = server_s() + time.process_time(), time.perf_counter()
        ask(text, question)
        cpu_ms[text.language].append((server_s() + time.process_time() - cpu_s) * 1000)
        wall_ms[text.language].append((time.perf_counter() - wall_s) * 1000)
    both = [value for values in cpu_ms.values() for value in values]
    clock = [value for values in wall_ms.values() for value in values]
    found: list[tuple[str, ...]] = []
    for language, cpu, wall in [("both", both, clock), *((k, cpu_ms[k], wall_ms[k]) for k in cpu_ms)]:
        if cpu:
            p50, p95, _ = tables.quantiles(cpu)
            goal = f"≤ {goal_ms:.0f}" if goal_ms and language == "both" else ""
            row = (f"{p50:.1f}", f"{p95:.1f}", f"{tables.quantiles(wall)[1]:.1f}", goal)
            found.append((name if language == "both" else "", language, *row))
    return found


def _ours(library: Library) -> Ask:
    return lambda text, question: library.search_now(question, text.language)


def _baseline(texts: Sequence[Text], model: MiniLm) -> Ask:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE plain USING fts5 (text, tokenize = 'porter unicode61')")
    rows = ((f"{t.words} {' '.join(hanzi_pairs(t.words))}",) for t in texts)
    db.executemany("INSERT INTO plain VALUES (?)", rows)
    dice = np.random.default_rng(1)
    matrix = dice.standard_normal((len(texts), model.dimension)).astype(np.float32)

    def ask(text: Text, question: str) -> object:
        words = [*english_words(question), *hanzi_pairs(question)]
        query = " OR ".join(f'"{word}"' for word in words)
        ranked = db.execute(
            "SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY bm25(plain) LIMIT 40", (query,)
        ).fetchall()
        near = np.argsort(-(matrix @ model.encode_question(question)))[:40] if text.language == "en" else []
        return ranked, near

    return ask


if __name__ == "__main__":
    main()
