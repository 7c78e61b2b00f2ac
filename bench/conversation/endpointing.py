"""How soon a turn ends, and how often a thinking student is cut off.

Questions with one pause of 0.4 to 1.5 s between two words of a clause, and the same kind said in one go, two
voices, through the real voice detector, recogniser and judge. Policies on the same traces: the lesson's own
in lessons of strangers as they are, which begin with a greeting that asks what they would like to know, and
in which their pauses (in each question, or in some) are learnt; with a stranger each time, of whom nothing is
known and who was asked nothing; after a question of the tutor each time; and silence alone (baseline).

With `--waits` also for strangers who are waited for at least so long, which is what fewer cut-offs cost. With
`--held-out` in voices and with questions at which nobody looked while writing the rules.

A cut-off is a turn that ends before its question does, whether anybody notices or not. Two things a student
notices are counted beside it: the tutor's first sound falls into the pause, and the rest of the question is
not joined to its beginning. Recordings of people are measured with `--recordings FOLDER`: every end before
the last voice is a cut-off. `--prompts FOLDER` adds a person's voice that everybody can have (see prompts.py)
with silence cut into one clause; every second prompt is held out.
"""

import argparse
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from bench.conversation.material import VOICES, in_a_room, library_files, questions, recordings
from bench.conversation.prompts import in_one_go, prompts, with_silence
from bench.conversation.thinking import (
    AFTER_MS,
    End,
    Thought,
    Trace,
    said_at_once,
    thought_about,
    trace,
    turn_ends,
    with_library,
)
from bench.tables import quantiles, show, versions
from tutor_engine.conversation.joining import joined
from tutor_engine.conversation.machine import JUST_BEGUN_MS
from tutor_engine.hearing.endpointing import NEVER, Endpointer, EndpointRules
from tutor_engine.hearing.port import RATE_HZ, VOICE_FRAME_MS
from tutor_engine.hearing.smart_turn import SmartTurn
from tutor_engine.hearing.sphinx_reader import GENERAL, English
from tutor_engine.hearing.vad import SileroModel, silero_path

LAG_MS = 100.0
"""From sound to its partial words, in a lesson."""
GRACE_MS = 100.0
"""An end so shortly after the pause was decided inside it."""
FIRST_SOUND_MS = 150.0
"""From the end of a turn to the tutor's first sound, on a quiet machine: the words are there by then."""
HINT_MS = EndpointRules().hint_voice_ms
"""From a student's first sound to its being noticed."""
LOOKED_AT = 48
"""Questions at which the rules were written, in the voices of `VOICES`."""
HELD_OUT_VOICES = ("awb", "kal16")
PERSON = "a person"
EVERY = {"second": 2, "third": 3, "fifth": 5}
"""How often a student pauses."""
LESSON = 6
"""Questions of a stranger in a lesson."""
WAITS_MS = (500, 700, 900, 1_100, 1_300, 1_500)


@dataclass(frozen=True, slots=True)
class Policy:
    """How turns are ended."""

    name: str
    endpointer: Callable[[], Endpointer]
    questions: int = 1
    """Of one student, whose way of speaking is learnt; after the first the tutor asks nothing any more."""


def own() -> Endpointer:
    """The lesson's policy."""
    return Endpointer("en")


def after_question() -> Endpointer:
    """The same when the tutor has asked something."""
    endpointer = Endpointer("en")
    endpointer.patient = True
    return endpointer


def silence_alone() -> Endpointer:
    """No judge: words and silence."""
    return Endpointer("en", judge=False)


class Waiting(Endpointer):
    """Ends no turn before some silence, whoever speaks and whatever is said."""

    def __init__(self, least_ms: float) -> None:
        super().__init__("en")
        self._at_least_ms = least_ms

    def demanded(self, silence_ms: float) -> float:
        """As it is demanded, but not so soon."""
        return NEVER if silence_ms < self._at_least_ms else super().demanded(silence_ms)


def waiting(least_ms: int) -> Policy:
    """A stranger who is waited for at least so long."""
    return Policy(f"waited for {least_ms} ms", lambda: Waiting(least_ms))


POLICIES = (
    Policy(f"own, strangers' lessons of {LESSON}", after_question, LESSON),
    Policy("own, a stranger asked nothing", own),
    Policy("own, after a question of the tutor", after_question),
    Policy("silence alone (baseline)", silence_alone),
)


@dataclass(slots=True)
class Tally:
    """What became of some questions."""

    asked: int = 0
    cut: int = 0
    """The turn was ended before the student had."""
    spoken_into: int = 0
    """So long before that the tutor was heard in the pause."""
    in_two: int = 0
    """And the rest was not taken as the rest of the question."""
    waits_ms: list[float] = field(default_factory=list[float])

    def count(self, heard: Trace, ends: Sequence[End]) -> None:
        """Add a question."""
        thought = heard.thought
        goes_on_ms = thought.pause_ms[1] if thought.pause_ms else thought.end_ms
        last_ms = goes_on_ms + GRACE_MS if thought.pause_ms else goes_on_ms - GRACE_MS
        early = [end for end in ends if end.at_ms < last_ms]
        self.asked += 1
        self.cut += bool(early)
        sounds_ms = [end.at_ms + FIRST_SOUND_MS for end in early]
        self.spoken_into += any(at_ms < goes_on_ms for at_ms in sounds_ms)
        self.in_two += any(
            _apart(end, thought.rest, goes_on_ms + HINT_MS - sound_ms)
            for end, sound_ms in zip(early, sounds_ms, strict=True)
        )
        self.waits_ms += [end.at_ms - thought.end_ms for end in ends if end.at_ms > thought.end_ms][:1]

    def cells(self) -> list[object]:
        """One line of the table."""
        counts = (self.cut, self.spoken_into, self.in_two)
        shares = [f"{100 * count / self.asked:.0f} %" for count in counts]
        waits = [f"{value:.0f}" for value in quantiles(self.waits_ms)[:2]] if self.waits_ms else ["-", "-"]
        return [self.asked, *shares, *waits]


def _apart(end: End, rest: str, played_ms: float) -> bool:
    """Whether the lesson takes the rest of a question as something of its own."""
    return played_ms >= JUST_BEGUN_MS or joined(end.words, rest, heard=played_ms > 0) is None


def tally(traces: Sequence[Trace], policy: Policy, judge: SmartTurn) -> Tally:
    """Count what a policy does with questions."""
    counted = Tally()
    for first in range(0, len(traces), policy.questions):
        endpointer, zero_ms = policy.endpointer(), 0.0
        for each in traces[first : first + policy.questions]:
            counted.count(each, turn_ends(each, endpointer, judge, LAG_MS, zero_ms))
            endpointer.patient = False
            zero_ms += len(each.voice) * VOICE_FRAME_MS
    return counted


def one_lesson(
    fluent: Sequence[Trace], pausing: Sequence[Trace], every: int, judge: SmartTurn
) -> tuple[Tally, Tally]:
    """A student who pauses in every so-manieth question: those said in one go, and those with a pause."""
    at_once, with_pause = Tally(), Tally()
    endpointer, zero_ms = after_question(), 0.0
    said, thought = iter(fluent), iter(pausing)
    for number in itertools.count(1):
        counted, questions_left = (with_pause, thought) if number % every == 0 else (at_once, said)
        heard = next(questions_left, None)
        if heard is None:
            break
        counted.count(heard, turn_ends(heard, endpointer, judge, LAG_MS, zero_ms))
        endpointer.patient = False
        zero_ms += len(heard.voice) * VOICE_FRAME_MS
    return at_once, with_pause


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
    parser.add_argument("--prompts", type=Path, help="where the prompts of Asterisk are unpacked")
    parser.add_argument("--questions", type=int, default=LOOKED_AT, help="of the demo library, in each voice")
    parser.add_argument("--held-out", action="store_true", help="other voices, and the questions after those")
    parser.add_argument("--waits", action="store_true", help="what waiting longer costs and gives")
    arguments = parser.parse_args()
    judge = SmartTurn(arguments.models / "smart-turn" / "smart-turn-v3.2-cpu.onnx")
    model, english = SileroModel(silero_path()), English()
    sentences = [
        line for path in library_files() if path.suffix == ".md" for line in path.read_text().split("\n")
    ]
    library = with_library(english, sentences)
    gold = questions()[0]
    gold = gold[LOOKED_AT:] if arguments.held_out else gold[: arguments.questions]
    sets: dict[str, list[Thought]] = {}
    voices = HELD_OUT_VOICES if arguments.held_out else VOICES
    for voice in voices:
        sets[f"{voice}, said in one go"] = said_at_once(gold, voice)
        sets[f"{voice}, silence cut in"] = thought_about(gold, voice)
        sets[f"{voice}, um, then silence"] = thought_about(gold, voice, um=True)
    if arguments.recordings is not None:
        sets["recordings"] = of_people(arguments.recordings)
    if arguments.prompts is not None:
        said = prompts(arguments.prompts)[int(arguments.held_out) :: 2]
        sets[f"{PERSON}, said in one go"] = in_one_go(said)
        sets[f"{PERSON}, silence cut in"] = with_silence(said)
    policies = [*POLICIES, *(waiting(each) for each in WAITS_MS if arguments.waits)]
    rows: list[list[object]] = []
    heard: dict[str, list[Trace]] = {}
    for name, thoughts in sets.items():
        search = library if name.startswith(voices) else GENERAL
        traces = heard[name] = [trace(each, model.detector(), english, search) for each in thoughts]
        rows += [[f"{name}: {each.name}", *tally(traces, each, judge).cells()] for each in policies]
    speakers = [*voices, *([PERSON] if arguments.prompts is not None else [])]
    for voice, every in itertools.product(speakers, EVERY):
        fluent, pausing = heard[f"{voice}, said in one go"], heard[f"{voice}, silence cut in"]
        parts = one_lesson(fluent, pausing, EVERY[every], judge)
        for kind, counted in zip(("said in one go", "silence cut in"), parts, strict=True):
            rows.append([f"{voice}, a pause in every {every}: {kind}", *counted.cells()])
    judge.close()
    show(
        "Ends of turns",
        ("set: policy", "questions", "cut off", "tutor heard in it", "in two", "wait p50 ms", "wait p95 ms"),
        rows,
        "goal: at most 5 % cut off; the wait runs from the last sample of speech to the decision; "
        + ("held out: voices and questions" if arguments.held_out else "the rules were written at this set"),
        versions("pocketsphinx", "onnxruntime"),
    )


if __name__ == "__main__":
    main()
