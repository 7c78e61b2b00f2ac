"""Limits on how fast somebody may act. Pure: time is handed in."""

from collections import OrderedDict
from dataclasses import dataclass, field


@dataclass(slots=True)
class TokenBucket:
    """Allows `burst` at once and `rate_hz` per second after that."""

    rate_hz: float
    burst: float
    _tokens: float = field(default=-1.0)
    _at_s: float = field(default=0.0)

    def take(self, now_s: float) -> bool:
        """Whether one more is allowed at `now_s` (any clock that only goes forward)."""
        if self._tokens < 0:
            self._tokens, self._at_s = self.burst, now_s
        self._tokens = min(self.burst, self._tokens + (now_s - self._at_s) * self.rate_hz)
        self._at_s = now_s
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class BucketsByKey:
    """One bucket per key, for at most `max_keys` keys; the longest unused is forgotten first."""

    def __init__(self, rate_hz: float, burst: float, max_keys: int = 10_000) -> None:
        self._rate_hz = rate_hz
        self._burst = burst
        self._max_keys = max_keys
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def take(self, key: str, now_s: float) -> bool:
        """Whether one more is allowed for `key`."""
        bucket = self._buckets.setdefault(key, TokenBucket(self._rate_hz, self._burst))
        self._buckets.move_to_end(key)
        while len(self._buckets) > self._max_keys:
            self._buckets.popitem(last=False)
        return bucket.take(now_s)
