"""How well the embedded recogniser understands spoken questions, and whether their answers are found.

Each question of the demo library in each voice, through the real adapter: once with the general language
model alone (baseline), once with the library's beside it. Words wrong = substitutions, insertions and
deletions over words spoken. Found = the passage that answers is ranked first, as for the typed question.
Recordings of people with their words (`name.wav`, `name.txt`) are measured with `--recordings FOLDER`.
"""

import argparse
import asyncio
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.conversation.material import (
    VOICES,
    Spoken,
    library_files,
    questions,
    recordings,
    spoken,
)
from bench.tables import console, quantiles, show, versions
from tutor_engine.answering.stage import search_query
from tutor_engine.hearing.port import VOICE_FRAME_BYTES
from tutor_engine.hearing.sphinx import SphinxRecogniser
from tutor_engine.knowledge.service import Knowledge

BASE = "bench"
LEARN_S = 5.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of something said."""

    said: Spoken
    text: str
    final_ms: float
    found: bool


def words(text: str) -> list[str]:
    """Words as they are compared."""
    return re.findall(r"[a-z']+", text.lower().replace("-", " "))


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words substituted, inserted and deleted at least."""
    row = list(range(len(heard) + 1))
    for at, word in enumerate(said, start=1):
        previous, row = row, [at]
        for column, other in enumerate(heard, start=1):
            row.append(min(previous[column] + 1, row[-1] + 1, previous[column - 1] + (word != other)))
    return row[-1]


async def finds(knowledge: Knowledge, query: str, phrase: str) -> bool:
    """Whether the passage with this phrase comes first."""
    if not phrase or not query:
        return False
    passages = await knowledge.base(BASE).search(search_query(query, (), "en"), "en")
    squeezed = re.sub(r"\s", "", phrase)
    return bool(passages) and squeezed in re.sub(r"\s", "", passages[0].text)


async def hear(
    sphinx: SphinxRecogniser, knowledge: Knowledge, said: Spoken, library: Sequence[str], student: str
) -> Heard:
    """Tell the recogniser one utterance as fast as it takes it; the final's time is from its last sound."""
    utterance = await sphinx.open("en", library, speaker=student)
    try:
        pcm = said.pcm.tobytes()
        for start in range(0, len(pcm), VOICE_FRAME_BYTES):
            await utterance.feed(pcm[start : start + VOICE_FRAME_BYTES])
        begun_s = time.monotonic()
        transcript = await utterance.finish()
        final_ms = (time.monotonic() - begun_s) * 1000
    finally:
        await utterance.aclose()
    return Heard(said, transcript.text, final_ms, await finds(knowledge, transcript.text, said.phrase))


def row(name: str, heard: Sequence[Heard]) -> list[object]:
    """One line of the table."""
    spoken_words = sum(len(words(each.said.text)) for each in heard)
    wrong = sum(errors(words(each.said.text), words(each.text)) for each in heard)
    exact = sum(words(each.said.text) == words(each.text) for each in heard)
    asked = [each for each in heard if each.said.phrase]
    found = f"{sum(each.found for each in asked) / len(asked):.2f}" if asked else "-"
    p50, p95, _ = quantiles([each.final_ms for each in heard])
    return [name, len(heard), f"{100 * wrong / spoken_words:.1f} %", exact, found, f"{p50:.0f}", f"{p95:.0f}"]


async def measure(arguments: argparse.Namespace) -> None:
    """Everything, and one table."""
    gold, off_topic = questions()
    sets: dict[str, list[Spoken]] = {}
    for voice in VOICES:
        sets[f"questions, {voice}"] = spoken(gold[: arguments.questions], voice)
        sets[f"off topic, {voice}"] = spoken(off_topic, voice)
    if arguments.recordings is not None:
        sets["recordings"] = [each for each in recordings(arguments.recordings) if each.text]
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory() as folder:
        minilm = arguments.models / "minilm"
        knowledge = Knowledge(Path(folder), minilm=minilm if minilm.is_dir() else None)
        for path in library_files():
            await knowledge.add_document(BASE, path.name, path.read_bytes(), document_id=path.name)
        library = tuple(await knowledge.base(BASE).vocabulary())
        typed = [await finds(knowledge, each.text, each.phrase) for each in gold[: arguments.questions]]
        sphinx = SphinxRecogniser(finish_timeout_s=120)
        await sphinx.prepare("en", library)
        await asyncio.sleep(LEARN_S)
        for name, said in sets.items():
            for label, sentences in (("general (baseline)", ()), ("general and library", library)):
                student = f"{name} {label}" if arguments.same_student else ""
                heard = [await hear(sphinx, knowledge, each, sentences, student) for each in said]
                rows.append(row(f"{name}: {label}", heard))
                if arguments.verbose:
                    for each in heard:
                        console.print(f"  {each.said.text} | {each.text}", style="dim")
        await sphinx.aclose()
        capabilities = knowledge.capabilities
        await knowledge.aclose()
    show(
        "Spoken questions, embedded recogniser",
        ("set", "utterances", "words wrong", "exact", "found first", "final p50 ms", "p95"),
        rows,
        f"typed questions: {sum(typed) / len(typed):.2f} found first ({capabilities.name}); goals: words "
        "wrong at most 24 %, found at least 0.55",
        f"{'one student per row, the microphone is remembered' if arguments.same_student else 'strangers'}; "
        f"{versions('pocketsphinx')}; fed faster than real time, so the final's time includes catching up",
    )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=48, help="of the demo library, in each voice")
    parser.add_argument("--recordings", type=Path, help="folder of recordings with their words")
    parser.add_argument("--models", type=Path, default=Path("var/models"), help="installed models")
    parser.add_argument("--same-student", action="store_true", help="carry the microphone's mean over")
    parser.add_argument("--verbose", action="store_true", help="print what was understood")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
