"""How long a student waits who asks by voice: end of speech → first sound and first moved lips at the peer.

Questions about the demo library in two voices of flite, another engine than the tutor's, through microphone,
Opus, the real engine and back. Baseline in the same run: the same engine without the end-of-turn judge, which
ends a turn by silence alone, as most systems do.
"""

import argparse
import asyncio
from collections.abc import Sequence

from bench.conversation.asking import (
    Outcome,
    answered,
    ask,
    in_voices,
    library_questions,
    losses,
    waiting_rows,
)
from bench.conversation.material import VOICES
from bench.conversation.mouth import Mouth
from bench.house import House
from bench.media.figures import Goal
from bench.student import ADA, Student
from bench.tables import console, quantiles, show, versions

GOALS = (Goal(500, unit=" ms"), Goal(700, unit=" ms"))
"""End of speech → first sound: median and 95th percentile."""
PER_LESSON = 15
"""Questions in one lesson; a history without end would make the last ones other questions."""


async def measure(house: House, count: int, *, looks: bool) -> list[Outcome]:
    """Ask `count` questions, voices in turn; `looks` at the mouth, too."""
    questions = in_voices(library_questions(), VOICES, count)
    mouth = Mouth() if looks else None
    outcomes: list[Outcome] = []
    for first in range(0, count, PER_LESSON):
        async with Student(
            house.engine_url, house.api_key, tutor=ADA, kb_id="bench", keep_frames=looks
        ) as student:
            await asyncio.sleep(1.0)
            for question in questions[first : first + PER_LESSON]:
                outcome = await ask(student, question, mouth)
                told = answered([outcome])
                wait = f"{told[0].sound_ms:6.0f} ms" if told else "    lost "
                console.print(f"  {wait}  {question.voice}  {question.text}", style="dim")
                outcomes.append(outcome)
    return outcomes


def by_voice(outcomes: Sequence[Outcome]) -> list[list[str]]:
    """The first sound in each voice."""
    rows: list[list[str]] = []
    for voice in VOICES:
        waits_ms = [each.sound_ms for each in answered(outcomes) if each.question.voice == voice]
        if waits_ms:
            row = [f"{value:.0f}" for value in quantiles(waits_ms)]
            rows.append([f"first sound, {voice} ({len(waits_ms)})", *row])
    return rows


def verdict(outcomes: Sequence[Outcome]) -> str:
    """Whether the goals were reached."""
    p50, p95, _ = quantiles([each.sound_ms for each in answered(outcomes)])
    median, tail = GOALS
    return f"goals: p50 {median} ({median.verdict(p50)}), p95 {tail} ({tail.verdict(p95)})"


def main() -> None:
    """Own policy, then silence alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=60, help="in all, the voices in turn")
    parser.add_argument("--baseline", type=int, help="questions of the baseline; a third by default")
    parser.add_argument("--quick", action="store_true", help="8 questions, 4 of the baseline")
    arguments = parser.parse_args()
    count = 8 if arguments.quick else arguments.questions
    baseline = arguments.baseline if arguments.baseline is not None else (count + 2) // 3
    with House() as house:
        house.furnish()
        own = asyncio.run(measure(house, count, looks=True))
    blind: list[Outcome] = []
    if baseline:
        with House(without_model="smart-turn") as house:
            house.furnish()
            blind = asyncio.run(measure(house, baseline, looks=True))
    used = versions("aiortc", "pocketsphinx", "onnxruntime")
    columns = ("ms after the end of speech", "p50", "p95", "max")
    if answered(own):
        rows = [*waiting_rows(own), *by_voice(own)]
        show(f"Spoken questions ({len(own)})", columns, rows, losses(own), verdict(own), used)
    if answered(blind):
        title = f"Baseline: end of turn by silence alone ({len(blind)})"
        show(title, columns, waiting_rows(blind), losses(blind))


if __name__ == "__main__":
    main()
