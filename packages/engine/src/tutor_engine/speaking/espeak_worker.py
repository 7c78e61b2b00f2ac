"""The espeak-ng process: one library, many lessons.

Utterances wait in one ring and get a piece each in turn, so that a long text holds nobody up for longer
than a piece takes (20 ms at most). The process also keeps the GPL code and its crashes apart.
"""

import argparse
import asyncio
import socket
from collections import OrderedDict

from tutor_engine.processes import Channel, ChannelClosed, serve_child
from tutor_engine.speaking.espeak_library import EspeakLibrary, EspeakUnusable
from tutor_engine.speaking.messages import (
    Drop,
    EspeakCommand,
    EspeakReady,
    EspeakReport,
    NotRendered,
    Render,
    Rendered,
    TimedWord,
)
from tutor_engine.speaking.timeline import time_phonemes, time_words


class Ring:
    """Utterances with pieces left, served one piece each in turn."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[int, tuple[Render, int]] = OrderedDict()
        self._filled = asyncio.Event()

    def add(self, render: Render) -> None:
        """Join the ring at its end."""
        if render.pieces:
            self._waiting[render.utterance] = (render, 0)
            self._filled.set()

    def drop(self, utterance: int) -> None:
        """Leave the ring; unknown ones are ignored."""
        self._waiting.pop(utterance, None)

    async def next(self) -> tuple[Render, int]:
        """The utterance whose turn it is and the index of its piece."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        utterance, (render, index) = self._waiting.popitem(last=False)
        if index + 1 < len(render.pieces):
            self._waiting[utterance] = (render, index + 1)
        return render, index


def render_piece(library: EspeakLibrary, render: Render, index: int) -> Rendered:
    """Sound and times of one piece; character offsets count in the whole text."""
    piece = render.pieces[index]
    raw = library.render(
        piece.text, voice=piece.voice, words_per_minute=piece.words_per_minute, pitch=piece.pitch
    )
    duration_ms = len(raw.pcm) / 2 * 1000 / library.rate_hz
    phonemes = time_phonemes(raw.phonemes, duration_ms, mandarin=piece.voice.startswith("cmn"))
    words = [
        TimedWord(w.char_start + piece.char_start, w.char_end + piece.char_start, w.start_ms, w.end_ms)
        for w in time_words(piece.text, raw.words, phonemes, duration_ms)
    ]
    return Rendered(
        utterance=render.utterance,
        pcm=raw.pcm if render.sound else b"",
        duration_ms=duration_ms,
        words=words,
        phonemes=phonemes,
        last=index + 1 == len(render.pieces),
    )


async def serve(sock: socket.socket) -> None:
    """Render what the engine asks for until it is gone."""
    channel: Channel[EspeakReport, EspeakCommand] = await Channel.over(sock, EspeakCommand)
    ring = Ring()
    library = EspeakLibrary()
    channel.post(EspeakReady(version=library.version, rate_hz=library.rate_hz))
    async with asyncio.TaskGroup() as group:
        rendering = group.create_task(_render_all(channel, ring, library))
        try:
            while True:
                match await channel.receive():
                    case Render() as render:
                        ring.add(render)
                    case Drop(utterance):
                        ring.drop(utterance)
        except ChannelClosed:
            rendering.cancel()
    await channel.aclose()


async def _render_all(
    channel: Channel[EspeakReport, EspeakCommand], ring: Ring, library: EspeakLibrary
) -> None:
    while True:
        render, index = await ring.next()
        report: EspeakReport
        try:
            report = render_piece(library, render, index)
        except EspeakUnusable as error:
            ring.drop(render.utterance)
            report = NotRendered(render.utterance, str(error))
        try:
            await channel.send(report)
        except ChannelClosed:
            return
        # A `Drop` that has arrived is read before the next piece.
        await asyncio.sleep(0)


def main() -> None:
    """Run as `python -m tutor_engine.speaking.espeak_worker --fd N`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    serve_child(serve, parser.parse_args().fd)


if __name__ == "__main__":
    main()
