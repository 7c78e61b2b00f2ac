"""When an utterance begins and when its turn is over. Sans-I/O: probabilities and words in, decisions out.

Time is the position in the sound, in milliseconds, so the same sound always gives the same decisions.

A turn ends when the judged probability of being finished reaches what the silence so far demands. The judge
is asked a few times as a silence begins, and the mean of its opinions counts: it was trained on such short
silences, and takes everything for finished after long ones. The demand is high at first and falls to nothing
while the silence lasts: quickly when the words so far are a complete question, slowly when they end in the
middle of a phrase. After a question of the tutor students think: until what was asked for has been said, no
shorter silence than `Patience.thinking_ms` ends a turn, and all waiting is longer; so it is for a student who
was heard to pause in the middle of their questions. Without a judge silence alone decides, sooner or later
for the same reasons.

A student may also decide: while the key to talk or the key to think is held, no silence ends the turn.
"""

from dataclasses import dataclass
from enum import Enum, auto

from tutor_engine.hearing.completeness import Completeness, completeness
from tutor_engine.hearing.pace import Pace
from tutor_engine.hearing.port import Patience

NEVER = 2.0
"""A demand that no probability meets."""


@dataclass(frozen=True, slots=True)
class Demand:
    """The probability of being finished that ends a turn, by the length of the silence."""

    certain: float
    """Suffices at once; above 1 nothing does."""
    falls_ms: float
    """Silence from which the demand falls."""
    gone_ms: float
    """Silence that ends the turn whatever is judged."""
    least_ms: float = 0.0
    """Silence before which nobody is asked."""

    def after(self, silence_ms: float, slowness: float, hard_stop_ms: float) -> float:
        """What is demanded after some silence when all waiting is `slowness` times as long."""
        if silence_ms < self.least_ms:
            return NEVER
        gone_ms = min(self.gone_ms * slowness, hard_stop_ms)
        falls_ms = min(self.falls_ms * slowness, gone_ms - 1.0)
        return self.certain * min(1.0, max(0.0, (gone_ms - silence_ms) / (gone_ms - falls_ms)))


@dataclass(frozen=True, slots=True)
class EndpointRules:
    """Figures of the policy, in milliseconds of sound and probabilities."""

    voice: float = 0.5
    """A frame from here on is voice."""
    still_voice: float = 0.35
    """While somebody speaks, a frame down to here is voice still."""
    hint_voice_ms: float = 64
    """Voice that makes a tutor who speaks lower its voice, which costs little should it be a cough."""
    hint_voice_echoing_ms: float = 96
    """The same where the tutor's own voice comes back from the loudspeaker, which now and then passes."""
    start_voice_ms: float = 160
    """Voice that confirms an utterance; clicks are shorter. Of a “stop” or “what” hardly more is voiced."""
    start_voice_echoing_ms: float = 200
    """The same where the tutor's own voice comes back from the loudspeaker, or may do so."""
    start_gap_ms: float = 300
    """A longer gap before that forgets the voice so far."""
    unheard_ms: float = 448
    """Silence that ends no turn as long as no word of it is known: soon it will be."""
    ask_after_ms: float = 160
    """Silence after which the judge is first asked."""
    ask_every_ms: float = 64
    ask_until_ms: float = 320
    """Silence after which nobody is asked any more: the longer it is, the more everything sounds finished."""
    complete: Demand = Demand(0.85, 192, 500)
    """What is demanded when the words so far are a complete question."""
    unclear: Demand = Demand(0.65, 1300, 2000, least_ms=256)
    """The same for words that tell nothing. Then it is the judge who tells; of people it is mostly sure
    (median where they go on .13, at their ends .97)."""
    dangling: Demand = Demand(0.93, 900, 2200, least_ms=448)
    """The same for words that end in the middle of a phrase; the last word is the one most often misheard, so
    a judge who is quite sure (median at true ends .92, at pauses .67) is believed, but not at once."""
    opening: Demand = Demand(NEVER, 1500, 2200)
    """The same while a question has only begun: no judge is believed, for nobody stops there."""
    blind_ms: tuple[float, float, float, float] = (352, 500, 1200, 1800)
    """Silence that ends a turn when there is no judge: complete, unclear, dangling, opening."""
    longest_ms: float = 30_000
    """An utterance is ended here whatever is heard; Whisper hears 30 s at once."""
    longest_held_ms: float = 60_000
    """The same while a key is held; a forgotten key must not fill the memory."""


class Decision(Enum):
    """What the policy wants."""

    WAIT = auto()
    HINT = auto()
    """An utterance may have begun."""
    FADED = auto()
    """It had not."""
    START = auto()
    """An utterance is confirmed."""
    ASK = auto()
    """Ask the judge about the sound up to now."""
    END = auto()
    """The turn is over."""


class Endpointer:
    """The policy for one stream of sound.

    Give it every frame with `frame`, the judge's answers with `judged`, words with `words`. After `START` it
    is inside an utterance until it says `END`; after `HINT` comes `START`, or `FADED`.
    """

    def __init__(
        self,
        language: str,
        rules: EndpointRules | None = None,
        patience: Patience | None = None,
        *,
        judge: bool = True,
        pace: Pace | None = None,
    ) -> None:
        """`pace` is the student's, when they were heard in an earlier lesson."""
        self._language = language
        self._rules = rules or EndpointRules()
        self._patience = patience or Patience()
        self._judge = judge
        self.patient = False
        """The tutor has asked something: thinking takes longer."""
        self.answered = False
        """What was asked for has been said: there is nothing more to think about."""
        self.echoing = False
        """The tutor's own voice comes back from the student's loudspeaker, or may do so."""
        self._inside = False
        self._hinted = False
        self._voice_ms = 0.0
        self._began_ms = 0.0
        self._voice_end_ms = 0.0
        self._asked_at_ms = 0.0
        self._opinions: list[float] = []
        """Of the judge about the present silence."""
        self._completeness = Completeness.UNCLEAR
        self._worded = False
        """Words of the utterance are there."""
        self._pace = pace or Pace()
        self._by_silence = False
        """The last utterance was ended by silence, and not by the student."""
        self._ended_voice_ms = self._ended_ms = 0.0
        self._pressed = False
        self._thinking = False
        self._released_ms = 0.0

    @property
    def inside(self) -> bool:
        """Whether an utterance is going on."""
        return self._inside

    @property
    def voice_ms(self) -> float:
        """How much voice the current utterance has held; 0 outside of one."""
        return self._voice_ms if self._inside else 0.0

    @property
    def voice_start_ms(self) -> float:
        """Where the voice of the current or last utterance began."""
        return self._began_ms

    @property
    def voice_end_ms(self) -> float:
        """Where voice was last heard."""
        return self._voice_end_ms

    @property
    def voiced(self) -> bool:
        """Whether the utterance that has ended held enough voice to be worth recognising."""
        return self._ended_voice_ms >= self._rules.start_voice_ms

    def press(self, now_ms: float) -> Decision:
        """The student presses the key to talk: an utterance begins, or the current one is kept open."""
        self._pressed = True
        if self._inside:
            return Decision.WAIT
        self._voice_ms = 0.0
        self._began_ms = self._voice_end_ms = now_ms
        self._inside = True
        self._hinted = False
        return Decision.START

    def release(self) -> Decision:
        """The student lets the key to talk go: the utterance is over at once."""
        was_pressed, self._pressed = self._pressed, False
        return self._end(by_silence=False) if was_pressed and self._inside else Decision.WAIT

    def think(self, held: bool, now_ms: float) -> None:
        """The student holds the key to think, or lets it go: then silence counts from here."""
        if self._thinking and not held:
            self._released_ms = now_ms
        self._thinking = held

    def words(self, text: str) -> None:
        """What the recogniser has understood so far."""
        self._completeness = completeness(text, self._language)
        self._worded |= bool(text)

    def frame(self, probability: float, start_ms: float, end_ms: float) -> Decision:
        """A frame of sound with its voice probability."""
        rules = self._rules
        if self._patience.push_to_talk and not self._inside:
            return Decision.WAIT
        if probability >= (rules.still_voice if self._inside else rules.voice):
            return self._voiced(start_ms, end_ms)
        silence_ms = self._silence_ms(end_ms)
        if not self._inside:
            if silence_ms <= rules.start_gap_ms:
                return Decision.WAIT
            self._voice_ms = 0.0
            hinted, self._hinted = self._hinted, False
            return Decision.FADED if hinted else Decision.WAIT
        return self._silent(silence_ms, end_ms)

    def judged(self, probability: float, asked_ms: float, now_ms: float) -> Decision:
        """The judge's answer about the sound up to `asked_ms`; void when voice came since."""
        if not self._inside or self._voice_end_ms > asked_ms:
            return Decision.WAIT
        self._opinions.append(probability)
        silence_ms = self._silence_ms(now_ms)
        ends = not self._held and self._probability >= self.demanded(silence_ms)
        return self._end() if ends else Decision.WAIT

    def demanded(self, silence_ms: float) -> float:
        """Probability of being finished that ends the turn after this much silence."""
        rules = self._rules
        demand = {
            Completeness.COMPLETE: rules.complete,
            Completeness.UNCLEAR: rules.unclear,
            Completeness.DANGLING: rules.dangling,
            Completeness.OPENING: rules.opening,
        }[self._completeness]
        if silence_ms < self._least_ms:
            return NEVER
        return demand.after(silence_ms, self._slowness, self._hard_stop_ms)

    @property
    def _probability(self) -> float:
        """The judge's mean opinion about this silence.

        Before the judge has answered it is 0, which only the end of a demand meets: a judge who is late or
        broken delays a turn, but never holds it for ever.
        """
        return sum(self._opinions) / len(self._opinions) if self._opinions else 0.0

    @property
    def _least_ms(self) -> float:
        """Silence that ends no turn, whatever is judged."""
        awaited_ms = self._patience.thinking_ms if self._awaited else 0.0
        unheard_ms = 0.0 if self._worded else self._rules.unheard_ms
        thinking_ms = 0.0 if self.answered else self._pace.thinking_ms
        return min(max(awaited_ms, unheard_ms, thinking_ms), self._hard_stop_ms)

    @property
    def _slowness(self) -> float:
        return self._patience.pace * (self._patience.after_question if self._awaited else 1.0)

    @property
    def _awaited(self) -> bool:
        """An answer to the tutor's question is awaited still."""
        return self.patient and not self.answered

    @property
    def _hard_stop_ms(self) -> float:
        patience = self._patience
        return patience.hard_stop_after_question_ms if self.patient else patience.hard_stop_ms

    @property
    def _held(self) -> bool:
        return self._pressed or self._thinking

    def _silence_ms(self, now_ms: float) -> float:
        """Silence that counts: since the last voice, or since the key to think was let go."""
        return now_ms - max(self._voice_end_ms, self._released_ms)

    def _voiced(self, start_ms: float, end_ms: float) -> Decision:
        rules = self._rules
        if not self._inside and self._voice_ms == 0.0:
            self._began_ms = start_ms
        if self._inside and not self._held:
            self._pace.paused(start_ms - max(self._voice_end_ms, self._released_ms))
        self._voice_end_ms = end_ms
        self._voice_ms += end_ms - start_ms
        self._opinions.clear()
        self._asked_at_ms = 0.0
        if not self._inside:
            sure_ms = rules.start_voice_echoing_ms if self.echoing else rules.start_voice_ms
            if self._voice_ms < sure_ms:
                needed_ms = rules.hint_voice_echoing_ms if self.echoing else rules.hint_voice_ms
                hints = not self._hinted and self._voice_ms >= needed_ms
                self._hinted |= hints
                return Decision.HINT if hints else Decision.WAIT
            self._inside = True
            self._hinted = False
            if self._by_silence:
                self._pace.went_on(self._began_ms - self._ended_ms)
            return Decision.START
        return self._end(by_silence=False) if self._too_long(end_ms) else Decision.WAIT

    def _too_long(self, now_ms: float) -> bool:
        longest_ms = self._rules.longest_held_ms if self._held else self._rules.longest_ms
        return now_ms - self._began_ms >= longest_ms

    def _silent(self, silence_ms: float, now_ms: float) -> Decision:
        rules = self._rules
        if self._held:
            return self._end(by_silence=False) if self._too_long(now_ms) else Decision.WAIT
        if not self._judge:
            complete_ms, unclear_ms, dangling_ms, opening_ms = rules.blind_ms
            needed_ms = {
                Completeness.COMPLETE: complete_ms,
                Completeness.UNCLEAR: unclear_ms,
                Completeness.DANGLING: dangling_ms,
                Completeness.OPENING: opening_ms,
            }[self._completeness]
            needed_ms = min(needed_ms * self._slowness, self._hard_stop_ms)
            needed_ms = max(needed_ms, self._least_ms)
            return self._end() if silence_ms >= needed_ms else Decision.WAIT
        if self._probability >= self.demanded(silence_ms):
            return self._end()
        asked = self._asked_at_ms > 0.0
        if asked and silence_ms > rules.ask_until_ms:
            return Decision.WAIT
        if now_ms - self._asked_at_ms >= rules.ask_every_ms if asked else silence_ms >= rules.ask_after_ms:
            self._asked_at_ms = now_ms
            return Decision.ASK
        return Decision.WAIT

    def _end(self, *, by_silence: bool = True) -> Decision:
        self._by_silence = by_silence
        self._ended_ms = self._voice_end_ms
        self._pace.ended()
        self._worded = False
        self._inside = False
        self._pressed = False
        self.answered = False
        self._ended_voice_ms = self._voice_ms
        self._voice_ms = 0.0
        self._asked_at_ms = 0.0
        self._opinions.clear()
        self._completeness = Completeness.UNCLEAR
        return Decision.END
