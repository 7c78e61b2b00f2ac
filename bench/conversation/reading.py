"""What a student's receiver got, read: when it fell silent, how loud a known voice was, what the mouth did.

Pure functions of what arrived and when. Times are seconds of one monotonic clock.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bench.student import Pcm, Sound
from tutor_engine.showing.lipsync import opening_range

AUDIBLE = 250.0
"""Loudness (RMS) of 20 ms that is heard; Opus leaves less than 5 of silence."""
BLOCK_S = 0.02
RATE_HZ = 48_000
MOVED = 0.10
"""A mouth has left its rest when its opening differs by this share of its range in speech."""
CLOSED = 0.25
"""A mouth is closed below this share of its range."""
DUCKED = 0.6
"""A voice below this share of its loudness has been ducked."""
RESTORED = 0.8
"""And from this share on it is as loud as before."""
_KNOWN = 500.0
"""Loudness of the reference from which a ratio can be told."""
_SAME = 0.5
"""Correlation of two recordings of one sentence; different sentences stay below 0.2."""
_LAG_S = 0.25
_PATTERN_S = 0.8

Series = npt.NDArray[np.float64]


def silent_from(sounds: Sequence[Sound], after_s: float, until_s: float) -> float | None:
    """From when on nothing audible came any more; `after_s` when nothing came at all.

    None when sound still came in the last 100 ms before `until_s`.
    """
    audible = [sound.at_s for sound in sounds if after_s <= sound.at_s < until_s and sound.rms > AUDIBLE]
    if not audible:
        return after_s
    return audible[-1] + BLOCK_S if audible[-1] < until_s - 0.1 else None


def moved_from(at_s: Sequence[float], gap: Series, idle: Series, *, after_s: float) -> float | None:
    """When the first frame came whose mouth is not the idle one's."""
    limit = MOVED * opening_range(gap) + float(np.nanmax(np.abs(idle - np.nanmedian(idle))))
    differs = np.abs(gap - np.nanmedian(idle)) > limit
    return next((at for at, moved in zip(at_s, differs, strict=True) if moved and at >= after_s), None)


def closed_from(
    at_s: Sequence[float], gap: Series, idle: Series, speaking_range: float, *, after_s: float
) -> float | None:
    """When the first frame came from which on the mouth stayed closed; None when it never did."""
    limit = float(np.nanmedian(idle)) + CLOSED * speaking_range
    closed_s: float | None = None
    for at, opening in zip(at_s, gap, strict=True):
        if at < after_s:
            continue
        if opening > limit:
            closed_s = None
        elif closed_s is None and not np.isnan(opening):
            closed_s = at
    return closed_s


def lag_of(heard: Pcm, reference: Pcm, at: int) -> int | None:
    """How many samples later the same sound is in `heard` than in `reference`, judged before sample `at`.

    None when what was heard is not the reference.
    """
    length, most = int(_PATTERN_S * RATE_HZ), int(_LAG_S * RATE_HZ)
    start = at - length
    if start < most or at + most > reference.size:
        return None
    pattern = heard[start:at].astype(np.float64)
    place = reference[start - most : at + most].astype(np.float64)
    size = 1 << (place.size + length - 1).bit_length()
    product = np.fft.rfft(place, size) * np.conj(np.fft.rfft(pattern, size))
    match = np.fft.irfft(product, size)[: 2 * most + 1]
    best = int(np.argmax(match))
    found = place[best : best + length]
    norm = float(np.linalg.norm(found) * np.linalg.norm(pattern))
    return most - best if norm > 0 and match[best] / norm > _SAME else None


def gains(sounds: Sequence[Sound], reference: Pcm, lag: int) -> list[tuple[float, float]]:
    """Arrival and loudness against the reference of each 20 ms; where that is quiet, nothing is said.

    `sounds` begins with the first block of the voice, as `reference` does; `lag` is `lag_of` the two.
    Loudness is compared and not the waves: the noise of an s is another one each time a voice says it.
    """
    origin_s = sounds[0].rtp_s
    found: list[tuple[float, float]] = []
    for sound in sounds:
        start = round((sound.rtp_s - origin_s) * RATE_HZ) - lag
        if start < 0 or start + sound.pcm.size > reference.size or not sound.pcm.size:
            continue
        wanted = reference[start : start + sound.pcm.size].astype(np.float64)
        loudness = float(np.sqrt(np.mean(wanted**2)))
        if loudness > _KNOWN:
            found.append((sound.at_s, sound.rms / loudness))
    return found


def ducked_from(course: Sequence[tuple[float, float]], after_s: float) -> float | None:
    """When the first of two blocks in a row came that were softer than the reference."""
    late = [(at_s, gain) for at_s, gain in course if at_s >= after_s]
    pairs = pairwise(late)
    return next((at_s for (at_s, gain), (_, then) in pairs if gain < DUCKED and then < DUCKED), None)


def restored_from(course: Sequence[tuple[float, float]], after_s: float) -> float | None:
    """When the first block came from which on the voice stayed as loud as the reference, two in three."""
    late = [(at_s, gain) for at_s, gain in course if at_s >= after_s]
    for place, (at_s, gain) in enumerate(late):
        rest = [then >= RESTORED for _, then in late[place:]]
        if gain >= RESTORED and sum(rest) * 3 >= len(rest) * 2:
            return at_s
    return None


def phrase_in(answer: str, quotes: Sequence[str], phrase: str) -> bool:
    """Whether an answer says the phrase, or rests on a passage that does."""
    wanted = _plain(phrase)
    return any(wanted in _plain(text) for text in (answer, *quotes))


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("\u00a0", " ").casefold().split())
