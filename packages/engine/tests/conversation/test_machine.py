"""The conversation: every promise of `machine.py`, by example and by exhaustive play."""

from typing import Literal

import pytest
from hypothesis import given, settings
from packages.engine.tests.conversation.play import (
    SEQUENCES,
    Witness,
    emitted,
    numbered,
    speak,
    started,
    words,
)

from tutor_engine.conversation import Conversation
from tutor_engine.conversation import events as ev
from tutor_engine.conversation.effects import CancelTurn, Effect, ExpectAnswer, StartTurn, TurnOver
from tutor_engine.conversation.joining import LONGEST_CHARS
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
    assert [t.content for t in finals if isinstance(t, Transcription)] == ["Why is the sky blue today?"]
    assert [t.turn_id for t in finals if isinstance(t, Transcription)] == [1], "it replaces the first part"
    assert conversation.history == [("user", "Why is the sky blue today?")]


def test_a_cough_while_thinking_does_not_lose_the_question() -> None:
    conversation = Conversation()
    conversation.take(ev.Asked("Why?", "voice"))
    conversation.take(ev.VoiceStarted())
    effects = conversation.take(ev.NothingHeard())
    assert started(effects) == [StartTurn(2, "Why?", "live")]


def test_a_question_waits_while_the_student_speaks_again_and_is_never_lost() -> None:
    conversation = Conversation()
    conversation.take(ev.VoiceStarted())
    effects = conversation.take(ev.Asked("Why is the sky", "voice", goes_on=True))
    assert not started(effects)
    [told] = emitted(effects, Transcription)
    assert isinstance(told, Transcription)
    assert (told.content, told.turn_id) == ("Why is the sky", 1)
    [start] = started(conversation.take(ev.NothingHeard()))
    assert (start.turn, start.question) == (2, "Why is the sky")
    assert conversation.history == [("user", "Why is the sky")]


def test_the_rest_of_a_question_that_waited_replaces_its_words() -> None:
    conversation = Conversation()
    conversation.take(ev.Asked("Why is the", "voice", goes_on=True))
    conversation.take(ev.Asked("sky blue", "voice", goes_on=True))
    effects = conversation.take(ev.Asked("at noon", "voice"))
    assert [start.question for start in started(effects)] == ["Why is the sky blue at noon"]
    [told] = emitted(effects, Transcription)
    assert isinstance(told, Transcription)
    assert (told.content, told.turn_id) == ("Why is the sky blue at noon", 1)


def test_a_typed_question_that_is_added_to_twice_keeps_every_word_on_record() -> None:
    conversation = Conversation()
    conversation.take(ev.Asked("Why is the sky", "text"))
    conversation.take(ev.VoiceStarted())
    records: dict[int | None, str] = {}
    effects: list[Effect] = []
    for said, goes_on in (("blue", True), ("at noon", False)):
        effects = conversation.take(ev.Asked(said, "voice", goes_on=goes_on))
        [told] = emitted(effects, Transcription)
        assert isinstance(told, Transcription)
        assert told.turn_id not in records, "earlier words stay"
        records[told.turn_id] = told.content
    assert [start.question for start in started(effects)] == ["Why is the sky blue at noon"]


def test_a_monologue_of_ten_minutes_is_on_record_bounded_and_answered_once() -> None:
    """Hearing cuts it into utterances of 30 s at most, and the student speaks on at the end of each."""
    conversation = Conversation()
    conversation.take(ev.VoiceStarted())
    piece = "and then the moon pulls the water of the sea " * 9
    effects: list[Effect] = []
    for number in range(20):
        effects += conversation.take(ev.Asked(f"part {number} {piece}", "voice", goes_on=True))
    assert started(effects) == []
    effects += conversation.take(ev.Asked("so why are there tides?", "voice"))
    finals = emitted(effects, Transcription)
    told = {final.turn_id: final.content for final in finals if isinstance(final, Transcription)}
    (start,) = started(effects)
    assert start.question.endswith("so why are there tides?")
    assert len(start.question) <= LONGEST_CHARS
    record = " ".join(told.values())
    assert all(f"part {number} " in record for number in range(20)), "nothing that was said is lost"
    assert len(told) == len(conversation.history)


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


def begun(
    played_ms: float, question: str = "why is the sky", source: Literal["voice", "text"] = "voice"
) -> Conversation:
    """The answer to a question has sounded for so long when the student speaks again."""
    conversation = Conversation()
    speak(conversation, "One two three four five six seven.", question, source)
    conversation.take(ev.PlaybackAt(1, played_ms))
    conversation.take(ev.VoiceStarted())
    return conversation


def test_an_answer_that_came_too_early_is_begun_again_on_the_whole_question() -> None:
    conversation = begun(700.0)
    assert conversation.history[-1] == ("assistant", "One two three")
    assert conversation.foresee("blue") == ("why is the sky blue", [])
    effects = conversation.take(ev.Asked("blue today?", "voice"))
    assert started(effects) == [StartTurn(2, "why is the sky blue today?", "live")]
    [said] = emitted(effects, Transcription)
    assert isinstance(said, Transcription)
    assert (said.content, said.turn_id) == ("why is the sky blue today?", 1)
    assert conversation.history == [("user", "why is the sky blue today?")]


def test_parts_are_joined_again_and_again() -> None:
    conversation = begun(700.0)
    conversation.take(ev.Asked("blue today", "voice"))
    conversation.take(ev.VoiceStarted())
    effects = conversation.take(ev.Asked("and red tonight?", "voice"))
    assert started(effects)[0].question == "why is the sky blue today and red tonight?"
    assert [t.turn_id for t in emitted(effects, Transcription) if isinstance(t, Transcription)] == [1]


@pytest.mark.parametrize(
    ("played_ms", "source", "words"),
    [
        (1_300.0, "voice", "blue today"),
        (700.0, "text", "blue today"),
        (700.0, "voice", "stop"),
        (700.0, "voice", "what is gravity"),
    ],
)
def test_what_is_a_new_question_is_not_joined(
    played_ms: float, source: Literal["voice", "text"], words: str
) -> None:
    conversation = begun(played_ms, source=source)
    heard = conversation.history[-1]
    assert heard[0] == "assistant"
    assert conversation.foresee(words) == (words, [("user", "why is the sky"), heard])
    effects = conversation.take(ev.Asked(words, "voice"))
    assert started(effects)[0].question == words
    assert conversation.history == [("user", "why is the sky"), heard, ("user", words)]


@pytest.mark.parametrize("end", [ev.NothingHeard(), ev.Asked("uh-huh", "voice")])
def test_an_early_answer_cut_by_nothing_is_given_again(end: ev.Event) -> None:
    conversation = begun(700.0)
    effects = conversation.take(end)
    assert started(effects)[0].question == "why is the sky"
    assert conversation.history == [("user", "why is the sky")]
    assert len(emitted(effects, Transcription)) == isinstance(end, ev.Asked)


def test_typed_words_keep_their_place_on_record_when_the_student_adds_some_aloud() -> None:
    conversation = Conversation()
    conversation.take(ev.Asked("Why is the sky", "text"))
    conversation.take(ev.VoiceStarted())
    effects = conversation.take(ev.Asked("blue today?", "voice"))
    assert started(effects)[0].question == "Why is the sky blue today?"
    [said] = emitted(effects, Transcription)
    assert isinstance(said, Transcription)
    assert (said.content, said.turn_id) == ("blue today?", 2)
    assert conversation.history == [("user", "Why is the sky blue today?")]


def test_what_is_asked_next_is_foreseen_only_while_the_student_speaks() -> None:
    conversation = Conversation(history=[("user", "a"), ("assistant", "b")])
    assert conversation.foresee("why") is None
    conversation.take(ev.VoiceStarted())
    assert conversation.foresee("  ") is None
    assert conversation.foresee("why") == ("why", [("user", "a"), ("assistant", "b")])
    conversation.take(ev.Asked("why", "voice"))
    assert conversation.foresee("why") is None


def test_offered_choices_are_shown_and_expected() -> None:
    conversation = Conversation()
    conversation.take(ev.Asked("quiz me", "text"))
    conversation.take(ev.AnswerGrew(1, "Which one. A or B."))
    [text] = emitted(conversation.take(ev.AnswerComplete(1, choices=("Ice", "Fire"))), TextOut)
    assert isinstance(text, TextOut)
    assert text.choices == ["Ice", "Fire"]
    assert ExpectAnswer(True, ("Ice", "Fire")) in conversation.take(ev.PlaybackEnded(1, 900.0))
    [start] = [e for e in conversation.take(ev.Asked("ice", "voice")) if isinstance(e, ExpectAnswer)]
    assert start == ExpectAnswer(False)


@settings(max_examples=400)
@given(SEQUENCES)
def test_no_sequence_breaks_the_promises(sequence: list[ev.Event]) -> None:
    conversation = Conversation()
    witness = Witness(conversation)
    for event in numbered(conversation, sequence):
        witness.saw(event, conversation.take(event))
