"""Is what the microphone hears only the tutor's own voice from the loudspeaker? Sans-I/O.

Second line behind the browser's echo canceller. Both sounds become band energies every 10 ms. The delay from
playing to hearing is searched by correlation; how loud each band comes back is learnt while only the tutor
is heard; a frame is explained while few bands are much louder than the reference of that delay, its
reverberation included, can make them. Times are in milliseconds on one clock of the caller.
"""

import itertools
from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor_engine.hearing.port import RATE_HZ

Floats = npt.NDArray[np.float64]

HOP_MS = 10
_HOP = RATE_HZ * HOP_MS // 1000
_WINDOW = 512
_BANDS = 16
_LOWEST_HZ, _HIGHEST_HZ = 200.0, 6_000.0
_STEADY_HOPS = 2
_MOSTLY = 0.6
_SEAM_HOPS = 10
"""Pieces of the reference whose times differ by no more follow each other: clocks of callers jitter."""
_SILENT_DB = 22.0
"""Band energy, dB re one unit of 16-bit samples, under which there is nothing to be heard or explained."""


@dataclass(frozen=True, slots=True)
class EchoRules:
    """Figures of the gate."""

    longest_delay_ms: float = 400
    """From leaving the engine to the microphone's sound: network, jitter buffer, air, network."""
    compared_ms: float = 500
    """Sound that a judgement looks at."""
    tail_ms: float = 400
    """After the reference has ended, its reverberation may still be heard for so long."""
    like: float = 0.55
    """Correlation from which a sound is taken to be the reference."""
    sure: float = 0.7
    """Correlation from which is learnt how loud it comes back."""
    louder_db: float = 8.0
    """A band so much above what the echo can be is the student's."""
    louder_bands: float = 0.30
    """Share of the bands that must be louder."""
    search_every_frames: int = 5
    """The delay hardly changes, and the search is the dear part."""
    decay_db_per_s: float = 60.0 / 0.5
    """How fast reverberation falls: a room of half a second."""


def _filters() -> Floats:
    """Rectangular bands of equal width on a logarithmic scale, shape (bands, bins)."""
    edges = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, _BANDS + 1)
    bins = np.fft.rfftfreq(_WINDOW, 1 / RATE_HZ)
    return np.array([(bins >= low) & (bins < high) for low, high in itertools.pairwise(edges)], float)


class BandEnergies:
    """Sound in, energy of each band in dB every 10 ms out."""

    def __init__(self) -> None:
        self._filters = _filters()
        self._taper = np.hanning(_WINDOW)
        self._rest = np.zeros(_WINDOW - _HOP)

    def take(self, pcm: bytes) -> Floats:
        """Rows for the hops that this sound completes, shape (hops, bands)."""
        sound = np.concatenate([self._rest, np.frombuffer(pcm, "<i2").astype(np.float64)])
        hops = max(0, (sound.size - _WINDOW) // _HOP + 1)
        self._rest = sound[hops * _HOP :]
        if not hops:
            return np.zeros((0, _BANDS))
        windows = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::_HOP][:hops]
        power = np.abs(np.fft.rfft(windows * self._taper, axis=-1)) ** 2 / _WINDOW
        return np.maximum(10 * np.log10(power @ self._filters.T + 1e-9), 0.0)


class EchoGate:
    """Follows one lesson's loudspeaker and microphone.

    Tell it everything that is played with `played`, then ask `explains` for each frame of the microphone; a
    judgement takes 0.3 ms, the search for the delay, every 160 ms, 2 ms.
    """

    def __init__(self, rules: EchoRules | None = None) -> None:
        self._rules = rules or EchoRules()
        rules = self._rules
        self._compared = int(rules.compared_ms // HOP_MS)
        self._lags = int(rules.longest_delay_ms // HOP_MS)
        kept = self._compared + self._lags + int(rules.tail_ms // HOP_MS) + 100
        self._reference_bands = BandEnergies()
        self._heard_bands = BandEnergies()
        self._reference: dict[int, Floats] = {}
        """Rows by their hop on the caller's clock."""
        self._kept = kept
        self._next_hop: int | None = None
        self._last_sound_hop = -(10**9)
        self._heard: deque[Floats] = deque([np.zeros(_BANDS)] * self._compared, maxlen=self._compared)
        self._gain_db = np.full(_BANDS, np.nan)
        self._lag = 0
        self._like = 0.0
        self._found = -(10**9)
        self._steady = False
        self._unsearched = self._rules.search_every_frames

    @property
    def delay_ms(self) -> float:
        """The delay at which the loudspeaker was last recognised."""
        return float(self._lag * HOP_MS)

    def played(self, pcm: bytes, at_ms: float) -> None:
        """Sound (16 kHz, 16 bit) whose first sample is played at this time."""
        hop = round(at_ms / HOP_MS)
        if self._next_hop is None or abs(hop - self._next_hop) > _SEAM_HOPS:
            self._reference_bands = BandEnergies()
            self._reference.clear()
            self._next_hop = hop
        for row in self._reference_bands.take(pcm):
            self._reference[self._next_hop] = row
            if row.max() > _SILENT_DB:
                self._last_sound_hop = self._next_hop
            self._reference.pop(self._next_hop - self._kept, None)
            self._next_hop += 1

    def explains(self, frame: bytes, at_ms: float, *, voiced: bool = True) -> bool:
        """Whether a frame of the microphone, whose first sample was heard at this time, is only the tutor.

        Frames without voice are only remembered: there is nothing to explain.
        """
        rows = self._heard_bands.take(frame)
        self._heard.extend(rows)
        now = round(at_ms / HOP_MS) + len(frame) // 2 // _HOP - 1
        self._unsearched += 1
        if not voiced:
            self._learn_from_quiet(now)
            return False
        audible_hops = self._lags + int(self._rules.tail_ms // HOP_MS)
        if not len(rows) or now - self._last_sound_hop > audible_hops:
            return False
        heard = np.array(self._heard)
        if heard[-len(rows) :].max() < _SILENT_DB:
            return True
        reference = self._reference_before(now, len(heard) + self._lags + 1)
        unknown = bool(np.isnan(self._gain_db).any())
        if unknown or self._unsearched >= self._rules.search_every_frames:
            self._unsearched = 0
            self._search(heard, reference)
        lag = self._lag
        latest = heard[-len(rows) :]
        made = self._smeared(reference, lag)[-len(rows) :]
        sure = self._steady and self._like >= self._rules.sure
        if unknown:
            if sure:
                self._learn(heard, reference, lag)
            return self._steady and self._like >= self._rules.like
        louder = (latest - self._rules.louder_db > np.maximum(made + self._gain_db, _SILENT_DB)).mean()
        explained = bool(louder < self._rules.louder_bands)
        if sure and explained:
            self._learn(heard, reference, lag)
        return explained

    def _reference_before(self, now: int, rows: int) -> Floats:
        silent = np.zeros(_BANDS)
        return np.array([self._reference.get(hop, silent) for hop in range(now - rows + 1, now + 1)])

    def _search(self, heard: Floats, reference: Floats) -> None:
        """Find the lag at which the reference looks most like what is heard, and how much it does."""
        length = len(heard)
        centred = _centred(heard)
        best, likeness = 0, -1.0
        for lag in range(self._lags + 1):
            end = len(reference) - lag
            other = _centred(reference[end - length : end])
            norm = float(np.sqrt((centred**2).sum() * (other**2).sum()))
            found = float((centred * other).sum()) / norm if norm > 0 else 0.0
            if found > likeness:
                best, likeness = lag, found
        # Two voices that have nothing to do with each other are alike at another lag each time.
        self._steady = abs(best - self._found) <= _STEADY_HOPS
        self._found, self._like = best, likeness
        if self._steady and likeness >= self._rules.like:
            self._lag = best

    def _learn_from_quiet(self, now: int) -> None:
        """While nobody is heard although the loudspeaker has been loud for long, little comes back."""
        if self._unsearched < self._rules.search_every_frames:
            return
        reference = self._reference_before(now, self._compared + self._lags + 1)
        loud = reference.max(axis=1) > _SILENT_DB + 10.0
        if loud.mean() >= _MOSTLY:
            self._unsearched = 0
            self._learn(np.array(self._heard), reference, self._lags)

    def _smeared(self, reference: Floats, lag: int) -> Floats:
        """What may be heard of the reference at a lag: each hop, and the fading rest of those before it."""
        step_db = self._rules.decay_db_per_s * HOP_MS / 1000
        end = len(reference) - lag
        smeared = reference[:end].copy()
        # One hop of tolerance on either side: delays are no whole hops, and jitter buffers stretch.
        smeared[:-1] = np.maximum(smeared[:-1], reference[1:end])
        if lag:
            smeared[-1] = np.maximum(smeared[-1], reference[end])
        for at in range(1, len(smeared)):
            smeared[at] = np.maximum(smeared[at], smeared[at - 1] - step_db)
        return smeared

    def _learn(self, heard: Floats, reference: Floats, lag: int) -> None:
        """How much louder or softer each band comes back: a high quantile of what was seen."""
        made = self._smeared(reference, lag)[-len(heard) :]
        loud = made > _SILENT_DB + 10.0
        for band in range(_BANDS):
            rows = loud[:, band]
            if rows.sum() < 5:
                continue
            seen = float(np.quantile((heard - made)[rows, band], 0.9))
            known = self._gain_db[band]
            self._gain_db[band] = seen if np.isnan(known) else known + 0.05 * (seen - known)
        unknown = np.isnan(self._gain_db)
        if unknown.any() and not unknown.all():
            self._gain_db[unknown] = np.nanmax(self._gain_db)


def _centred(rows: Floats) -> Floats:
    """Above the silence, and without the mean of each band: its colour tells nothing about time."""
    audible = np.maximum(rows, _SILENT_DB)
    return audible - audible.mean(axis=0)
