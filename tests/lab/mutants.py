"""Opens connections with mutated offers, in a process of its own: all that may happen is a refusal."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable

from tutor_engine.media.mux import UdpMux
from tutor_engine.media.offer import OfferRefused
from tutor_engine.media.peer import Peer, PeerListener


def open_all(offers: Iterable[str]) -> tuple[Counter[str], int, int]:
    """How often each outcome came, and how many peers and tasks were left behind."""
    return asyncio.run(_open_all(offers))


async def _open_all(offers: Iterable[str]) -> tuple[Counter[str], int, int]:
    mux = UdpMux(lambda data, addr: None, [("127.0.0.1", 9)], time.monotonic)
    listener = PeerListener(
        state=lambda news: None, microphone=lambda pcm: None, keyframe_request=lambda: None
    )
    outcomes: Counter[str] = Counter()
    for offer in offers:
        try:
            peer, _ = await Peer.open(mux, offer, listener)
        except OfferRefused as refusal:
            outcomes[str(refusal).partition(":")[0]] += 1
        else:
            outcomes["answered"] += 1
            await peer.aclose()
    await asyncio.sleep(0.5)
    return outcomes, mux.peers, len(asyncio.all_tasks()) - 1
