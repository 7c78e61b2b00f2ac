"""Every sentence of the doctor is there in both languages, is said somewhere, and gets its values."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest

import tutor_engine.doctor
from tutor_engine.doctor.words import Pair, Said, Words, network, render, supplies, turn, whole
from tutor_engine.models import catalogue

MODULES: dict[str, ModuleType] = {
    module.__name__.rpartition(".")[2]: module for module in (network, supplies, turn, whole)
}
SOURCES = [Path(tutor_engine.doctor.__file__).with_name(name) for name in (
    "address.py", "clock.py", "console.py", "examine.py", "findings.py", "http.py", "ports.py", "reach.py",
    "supplies.py", "turn.py", "turn_probe.py",
)]  # fmt: skip
SAME_IN_BOTH = {"ollama pull", "tutor-engine models install", "uv sync", "make system"}
"""Commands; whatever else is the same in both languages holds no word at all."""

CHINESE = re.compile("[\u4e00-\u9fff]")
PROSE = re.compile("[A-Za-z]{2,} [a-z]{2,}")
NAMES = re.compile(r"`[^`]+`|\b[A-Z]+(?:_[A-Z]+)+(?:=\w+)?|\b[a-z]+(?:-[a-z]+)+(?:=\w+)?|\b\d+(?:\.\d+)+\b")
SAID_OF_ENGLISH = {"self-signed"}


def entries() -> Iterator[tuple[str, Words]]:
    """All that can be said, by name."""
    for module, content in MODULES.items():
        for name, value in vars(content).items():
            if isinstance(value, Words):
                yield f"{module}.{name}", value
            elif isinstance(value, tuple) and name.isupper():
                yield f"{module}.{name}", Words(value)  # pyright: ignore[reportUnknownArgumentType]


def pairs() -> Iterator[tuple[str, Pair]]:
    for name, words in entries():
        for part in ("seen", "why", "mend"):
            pair: Pair = getattr(words, part)
            if any(pair) or part == "seen":
                yield f"{name}.{part}", pair


def places(*sentences: str) -> set[tuple[str, str]]:
    """Names of values and how they are written."""
    parsed = (field for text in sentences for field in Formatter().parse(text))
    return {(name, spec or "") for _, name, spec, _ in parsed if name is not None}


def test_there_is_much_to_say() -> None:
    assert len(dict(entries())) > 80


@pytest.mark.parametrize("pair", [pytest.param(pair, id=name) for name, pair in pairs()])
def test_a_sentence_is_in_both_languages_with_the_same_values_and_names(pair: Pair) -> None:
    english, chinese = pair
    assert places(english) == places(chinese)
    assert not CHINESE.search(english)
    bare = re.sub(r"\{[^}]*\}", "", english).strip()
    if english == chinese:
        assert bare in SAME_IN_BOTH or not re.search("[A-Za-z]", bare)
    elif re.search("[A-Za-z]", bare):
        assert CHINESE.search(chinese)
    assert set(NAMES.findall(english)) - SAID_OF_ENGLISH == set(NAMES.findall(chinese))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_whoever_says_something_gives_its_values(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    by_name = {name.partition(".")[2]: words for name, words in entries()}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        match call:
            case ast.Call(
                func=ast.Name("ok" | "note" | "warning" | "error"), args=[_, ast.Attribute(attr=name)]
            ):
                if all(keyword.arg for keyword in call.keywords):
                    words = by_name[name]
                    wanted = places(words.seen[0], words.why[0], words.mend[0])
                    assert {keyword.arg for keyword in call.keywords} == {value for value, _ in wanted}, name
            case _:
                pass


def test_nothing_is_never_said() -> None:
    folder = Path(tutor_engine.doctor.__file__).parent
    said: set[str] = set()
    for path in (*SOURCES, folder.with_name("cli.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    public = [name.partition(".")[2] for name, _ in entries() if "._" not in name]
    assert set(public) - said == set()
    assert len(set(public)) == len(public)


def test_no_sentence_lies_elsewhere() -> None:
    """But for `turn_watch.py`, which speaks for `/health`."""
    folder = Path(tutor_engine.doctor.__file__).parent
    assert {*SOURCES, folder / "__init__.py", folder / "turn_watch.py"} == set(folder.glob("*.py"))
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        explained = {
            id(statement.value)
            for statement in ast.walk(tree)
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        }
        texts = [
            str(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained
        ]
        assert [text for text in texts if PROSE.search(text)] == [], path.name


def test_every_model_has_a_title_and_a_purpose_in_chinese() -> None:
    assert supplies.MODELS.keys() == {asset.name for asset in catalogue()}
    assert all(CHINESE.search(purpose) for _, purpose in supplies.MODELS.values())


def test_a_part_of_a_sentence_speaks_the_language_of_the_whole() -> None:
    away = ("nothing at {where}: {failure}", "{where} 没有应答：{failure}")
    failure = Said(supplies.HTTP_SLOW, {"timeout_s": 2.5})
    assert render(away, {"where": "{here}", "failure": failure}, "en") == (
        "nothing at {here}: no answer within 2.5 s"
    )
    assert render(away, {"where": "{here}", "failure": failure}, "zh") == "{here} 没有应答：2.5 秒内没有应答"
