"""How soon a turn ends, and how often a thinking student is cut off.

Questions with one pause of 0.4 to 1.5 s between two words of a clause, and the same kind said in one go, two
voices, through the real voice detector, recogniser and judge. Policies on the same traces: the lesson's own,
the same after a question of the tutor, the same without looking for the parts of a question, and silence
alone (baseline). A cut-off is a turn that ends inside the pause. When the student goes on before they have
heard anything of the answer, the lesson joins both parts; so it is counted too how often the tutor's first
sound falls into the pause. Recordings of people are measured with `--recordings FOLDER`: every end before the
last voice is a cut-off.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.conversation.material import VOICES, in_a_room, library_files, questions, recordings
from bench.conversation.thinking import (
    AFTER_MS,
    Thought,
    Trace,
    said_at_once,
    thought_about,
    trace,
    turn_ends_ms,
    with_library,
)
from bench.tables import quantiles, show, versions
from tutor_engine.hearing.endpointing import Endpointer, EndpointRules
from tutor_engine.hearing.port import RATE_HZ
from tutor_engine.hearing.smart_turn import SmartTurn
from tutor_engine.hearing.sphinx_reader import GENERAL, English
from tutor_engine.hearing.vad import SileroModel, silero_path

LAG_MS = 100.0
"""From sound to its partial words, in a lesson."""
GRACE_MS = 100.0
"""An end so shortly after the pause was decided inside it."""
FIRST_SOUND_MS = 250.0
"""From the end of a turn to the tutor's first sound, on a quiet machine."""


def own() -> Endpointer:
    """The lesson's policy."""
    return Endpointer("en")


def after_question() -> Endpointer:
    """The same when the tutor has asked something."""
    endpointer = Endpointer("en")
    endpointer.patient = True
    return endpointer


def last_word_only() -> Endpointer:
    """The lesson's policy when the opening of a question counts as any words that end in the middle."""
    rules = EndpointRules()
    return Endpointer("en", replace(rules, opening=rules.dangling))


def silence_alone() -> Endpointer:
    """No judge: words and silence."""
    return Endpointer("en", judge=False)


POLICIES: dict[str, Callable[[], Endpointer]] = {
    "own": own,
    "the last word alone": last_word_only,
    "own, after a question of the tutor": after_question,
    "silence alone (baseline)": silence_alone,
}


def row(
    name: str, traces: Sequence[Trace], policy: Callable[[], Endpointer], judge: SmartTurn
) -> list[object]:
    """One line: cut-offs, and the wait after the true end."""
    cut = spoken_into = 0
    waits_ms: list[float] = []
    for each in traces:
        ends = turn_ends_ms(each, policy(), judge, LAG_MS)
        last_ms = (
            each.thought.pause_ms[1] + GRACE_MS if each.thought.pause_ms else each.thought.end_ms - GRACE_MS
        )
        cut += any(end_ms < last_ms for end_ms in ends)
        goes_on_ms = each.thought.pause_ms[1] if each.thought.pause_ms else each.thought.end_ms
        spoken_into += any(end_ms + FIRST_SOUND_MS < goes_on_ms for end_ms in ends)
        waits_ms += [end_ms - each.thought.end_ms for end_ms in ends if end_ms > each.thought.end_ms][:1]
    cells = [f"{value:.0f}" for value in quantiles(waits_ms)[:2]] if waits_ms else ["-", "-"]
    shares = [f"{100 * count / len(traces):.0f} %" for count in (cut, spoken_into)]
    return [name, len(traces), *shares, *cells]


def of_people(folder: Path) -> list[Thought]:
    """Recordings, their end being their last voice above a tenth of the loudest."""
    found: list[Thought] = []
    for each in recordings(folder):
        loud = np.flatnonzero(
            np.abs(each.pcm.astype(np.int32)) > 0.1 * np.abs(each.pcm.astype(np.int32)).max()
        )
        quiet_after = replace(each, pcm=in_a_room(each.pcm, 0, after_ms=AFTER_MS))
        found.append(Thought(quiet_after, None, float(loud[-1]) * 1000 / RATE_HZ))
    return found


def main() -> None:
    """All sets and policies, and one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=Path("var/models"), help="installed models")
    parser.add_argument("--recordings", type=Path, help="folder of recordings of people")
    parser.add_argument("--questions", type=int, default=48, help="of the demo library, in each voice")
    arguments = parser.parse_args()
    judge = SmartTurn(arguments.models / "smart-turn" / "smart-turn-v3.2-cpu.onnx")
    model, english = SileroModel(silero_path()), English()
    sentences = [
        line for path in library_files() if path.suffix == ".md" for line in path.read_text().split("\n")
    ]
    library = with_library(english, sentences)
    gold = questions()[0][: arguments.questions]
    sets = {
        "said in one go": [each for voice in VOICES for each in said_at_once(gold[::2], voice)],
        "silence cut in": [each for voice in VOICES for each in thought_about(gold, voice)],
        "um, then silence": [each for voice in VOICES for each in thought_about(gold, voice, um=True)],
    }
    if arguments.recordings is not None:
        sets["recordings"] = of_people(arguments.recordings)
    rows: list[list[object]] = []
    for name, thoughts in sets.items():
        search = GENERAL if name == "recordings" else library
        traces = [trace(each, model.detector(), english, search) for each in thoughts]
        rows += [row(f"{name}: {label}", traces, policy, judge) for label, policy in POLICIES.items()]
    judge.close()
    show(
        "Ends of turns",
        ("set: policy", "utterances", "cut off", "tutor heard in it", "wait p50 ms", "wait p95 ms"),
        rows,
        "goal: at most 5 % cut off; the wait runs from the last sample of speech to the decision",
        versions("pocketsphinx", "onnxruntime"),
    )


if __name__ == "__main__":
    main()
