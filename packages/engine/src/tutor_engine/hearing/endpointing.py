"""When an utterance begins and when its turn is over. Sans-I/O: probabilities and words in, decisions out.

Time is the position in the sound, in milliseconds, so the same sound always gives the same decisions.

A turn ends when the judged probability of being finished reaches what the silence so far demands. That
demand starts at 0.5 and falls to nothing while the silence lasts: quickly when the words so far are a
complete question, slowly when they end in the middle of a phrase, twice as slowly after a question of the
tutor, when students think. Without a judge silence alone decides, sooner or later for the same reasons.
"""

from dataclasses import dataclass
from enum import Enum, auto

from tutor_engine.hearing.completeness import Completeness, completeness


@dataclass(frozen=True, slots=True)
class EndpointRules:
    """Figures of the policy, in milliseconds of sound and probabilities."""

    voice: float = 0.5
    """A frame from here on is voice."""
    still_voice: float = 0.35
    """While somebody speaks, a frame down to here is voice still."""
    start_voice_ms: float = 200
    """Voice that confirms an utterance; coughs and clicks are shorter."""
    start_gap_ms: float = 300
    """A longer gap before that forgets the voice so far."""
    ask_after_ms: float = 160
    """Silence after which the judge is first asked."""
    ask_every_ms: float = 64
    certain: float = 0.5
    """Probability that suffices at once."""
    complete: tuple[float, float] = (192, 416)
    """Silence at which the demand begins to fall and at which nothing more is demanded, complete question."""
    unclear: tuple[float, float] = (448, 1200)
    """The same for words that tell nothing."""
    dangling: tuple[float, float] = (1000, 2500)
    """The same for words that end in the middle of a phrase; its end is the hard stop."""
    patience: float = 2.0
    """How much slower all of that is after a question of the tutor."""
    blind_ms: tuple[float, float, float] = (352, 500, 1200)
    """Silence that ends a turn when there is no judge: complete, unclear, dangling."""
    longest_ms: float = 30_000
    """An utterance is ended here whatever is heard; Whisper hears 30 s at once."""


class Decision(Enum):
    """What the policy wants."""

    WAIT = auto()
    START = auto()
    """An utterance is confirmed."""
    ASK = auto()
    """Ask the judge about the sound up to now."""
    END = auto()
    """The turn is over."""


class Endpointer:
    """The policy for one stream of sound.

    Give it every frame with `frame`, the judge's answers with `judged`, words with `words`. After `START` it
    is inside an utterance until it says `END`.
    """

    def __init__(self, language: str, rules: EndpointRules | None = None, *, judge: bool = True) -> None:
        self._language = language
        self._rules = rules or EndpointRules()
        self._judge = judge
        self.patient = False
        """The tutor has asked something: thinking takes longer."""
        self._inside = False
        self._voice_ms = 0.0
        self._began_ms = 0.0
        self._voice_end_ms = 0.0
        self._asked_at_ms = 0.0
        self._probability = 0.0
        self._completeness = Completeness.UNCLEAR

    @property
    def inside(self) -> bool:
        """Whether an utterance is going on."""
        return self._inside

    @property
    def voice_start_ms(self) -> float:
        """Where the voice of the current or last utterance began."""
        return self._began_ms

    @property
    def voice_end_ms(self) -> float:
        """Where voice was last heard."""
        return self._voice_end_ms

    def words(self, text: str) -> None:
        """What the recogniser has understood so far."""
        self._completeness = completeness(text, self._language)

    def frame(self, probability: float, start_ms: float, end_ms: float) -> Decision:
        """A frame of sound with its voice probability."""
        rules = self._rules
        if probability >= (rules.still_voice if self._inside else rules.voice):
            return self._voiced(start_ms, end_ms)
        silence_ms = end_ms - self._voice_end_ms
        if not self._inside:
            if silence_ms > rules.start_gap_ms:
                self._voice_ms = 0.0
            return Decision.WAIT
        return self._silent(silence_ms, end_ms)

    def judged(self, probability: float, asked_ms: float, now_ms: float) -> Decision:
        """The judge's answer about the sound up to `asked_ms`; void when voice came since."""
        if not self._inside or self._voice_end_ms > asked_ms:
            return Decision.WAIT
        self._probability = probability
        silence_ms = now_ms - self._voice_end_ms
        return self._end() if probability >= self.demanded(silence_ms) else Decision.WAIT

    def demanded(self, silence_ms: float) -> float:
        """Probability of being finished that ends the turn after this much silence."""
        rules = self._rules
        spans = {
            Completeness.COMPLETE: rules.complete,
            Completeness.UNCLEAR: rules.unclear,
            Completeness.DANGLING: rules.dangling,
        }
        falls_ms, gone_ms = (edge * self._slowness for edge in spans[self._completeness])
        return rules.certain * min(1.0, max(0.0, (gone_ms - silence_ms) / (gone_ms - falls_ms)))

    @property
    def _slowness(self) -> float:
        return self._rules.patience if self.patient else 1.0

    def _voiced(self, start_ms: float, end_ms: float) -> Decision:
        rules = self._rules
        if not self._inside and self._voice_ms == 0.0:
            self._began_ms = start_ms
        self._voice_end_ms = end_ms
        self._voice_ms += end_ms - start_ms
        self._probability = 0.0
        self._asked_at_ms = 0.0
        if not self._inside:
            if self._voice_ms < rules.start_voice_ms:
                return Decision.WAIT
            self._inside = True
            return Decision.START
        return self._end() if end_ms - self._began_ms >= rules.longest_ms else Decision.WAIT

    def _silent(self, silence_ms: float, now_ms: float) -> Decision:
        rules = self._rules
        if not self._judge:
            complete_ms, unclear_ms, dangling_ms = rules.blind_ms
            needed_ms = {
                Completeness.COMPLETE: complete_ms,
                Completeness.UNCLEAR: unclear_ms,
                Completeness.DANGLING: dangling_ms,
            }[self._completeness]
            return self._end() if silence_ms >= needed_ms * self._slowness else Decision.WAIT
        asked = self._asked_at_ms > 0.0
        # Until the judge has answered about this silence its probability is 0, which only the end of the
        # demand meets: a judge that is late or broken delays a turn, it never holds it for ever.
        if asked and self._probability >= self.demanded(silence_ms):
            return self._end()
        due_ms = self._asked_at_ms + rules.ask_every_ms if asked else self._voice_end_ms + rules.ask_after_ms
        if now_ms >= due_ms:
            self._asked_at_ms = now_ms
            return Decision.ASK
        return Decision.WAIT

    def _end(self) -> Decision:
        self._inside = False
        self._voice_ms = 0.0
        self._asked_at_ms = 0.0
        self._probability = 0.0
        self._completeness = Completeness.UNCLEAR
        return Decision.END
