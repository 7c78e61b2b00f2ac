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


ADDRESS_SHARE = 10.0
"""A school sits behind one address; so many times one browser's share is what an address gets."""


class Turnstile:
    """Who may come in how fast: each browser by what it shows, and each address for all its browsers."""

    def __init__(self, rate_hz: float, burst: float, address_share: float = ADDRESS_SHARE) -> None:
        self._browsers = BucketsByKey(rate_hz, burst)
        self._addresses = BucketsByKey(rate_hz * address_share, burst * address_share)
        self.wait_s = 1 / rate_hz

    def passes(self, address: str, browser: str, now_s: float) -> bool:
        """Whether one more may come; somebody who shows nothing counts by their address alone."""
        if not self._addresses.take(address, now_s):
            return False
        return not browser or self._browsers.take(browser, now_s)


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
