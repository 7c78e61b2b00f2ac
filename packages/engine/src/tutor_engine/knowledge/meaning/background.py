"""Comparing by meaning while it can be had: an embedder that may fail, and its work in the background.

When the embedder fails, questions are answered by words alone and passages wait for their vectors; both are
tried again after a rest that grows. The work is found in the index, so it survives every restart.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import structlog

from tutor_engine.knowledge.document import CutPassage
from tutor_engine.knowledge.meaning.embed import AT_ONCE, Embedder, EmbeddingFailed, EmbeddingRefused
from tutor_engine.knowledge.port import BaseKey, Embedded, LibraryAway, StoredPassage, Vectors, VectorShelf
from tutor_engine.text import plain

log = structlog.get_logger()

BATCH_PASSAGES = 8
"""Passages embedded by each core between two looks at whether lessons are live; about a sixth of a second."""
_REST_S, _LONGEST_REST_S = 5.0, 300.0
_LOOK_AGAIN_S = 600.0
"""Another engine may have added documents to a shared index."""
_LIVE_SHARE = 0.25
"""Part of one core that embedding may take while lessons are live; otherwise it has all."""


class Meaning:
    """An embedder that may be away. Any thread may use it."""

    def __init__(self, embedder: Embedder, clock: Callable[[], float] = time.monotonic) -> None:
        self.embedder = embedder
        self._clock = clock
        self._lock = threading.Lock()
        self._not_before_s = float("-inf")
        self._rest_s = _REST_S
        self.failure = ""
        """Why there are no vectors now; empty when all is well."""

    def speaks(self, language: str) -> bool:
        """Whether questions in this language can be compared."""
        return ("zh" if language.startswith("zh") else "en") in self.embedder.languages

    def question(self, text: str, language: str) -> Vectors | None:
        """The vector of a question; None when there is none to be had now. Blocks."""
        if not self.speaks(language) or self.rest_s() > 0:
            return None
        try:
            vector = self.embedder.encode_question(text)
        except EmbeddingFailed as error:
            self._failed(error)
            return None
        self._worked()
        return vector

    def passages(self, passages: Sequence[StoredPassage]) -> list[Embedded]:
        """Vectors of passages and of each of their sentences. Blocks.

        Raises:
            EmbeddingFailed: the embedder is away; it rests for `rest_s`.
        """
        texts: list[str] = []
        for passage in passages:
            texts.append(passage_text(passage.cut))
            texts.extend(plain(passage.cut.text[start:end]) for start, end in passage.cut.sentences)
        try:
            vectors = self.embedder.encode(texts)
        except EmbeddingRefused:
            raise
        except EmbeddingFailed as error:
            self._failed(error)
            raise
        self._worked()
        found: list[Embedded] = []
        at = 0
        for passage in passages:
            after = at + 1 + len(passage.cut.sentences)
            found.append(Embedded(passage.place.row, vectors[at], vectors[at + 1 : after]))
            at = after
        return found

    def rest_s(self) -> float:
        """How long to leave the embedder alone; 0 when it may be asked."""
        return max(0.0, self._not_before_s - self._clock())

    def _failed(self, error: EmbeddingFailed) -> None:
        with self._lock:
            self.failure = str(error)
            self._not_before_s = self._clock() + self._rest_s
            self._rest_s = min(self._rest_s * 2, _LONGEST_REST_S)
        log.warning("embedding_failed", detail=str(error))

    def _worked(self) -> None:
        with self._lock:
            self.failure = ""
            self._rest_s = _REST_S


def passage_text(cut: CutPassage) -> str:
    """What is embedded of a passage; headings in front, because a section often leaves its subject there."""
    return ". ".join(part for part in (cut.heading, plain(cut.text)) if part)


class EmbeddingTask:
    """Gives vectors to passages that have none of the present model: new ones first, in small batches."""

    def __init__(
        self,
        shelf: VectorShelf,
        meaning: Meaning,
        *,
        live: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        cores: int = AT_ONCE,
    ) -> None:
        """`live` tells whether lessons need the processor; `cores` are used when none does."""
        self._shelf = shelf
        self._meaning = meaning
        self._live = live
        self._clock = clock
        self._sleep = sleep
        self._cores = cores
        self._bases: deque[BaseKey] = deque()
        self._woken = asyncio.Event()

    def wake(self, kb: BaseKey) -> None:
        """Look at this base next: it has new passages. Call it in the event loop."""
        if kb in self._bases:
            self._bases.remove(kb)
        self._bases.appendleft(kb)
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; now and then all bases are looked through, because others may add to them."""
        while True:
            try:
                known = await asyncio.to_thread(self._shelf.bases)
            except LibraryAway:
                await self._sleep(_REST_S)
                continue
            self._bases.extend(kb for kb in known if kb not in self._bases)
            await self.catch_up()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_AGAIN_S):
                    while not self._bases:
                        self._woken.clear()
                        await self._woken.wait()

    async def catch_up(self) -> None:
        """Work until every base that was named has its vectors."""
        while self._bases:
            # Taken out before it is looked at, so that pages added meanwhile put it back.
            kb = self._bases.popleft()
            began_s = self._clock()
            try:
                more = await asyncio.to_thread(self._embed_some, kb)
            except EmbeddingFailed:
                more = True
                await self._sleep(self._meaning.rest_s())
            except LibraryAway:
                more = True
                await self._sleep(_REST_S)
            except Exception:
                # One broken file must not keep the others from their vectors; it is looked at again later.
                log.exception("embedding_stopped", kb_id=kb.kb_id)
                continue
            if more and kb not in self._bases:
                self._bases.append(kb)
            if more and self._live():
                await self._sleep((self._clock() - began_s) * (1 / _LIVE_SHARE - 1))

    def _embed_some(self, kb: BaseKey) -> bool:
        """One batch for each core; False when nothing waits any more."""
        embedder = self._meaning.embedder
        cores = 1 if self._live() else self._cores
        most = cores * BATCH_PASSAGES
        waiting = self._shelf.without_vectors(kb, embedder.name, embedder.languages, most)
        if waiting:
            parts = [waiting[at : at + BATCH_PASSAGES] for at in range(0, len(waiting), BATCH_PASSAGES)]
            with ThreadPoolExecutor(cores, "embed") as pool:
                found = [one for part in pool.map(self._embedded, parts) for one in part]
            self._shelf.set_vectors(kb, embedder.name, found)
        return len(waiting) == most

    def _embedded(self, waiting: Sequence[StoredPassage]) -> list[Embedded]:
        """Vectors of all; a passage that the embedder refuses gets an empty one and is not offered again."""
        try:
            return self._meaning.passages(waiting)
        except EmbeddingRefused:
            if len(waiting) == 1:
                (passage,) = waiting
                nothing = np.zeros(1, np.float32)
                rows = np.zeros((len(passage.cut.sentences), 1), np.float32)
                return [Embedded(passage.place.row, nothing, rows)]
            half = len(waiting) // 2
            return self._embedded(waiting[:half]) + self._embedded(waiting[half:])
