"""The state machine of a lesson: listening, thinking, speaking; one turn at a time.

A turn begins with a question (or a greeting) and ends once, in `idle` or `interrupted`. The record of a turn
is what was heard: words of an answer that was cut off before they were played are never remembered.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Literal

from tutor_engine.conversation import events as ev
from tutor_engine.conversation.effects import CancelTurn, Effect, Emit, ExpectAnswer, StartTurn, TurnOver
from tutor_engine.conversation.spoken import SpokenAnswer
from tutor_protocol import ErrorCode, sentence
from tutor_protocol.server import Caption, Error, TextDelta, TextOut, Transcription, Turn

MAX_REMEMBERED = 40
"""Messages kept as history: twenty exchanges, about 4 000 words, fit the smallest context window used."""
_FORGOTTEN = 6
"""So many of the oldest go at once, so that prompts made from the history begin alike for a while."""


class Phase(Enum):
    """Where the lesson stands."""

    IDLE = "idle"
    LISTENING = "listening"
    """The student speaks."""
    THINKING = "thinking"
    """A turn runs and nothing of it has sounded."""
    SPEAKING = "speaking"


class Conversation:
    """One lesson. `take` an event, carry out the effects, in order."""

    def __init__(self, language: str = "en", history: Sequence[tuple[str, str]] = ()) -> None:
        self.phase = Phase.IDLE
        self.turn = 0
        self.language = language
        self.history: list[tuple[str, str]] = list(history)[-MAX_REMEMBERED:]
        """Pairs of role (`user`, `assistant`) and content, oldest first."""
        self._answer = SpokenAnswer()
        self._delivery: ev.Delivery = "live"
        self._question = ""
        self._screen = ""
        self._generated = False
        """All text of the turn is there."""
        self._live = False
        """A turn is running."""
        self._unanswered = ""
        """A question whose answer was withdrawn because the student went on speaking."""
        self._takers: dict[type, Callable[..., list[Effect]]] = {
            ev.VoiceStarted: self._voice_started,
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

    # The student ---------------------------------------------------------------------------------

    def _voice_started(self, _: ev.VoiceStarted) -> list[Effect]:
        effects: list[Effect] = []
        if self._live and self.phase is Phase.SPEAKING:
            effects += self._interrupt()
        elif self._live:
            # Nothing has sounded yet: the student was not finished. The question waits for the rest.
            self._unanswered = self._question
            effects += self._withdraw()
        self.phase = Phase.LISTENING
        return [*effects, self._tell("listening")]

    def _words_heard(self, event: ev.WordsHeard) -> list[Effect]:
        return [Emit(Transcription(content=event.text, final=False, stable_chars=event.stable_chars))]

    def _nothing_heard(self, event: ev.NothingHeard) -> list[Effect]:
        if self._live:
            return [self._error(event.code)] if event.code is not None else []
        if self._unanswered:
            return self._begin(self._unanswered, "live")
        self.phase = Phase.IDLE
        told: list[Effect] = [self._error(event.code)] if event.code is not None else []
        return [*told, self._tell("idle")]

    def _asked(self, event: ev.Asked) -> list[Effect]:
        effects: list[Effect] = self._interrupt() if self._live else []
        question = event.text.strip()
        effects.append(self._final_words(question, event.source, self.turn + 1))
        self._remember("user", question)
        if self._unanswered and event.source == "voice":
            question = f"{self._unanswered} {question}"
        return [*effects, *self._begin(question, event.delivery)]

    def _refused(self, event: ev.Refused) -> list[Effect]:
        effects: list[Effect] = self._interrupt() if self._live else []
        self._unanswered = ""
        self.turn += 1
        self.phase = Phase.IDLE
        effects.append(self._final_words(event.text.strip(), event.source, self.turn))
        return [*effects, self._error(event.code), self._tell("idle")]

    def _greeting_wanted(self, event: ev.GreetingWanted) -> list[Effect]:
        if self._live or self.phase is Phase.LISTENING or not event.text.strip():
            return []
        return self._begin("", "live", prepared=event.text.strip())

    def _interrupt_wanted(self, _: ev.InterruptWanted) -> list[Effect]:
        self._unanswered = ""
        return self._interrupt() if self._live else []

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
        return [self._text_out()] if self._delivery == "live" else []

    def _answer_broke(self, event: ev.AnswerBroke) -> list[Effect]:
        """What sounded stays; what waits is still played; then the turn ends as usual."""
        effects: list[Effect] = [self._error(event.code)]
        if not self._generated:
            self._generated = True
            if self._answer.text and self._delivery == "live":
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
        if self._delivery != "attached" or not self._generated:
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

    def _begin(self, question: str, delivery: ev.Delivery, prepared: str = "") -> list[Effect]:
        self.turn += 1
        self._live = True
        self._generated = False
        self._screen = ""
        self._question = question
        self._unanswered = ""
        self._delivery = delivery
        self._answer = SpokenAnswer()
        self.phase = Phase.THINKING
        return [
            self._tell("thinking"),
            ExpectAnswer(False),
            StartTurn(self.turn, question, delivery, prepared),
        ]

    def _interrupt(self) -> list[Effect]:
        """End the turn now; only what was heard of it stays."""
        heard = "" if self._delivery == "attached" else self._answer.heard(to_the_end=False)
        return [CancelTurn(self.turn), *self._finish("interrupted", heard=heard)]

    def _withdraw(self) -> list[Effect]:
        """End a turn of which nothing has sounded."""
        return [CancelTurn(self.turn), *self._finish("interrupted", heard="")]

    def _finish(self, state: Literal["idle", "interrupted"], heard: str) -> list[Effect]:
        self._live = False
        self.phase = Phase.IDLE
        if heard:
            self._remember("assistant", heard)
        asked = heard.rstrip().endswith(("?", "？"))
        return [
            Emit(Turn(state=state, heard=heard, turn_id=self.turn)),
            ExpectAnswer(asked),
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
