"""From phonemes to the mouth's movement: IPA to visemes, blended so that neighbours colour each other.

`MouthTrack` is fed piece by piece and can be asked for any instant; it knows no clock and draws nothing.
Blending follows the dominance functions of Cohen and Massaro, "Modeling Coarticulation in Synthetic Visual
Speech" (1993): every segment pulls the mouth to its target with a strength that decays with distance in time.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from functools import lru_cache
from math import exp

import numpy as np

from tutor_engine.showing.port import TimedPhoneme
from tutor_engine.showing.puppet.pose import REST, Mouth

LEAD_MS = 40.0
"""Lips move before the sound (anticipatory coarticulation)."""
_CLOSURE_LEAD_MS = 20.0
_HOLD_MS = 21.0
"""Half the time a closure is complete: more than half a frame, so that one frame always shows it."""
_RAMP_MS = 34.0
"""Time lips take from a closure to the blended shape."""
_SILENCE_MS = 90.0
"""Time the mouth takes to close into a pause."""
_PATIENCE_MS = 60.0
"""Unknown future: the last shape stays that long before it counts as a pause."""
_PHRASE_MS = 120.0
"""A pause that ends a phrase."""
_NOD_MS = 320.0
"""Half the time of a nod."""
_REACH_MS = 360.0
"""Segments farther away than this pull too weakly to matter."""
_HOP_MS = 20.0


@dataclass(frozen=True, slots=True)
class Viseme:
    """A class of sounds that look alike."""

    name: str
    target: Mouth
    dominance: float
    """How strongly it insists on its target; lips that must touch insist most."""
    decay_ms: float = 60.0
    """How fast its influence fades before and after it."""
    vowel: bool = False


def _v(
    name: str, dominance: float, *, decay_ms: float = 60.0, vowel: bool = False, **target: float
) -> Viseme:
    return Viseme(name, Mouth(**target), dominance, decay_ms, vowel)


SILENCE = _v("silence", 0.5)
BILABIAL = _v("bilabial", 3.0, decay_ms=45, press=0.9)
LABIODENTAL = _v("labiodental", 2.2, decay_ms=45, open=0.10, wide=0.1, tuck=1.0)
DENTAL = _v("dental", 1.4, open=0.24, wide=0.1, tongue=1.0)
ALVEOLAR = _v("alveolar", 0.8, open=0.20, wide=0.2, tongue=0.5)
LATERAL = _v("lateral", 0.9, open=0.26, wide=0.15, tongue=0.8)
NASAL = _v("nasal", 0.7, open=0.20, wide=0.15, tongue=0.5)
VELAR = _v("velar", 0.6, open=0.25, wide=0.1)
GLOTTAL = _v("glottal", 0.3, open=0.25)
SIBILANT = _v("sibilant", 1.3, open=0.14, wide=0.45)
POSTALVEOLAR = _v("postalveolar", 1.3, open=0.22, round=0.55, tongue=0.1)
RETROFLEX = _v("retroflex", 1.2, open=0.20, round=0.25, wide=0.1, tongue=0.2)
PALATAL = _v("palatal", 1.2, open=0.16, wide=0.55)
RHOTIC = _v("rhotic", 1.0, open=0.22, round=0.40, tongue=0.2)
LABIAL_GLIDE = _v("labial glide", 1.8, open=0.14, round=1.0)
FRONT_GLIDE = _v("front glide", 1.0, open=0.22, wide=0.75)
OPEN_VOWEL = _v("open", 1.2, vowel=True, open=0.85)
ASH = _v("ash", 1.2, vowel=True, open=0.70, wide=0.5)
WEDGE = _v("wedge", 1.0, vowel=True, open=0.55, wide=0.05)
MID_FRONT = _v("mid front", 1.1, vowel=True, open=0.48, wide=0.5)
CLOSE_FRONT = _v("close front", 1.2, vowel=True, open=0.26, wide=0.85)
NEAR_CLOSE = _v("near close", 1.0, vowel=True, open=0.30, wide=0.5)
MID_BACK = _v("mid back", 1.3, vowel=True, open=0.48, round=0.85)
CLOSE_BACK = _v("close back", 1.5, vowel=True, open=0.26, round=1.0)
FRONT_ROUNDED = _v("front rounded", 1.5, vowel=True, open=0.22, round=0.9)
BACK_UNROUNDED = _v("back unrounded", 1.1, vowel=True, open=0.42, wide=0.25)
APICAL = _v("apical", 1.0, vowel=True, open=0.18, wide=0.4)
RHOTIC_VOWEL = _v("rhotic vowel", 1.0, vowel=True, open=0.36, round=0.35, tongue=0.2)
SCHWA = _v("schwa", 0.7, vowel=True, open=0.32, wide=0.1)

_TABLE: dict[str, tuple[Viseme, ...]] = {}
for _viseme, _symbols in (
    (BILABIAL, "p b m ph bh ɓ pf"), (LABIODENTAL, "f v ɱ ʋ"), (DENTAL, "θ ð"), (ALVEOLAR, "t d ɾ ɗ th dh"),
    (NASAL, "n ɲ"), (LATERAL, "l ɫ ʎ ɭ ɬ"), (VELAR, "k kh g ɡ ŋ q x χ ɣ c ɟ ʁ"), (GLOTTAL, "h ɦ ʔ ħ"),
    (SIBILANT, "s z ts tsh dz"), (POSTALVEOLAR, "ʃ ʒ tʃ dʒ tʃh"),
    (RETROFLEX, "ʂ ʐ tʂ tʂh dʐ ʈʂ ʈʂh s. z. ts. ts.h dz. ʈ ɖ ɳ"), (PALATAL, "ɕ ʑ tɕ tɕh dʑ ç"),
    (RHOTIC, "r ɹ ɻ ʀ"), (LABIAL_GLIDE, "w ʍ ɥ"), (FRONT_GLIDE, "j ʝ"), (OPEN_VOWEL, "a ɑ ɐ ä ɶ"), (ASH, "æ"),
    (WEDGE, "ʌ"), (MID_FRONT, "e ɛ"), (CLOSE_FRONT, "i"), (NEAR_CLOSE, "ɪ ᵻ"), (MID_BACK, "o ɔ ɒ"),
    (CLOSE_BACK, "u ʊ"),
    (FRONT_ROUNDED, "y ʏ ø œ"), (BACK_UNROUNDED, "ɤ o- ɯ"), (APICAL, "i. ɨ ɿ ʅ ʉ i̪"),
    (RHOTIC_VOWEL, "ɚ ɜ ɝ ɘ ər"), (SCHWA, "ə ɵ"),
):  # fmt: skip
    for _symbol in _symbols.split():
        _TABLE[unicodedata.normalize("NFD", _symbol)] = (_viseme,)
_LONGEST = max(len(symbol) for symbol in _TABLE)
_SPELLING = str.maketrans({"ʰ": "h", "ʱ": "h", "\u0361": None, "\u035c": None})
"""Aspiration as espeak-ng writes it; ties say nothing that the table does not."""


@lru_cache(maxsize=1024)
def visemes_of(ipa: str) -> tuple[Viseme, ...]:
    """Visemes of one phoneme as espeak-ng writes it; several for a diphthong, silence for a pause.

    Understands espeak-ng's own spellings (`ts.h`, `o-`, `i.`), ties, stress and length marks, tone digits and
    letters; marks without a shape of their own are ignored, and so is a language switch such as `(en)`.
    """
    text = unicodedata.normalize("NFD", ipa.split("(")[0]).translate(_SPELLING)
    found: list[Viseme] = []
    place = 0
    while place < len(text):
        for length in range(_LONGEST, 0, -1):
            known = _TABLE.get(text[place : place + length])
            if known is not None and len(text[place : place + length]) == length:
                found.extend(known)
                place += length
                break
        else:
            if text[place] == "ʷ" and found:
                found.append(LABIAL_GLIDE)
            place += 1
    return tuple(found) or (SILENCE,)


@dataclass(frozen=True, slots=True)
class _Segment:
    start_ms: float
    end_ms: float
    viseme: Viseme
    stressed: bool

    @property
    def centre_ms(self) -> float:
        return (self.start_ms + self.end_ms) / 2


class MouthTrack:
    """The mouth over one turn of speech. Feed in order of time; evaluate at any instant."""

    def __init__(self) -> None:
        self._segments: list[_Segment] = []
        self._starts: list[float] = []
        self._end_ms = 0.0
        self._loudness = _Loudness()

    def add(self, phonemes: Iterable[TimedPhoneme]) -> None:
        """More phonemes; a stretch without any is a pause."""
        for phoneme in phonemes:
            start, end = max(phoneme.start_ms, self._end_ms), phoneme.end_ms
            if end <= start:
                continue
            if start - self._end_ms > _PATIENCE_MS:
                self._append(_Segment(self._end_ms, start, SILENCE, stressed=False))
            self._split(phoneme.ipa, start, end)
            self._end_ms = end

    def add_sound(self, pcm: bytes, rate_hz: int, start_ms: float) -> None:
        """16-bit mono sound of the same clock: loud speech opens the mouth wider."""
        self._loudness.add(pcm, rate_hz, start_ms)

    def at(self, at_ms: float) -> Mouth:
        """The mouth when the sound is at `at_ms`."""
        lips_ms = at_ms + LEAD_MS
        near = self._near(lips_ms)
        if not near:
            return REST
        # The last sound is held for a moment: its successor may only be late.
        late = min(max(lips_ms - self._end_ms, 0.0), _PATIENCE_MS)
        spoken = _spoken(near, lips_ms - late)
        if spoken <= 0:
            return REST
        blended = _blend(near, lips_ms)
        loud = self._loudness.opening(at_ms)
        shape = [value * spoken for value in blended]
        shape[0] *= loud
        return _close(near, at_ms + _CLOSURE_LEAD_MS, Mouth(*shape))

    def emphasis(self, at_ms: float) -> float:
        """0 to 1: how near a stressed vowel is; brows and head go with it."""
        best = 0.0
        for segment in self._near(at_ms):
            if segment.stressed:
                best = max(best, 1 - abs(at_ms - segment.centre_ms) / 200)
        return best * best * (3 - 2 * best)

    def phrase_end(self, at_ms: float) -> float:
        """0 to 1: how near the end of a phrase is; people nod when they have said something."""
        ends = [
            s.start_ms
            for s in self._near(at_ms)
            if s.viseme is SILENCE and s.end_ms - s.start_ms >= _PHRASE_MS
        ]
        distance = min((abs(at_ms - end) for end in ends), default=_NOD_MS)
        near = max(1 - distance / _NOD_MS, 0.0)
        return near * near * (3 - 2 * near)

    def _append(self, segment: _Segment) -> None:
        self._segments.append(segment)
        self._starts.append(segment.start_ms)

    def _split(self, ipa: str, start_ms: float, end_ms: float) -> None:
        """Share the time of a phoneme among its visemes; a vowel takes twice a consonant's share."""
        visemes = visemes_of(ipa)
        shares = [2.0 if v.vowel else 1.0 for v in visemes]
        step = (end_ms - start_ms) / sum(shares)
        at = start_ms
        for viseme, share in zip(visemes, shares, strict=True):
            self._append(_Segment(at, at + step * share, viseme, stressed="ˈ" in ipa and viseme.vowel))
            at += step * share

    def _near(self, at_ms: float) -> list[_Segment]:
        low = bisect_left(self._starts, at_ms - _REACH_MS)
        high = bisect_left(self._starts, at_ms + _REACH_MS)
        # A long segment may have begun before the window.
        near = self._segments[max(low - 1, 0) : high]
        if at_ms > self._end_ms + _PATIENCE_MS - _REACH_MS:
            end = self._end_ms + _PATIENCE_MS
            near = [*near, _Segment(end, max(end, at_ms) + _REACH_MS, SILENCE, stressed=False)]
        return near


def _blend(near: list[_Segment], at_ms: float) -> list[float]:
    total = 1e-6
    values = [0.0] * 6
    for segment in near:
        viseme = segment.viseme
        # The plateau covers half the segment, so long vowels reach their target.
        distance = max(abs(at_ms - segment.centre_ms) - (segment.end_ms - segment.start_ms) / 4, 0.0)
        weight = viseme.dominance * exp(-distance / viseme.decay_ms)
        total += weight
        for k, value in enumerate(astuple(viseme.target)):
            values[k] += weight * value
    return [value / total for value in values]


def _spoken(near: list[_Segment], at_ms: float) -> float:
    """1 inside speech, falling to 0 within a pause."""
    distance = min(
        (max(s.start_ms - at_ms, at_ms - s.end_ms, 0.0) for s in near if s.viseme is not SILENCE),
        default=_SILENCE_MS,
    )
    left = max(1 - distance / _SILENCE_MS, 0.0)
    return left * left * (3 - 2 * left)


def _close(near: list[_Segment], at_ms: float, mouth: Mouth) -> Mouth:
    """Make closures complete: lips touch at the centre of p, b, m; the lower lip meets the teeth in f, v."""
    shut = _closeness(near, BILABIAL, at_ms)
    tucked = _closeness(near, LABIODENTAL, at_ms)
    open_ = mouth.open * (1 - shut)
    if tucked > 0:
        open_ = min(open_, open_ + (LABIODENTAL.target.open - open_) * tucked)
    # Lips that press together show no teeth.
    tuck = max(mouth.tuck, tucked) * (1 - shut)
    press = max(mouth.press, shut) * (1 - tucked * (1 - shut))
    return Mouth(open_, mouth.wide, mouth.round * (1 - 0.5 * tucked), press, tuck, mouth.tongue * (1 - shut))


def _closeness(near: list[_Segment], viseme: Viseme, at_ms: float) -> float:
    best = 0.0
    for segment in near:
        if segment.viseme is viseme:
            hold = max(_HOLD_MS, (segment.end_ms - segment.start_ms) / 4)
            beyond = max(abs(at_ms - segment.centre_ms) - hold, 0.0)
            best = max(best, 1 - beyond / _RAMP_MS)
    return best * best * (3 - 2 * best) if best > 0 else 0.0


class _Loudness:
    """How loud the speech is, in hops of 20 ms, relative to the speaker's usual level."""

    def __init__(self) -> None:
        self._levels: list[float] = []
        self._usual = 0.0

    def add(self, pcm: bytes, rate_hz: int, start_ms: float) -> None:
        samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float32)
        hop = max(int(rate_hz * _HOP_MS / 1000), 1)
        count = len(samples) // hop
        if count == 0:
            return
        levels = np.sqrt(np.mean(samples[: count * hop].reshape(count, hop) ** 2, axis=1))
        first = round(start_ms / _HOP_MS)
        if first > len(self._levels):
            self._levels.extend([0.0] * (first - len(self._levels)))
        self._levels[first : first + count] = levels.tolist()
        loud = float(np.percentile(levels, 90))
        self._usual = max(loud, self._usual * 0.9)

    def opening(self, at_ms: float) -> float:
        """Factor of the opening, 0.72 to 1.1; 1 where the sound is unknown."""
        place = at_ms / _HOP_MS
        k = int(place)
        if self._usual <= 0 or k < 0 or k >= len(self._levels):
            return 1.0
        here = self._levels[k]
        after = self._levels[min(k + 1, len(self._levels) - 1)]
        level = here + (after - here) * (place - k)
        return 0.72 + 0.38 * min(level / self._usual, 1.0)
