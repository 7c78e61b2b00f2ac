"""How long one student thinks in the middle of a question: learnt from their pauses, forgotten without. Pure.

Whoever was cut off once is waited for generously at once: to be interrupted while thinking is worse than to
wait, and a second time is a habit. Whoever speaks without pauses is answered as quickly as before soon.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaceRules:
    """Figures, in milliseconds of silence."""

    pause_ms: float = 400
    """A shorter gap is no thinking."""
    goes_on_ms: float = 1_800
    """Whoever speaks again so soon after their turn was judged over had not finished."""
    margin: float = 1.15
    """The next pause may be longer than the last by so much."""
    margin_ms: float = 100
    after_cut_ms: float = 1_650
    """What is waited for at least once a student was cut off."""
    longest_ms: float = 1_800
    forgets: float = 0.7
    """What is left of the patience after a question without a pause."""


class Pace:
    """One student's. Tell it every pause and every end; ask it what silence is no end yet."""

    def __init__(self, rules: PaceRules | None = None) -> None:
        self._rules = rules or PaceRules()
        self._expected_ms = 0.0
        self._longest_pause_ms = 0.0
        """Of the present turn, in which it changes nothing: who has thought once goes on to the end."""

    @property
    def thinking_ms(self) -> float:
        """Silence in which this student may still be thinking; 0 for somebody who does not pause."""
        return self._expected_ms if self._expected_ms >= self._rules.pause_ms else 0.0

    def paused(self, silence_ms: float) -> None:
        """The student was silent for so long inside a turn, and went on."""
        if silence_ms >= self._rules.pause_ms:
            self._longest_pause_ms = max(self._longest_pause_ms, silence_ms)

    def ended(self) -> None:
        """A turn is over, as it seems."""
        rules = self._rules
        if self._longest_pause_ms:
            self._expect(self._longest_pause_ms * rules.margin + rules.margin_ms)
        else:
            self._expected_ms *= rules.forgets
        self._longest_pause_ms = 0.0

    def went_on(self, silence_ms: float) -> bool:
        """The student speaks again so long after the end of a turn; whether it was none."""
        rules = self._rules
        if silence_ms > rules.goes_on_ms:
            return False
        self._longest_pause_ms = silence_ms
        self._expect(max(silence_ms * rules.margin + rules.margin_ms, rules.after_cut_ms))
        return True

    def _expect(self, silence_ms: float) -> None:
        self._expected_ms = max(self._expected_ms, min(silence_ms, self._rules.longest_ms))
