"""The state machine of a lesson: listening, thinking, speaking; one turn at a time.

A turn begins with a question (or a greeting) and ends once, in `idle` or `interrupted`. The record of a turn
is what was heard: words of an answer that was cut off before they were played are never remembered.

A student who pauses inside a question asks one question: words that come before its answer has sounded, or
when that has only just begun, complete it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

from tutor_engine.conversation import events as ev
from tutor_engine.conversation.backchannel import is_backchannel
from tutor_engine.conversation.effects import CancelTurn, Effect, Emit, ExpectAnswer, StartTurn, TurnOver
from tutor_engine.conversation.joining import joined
from tutor_engine.conversation.spoken import SpokenAnswer
from tutor_protocol import ErrorCode, sentence
from tutor_protocol.server import Caption, Error, TextDelta, TextOut, Transcription, Turn

MAX_REMEMBERED = 40
"""Messages kept as history: twenty exchanges, about 4 000 words, fit the smallest context window used."""
_FORGOTTEN = 6
"""So many of the oldest go at once, so that prompts made from the history begin alike for a while."""

JUST_BEGUN_MS = 1_200.0
"""An answer of which less was played when the student goes on came too early; four or five words."""


class Phase(Enum):
    """Where the lesson stands."""

    IDLE = "idle"
    LISTENING = "listening"
    """The student speaks."""
    THINKING = "thinking"
    """A turn runs and nothing of it has sounded."""
    SPEAKING = "speaking"


@dataclass(frozen=True, slots=True)
class _Asking:
    """A question that a turn answers, or that waits for the rest of itself."""

    text: str = ""
    delivery: ev.Delivery = "live"
    told_as: int | None = None
    """The turn under which its words are on record, where more words replace them; None: they stay as they
    were typed."""
    heard: bool = False
    """An answer to it had begun to sound."""
    fragment: bool = False
    """The last message of the history is what was heard of that."""


class Conversation:
    """One lesson. `take` an event, carry out the effects, in order."""

    def __init__(self, language: str = "en", history: Sequence[tuple[str, str]] = ()) -> None:
        self.phase = Phase.IDLE
        self.turn = 0
        self.language = language
        self.history: list[tuple[str, str]] = list(history)[-MAX_REMEMBERED:]
        """Pairs of role (`user`, `assistant`) and content, oldest first."""
        self._numbered = 0
        """The last number given to a turn."""
        self._answer = SpokenAnswer()
        self._asking = _Asking()
        """What the running turn answers."""
        self._unanswered: _Asking | None = None
        """A question whose answer was withdrawn, or not begun, because the student went on speaking."""
        self._screen = ""
        self._choices: tuple[str, ...] = ()
        self._generated = False
        """All text of the turn is there."""
        self._live = False
        """A turn is running."""
        self._takers: dict[type, Callable[..., list[Effect]]] = {
            ev.VoiceStarted: self._voice_started,
            ev.VoiceHinted: self._nothing_follows,
            ev.VoiceFaded: self._nothing_follows,
            ev.VoiceLasted: self._nothing_follows,
            ev.TalkPressed: self._nothing_follows,
            ev.WordsHeard: self._words_heard,
            ev.NothingHeard: self._nothing_heard,
            ev.Asked: self._asked,
            ev.Refused: self._refused,
            ev.GreetingWanted: self._greeting_wanted,
            ev.InterruptWanted: self._interrupt_wanted,
            ev.AnswerGrew: self._answer_grew,
            ev.AnswerCited: self._answer_cited,
            ev.AnswerComplete: self._answer_complete,
            ev.AnswerBroke: self._answer_broke,
            ev.WordsScheduled: self._words_scheduled,
            ev.SpeechBroke: self._speech_broke,
            ev.SpeechAttached: self._speech_attached,
            ev.PlaybackStarted: self._playback_started,
            ev.PlaybackAt: self._playback_at,
            ev.PlaybackEnded: self._playback_ended,
        }

    def take(self, event: ev.Event) -> list[Effect]:
        """Change state and say what follows. Events of a turn that is over have no effect."""
        turn = getattr(event, "turn", None)
        if turn is not None and (turn != self.turn or not self._live):
            return []
        return self._takers[type(event)](event)

    @property
    def played_ms(self) -> float:
        """How much of the present answer's sound has been played."""
        return self._answer.position_ms

    def foresee(self, words: str) -> tuple[str, list[tuple[str, str]]] | None:
        """The question and its history if the student's words so far were all; None: that is not clear."""
        if self.phase is not Phase.LISTENING or not words.strip():
            return None
        question = self._whole(words)
        if question is None:
            return words.strip(), list(self.history)
        return question, self._history_before(question)

    # The student ---------------------------------------------------------------------------------

    def _voice_started(self, event: ev.VoiceStarted) -> list[Effect]:
        effects: list[Effect] = []
        if self._live:
            effects += self._interrupt_unfinished(event.at_ms)
        self.phase = Phase.LISTENING
        return [*effects, self._tell("listening")]

    def _nothing_follows(
        self, _: ev.VoiceHinted | ev.VoiceFaded | ev.VoiceLasted | ev.TalkPressed
    ) -> list[Effect]:
        """Only whether the tutor yields hangs on these, which is decided by the floor."""
        return []

    def _words_heard(self, event: ev.WordsHeard) -> list[Effect]:
        return [Emit(Transcription(content=event.text, final=False, stable_chars=event.stable_chars))]

    def _nothing_heard(self, event: ev.NothingHeard) -> list[Effect]:
        if self._live:
            return [self._error(event.code)] if event.code is not None else []
        told: list[Effect] = [self._error(event.code)] if event.code is not None else []
        if self._unanswered is not None:
            return [*told, *self._ask_again(self._unanswered)]
        self.phase = Phase.IDLE
        return [*told, self._tell("idle")]

    def _asked(self, event: ev.Asked) -> list[Effect]:
        effects: list[Effect] = self._interrupt() if self._live else []
        words = event.text.strip()
        before = self._unanswered
        if before is not None and event.source == "voice":
            if is_backchannel(words):
                return [*effects, *self.noted(words), *self._ask_again(before)]
            if (question := self._whole(words)) is not None:
                return [*effects, *self._complete(before, words, question, goes_on=event.goes_on)]
        told_as = self._numbered + 1
        effects.append(self._final_words(words, event.source, told_as))
        self._remember("user", words)
        recorded = told_as if event.source == "voice" else None
        return [*effects, *self._answer_or_wait(_Asking(words, event.delivery, recorded), event.goes_on)]

    def _answer_or_wait(self, asking: _Asking, goes_on: bool) -> list[Effect]:
        """Answer a question, unless the student speaks already: then its rest is waited for."""
        if not goes_on:
            return self._begin(asking)
        # Its words are on record under the number that the next turn would have had, unless they replaced
        # others there.
        self._numbered = self._numbered + 1 if asking.told_as is None else max(self._numbered, asking.told_as)
        self._unanswered = asking
        self.phase = Phase.LISTENING
        return [self._tell("listening")]

    def noted(self, words: str) -> list[Effect]:
        """Put words on record that ask nothing, under a number of their own."""
        self._numbered += 1
        return [self._final_words(words.strip(), "voice", self._numbered)]

    def _refused(self, event: ev.Refused) -> list[Effect]:
        effects: list[Effect] = self._interrupt() if self._live else []
        self._unanswered = None
        self._numbered += 1
        self.turn = self._numbered
        self.phase = Phase.IDLE
        effects.append(self._final_words(event.text.strip(), event.source, self.turn))
        return [*effects, self._error(event.code), self._tell("idle")]

    def _greeting_wanted(self, event: ev.GreetingWanted) -> list[Effect]:
        if self._live or self.phase is Phase.LISTENING or not event.text.strip():
            return []
        return self._begin(_Asking(), prepared=event.text.strip())

    def _interrupt_wanted(self, _: ev.InterruptWanted) -> list[Effect]:
        self._unanswered = None
        return self._interrupt() if self._live else []

    # A question in parts -------------------------------------------------------------------------

    def _interrupt_unfinished(self, at_ms: float | None) -> list[Effect]:
        """The student speaks while a turn runs: it may be the rest of what that turn answers."""
        asking, heard = self._asking, self.phase is Phase.SPEAKING
        at_ms = self._answer.position_ms if at_ms is None else at_ms
        waits = bool(asking.text) and (
            not heard or (asking.told_as is not None and asking.delivery == "live" and at_ms < JUST_BEGUN_MS)
        )
        remembered = len(self.history)
        effects = self._interrupt()
        if waits:
            self._unanswered = replace(asking, heard=heard, fragment=len(self.history) != remembered)
        return effects

    def _whole(self, words: str) -> str | None:
        """The unanswered question completed by `words`; None: they are a question of their own."""
        before = self._unanswered
        return None if before is None else joined(before.text, words, heard=before.heard)

    def _history_before(self, question: str) -> list[tuple[str, str]]:
        """The history when `question` takes the place of its first part and of what answered that.

        The beginning of an answer to half a question is told and on record as heard, but to be reminded of
        it would make the tutor begin in the same words once more.
        """
        before = self._unanswered
        if before is None:
            return self.history
        return self.history[: len(self.history) - 1 - before.fragment]

    def _complete(self, before: _Asking, words: str, question: str, *, goes_on: bool) -> list[Effect]:
        """One question on record: the whole replaces its first part, unless that was typed."""
        self.history = self._history_before(question)
        self._remember("user", question)
        if before.told_as is None:
            told: Effect = self._final_words(words, "voice", self._numbered + 1)
        else:
            told = self._final_words(question, "voice", before.told_as)
        return [told, *self._answer_or_wait(_Asking(question, before.delivery, before.told_as), goes_on)]

    def _ask_again(self, before: _Asking) -> list[Effect]:
        """Nothing was added: the question stays as it was."""
        self.history = [*self._history_before(before.text), ("user", before.text)]
        return self._begin(_Asking(before.text, before.delivery, before.told_as))

    # The answer ----------------------------------------------------------------------------------

    def _answer_grew(self, event: ev.AnswerGrew) -> list[Effect]:
        if self._generated or not event.text:
            return []
        self._answer.text += event.text
        return [Emit(TextDelta(content=event.text, turn_id=self.turn))]

    def _answer_cited(self, event: ev.AnswerCited) -> list[Effect]:
        if not self._generated:
            self._answer.cite(event.citation)
        return []

    def _answer_complete(self, event: ev.AnswerComplete) -> list[Effect]:
        if self._generated:
            return []
        self._generated = True
        self._screen = event.screen
        self._choices = event.choices
        return [self._text_out()] if self._asking.delivery == "live" else []

    def _answer_broke(self, event: ev.AnswerBroke) -> list[Effect]:
        """What sounded stays; what waits is still played; then the turn ends as usual."""
        effects: list[Effect] = [self._error(event.code)]
        if not self._generated:
            self._generated = True
            if self._answer.text and self._asking.delivery == "live":
                effects.append(self._text_out())
        if not self._answer.text:
            effects += self._finish("idle", heard="")
        return effects

    def _text_out(self, audio: str | None = None, audio_format: str | None = None) -> Emit:
        content = self._answer.text.strip()
        if self._screen:
            content = f"{content}\n\n{self._screen}"
        return Emit(
            TextOut(
                content=content,
                citations=self._answer.citations,
                choices=list(self._choices),
                audio=audio,
                audio_format=audio_format,
                turn_id=self.turn,
            )
        )

    # The sound -----------------------------------------------------------------------------------

    def _words_scheduled(self, event: ev.WordsScheduled) -> list[Effect]:
        self._answer.words.extend(event.words)
        return []

    def _speech_broke(self, _: ev.SpeechBroke) -> list[Effect]:
        return [self._error(ErrorCode.SPEECH_FAILED)]

    def _speech_attached(self, event: ev.SpeechAttached) -> list[Effect]:
        if self._asking.delivery != "attached" or not self._generated:
            return []
        told = self._text_out(event.audio or None, event.audio_format or None)
        return [told, *self._finish("idle", heard=self._answer.heard(to_the_end=True))]

    def _playback_started(self, _: ev.PlaybackStarted) -> list[Effect]:
        if self.phase is Phase.SPEAKING:
            return []
        self.phase = Phase.SPEAKING
        return [self._tell("speaking")]

    def _playback_at(self, event: ev.PlaybackAt) -> list[Effect]:
        words = self._answer.advance(event.position_ms)
        if not words:
            return []
        return [
            Emit(
                Caption(
                    content=self._answer.slice(words),
                    start_ms=round(words[0].start_ms),
                    end_ms=round(words[-1].end_ms),
                    citations=self._answer.cited_at(words),
                    turn_id=self.turn,
                )
            )
        ]

    def _playback_ended(self, event: ev.PlaybackEnded) -> list[Effect]:
        captions = self._playback_at(ev.PlaybackAt(event.turn, event.position_ms))
        # What was not played by now (no voice, no connection) is text on the screen: it was received.
        return [*captions, *self._finish("idle", heard=self._answer.heard(to_the_end=self._generated))]

    # Beginning and ending a turn -------------------------------------------------------------------

    def _begin(self, asking: _Asking, prepared: str = "") -> list[Effect]:
        self._numbered += 1
        self.turn = self._numbered
        self._live = True
        self._generated = False
        self._screen = ""
        self._choices = ()
        self._asking = asking
        self._unanswered = None
        self._answer = SpokenAnswer()
        self.phase = Phase.THINKING
        return [
            self._tell("thinking"),
            ExpectAnswer(False),
            StartTurn(self.turn, asking.text, asking.delivery, prepared),
        ]

    def _interrupt(self) -> list[Effect]:
        """End the turn now; only what was heard of it stays."""
        unheard = self._asking.delivery == "attached" or self.phase is not Phase.SPEAKING
        heard = "" if unheard else self._answer.heard(to_the_end=False)
        return [CancelTurn(self.turn), *self._finish("interrupted", heard=heard)]

    def _finish(self, state: Literal["idle", "interrupted"], heard: str) -> list[Effect]:
        self._live = False
        self.phase = Phase.IDLE
        if heard:
            self._remember("assistant", heard)
        offered = self._choices if state == "idle" else ()
        asked = bool(offered) or heard.rstrip().endswith(("?", "？"))
        return [
            Emit(Turn(state=state, heard=heard, turn_id=self.turn)),
            ExpectAnswer(asked, offered),
            TurnOver(self.turn),
        ]

    # Small things ----------------------------------------------------------------------------------

    def _remember(self, role: str, content: str) -> None:
        self.history.append((role, content))
        if len(self.history) > MAX_REMEMBERED:
            del self.history[:_FORGOTTEN]

    def _tell(self, state: Literal["listening", "thinking", "speaking", "idle"]) -> Emit:
        return Emit(Turn(state=state, turn_id=self.turn or None))

    def _error(self, code: ErrorCode) -> Emit:
        return Emit(Error(code=code.value, content=sentence(code, self.language), turn_id=self.turn or None))

    def _final_words(self, text: str, source: Literal["voice", "text"], turn: int) -> Emit:
        return Emit(Transcription(content=text, final=True, source=source, turn_id=turn))
