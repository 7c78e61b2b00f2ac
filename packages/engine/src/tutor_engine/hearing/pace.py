"""How long one student thinks in the middle of a question: learnt from their pauses, forgotten without. Pure.

Whoever was cut off once is waited for generously at once: to be interrupted while thinking is worse than to
wait, and a second time is a habit. How often a student pauses says whether to wait, how long they do says how
long; whoever speaks without pauses is soon answered as quickly as before.
"""

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaceRules:
    """Figures, in milliseconds of silence."""

    pause_ms: float = 400
    """A shorter gap is no thinking."""
    goes_on_ms: float = 1_800
    """Whoever speaks again so soon after their turn was judged over had not finished."""
    margin: float = 1.5
    """The next pause may be longer than the last by so much: thoughts differ in length."""
    margin_ms: float = 400
    after_cut_ms: float = 1_650
    """What is waited for at least once a student was cut off."""
    longest_ms: float = 1_800
    learns: float = 0.25
    """Weight of one question in the share of questions with a pause."""
    often: float = 0.2
    """The share from which every question is waited for. Below, a student is answered at once, for waiting
    half as long would cost every answer and spare few of the pauses."""


class Pace:
    """One student's. Tell it every pause and every end; ask it what silence is no end yet."""

    def __init__(self, rules: PaceRules | None = None) -> None:
        self._rules = rules or PaceRules()
        self._share = self._share_before = 0.0
        """Of the questions, those with a pause; and what it was before the last."""
        self._cut = False
        """The last end was none."""
        self._expected_ms = 0.0
        self._longest_pause_ms = 0.0
        """Of the present turn, in which it changes nothing: who has thought once goes on to the end."""

    @property
    def thinking_ms(self) -> float:
        """Silence in which this student may still be thinking; 0 for somebody who seldom pauses."""
        return self._expected_ms if self._cut or self._share >= self._rules.often else 0.0

    def paused(self, silence_ms: float) -> None:
        """The student was silent for so long inside a turn, and went on."""
        if silence_ms >= self._rules.pause_ms:
            self._longest_pause_ms = max(self._longest_pause_ms, silence_ms)

    def ended(self) -> None:
        """A turn is over, as it seems."""
        rules = self._rules
        self._share_before = self._share
        self._share *= 1 - rules.learns
        self._cut = False
        if self._longest_pause_ms:
            self._share += rules.learns
            self._expect(self._longest_pause_ms * rules.margin + rules.margin_ms)
        elif self._share < rules.often:
            self._expected_ms = 0.0
        self._longest_pause_ms = 0.0

    def went_on(self, silence_ms: float) -> bool:
        """The student speaks again so long after the end of a turn; whether it was none."""
        rules = self._rules
        if silence_ms > rules.goes_on_ms:
            return False
        self._share = self._share_before
        self._cut = True
        self._longest_pause_ms = silence_ms
        self._expect(max(silence_ms * rules.margin + rules.margin_ms, rules.after_cut_ms))
        return True

    def _expect(self, silence_ms: float) -> None:
        self._expected_ms = max(self._expected_ms, min(silence_ms, self._rules.longest_ms))


class Paces:
    """Those of the students heard before, who are no strangers in their next lesson; kept in memory only."""

    def __init__(self, most: int = 4_096) -> None:
        """Of more than `most` students the longest unheard are forgotten."""
        self._most = most
        self._known: OrderedDict[str, Pace] = OrderedDict()

    def of(self, student: str) -> Pace:
        """A student's own; a new one for somebody without a name."""
        if not student:
            return Pace()
        pace = self._known.setdefault(student, Pace())
        self._known.move_to_end(student)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return pace
