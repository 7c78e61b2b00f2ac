"""Duck, confirm, resume; and whatever happens, the promises of the conversation hold."""

import pytest
from hypothesis import given, settings
from packages.engine.tests.conversation.play import SEQUENCES, Witness, emitted, numbered, speak, started

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


def test_the_first_sign_of_a_voice_ducks_and_a_click_resumes(floor: Floor) -> None:
    assert floor.take(ev.VoiceHinted()) == [Duck(1)]
    assert floor.take(ev.VoiceHinted()) == []
    assert floor.take(ev.VoiceFaded()) == [Resume(1)]
    floor.take(ev.VoiceHinted())
    assert floor.take(ev.VoiceStarted()) == []
    assert floor.take(ev.VoiceFaded()) == [], "it was a voice"
    assert floor.take(ev.NothingHeard()) == [Resume(1)]


def test_a_turn_that_ends_under_a_click_leaves_nobody_listening(floor: Floor) -> None:
    floor.take(ev.VoiceHinted())
    assert TurnOver(1) in floor.take(ev.PlaybackEnded(1, 1_000.0))
    assert floor.take(ev.VoiceFaded()) == []
    assert floor.conversation.phase is Phase.IDLE


def test_a_hint_outside_of_the_tutors_speech_changes_nothing() -> None:
    floor = Floor(Conversation())
    floor.take(ev.Asked("Why?", "voice"))
    assert [floor.take(ev.VoiceHinted()), floor.take(ev.VoiceFaded())] == [[], []]
    assert floor.conversation.phase is Phase.THINKING


def test_a_backchannel_resumes_and_is_on_record(floor: Floor) -> None:
    floor.take(ev.VoiceStarted())
    assert emitted(floor.take(ev.WordsHeard("uh huh")), Transcription)
    effects = floor.take(ev.Asked("Uh-huh.", "voice"))
    assert effects[0] == Resume(1)
    [said] = emitted(effects, Transcription)
    assert isinstance(said, Transcription)
    assert (said.content, said.final, said.turn_id) == ("Uh-huh.", True, 2), "it replaces no other words"
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


def test_words_that_may_change_yet_do_not(floor: Floor) -> None:
    floor.take(ev.VoiceStarted())
    assert not [effect for effect in floor.take(ev.WordsHeard("the flood")) if isinstance(effect, CancelTurn)]
    assert floor.take(ev.Asked("uh huh", "voice"))[0] == Resume(1)
    floor.take(ev.VoiceStarted())
    floor.take(ev.WordsHeard("what is"))
    assert CancelTurn(1) in floor.take(ev.WordsHeard("what is a", 7))


def test_a_noise_taken_for_words_resumes_but_for_those_that_ask_for_the_floor(floor: Floor) -> None:
    floor.take(ev.VoiceStarted())
    floor.take(ev.WordsHeard("the flood"))
    resumed, taken_back = floor.take(ev.Asked("the flood", "voice", sure=False))
    assert resumed == Resume(1)
    [words] = emitted([taken_back], Transcription)
    assert isinstance(words, Transcription)
    assert (words.content, words.final) == ("", False)
    assert floor.conversation.history == [("user", "why?")]
    floor.take(ev.VoiceStarted())
    assert CancelTurn(1) in floor.take(ev.Asked("why", "voice", sure=False))


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


@pytest.mark.parametrize("words", ["", "gravity"])
def test_a_long_voice_takes_the_floor_without_clear_words(floor: Floor, words: str) -> None:
    floor.take(ev.VoiceStarted())
    if words:
        assert emitted(floor.take(ev.WordsHeard(words)), Transcription)
    assert CancelTurn(1) in floor.take(ev.VoiceLasted())
    assert floor.conversation.phase is Phase.LISTENING


def test_a_long_listening_noise_does_not(floor: Floor) -> None:
    floor.take(ev.VoiceStarted())
    floor.take(ev.WordsHeard("uh huh yeah"))
    assert floor.take(ev.VoiceLasted()) == []
    assert floor.ducked == 1


@pytest.mark.parametrize("before", [[], [ev.VoiceStarted()], [ev.VoiceStarted(), ev.WordsHeard("uh huh")]])
def test_the_key_to_talk_takes_the_floor_at_once(floor: Floor, before: list[ev.Event]) -> None:
    for event in before:
        floor.take(event)
    assert CancelTurn(1) in floor.take(ev.TalkPressed())
    assert not [e for e in floor.take(ev.VoiceStarted()) if isinstance(e, Duck | CancelTurn)]


def test_out_of_the_tutors_speech_key_and_long_voice_change_nothing() -> None:
    floor = Floor(Conversation())
    assert [floor.take(ev.TalkPressed()), floor.take(ev.VoiceLasted())] == [[], []]
    floor.take(ev.Asked("Why?", "voice"))
    assert [floor.take(ev.TalkPressed()), floor.take(ev.VoiceLasted())] == [[], []]


def test_what_was_played_when_the_voice_began_decides_whether_the_answer_came_too_early() -> None:
    floor = Floor(Conversation())
    speak(floor, "One two three four five.", "why is the sky", source="voice")
    floor.take(ev.PlaybackAt(1, 700.0))
    floor.take(ev.VoiceStarted())
    floor.take(ev.PlaybackAt(1, 1_600.0))
    floor.take(ev.WordsHeard("blue today", 10))
    [start] = started(floor.take(ev.Asked("blue today?", "voice")))
    assert start.question == "why is the sky blue today?"


@settings(max_examples=400)
@given(SEQUENCES)
def test_no_sequence_breaks_the_promises(sequence: list[ev.Event]) -> None:
    floor = Floor(Conversation())
    witness = Witness(floor.conversation)
    for event in numbered(floor.conversation, sequence):
        witness.saw(event, floor.take(event))
        assert floor.ducked == witness.soft, "every duck is resumed, or its turn is over"
        assert witness.soft is None or floor.conversation.phase is Phase.SPEAKING
