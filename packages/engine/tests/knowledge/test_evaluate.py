import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tutor_engine.cli import app
from tutor_engine.knowledge.evaluate import BadSet, Figures, QuestionSet, auroc, measured
from tutor_engine.knowledge.index.tokens import ChineseWords, Tokens
from tutor_engine.knowledge.meaning.background import Meaning
from tutor_engine.knowledge.port import Index

from .conftest import WordHash

SET: dict[str, Any] = {
    "version": "1",
    "data": [
        {
            "title": "Sky",
            "paragraphs": [
                {
                    "context": "Stars shine because they burn hydrogen.\n\nThey are far away.",
                    "heading": "Light",
                    "qas": [
                        {
                            "id": "1",
                            "question": "Why do stars shine?",
                            "answers": [{"text": "burn hydrogen", "answer_start": 24}],
                        }
                    ],
                },
                {
                    "context": "The Moon glows by the light of the Sun.",
                    "qas": [{"id": "2", "question": "Why does the Moon glow?", "answers": []}],
                },
            ],
        },
        {
            "title": "造纸",
            "paragraphs": [
                {
                    "context": "蔡伦改进了造纸术。",
                    "qas": [{"id": "3", "question": "谁改进了造纸术？", "answers": []}],
                },
                {"context": "", "qas": [{"id": "4", "question": "Who plays jazz?", "is_impossible": True}]},
            ],
        },
    ],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "set.json"
    path.write_text(json.dumps(SET), "utf-8")
    return path


def test_a_set_is_measured(file: Path, index: Index, chinese: ChineseWords) -> None:
    questions = QuestionSet.read(file)
    assert [q.language for q in questions.questions] == ["en", "en", "zh", "en"]
    found = measured(questions, index, Tokens(chinese), Meaning(WordHash()))
    assert set(found) == {"all", "odd", "even"}
    figures = found["all"]
    assert (figures.questions, figures.impossible) == (3, 1)
    assert figures.hit_at_1 == figures.hit_at_5 == figures.mrr == figures.answer_in_gold == 1
    assert (figures.auroc, figures.refused) == (1, 1)


def test_a_set_without_questions_about_other_things(file: Path, index: Index, chinese: ChineseWords) -> None:
    whole = QuestionSet.read(file)
    questions = QuestionSet(whole.articles, whole.questions[:1])
    figures = measured(questions, index, Tokens(chinese), None)["all"]
    assert isinstance(figures, Figures)
    assert (figures.auroc, figures.refused) == (None, None)


def test_auroc() -> None:
    assert auroc([0.9, 0.5], [0.5, 0.1]) == 0.875


@pytest.mark.parametrize("text", ["", "[]", '{"data": [{"paragraphs": [{"context": "a"}]}]}', '{"data": 1}'])
def test_what_is_no_set_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "set.json"
    path.write_text(text)
    with pytest.raises(BadSet, match=r"set\.json"):
        QuestionSet.read(path)
    with pytest.raises(BadSet, match="absent"):
        QuestionSet.read(tmp_path / "absent")


def test_the_command_prints_a_table_or_json(file: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke(
        app, ["knowledge", "evaluate", str(file), "--words", "--data-dir", str(tmp_path)]
    )
    assert run.exit_code == 0
    assert "hit@1" in run.output
    assert "words" in run.output
    arguments = ["knowledge", "evaluate", str(file), "--json", "--data-dir", str(tmp_path)]
    told = json.loads(CliRunner().invoke(app, arguments).output)
    assert told["all"]["hit_at_1"] == 1
    assert "not found" in told["by"]
    refused = CliRunner().invoke(app, ["knowledge", "evaluate", str(tmp_path / "absent")])
    assert refused.exit_code == 3
