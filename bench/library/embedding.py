"""Passages embedded per second: of one core, with and without their sentences, and in the background.

Beside them one text at a time.
"""

import argparse
import asyncio
import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from bench import tables
from bench.library.corpus import Corpus
from bench.library.stores import minilm, store, tokens
from tutor_engine.knowledge.document import CutPassage
from tutor_engine.knowledge.meaning.background import BATCH_PASSAGES, EmbeddingTask, Meaning, passage_text
from tutor_engine.knowledge.meaning.embed import AT_ONCE
from tutor_engine.knowledge.port import BaseKey, IndexedWords, PageText, Place, StoredPassage
from tutor_engine.knowledge.reading.sentences import sentence_spans

_GOAL = 60


def main() -> None:
    """Embed, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--passages", type=int, default=160)
    options = parser.parse_args()
    model = minilm()
    meaning = Meaning(model)
    passages: list[StoredPassage] = []
    for number, text in enumerate(Corpus().prose(options.passages)):
        spans = tuple(sentence_spans(text, 0, len(text)))
        cut = CutPassage(1, 0, text, "", "en", spans)
        passages.append(StoredPassage(Place("kb", number), "book", "Book", "", cut, IndexedWords("", "")))
    texts = [passage_text(passage.cut) for passage in passages]
    characters = sum(map(len, texts)) / len(texts)
    sentences = sum(len(passage.cut.sentences) for passage in passages) / len(passages)
    model.encode(texts[:BATCH_PASSAGES])
    work: dict[str, Callable[[slice], object]] = {
        "passages alone": lambda part: model.encode(texts[part]),
        "passages and their sentences (as the engine does)": lambda part: meaning.passages(passages[part]),
        "baseline: passages one by one": lambda part: [model.encode([text]) for text in texts[part]],
    }
    cpu_s, wall_s = dict.fromkeys(work, 0.0), dict.fromkeys(work, 0.0)
    # In turns, so that what else the machine does falls on all alike.
    for at in range(0, len(texts), BATCH_PASSAGES):
        for name, run in work.items():
            began_cpu_s, began_s = time.process_time(), time.perf_counter()
            run(slice(at, at + BATCH_PASSAGES))
            cpu_s[name] += time.process_time() - began_cpu_s
            wall_s[name] += time.perf_counter() - began_s
    rows = [
        (
            name,
            f"{len(texts) / cpu_s[name]:.0f}",
            f"{len(texts) / wall_s[name]:.0f}",
            "",
        )
        for name in work
    ]
    began_cpu_s, began_s = time.process_time(), time.perf_counter()
    _in_the_background(passages, meaning)
    cost_cpu_s, cost_s = time.process_time() - began_cpu_s, time.perf_counter() - began_s
    background = f"in the background, on {AT_ONCE} cores while nobody learns"
    found = (f"{len(texts) / cost_cpu_s:.0f}", f"{len(texts) / cost_s:.0f}", f"≥ {_GOAL} per second")
    rows.insert(2, (background, *found))
    tables.show(
        f"Embedding with {model.name}",
        ("what", "passages per CPU second", "per second", "goal"),
        rows,
        f"{len(texts)} passages of {characters:.0f} characters and {sentences:.1f} sentences",
        tables.versions("ctranslate2", "tokenizers"),
    )


def _in_the_background(passages: Sequence[StoredPassage], meaning: Meaning) -> None:
    """As the engine does: what has no vectors yet, taken from a store and put back with them."""
    with store("sqlite", tokens()) as index:
        key = BaseKey("bench", "kb")
        version = index.begin(key, "book", sha256="0" * 64, title="Book", kind="txt")
        pages = [PageText(number, passage.cut.text) for number, passage in enumerate(passages, start=1)]
        cuts = [replace(passage.cut, page=number) for number, passage in enumerate(passages, start=1)]
        index.add_pages(key, "book", version, pages, cuts)
        index.finish(key, "book", version)
        task = EmbeddingTask(index, meaning)
        task.wake(key)
        asyncio.run(task.catch_up())


if __name__ == "__main__":
    main()
