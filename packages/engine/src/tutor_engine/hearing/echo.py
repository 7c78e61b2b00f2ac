"""Is what the microphone hears only the tutor's own voice from the loudspeaker? Sans-I/O.

Second line behind the browser's echo canceller. Both sounds become band energies every 10 ms. The delay from
playing to hearing is searched by correlation; how loud each band comes back is learnt while only the tutor
is heard; a frame is explained while few bands are much louder than the reference of that delay, its
reverberation included, can make them. Times are in milliseconds on one clock of the caller.
"""

import itertools
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
_SEEN_HOPS = 5
_HIGH_QUANTILE = 0.9
_LEARNT_SHARE = 0.05
_COMPARABLE_HOPS = 15
"""Loud hops of both sounds below which nothing can be compared."""
_LOUD_DB = 6.0
"""Over the silence, a hop that counts."""
_SILENT_DB = 22.0
"""Band energy, dB re one unit of 16-bit samples, under which there is nothing to be heard or explained."""


@dataclass(frozen=True, slots=True)
class EchoRules:
    """Figures of the gate."""

    longest_delay_ms: float = 500
    """From leaving the engine to the microphone's sound: network, jitter buffer, air, network."""
    compared_ms: float = 500
    """Sound that a judgement looks at."""
    tail_ms: float = 400
    """After the reference has ended, its reverberation may still be heard for so long."""
    alike_searches: int = 4
    """So often in a row it is found at the same delay before its loudness is learnt at all."""
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


class _Loudspeaker:
    """Band energies of what was played by their hop on the caller's clock, as they were and as they fade."""

    def __init__(self, kept: int, decay_db: float) -> None:
        self._bands = BandEnergies()
        self._size = kept
        self._decay_db = decay_db
        self._plain = np.zeros((kept, _BANDS))
        self._faded = np.zeros((kept, _BANDS))
        self._next: int | None = None
        self.last_sound_hop = -(10**9)

    def take(self, pcm: bytes, hop: int) -> None:
        """Sound whose first sample is played in this hop."""
        if self._next is None or abs(hop - self._next) > _SEAM_HOPS:
            self._bands = BandEnergies()
            self._skip_to(hop)
        self._add(self._bands.take(pcm))

    def before(self, hop: int, rows: int) -> tuple[Floats, Floats]:
        """The last rows up to and with a hop, as played and with reverberation; silence where unknown."""
        hops = np.arange(hop - rows + 1, hop + 1)
        places = hops % self._size
        following = self._next or 0
        known = (hops < following) & (hops >= following - self._size)
        return self._plain[places] * known[:, None], self._faded[places] * known[:, None]

    def _skip_to(self, hop: int) -> None:
        if self._next is not None and 0 < hop - self._next < self._size:
            self._add(np.zeros((hop - self._next, _BANDS)))
        else:
            self._plain[:] = 0.0
            self._faded[:] = 0.0
            self._next = hop

    def _add(self, rows: Floats) -> None:
        count = len(rows)
        if not count or self._next is None:
            return
        first, last = self._next, (self._next - 1) % self._size
        # One hop of tolerance on either side: delays are no whole hops, and jitter buffers stretch.
        self._faded[last] = np.maximum(self._faded[last], rows[0])
        ahead = rows.copy()
        ahead[:-1] = np.maximum(rows[:-1], rows[1:])
        steps = self._decay_db * np.arange(count + 1)[:, None]
        falling = np.maximum.accumulate(np.vstack([self._faded[last], ahead]) + steps) - steps
        kept = slice(max(0, count - self._size), count)
        places = np.arange(first, first + count)[kept] % self._size
        self._plain[places] = rows[kept]
        self._faded[places] = falling[1:][kept]
        loud = np.flatnonzero(rows.max(axis=1) > _SILENT_DB)
        if loud.size:
            self.last_sound_hop = first + int(loud[-1])
        self._next = first + count


def _spectra(energies: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Each hop about its own mean, and whether it is loud."""
    audible = np.maximum(energies, _SILENT_DB)
    return audible - audible.mean(axis=1, keepdims=True), audible.max(axis=1) > _SILENT_DB + _LOUD_DB


def _about_mean(windows: Floats, both: npt.NDArray[np.bool_], counts: npt.NDArray[np.int_]) -> Floats:
    """Each band about its mean over the hops that count, and nothing elsewhere: (lags, bands, hops).

    Without the mean of each band: its colour tells nothing about time.
    """
    means = np.where(both, windows, 0.0).sum(axis=2) / np.maximum(counts, 1)
    return np.where(both, windows - means[:, :, None], 0.0)


class EchoGate:
    """Follows one lesson's loudspeaker and microphone.

    Tell it everything that is played with `played`, then ask `explains` for each frame of the microphone. A
    second of speech coming back costs 6 ms, one of silence after half a second without play nothing.
    """

    def __init__(self, rules: EchoRules | None = None) -> None:
        self._rules = rules or EchoRules()
        rules = self._rules
        self._compared = int(rules.compared_ms // HOP_MS)
        self._lags = int(rules.longest_delay_ms // HOP_MS)
        self._audible = self._lags + int(rules.tail_ms // HOP_MS)
        self._loudspeaker = _Loudspeaker(
            self._compared + self._audible + 100, rules.decay_db_per_s * HOP_MS / 1000
        )
        self._heard_bands = BandEnergies()
        self._heard = np.zeros((self._compared, _BANDS))
        self._deaf = True
        """Nothing is played, so nothing is followed."""
        self._gain_db = np.full(_BANDS, np.nan)
        self._lag = 0
        self._like = 0.0
        self._found = -(10**9)
        self._alike = 0
        """Searches in a row that found the reference at the same lag."""
        self._unsearched = rules.search_every_frames
        self.returns = False
        """What is played was heard to come back: there is a loudspeaker, and nothing cancels it."""

    @property
    def delay_ms(self) -> float:
        """The delay at which the loudspeaker was last recognised."""
        return float(self._lag * HOP_MS)

    @property
    def settled(self) -> bool:
        """Whether it is known how loud what is played comes back."""
        return not bool(np.isnan(self._gain_db).any())

    def played(self, pcm: bytes, at_ms: float) -> None:
        """Sound (16 kHz, 16 bit) whose first sample is played at this time."""
        self._loudspeaker.take(pcm, round(at_ms / HOP_MS))

    def explains(self, frame: bytes, at_ms: float, *, voiced: bool = True) -> bool:
        """Whether a frame of the microphone, whose first sample was heard at this time, is only the tutor.

        Frames without voice are only remembered: there is nothing to explain.
        """
        now = round(at_ms / HOP_MS) + len(frame) // 2 // _HOP - 1
        if now - self._loudspeaker.last_sound_hop > self._audible + self._compared:
            self._deaf = True
            return False
        rows = self._hear(frame)
        self._unsearched += 1
        if not voiced:
            self._learn_from_quiet(now)
            return False
        if not len(rows) or now - self._loudspeaker.last_sound_hop > self._audible:
            return False
        if rows.max() < _SILENT_DB:
            return True
        return self._is_echo(rows, now)

    def _hear(self, frame: bytes) -> Floats:
        if self._deaf:
            self._deaf = False
            self._heard_bands = BandEnergies()
            self._heard = np.zeros((self._compared, _BANDS))
        rows = self._heard_bands.take(frame)
        self._heard = np.concatenate([self._heard, rows])[-self._compared :]
        return rows

    def _is_echo(self, rows: Floats, now: int) -> bool:
        heard = self._heard
        reference, faded = self._loudspeaker.before(now, self._compared + self._lags + 1)
        unknown = bool(np.isnan(self._gain_db).any())
        if unknown or self._unsearched >= self._rules.search_every_frames:
            self._unsearched = 0
            self._search(heard, reference)
        made = self._made(faded, self._lag)
        if unknown:
            if self._alike >= self._rules.alike_searches:
                self.returns = True
                self._learn(heard, made)
            return self._alike > 0
        can_be = np.maximum(made[-len(rows) :] + self._gain_db, _SILENT_DB)
        explained = bool((rows - self._rules.louder_db > can_be).mean() < self._rules.louder_bands)
        if explained and self._alike and self._like >= self._rules.sure:
            self.returns = True
            self._learn(heard, made)
        return explained

    def _search(self, heard: Floats, reference: Floats) -> None:
        """Find the lag at which the reference looks most like what is heard, and how much it does.

        Only hops in which both are loud are compared, and only their spectra, not their loudness: any two
        voices that begin at about the same time rise and fall alike.
        """
        shape, loud = _spectra(heard)
        theirs, their_loud = _spectra(reference)
        # Windows of the reference that end at each lag, the latest first: (lags, bands, hops).
        windows = np.lib.stride_tricks.sliding_window_view(theirs, len(heard), axis=0)[::-1]
        both = (np.lib.stride_tricks.sliding_window_view(their_loud, len(heard))[::-1] & loud)[:, None, :]
        counts = both.sum(axis=2)
        ours = _about_mean(np.broadcast_to(shape.T, windows.shape), both, counts)
        played = _about_mean(windows, both, counts)
        alike = (ours * played).sum(axis=(1, 2))
        norms = np.sqrt((ours**2).sum(axis=(1, 2)) * (played**2).sum(axis=(1, 2)))
        comparable = (counts[:, 0] >= _COMPARABLE_HOPS) & (norms > 1e-6)
        likeness = np.divide(alike, norms, out=np.zeros_like(alike), where=comparable)
        best = int(likeness.argmax())
        # Two voices that have nothing to do with each other are alike at another lag each time.
        steady = abs(best - self._found) <= _STEADY_HOPS
        self._found, self._like = best, float(likeness[best])
        self._alike = self._alike + 1 if steady and self._like >= self._rules.like else 0
        if self._alike:
            self._lag = best

    def _learn_from_quiet(self, now: int) -> None:
        """While nobody is heard although the loudspeaker has been loud for long, little comes back."""
        if self._unsearched < self._rules.search_every_frames:
            return
        reference, faded = self._loudspeaker.before(now, self._compared + self._lags + 1)
        loud = reference.max(axis=1) > _SILENT_DB + 10.0
        if loud.mean() >= _MOSTLY:
            self._unsearched = 0
            self._learn(self._heard, self._made(faded, self._lags))

    def _made(self, faded: Floats, lag: int) -> Floats:
        """What may be heard at a lag of the loudspeaker, by hop."""
        end = len(faded) - lag
        return faded[end - self._compared : end]

    def _learn(self, heard: Floats, made: Floats) -> None:
        """How much louder or softer each band comes back: a high quantile of what was seen."""
        loud = made > _SILENT_DB + 10.0
        counts = loud.sum(axis=0)
        enough = np.flatnonzero(counts >= _SEEN_HOPS)
        # Ascending, with what does not count in front.
        seen = np.sort(np.where(loud, heard - made, -np.inf)[:, enough], axis=0)
        place = (len(seen) - counts[enough]) + _HIGH_QUANTILE * (counts[enough] - 1)
        below = np.floor(place).astype(int)
        above = np.minimum(below + 1, len(seen) - 1)
        bands = np.arange(enough.size)
        low, high = seen[below, bands], seen[above, bands]
        level = low + (place - below) * (high - low)
        known = self._gain_db[enough]
        self._gain_db[enough] = np.where(np.isnan(known), level, known + _LEARNT_SHARE * (level - known))
        unknown = np.isnan(self._gain_db)
        if unknown.any() and not unknown.all():
            self._gain_db[unknown] = np.nanmax(self._gain_db)
