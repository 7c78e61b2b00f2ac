"""Duck, confirm, resume; and whatever happens, the promises of the conversation hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packages.engine.tests.conversation.play import EVENTS, Witness, emitted, speak, started

from tutor_engine.conversation import Conversation, Floor
from tutor_engine.conversation import events as ev
from tutor_engine.conversation.effects import CancelTurn, Duck, Resume, TurnOver
from tutor_engine.conversation.machine import Phase
from tutor_protocol import ErrorCode
from tutor_protocol.server import Error, Transcription, Turn


@pytest.fixture
def floor() -> Floor:
    """The tutor is speaking its first turn."""
    floor = Floor(Conversation())
    speak(floor, "One two three four five.")
    assert floor.conversation.phase is Phase.SPEAKING
    return floor


def test_a_voice_ducks_and_a_cough_resumes(floor: Floor) -> None:
    assert floor.take(ev.VoiceStarted()) == [Duck(1)]
    assert floor.take(ev.VoiceStarted()) == []
    assert floor.take(ev.NothingHeard()) == [Resume(1)]
    assert floor.conversation.phase is Phase.SPEAKING
    assert floor.take(ev.VoiceStarted()) == [Duck(1)]


def test_a_backchannel_resumes_and_is_on_record(floor: Floor) -> None:
    floor.take(ev.VoiceStarted())
    assert emitted(floor.take(ev.WordsHeard("uh huh")), Transcription)
    effects = floor.take(ev.Asked("Uh-huh.", "voice"))
    assert effects[0] == Resume(1)
    [said] = emitted(effects, Transcription)
    assert isinstance(said, Transcription)
    assert (said.content, said.final) == ("Uh-huh.", True)
    assert not started(effects)
    assert floor.conversation.history == [("user", "why?")]


def test_words_interrupt_at_once(floor: Floor) -> None:
    floor.take(ev.PlaybackAt(1, 450.0))
    floor.take(ev.VoiceStarted())
    effects = floor.take(ev.WordsHeard("wait, what is"))
    assert CancelTurn(1) in effects
    states = [turn.state for turn in emitted(effects, Turn) if isinstance(turn, Turn)]
    assert states == ["interrupted", "listening"]
    assert floor.conversation.history[-1] == ("assistant", "One two")
    assert started(floor.take(ev.Asked("Wait, what is two?", "voice")))


def test_a_recogniser_without_partial_words_interrupts_with_the_final_ones(floor: Floor) -> None:
    floor.take(ev.VoiceStarted())
    effects = floor.take(ev.Asked("What is gravity?", "voice"))
    assert CancelTurn(1) in effects
    assert started(effects)[0].question == "What is gravity?"


def test_a_turn_that_ends_while_ducked_leaves_the_floor_to_the_student(floor: Floor) -> None:
    floor.take(ev.VoiceStarted())
    effects = floor.take(ev.PlaybackEnded(1, 1_000.0))
    assert TurnOver(1) in effects
    assert not any(isinstance(effect, Resume) for effect in effects)
    assert floor.conversation.phase is Phase.LISTENING
    assert floor.ducked is None


def test_typing_and_the_stop_button_do_not_wait(floor: Floor) -> None:
    floor.take(ev.VoiceStarted())
    assert started(floor.take(ev.Asked("Why?", "text")))
    assert floor.ducked is None
    stopped = Floor(Conversation())
    speak(stopped, "One two three.")
    stopped.take(ev.VoiceStarted())
    assert CancelTurn(1) in stopped.take(ev.InterruptWanted())
    assert stopped.conversation.phase is Phase.LISTENING


def test_a_language_that_is_not_heard_is_told_while_the_tutor_goes_on(floor: Floor) -> None:
    floor.take(ev.VoiceStarted())
    effects = floor.take(ev.NothingHeard(ErrorCode.LANGUAGE_NOT_HEARD))
    assert effects[0] == Resume(1)
    assert emitted(effects, Error)


def test_before_the_tutor_speaks_nothing_is_ducked() -> None:
    floor = Floor(Conversation())
    floor.take(ev.Asked("Why?", "voice"))
    assert CancelTurn(1) in floor.take(ev.VoiceStarted())


@settings(max_examples=400)
@given(st.lists(EVENTS, max_size=50))
def test_no_sequence_breaks_the_promises(sequence: list[ev.Event]) -> None:
    floor = Floor(Conversation())
    witness = Witness(floor.conversation)
    soft: int | None = None
    for event in sequence:
        effects = floor.take(event)
        witness.saw(event, effects)
        for effect in effects:
            match effect:
                case Duck(turn=turn):
                    assert soft is None
                    assert turn in witness.running
                    soft = turn
                case Resume(turn=turn):
                    assert turn == soft, "resumed what was not ducked"
                    soft = None
                case TurnOver(turn=turn):
                    soft = None if turn == soft else soft
                case _:
                    pass
        assert floor.ducked == soft
        assert soft is None or floor.conversation.phase is Phase.SPEAKING
