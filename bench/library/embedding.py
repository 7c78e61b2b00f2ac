"""Passages embedded per second of one core, with and without their sentences, beside one text at a time."""

import argparse
import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import time
from collections.abc import Callable

from bench import tables
from bench.library.corpus import Corpus
from bench.library.stores import minilm
from tutor_engine.knowledge.document import CutPassage
from tutor_engine.knowledge.meaning.background import BATCH_PASSAGES, Meaning, passage_text
from tutor_engine.knowledge.port import IndexedWords, Place, StoredPassage
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
            f"≥ {_GOAL}" if name == "passages alone" else "",
        )
        for name in work
    ]
    tables.show(
        f"Embedding with {model.name}",
        ("what", "passages per CPU second", "per second", "goal"),
        rows,
        f"{len(texts)} passages of {characters:.0f} characters and {sentences:.1f} sentences, one thread",
        tables.versions("ctranslate2", "tokenizers"),
    )


if __name__ == "__main__":
    main()
