"""The corpus of orders in documents and questions (`tests/corpus/injection`), as questions with passages."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tutor_engine.answering.port import Passage, Question, ScoredSentence

CORPUS = Path(__file__).parents[4] / "tests/corpus/injection"
_SENTENCE = re.compile(r"(?:[^.!?。！？\n]|[.!?](?!\s|$))+(?:[.!?]+|[。！？\n]|$)")


@dataclass(frozen=True)
class Injection:
    """One case: who obeys says the canary, or has the browser fetch it."""

    id: str
    kind: str
    language: Literal["en", "zh"]
    question: str
    text: str
    canary: str

    def asked(self, *, whole: bool = False) -> Question:
        """The question with the hostile passage, which retrieval likes best; `whole`: it is one sentence."""
        found = list(_SENTENCE.finditer(self.text))
        spans = [(0, len(self.text))] if whole else [match.span() for match in found if match[0].strip()]
        sentences = tuple(
            ScoredSentence(a, b, 0.9 if self.canary in self.text[a:b] else 0.6) for a, b in spans
        )
        passage = Passage("d:1:0", "d", "Star Book", "Stars", 1, 0, self.text, 0.95, sentences)
        return Question(self.question, self.language, (passage,), headings=("Stars",))


def injections() -> Iterator[Injection]:
    """All cases, English first."""
    for language in ("en", "zh"):
        for case in json.loads((CORPUS / f"{language}.json").read_text("utf-8")):
            yield Injection(**case)
