"""`tutor-engine knowledge evaluate`: how well the library finds what a set of questions asks for."""

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from tutor_engine.knowledge.evaluate import Figures, QuestionSet

knowledge_app = typer.Typer(no_args_is_help=True, help="The library: how well it is searched.")

_DEFAULT_DATA_DIR = Path("var")
_COLUMNS = {
    "questions": "asked",
    "hit_at_1": "hit@1",
    "hit_at_5": "hit@5",
    "mrr": "MRR",
    "answer_in_gold": "in gold",
    "answered": "answered",
    "impossible": "off-topic",
    "refused": "refused",
    "auroc": "AUROC",
}


@knowledge_app.callback()
def _group() -> None:
    """The library: how well it is searched."""


@knowledge_app.command("evaluate")
def evaluate(
    file: Annotated[Path, typer.Argument(help="SQuAD-style JSON: contexts, questions, answers (en, zh).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON, for programs.")] = False,
    words: Annotated[bool, typer.Option("--words", help="Search by words alone, without the model.")] = False,
    data_dir: Annotated[
        Path, typer.Option("--data-dir", envvar="TUTOR_DATA_DIR", help="Data folder; models live in it.")
    ] = _DEFAULT_DATA_DIR,
) -> None:
    """Index the contexts of FILE, ask its questions, print how many were found, answered and refused."""
    from tutor_engine.knowledge.evaluate import BadSet, QuestionSet

    console = Console(highlight=False)
    try:
        questions = QuestionSet.read(file)
    except BadSet as error:
        console.print(f"[red]{error}[/]")
        raise typer.Exit(3) from error
    model = None if words else data_dir / "models" / "minilm"
    with console.status("Indexing and asking"):
        by_name, found_by = _measure(questions, model, data_dir)
    if as_json:
        console.print_json(data={"by": found_by} | {name: asdict(each) for name, each in by_name.items()})
        return
    table = Table(box=None, pad_edge=False, title=f"{file.name}: {found_by}", title_justify="left")
    for column in ("", *_COLUMNS.values()):
        table.add_column(column, justify="left" if not column else "right")
    for name, figures in by_name.items():
        row = asdict(figures)
        table.add_row(name, *(_shown(row[key]) for key in _COLUMNS))
    console.print(table)


def _measure(
    questions: "QuestionSet", model: Path | None, data_dir: Path
) -> tuple[dict[str, "Figures"], str]:
    """Figures of the whole set and of its halves, and by what was searched."""
    from tutor_engine.knowledge.evaluate import measured
    from tutor_engine.knowledge.index.sqlite import SqliteIndex
    from tutor_engine.knowledge.index.tokens import ChineseWords, Tokens
    from tutor_engine.knowledge.meaning.background import Meaning
    from tutor_engine.knowledge.meaning.embed import EmbedderMissing, MiniLm

    meaning: Meaning | None = None
    found_by = "words"
    if model is not None:
        try:
            meaning = Meaning(MiniLm(model))
            found_by = f"words and {meaning.embedder.name}"
        except EmbedderMissing as error:
            found_by = f"words ({error})"
    tokens = Tokens(ChineseWords(data_dir / "knowledge" / "cache"))
    with tempfile.TemporaryDirectory(prefix="evaluate-") as folder:
        index = SqliteIndex(Path(folder), tokens)
        try:
            return measured(questions, index, tokens, meaning), found_by
        finally:
            index.close()


def _shown(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
