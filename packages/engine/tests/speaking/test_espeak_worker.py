import asyncio
import socket

import pytest

from tutor_engine.processes import Channel
from tutor_engine.speaking.espeak_worker import Ring, serve
from tutor_engine.speaking.messages import (
    Drop,
    EspeakCommand,
    EspeakReady,
    EspeakReport,
    NotRendered,
    Piece,
    Render,
    Rendered,
)


def piece(text: str, voice: str = "en-us") -> Piece:
    return Piece(text, 0, voice, 160, 50)


async def test_utterances_take_turns() -> None:
    ring = Ring()
    ring.add(Render(1, [piece("a"), piece("b"), piece("c")]))
    ring.add(Render(2, [piece("x")]))
    ring.add(Render(3, []))
    taken = [await ring.next() for _ in range(4)]
    assert [(render.utterance, index) for render, index in taken] == [(1, 0), (2, 0), (1, 1), (1, 2)]


async def test_a_dropped_utterance_is_not_served() -> None:
    ring = Ring()
    ring.add(Render(1, [piece("a"), piece("b")]))
    ring.add(Render(2, [piece("x")]))
    ring.drop(1)
    ring.drop(99)
    render, _ = await ring.next()
    assert render.utterance == 2


async def test_an_empty_ring_waits() -> None:
    ring = Ring()
    waiting = asyncio.create_task(ring.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    ring.add(Render(1, [piece("a")]))
    assert (await waiting)[0].utterance == 1


@pytest.fixture
async def worker():  # noqa: ANN201
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    serving = asyncio.create_task(serve(theirs))
    channel: Channel[EspeakCommand, EspeakReport] = await Channel.over(ours, EspeakReport)
    yield channel
    await channel.aclose()
    await asyncio.wait_for(serving, 5)


async def test_the_worker_renders_refuses_and_ends_with_its_parent(
    worker: Channel[EspeakCommand, EspeakReport],
) -> None:
    assert await worker.receive() == EspeakReady("1.52.0", 22_050)
    worker.post(Render(1, [Piece("Hello.", 7, "en-us", 160, 50), piece("World.")]))
    first, second = await worker.receive(), await worker.receive()
    assert isinstance(first, Rendered)
    assert isinstance(second, Rendered)
    assert (first.last, second.last) == (False, True)
    assert (first.words[0].char_start, first.words[0].char_end) == (7, 12)
    assert first.duration_ms == pytest.approx(len(first.pcm) / 2 / 22.05)
    assert first.phonemes[-1].end_ms == pytest.approx(first.duration_ms)
    worker.post(Render(2, [piece("Hello.")], sound=False))
    silent = await worker.receive()
    assert isinstance(silent, Rendered)
    assert (silent.pcm, bool(silent.phonemes)) == (b"", True)
    worker.post(Render(3, [piece("Hello.", "no-such-voice"), piece("World.")]))
    assert await worker.receive() == NotRendered(3, "espeak-ng has no voice 'no-such-voice'")
    worker.post(Drop(77))
    worker.post(Render(4, [piece("a\0b")]))
    last = await worker.receive()
    assert isinstance(last, Rendered)
    assert last.utterance == 4
