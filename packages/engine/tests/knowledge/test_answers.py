"""The embedded tutor over the demo libraries: right sentences, true citations, honest refusals."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from tutor_engine.answering.extractive import Extractive
from tutor_engine.answering.port import AnswerCitation, AnswerEnd, AnswerText, Question
from tutor_engine.answering.stage import search_query
from tutor_engine.knowledge.service import Knowledge
from tutor_engine.knowledge.tokens import ChineseWords

from .conftest import DemoLibrary


@pytest.mark.parametrize(("language", "share"), [("en", 0.90), ("zh", 0.90)])
async def test_answers_of_the_demo_libraries(
    language: Literal["en", "zh"],
    share: float,
    tmp_path: Path,
    chinese: ChineseWords,
    demo_library: Callable[[Literal["en", "zh"]], DemoLibrary],
    model_file: Callable[[str, str], Path],
) -> None:
    knowledge = Knowledge(tmp_path, minilm=model_file("minilm", "model.bin").parent, chinese=chinese)
    library = demo_library(language)
    for path in library.files:
        await knowledge.add_document("demo", path.name, path.read_bytes(), document_id=path.name)

    async def ask(text: str) -> tuple[str, AnswerEnd | None]:
        passages = await knowledge.base("demo").search(search_query(text, (), language), language)
        said, end = "", None
        async for event in Extractive().answer(Question(text, language, passages, headings=("A",))):
            match event:
                case AnswerText():
                    said += event.text
                case AnswerCitation(citation=citation):
                    page = await knowledge.page_text("demo", citation.document, citation.page)
                    assert page is not None
                    assert page[citation.start : citation.end] == citation.quote
                case AnswerEnd():
                    end = event
        return re.sub(r"\s", "", said), end

    right = 0
    for gold in library.questions:
        said, _ = await ask(gold.question)
        right += re.sub(r"\s", "", gold.phrase) in said
    assert right / len(library.questions) >= share

    refused = 0
    for question in library.off_topic:
        _, end = await ask(question)
        refused += end is not None and not end.known
    assert refused / len(library.off_topic) >= 0.93
    await knowledge.aclose()
