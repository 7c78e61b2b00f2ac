"""Which questions are asked in which voice, and what is made of the outcomes."""

import sys

import pytest
from bench.choosing import run_chosen
from bench.conversation import __main__ as command
from bench.conversation.asking import (
    Answered,
    Outcome,
    Question,
    Unanswered,
    in_voices,
    library_questions,
    losses,
    waiting_rows,
)
from bench.conversation.crowd import questions_of


def answered(sound_ms: float, *, right: bool = True, lips_ms: float | None = None) -> Answered:
    return Answered(
        question=Question("Why?", "because"),
        faint_ms=sound_ms - 10,
        sound_ms=sound_ms,
        picture_ms=sound_ms,
        lips_ms=lips_ms,
        fps=25.0,
        longest_gap_ms=40.0,
        stages_ms={"turn_end": sound_ms / 2},
        right=right,
        answer="Because.",
    )


def test_every_question_is_asked_in_one_voice_and_then_in_the_other() -> None:
    questions = [Question(str(at), "") for at in range(4)]
    asked = [(each.text, each.voice) for each in in_voices(questions, ("rms", "slt"), 8)]
    assert len(set(asked)) == 8
    assert [voice for _, voice in asked[:4]] == ["rms", "slt", "rms", "slt"]


def test_sixty_questions_of_the_library_are_all_different() -> None:
    asked = in_voices(library_questions(), ("rms", "slt"), 60)
    assert len({(each.text, each.voice) for each in asked}) == 60
    assert all(each.phrase for each in asked)


def test_each_lesson_of_a_crowd_asks_every_other_question_by_voice() -> None:
    asked = questions_of(3, 4)
    assert [bool(each.voice) for each in asked] == [False, True, False, True]
    assert {each.text for each in asked}.isdisjoint(each.text for each in questions_of(4, 4))


def test_rows_hold_what_was_measured_and_leave_out_what_nobody_looked_at() -> None:
    outcomes: list[Outcome] = [answered(100), answered(300), Unanswered(Question("", ""), "cut off")]
    rows = {row[0]: row[1:] for row in waiting_rows(outcomes)}
    assert rows["engine: turn_end"] == ["100", "145", "150"]
    assert rows["peer: first audible sound"] == ["200", "290", "300"]
    assert "peer: first frame with moved lips" not in rows
    seen = waiting_rows([answered(100, lips_ms=140)])
    assert seen[-1] == ["peer: first frame with moved lips", "140", "140", "140"]


def test_losses_are_told_apart() -> None:
    question = Question("", "")
    outcomes: list[Outcome] = [
        answered(1),
        answered(1, right=False),
        Unanswered(question, "cut off"),
        Unanswered(question, "no answer"),
    ]
    assert losses(outcomes) == "1 of 4 answered rightly, 1 cut off, 1 not answered"


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--help"], 0), (["nothing"], 2)])
def test_the_command_lists_its_figures(
    arguments: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench.conversation", *arguments])
    with pytest.raises(SystemExit) as ended:
        run_chosen("bench.conversation", command.FIGURES)
    assert ended.value.code == code
    assert "interruption" in capsys.readouterr().out
