"""Who has the floor while the tutor speaks: a listening noise, a cough, or a student who wants to speak.

Sans-I/O, in front of a `Conversation`. The first sign of a voice ducks the tutor; words that are no
backchannel interrupt, and so does a voice that goes on without any; when only “uh-huh” or nothing was said,
or what sounds like no words at all, the tutor goes on as loud as before. Nothing a student said is lost.
"""

from dataclasses import dataclass

from tutor_engine.conversation import events as ev
from tutor_engine.conversation.backchannel import asks_for_floor, is_backchannel, takes_floor
from tutor_engine.conversation.effects import Duck, Effect, Emit, Resume
from tutor_engine.conversation.machine import Conversation, Phase
from tutor_protocol.server import Transcription


@dataclass(slots=True)
class _Doubt:
    """A voice of which it is not clear yet what it wants."""

    turn: int
    at_ms: float
    """How much of the tutor's sound had been played when it began."""
    certain: bool = True
    """It is a voice; False: perhaps a cough, of which hearing tells nothing more when it was one."""
    words: str = ""


class Floor:
    """`take` every event of the lesson here instead of at the conversation."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self._doubt: _Doubt | None = None

    @property
    def ducked(self) -> int | None:
        """The turn that is played softly while it is not clear what the student wants."""
        return None if self._doubt is None else self._doubt.turn

    def take(self, event: ev.Event) -> list[Effect]:
        """Change state and say what follows."""
        if self._doubt is not None:
            return self._doubtful(event, self._doubt)
        if self.conversation.phase is Phase.SPEAKING:
            if isinstance(event, ev.VoiceStarted | ev.VoiceHinted):
                certain = isinstance(event, ev.VoiceStarted)
                self._doubt = _Doubt(self.conversation.turn, self.conversation.played_ms, certain)
                return [Duck(self._doubt.turn)]
            if isinstance(event, ev.TalkPressed):
                return self.conversation.take(ev.VoiceStarted())
        return self.conversation.take(event)

    def _doubtful(self, event: ev.Event, doubt: _Doubt) -> list[Effect]:
        """What an event means while the tutor is ducked."""
        match event:
            case ev.VoiceStarted():
                doubt.certain = True
                return []
            case ev.VoiceHinted():
                return []
            case ev.VoiceFaded():
                return [] if doubt.certain else self._resumed(doubt)
            case ev.WordsHeard(text=text, stable_chars=stable_chars):
                doubt.words = text
                yielded = self._yielded(doubt) if takes_floor(text, stable_chars) else []
                return [*yielded, *self.conversation.take(event)]
            case ev.VoiceLasted():
                return [] if is_backchannel(doubt.words) else self._yielded(doubt)
            case ev.TalkPressed():
                return self._yielded(doubt)
            case ev.NothingHeard():
                return [*self._unheard(doubt), *self.conversation.take(event)]
            case ev.Asked(text=text, source="voice", sure=False) if not asks_for_floor(text):
                return self._unheard(doubt)
            case ev.Asked(text=text, source="voice") | ev.Refused(text=text, source="voice"):
                if is_backchannel(text):
                    return [*self._resumed(doubt), *self.conversation.noted(text)]
                return [*self._yielded(doubt), *self.conversation.take(event)]
            case _:
                return self._passed(event, doubt)

    def _passed(self, event: ev.Event, doubt: _Doubt) -> list[Effect]:
        """Any other event; when it ends the turn, the student who is speaking has the floor."""
        effects = self.conversation.take(event)
        if self.conversation.turn != doubt.turn or self.conversation.phase is not Phase.SPEAKING:
            self._doubt = None
            if self.conversation.phase is Phase.IDLE and doubt.certain:
                effects += self.conversation.take(ev.VoiceStarted())
        return effects

    def _yielded(self, doubt: _Doubt) -> list[Effect]:
        self._doubt = None
        return self.conversation.take(ev.VoiceStarted(doubt.at_ms))

    def _unheard(self, doubt: _Doubt) -> list[Effect]:
        """It was a noise; words that were shown for it are taken back."""
        shown: list[Effect] = [Emit(Transcription(content="", final=False))] if doubt.words else []
        return [*self._resumed(doubt), *shown]

    def _resumed(self, doubt: _Doubt) -> list[Effect]:
        self._doubt = None
        return [Resume(doubt.turn)]
