"""Who has the floor while the tutor speaks: a listening noise, a cough, or a student who wants to speak.

Sans-I/O, in front of a `Conversation`. A voice ducks the tutor; words that are no backchannel interrupt; when
none come, or only “uh-huh”, the tutor goes on as loud as before. Nothing a student said is lost.
"""

from tutor_engine.conversation import events as ev
from tutor_engine.conversation.backchannel import is_backchannel, takes_floor
from tutor_engine.conversation.effects import Duck, Emit, FloorEffect, Resume
from tutor_engine.conversation.machine import Conversation, Phase
from tutor_protocol.server import Transcription


class Floor:
    """`take` every event of the lesson here instead of at the conversation."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.ducked: int | None = None
        """The turn that is played softly while it is not clear what the student wants."""

    def take(self, event: ev.Event) -> list[FloorEffect]:
        """Change state and say what follows."""
        if self.ducked is None:
            if isinstance(event, ev.VoiceStarted) and self.conversation.phase is Phase.SPEAKING:
                self.ducked = self.conversation.turn
                return [Duck(self.ducked)]
            return list(self.conversation.take(event))
        return self._doubtful(event, self.ducked)

    def _doubtful(self, event: ev.Event, turn: int) -> list[FloorEffect]:
        """What an event means while the tutor is ducked."""
        match event:
            case ev.VoiceStarted():
                return []
            case ev.WordsHeard(text=text) if takes_floor(text):
                return [*self._yielded(), *self.conversation.take(event)]
            case ev.NothingHeard():
                return [*self._resumed(turn), *self.conversation.take(event)]
            case ev.Asked(text=text, source="voice") | ev.Refused(text=text, source="voice"):
                if is_backchannel(text):
                    said = Transcription(content=text.strip(), final=True, source="voice", turn_id=turn)
                    return [*self._resumed(turn), Emit(said)]
                return [*self._yielded(), *self.conversation.take(event)]
            case _:
                return self._passed(event, turn)

    def _passed(self, event: ev.Event, turn: int) -> list[FloorEffect]:
        """Any other event; when it ends the turn, the student who is speaking has the floor."""
        effects: list[FloorEffect] = list(self.conversation.take(event))
        if self.conversation.turn != turn or self.conversation.phase is not Phase.SPEAKING:
            self.ducked = None
            if self.conversation.phase is Phase.IDLE:
                effects += self.conversation.take(ev.VoiceStarted())
        return effects

    def _yielded(self) -> list[FloorEffect]:
        self.ducked = None
        return list(self.conversation.take(ev.VoiceStarted()))

    def _resumed(self, turn: int) -> list[FloorEffect]:
        self.ducked = None
        return [Resume(turn)]
