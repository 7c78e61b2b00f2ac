"""The background work: what has no vector gets one, in order, politely, and failures wait."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tutor_engine.knowledge.meaning.background import BATCH_PASSAGES, EmbeddingTask, Meaning, passage_text
from tutor_engine.knowledge.meaning.embed import EmbeddingFailed, EmbeddingRefused
from tutor_engine.knowledge.port import BaseKey, Index, Scope, Vectors
from tutor_engine.knowledge.service import Knowledge

from .conftest import WordHash
from .test_index_contract import KB, OTHER, SCOPE, STRANGER, page, put


@dataclass
class Clock:
    now_s: float = 0.0
    slept_s: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now_s += seconds
        await asyncio.sleep(0)


class Moody(WordHash):
    """Fails so many times, and refuses texts with a word."""

    def __init__(self, failures: int = 0, refused: str = "\x00") -> None:
        super().__init__()
        self.failures = failures
        self.refused = refused

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.failures:
            self.failures -= 1
            raise EmbeddingFailed("the server is away")
        if any(self.refused in text for text in texts):
            raise EmbeddingRefused("too long")
        return super().encode(texts)


class Telling(WordHash):
    """Tells when it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.done = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = super().encode(texts)
        self._loop.call_soon_threadsafe(self.done.set)
        return rows


def task(
    index: Index, embedder: WordHash, clock: Clock, *, live: bool = False, cores: int = 1
) -> EmbeddingTask:
    meaning = Meaning(embedder, clock)
    return EmbeddingTask(index, meaning, live=lambda: live, clock=clock, sleep=clock.sleep, cores=cores)


def nearest(index: Index, scope: Scope, embedder: WordHash, text: str) -> list[str]:
    hits = index.nearest(scope, embedder.name, embedder.encode_question(text), 3)
    return [passage.cut.text for passage in index.passages(scope, [hit.place for hit in hits])]


async def test_every_base_that_is_named_gets_its_vectors(index: Index) -> None:
    embedder, clock = WordHash(), Clock()
    put(index, KB, "a", *(f"star number {n} shines" for n in range(BATCH_PASSAGES * 2 + 1)))
    put(index, STRANGER, "b", "moons glow", "造纸术是技术。")
    work = task(index, embedder, clock)
    work.wake(KB)
    work.wake(STRANGER)
    await work.catch_up()
    assert index.without_vectors(KB, embedder.name, ("en",), 9) == []
    assert nearest(index, Scope("another", ("astronomy",)), embedder, "moon glow") == ["moons glow"]
    # The model does not speak Chinese, so it is never asked.
    assert len(index.without_vectors(STRANGER, embedder.name, ("zh",), 9)) == 1
    assert clock.slept_s == []


async def test_another_model_embeds_everything_anew_while_words_go_on(index: Index) -> None:
    old, clock = WordHash(), Clock()
    put(index, KB, "a", "stars shine", "moons glow")
    work = task(index, old, clock)
    work.wake(KB)
    await work.catch_up()
    new = WordHash()
    new.name = "another"
    assert nearest(index, SCOPE, new, "stars") == []
    assert len(index.ranked(SCOPE, "words", ["star"], 5)) == 1
    work = task(index, new, clock)
    work.wake(KB)
    await work.catch_up()
    assert nearest(index, SCOPE, new, "stars shine")[0] == "stars shine"
    assert nearest(index, SCOPE, old, "stars") == []


async def test_new_pages_come_first(index: Index) -> None:
    embedder, clock = WordHash(), Clock()
    put(index, OTHER, "h", "kings rule")
    put(index, KB, "a", *(f"star {n}" for n in range(BATCH_PASSAGES)))
    put(index, KB, "b", "the newest page")
    work = task(index, embedder, clock)
    work.wake(OTHER)
    work.wake(KB)
    order: list[str] = []
    encode = embedder.encode

    def noted(texts: Sequence[str]) -> Vectors:
        order.append(texts[0])
        return encode(texts)

    embedder.encode = noted  # type: ignore[method-assign]
    await work.catch_up()
    assert order[0].endswith("the newest page")
    assert order[1].endswith("kings rule")


@pytest.mark.parametrize(("live", "at_once"), [(False, 3), (True, 1)])
async def test_all_cores_embed_while_nobody_learns(index: Index, live: bool, at_once: int) -> None:
    embedder, clock = WordHash(), Clock()
    texts = [f"star number {n} shines" for n in range(BATCH_PASSAGES * 3)]
    put(index, KB, "a", *texts)
    inside: list[int] = []
    seen: list[int] = []
    together = threading.Barrier(at_once, timeout=10)
    encode = embedder.encode

    def counted(texts: Sequence[str]) -> Vectors:
        inside.append(1)
        together.wait()
        seen.append(len(inside))
        together.wait()
        inside.pop()
        return encode(texts)

    embedder.encode = counted  # type: ignore[method-assign]
    work = task(index, embedder, clock, live=live, cores=3)
    work.wake(KB)
    await work.catch_up()
    embedder.encode = encode  # type: ignore[method-assign]
    assert set(seen) == {at_once}
    assert index.without_vectors(KB, embedder.name, ("en",), 99) == []
    assert nearest(index, SCOPE, embedder, "star 7")[0] == texts[7]


async def test_lessons_come_before_embedding(index: Index) -> None:
    clock = Clock()

    class Slow(WordHash):
        def encode(self, texts: Sequence[str]) -> Vectors:
            clock.now_s += 0.3
            return super().encode(texts)

    put(index, KB, "a", *(f"star {n}" for n in range(BATCH_PASSAGES + 1)))
    work = task(index, Slow(), clock, live=True)
    work.wake(KB)
    await work.catch_up()
    assert clock.slept_s == [pytest.approx(0.9)]


async def test_a_failing_server_is_asked_again_later_and_later(index: Index) -> None:
    embedder, clock = Moody(failures=3), Clock()
    put(index, KB, "a", "stars shine")
    work = task(index, embedder, clock)
    work.wake(KB)
    await work.catch_up()
    assert clock.slept_s == [5.0, 10.0, 20.0]
    assert nearest(index, SCOPE, embedder, "stars shine") == ["stars shine"]


async def test_a_passage_that_is_refused_does_not_stop_the_others(index: Index) -> None:
    embedder, clock = Moody(refused="monster"), Clock()
    put(index, KB, "a", *(f"star {n} shines" for n in range(5)), "a monster of a passage")
    work = task(index, embedder, clock)
    work.wake(KB)
    await work.catch_up()
    assert index.without_vectors(KB, embedder.name, ("en",), 9) == []
    assert len(index.nearest(SCOPE, embedder.name, embedder.encode_question("star"), 9)) == 5
    assert clock.slept_s == []


async def test_a_broken_base_does_not_stop_the_others(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder, clock = WordHash(), Clock()
    put(index, KB, "a", "stars shine")
    put(index, OTHER, "h", "kings rule")
    real = index.without_vectors

    def broken(kb: BaseKey, *rest: object) -> object:
        if kb == OTHER:
            raise OSError("the file is damaged")
        return real(kb, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(index, "without_vectors", broken)
    work = task(index, embedder, clock)
    work.wake(KB)
    work.wake(OTHER)
    await work.catch_up()
    assert nearest(index, SCOPE, embedder, "stars shine") == ["stars shine"]


async def test_it_finds_its_work_after_a_restart_and_when_woken(index: Index) -> None:
    embedder, clock = Telling(), Clock()
    put(index, KB, "a", "stars shine")
    work = task(index, embedder, clock)
    async with asyncio.timeout(10):
        running = asyncio.create_task(work.run())
        await embedder.done.wait()
        embedder.done.clear()
        put(index, OTHER, "h", "kings rule")
        work.wake(OTHER)
        await embedder.done.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert embedder.encoded == 4


def test_a_question_is_not_held_up_by_a_server_that_is_away() -> None:
    embedder, clock = Moody(failures=1), Clock()
    meaning = Meaning(embedder, clock)
    assert meaning.question("why?", "zh") is None
    assert meaning.question("why?", "en") is None
    assert meaning.failure == "the server is away"
    assert meaning.question("why?", "en") is None
    assert embedder.encoded == 0
    clock.now_s += 6
    assert meaning.question("why?", "en") is not None
    assert meaning.failure == ""


def test_headings_are_embedded_with_the_text() -> None:
    _, cut = page(1, "It *shines*.")
    assert passage_text(cut) == "Top › Leaf. It shines."
    assert np.array_equal(WordHash().encode([""]), np.zeros((1, 256), np.float32))


async def test_health_tells_that_the_server_is_away(tmp_path: Path) -> None:
    knowledge = Knowledge(tmp_path, embedder=Moody(failures=1))
    assert knowledge.capabilities.meaning
    await knowledge.add_document("kb", "a.md", b"# Light\n\nLight is fast.\n")
    assert (await knowledge.search("kb", "Is light fast?"))[0].text == "Light is fast."
    assert not knowledge.capabilities.meaning
    assert "the server is away" in knowledge.capabilities.detail
    await knowledge.aclose()
