"""What is found, answered and refused: question sets in English and Chinese, beside words or vectors alone.

The sets are SQuAD-style JSON, not part of the project: questions of the Python FAQ and of the Debian FAQ,
whose headings were hidden from the index. `odd` is the half that the borders were fitted on.
"""

import argparse
import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench import tables
from bench.library.stores import minilm, store, tokens
from tutor_engine.knowledge.evaluate import EVALUATION, Figures, Outcome, QuestionSet, measured
from tutor_engine.knowledge.meaning.background import Meaning
from tutor_engine.knowledge.meaning.embed import MiniLm
from tutor_engine.knowledge.port import Index

_GOALS = {
    "en": ("≥ 0.61", "≥ 0.83", "", "≥ 0.62", "≥ 0.97", "≥ 0.95", "≥ 0.95"),
    "zh": ("≥ 0.40", "≥ 0.66", "", "", "≥ 0.97", "≥ 0.95", "≥ 0.95"),
}


def main() -> None:
    """Measure each set that was named, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--en", type=Path)
    parser.add_argument("--zh", type=Path)
    parser.add_argument("--store", default="sqlite")
    options = parser.parse_args()
    model, words = minilm(), tokens()
    rows: list[Sequence[object]] = []
    for language, path in (("en", options.en), ("zh", options.zh)):
        if path is None:
            continue
        questions = QuestionSet.read(path)
        with store(options.store, words) as index:
            meaning = Meaning(model) if language == "en" else None
            for name, figures in measured(questions, index, words, meaning).items():
                label = f"{language}, ours, {name}" if name == "all" else f"    {name} questions only"
                rows.append((label, figures.questions, *_cells(figures)))
            rows.append(("    goal", "", *_GOALS[language]))
            rows.append((f"{language}, baseline: BM25 alone", "", *_baseline(index, questions, None)))
            if meaning is not None:
                rows.append(("en, baseline: MiniLM alone", "", *_baseline(index, questions, model)))
    tables.show(
        "Retrieval",
        ("", "questions", "hit@1", "hit@5", "MRR", "in gold", "AUROC", "answered", "refused"),
        rows,
        "in gold: the sentence that would be quoted stands in the right section; answered, refused: at 0.5",
    )


def _cells(figures: Figures) -> tuple[str, ...]:
    values = (
        figures.hit_at_1, figures.hit_at_5, figures.mrr, figures.answer_in_gold,
        figures.auroc, figures.answered, figures.refused,
    )  # fmt: skip
    return tuple("–" if value is None else f"{value:.3f}" for value in values)


def _baseline(index: Index, questions: QuestionSet, model: MiniLm | None) -> tuple[str, ...]:
    """One ranking as it comes; its scores know no border, so of refusing only AUROC is told."""
    words = tokens()
    outcomes: list[Outcome] = []
    for asked in questions.questions:
        if model is not None:
            hits = index.nearest(EVALUATION, model.name, model.encode_question(asked.text), 8)
        else:
            hits = index.ranked(EVALUATION, "words", list(words.question(asked.text).words), 8)
        found = index.passages(EVALUATION, [hit.place for hit in hits])
        right = [(p.document_id, p.cut.page) == (asked.document, asked.page) for p in found]
        best = hits[0].score if hits else float(-np.inf)
        outcomes.append(Outcome(asked, right.index(True) if any(right) else -1, best, quoted_right=False))
    figures = Figures.of(outcomes)
    return (*_cells(figures)[:3], "", f"{figures.auroc:.3f}" if figures.auroc is not None else "–", "", "")


if __name__ == "__main__":
    main()
