"""The garbage collector in processes that must be punctual.

Reference counts free nearly everything here; cycles come with connections and lessons that end. A collector
that walks through all objects every 700 new ones makes frames and answers wait for nothing: with 40 lessons
the latest hundredth of the media worker's frames left 5 ms late instead of 20 (measured). One that seldom
walks keeps the encoders of everybody who has left. So it is calm, and sweeps once some time after departures.
What becomes free then goes back to the system: the next lessons seldom fit into the holes that former ones
leave in the heap, and an hour of twenty lessons made the media worker 180 MB larger (measured).
"""

import asyncio
import ctypes
import gc

_COLLECT_AFTER = (50_000, 20, 20)
"""New objects, and passes over the younger generations, before each generation is searched by itself."""
SWEEP_AFTER_S = 30.0
"""From a departure to the sweep for it and for all that leave meanwhile."""


class Collector:
    """Python's collector, told when to search. Use in one event loop."""

    def __init__(self, sweep_after_s: float = SWEEP_AFTER_S) -> None:
        self._sweep_after_s = sweep_after_s
        self._sweep: asyncio.TimerHandle | None = None
        self._more = False
        """Something was left behind after the sweep that is to come was thought of."""

    def calm(self) -> None:
        """Leave what is alive now alone, search the rest seldom. Call when everything lasting is loaded."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECT_AFTER)

    def departed(self) -> None:
        """Somebody has left, or something large was let go: what is left behind is searched for soon."""
        if self._sweep is not None:
            self._more = True
            return
        self._sweep = asyncio.get_running_loop().call_later(self._sweep_after_s, self._collect)

    def _collect(self) -> None:
        self._sweep = None
        gc.collect()
        # in a thread: it takes some milliseconds, and lets the interpreter go meanwhile
        asyncio.get_running_loop().run_in_executor(None, _trim_heap)
        if self._more:
            # the last ones to go may still hold what they had
            self._more = False
            self.departed()


def _trim_heap() -> None:
    """Give free pages back, where the C library can (glibc, malloc_trim(3))."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
