"""The conversation: every promise of `machine.py`, by example and by exhaustive play."""

from hypothesis import given, settings
from hypothesis import strategies as st
from packages.engine.tests.conversation.play import EVENTS, Witness, emitted, speak, started, words

from tutor_engine.conversation import Conversation
from tutor_engine.conversation import events as ev
from tutor_engine.conversation.effects import CancelTurn, ExpectAnswer, StartTurn, TurnOver
from tutor_protocol import Citation, ErrorCode
from tutor_protocol.server import Caption, Error, TextDelta, TextOut, Transcription, Turn


def test_a_typed_question_becomes_one_spoken_turn() -> None:
    conversation = Conversation()
    effects = speak(conversation, "Because of gravity.", "Why do apples fall?")
    [transcription] = emitted(effects, Transcription)
    assert isinstance(transcription, Transcription)
    assert (transcription.content, transcription.final, transcription.turn_id) == (
        "Why do apples fall?",
        True,
        1,
    )
    assert started(effects) == [StartTurn(1, "Why do apples fall?", "live")]
    states = [turn.state for turn in emitted(effects, Turn) if isinstance(turn, Turn)]
    assert states == ["thinking", "speaking"]
    effects = conversation.take(ev.PlaybackEnded(1, 600.0))
    [end] = emitted(effects, Turn)
    assert isinstance(end, Turn)
    assert (end.state, end.heard) == ("idle", "Because of gravity.")
    assert conversation.history == [("user", "Why do apples fall?"), ("assistant", "Because of gravity.")]


def test_captions_come_when_words_are_played_and_name_their_citations() -> None:
    conversation = Conversation()
    conversation.take(ev.Asked("q", "text"))
    conversation.take(ev.AnswerGrew(1, "Stars shine. "))
    cite = Citation(n=1, document="d", title="t", page=1, quote="Stars shine", start=0, end=11)
    conversation.take(ev.AnswerCited(1, cite))
    conversation.take(ev.AnswerGrew(1, "Do you see?"))
    conversation.take(ev.WordsScheduled(1, words("Stars shine. Do you see?")))
    [first] = emitted(conversation.take(ev.PlaybackAt(1, 250.0)), Caption)
    assert isinstance(first, Caption)
    assert (first.content, first.citations, first.start_ms) == ("Stars shine.", [1], 0)
    [second] = emitted(conversation.take(ev.PlaybackAt(1, 420.0)), Caption)
    assert isinstance(second, Caption)
    assert (second.content, second.citations) == ("Do", [])
    assert emitted(conversation.take(ev.PlaybackAt(1, 300.0)), Caption) == []


def test_an_interrupted_answer_is_remembered_as_it_was_heard() -> None:
    conversation = Conversation()
    speak(conversation, "One two, three four five.")
    conversation.take(ev.PlaybackAt(1, 450.0))
    effects = conversation.take(ev.VoiceStarted())
    assert CancelTurn(1) in effects
    assert TurnOver(1) in effects
    cut, listening = emitted(effects, Turn)
    assert isinstance(cut, Turn)
    assert isinstance(listening, Turn)
    assert (cut.state, cut.heard, listening.state) == ("interrupted", "One two,", "listening")
    assert conversation.history[-1] == ("assistant", "One two,")


def test_nothing_heard_leaves_nothing_behind() -> None:
    conversation = Conversation()
    speak(conversation, "Never played.")
    conversation.take(ev.InterruptWanted())
    assert conversation.history == [("user", "why?")]


def test_events_of_a_past_turn_change_nothing() -> None:
    conversation = Conversation()
    speak(conversation, "Old words.")
    conversation.take(ev.InterruptWanted())
    for event in (
        ev.AnswerGrew(1, "x"),
        ev.PlaybackAt(1, 5000.0),
        ev.PlaybackEnded(1, 5000.0),
        ev.AnswerBroke(1, ErrorCode.ANSWER_FAILED),
    ):
        assert conversation.take(event) == []


def test_a_student_who_goes_on_speaking_is_answered_once_on_the_whole() -> None:
    conversation = Conversation()
    conversation.take(ev.VoiceStarted())
    conversation.take(ev.Asked("Why is the sky", "voice"))
    effects = conversation.take(ev.VoiceStarted())
    assert CancelTurn(1) in effects
    effects = conversation.take(ev.Asked("blue today?", "voice"))
    assert started(effects) == [StartTurn(2, "Why is the sky blue today?", "live")]
    finals = emitted(effects, Transcription)
    assert [t.content for t in finals if isinstance(t, Transcription)] == ["blue today?"]
    assert [content for _, content in conversation.history] == ["Why is the sky", "blue today?"]


def test_a_cough_while_thinking_does_not_lose_the_question() -> None:
    conversation = Conversation()
    conversation.take(ev.Asked("Why?", "voice"))
    conversation.take(ev.VoiceStarted())
    effects = conversation.take(ev.NothingHeard())
    assert started(effects) == [StartTurn(2, "Why?", "live")]


def test_unheard_language_is_said_and_the_lesson_goes_on() -> None:
    conversation = Conversation("zh")
    conversation.take(ev.VoiceStarted())
    effects = conversation.take(ev.NothingHeard(ErrorCode.LANGUAGE_NOT_HEARD))
    [error] = emitted(effects, Error)
    assert isinstance(error, Error)
    assert "Whisper" in error.content
    assert started(conversation.take(ev.Asked("为什么？", "text")))


def test_a_refused_question_is_recorded_but_starts_nothing() -> None:
    conversation = Conversation()
    effects = conversation.take(ev.Refused("Où est-ce?", "text", ErrorCode.LANGUAGE_NOT_SPOKEN))
    assert started(effects) == []
    assert [e.code for e in emitted(effects, Error) if isinstance(e, Error)] == ["language_not_spoken"]
    assert len(emitted(effects, Transcription)) == 1


def test_a_greeting_is_said_as_it_is_and_only_in_silence() -> None:
    conversation = Conversation()
    [start] = started(conversation.take(ev.GreetingWanted("Hello!")))
    assert start.prepared == "Hello!"
    assert conversation.take(ev.GreetingWanted("Hello!")) == []


def test_the_tutor_s_own_question_makes_hearing_patient() -> None:
    conversation = Conversation()
    speak(conversation, "What do you think?")
    assert ExpectAnswer(True) in conversation.take(ev.PlaybackEnded(1, 800.0))


def test_a_broken_answer_is_said_and_what_was_made_is_still_played() -> None:
    conversation = Conversation()
    conversation.take(ev.Asked("q", "text"))
    conversation.take(ev.AnswerGrew(1, "Half of"))
    effects = conversation.take(ev.AnswerBroke(1, ErrorCode.ANSWER_FAILED))
    assert [e.code for e in emitted(effects, Error) if isinstance(e, Error)] == ["answer_failed"]
    assert [t.content for t in emitted(effects, TextOut) if isinstance(t, TextOut)] == ["Half of"]
    assert TurnOver(1) not in effects
    assert TurnOver(1) in conversation.take(ev.PlaybackEnded(1, 300.0))


def test_an_answer_that_broke_before_its_first_word_ends_the_turn() -> None:
    conversation = Conversation()
    conversation.take(ev.Asked("q", "text"))
    assert TurnOver(1) in conversation.take(ev.AnswerBroke(1, ErrorCode.ANSWER_FAILED))


def test_an_attached_answer_carries_its_sound_and_ends() -> None:
    conversation = Conversation()
    conversation.take(ev.Asked("q", "text", delivery="attached"))
    assert emitted(conversation.take(ev.AnswerGrew(1, "Yes.")), TextDelta)
    assert emitted(conversation.take(ev.AnswerComplete(1, "```code```")), TextOut) == []
    effects = conversation.take(ev.SpeechAttached(1, "UklGRg==", "wav"))
    [text] = emitted(effects, TextOut)
    assert isinstance(text, TextOut)
    assert (text.content, text.audio, text.audio_format) == ("Yes.\n\n```code```", "UklGRg==", "wav")
    assert TurnOver(1) in effects


def test_old_messages_are_forgotten_in_blocks() -> None:
    conversation = Conversation()
    lengths: list[int] = []
    for number in range(50):
        conversation.take(ev.Asked(f"q{number}", "text"))
        conversation.take(ev.InterruptWanted())
        lengths.append(len(conversation.history))
    assert max(lengths) == 40
    assert lengths[39:43] == [40, 35, 36, 37]
    assert conversation.history[-1] == ("user", "q49")


@settings(max_examples=400)
@given(st.lists(EVENTS, max_size=50))
def test_no_sequence_breaks_the_promises(sequence: list[ev.Event]) -> None:
    conversation = Conversation()
    witness = Witness(conversation)
    for event in sequence:
        witness.saw(event, conversation.take(event))
