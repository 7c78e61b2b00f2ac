"""A sentence in a voice, said by a face, as a film: for whoever chooses both, outside of any lesson.

Voice and face meet here as they do in a lesson. The pictures are drawn in a process of their own, one film at
a time, so that no lesson waits for them.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from tutor_engine.showing.messages import ClipOrder
from tutor_engine.speaking.port import VoiceFailed
from tutor_engine.speaking.stage import Speaking, SpokenSound
from tutor_engine.speaking.streams import closing

LONGEST_S = 20.0
"""200 characters take about 15 s; a voice that never ends is cut off."""
PATIENCE_S = 60.0
"""Within which a film is there; one of 15 s takes 4 s of one core."""
_PROGRAM = (sys.executable, "-m", "tutor_engine.showing.clip")


class ClipFailed(Exception):
    """No film was made; the face cannot be shown, or it took too long."""


class Clips:
    """Makes films, one at a time."""

    def __init__(self, speaking: Speaking, program: tuple[str, ...] = _PROGRAM) -> None:
        self._speaking = speaking
        self._program = program
        self._one_at_a_time = asyncio.Lock()

    async def make(self, package: Path, text: str, *, voice: str, language: str) -> bytes:
        """An MP4 of the face in `package` saying `text`.

        Raises:
            VoiceFailed: nothing could be said.
            ClipFailed: nothing could be shown.
        """
        try:
            async with asyncio.timeout(PATIENCE_S), self._one_at_a_time:
                return await self._filmed(await self._order(package, text, voice, language))
        except TimeoutError as error:
            raise ClipFailed("too slow") from error

    async def _order(self, package: Path, text: str, voice: str, language: str) -> ClipOrder:
        pcm, rate_hz, phonemes = bytearray(), 0, list[tuple[str, float, float]]()
        pieces = self._speaking.speak(_once(text), voice=voice or None, language=language)
        async with closing(pieces) as spoken:
            async for piece in spoken:
                if not isinstance(piece, SpokenSound):
                    continue
                rate_hz = rate_hz or piece.rate_hz
                pcm += bytes(max(0, 2 * round(piece.start_ms * rate_hz / 1000) - len(pcm))) + piece.pcm
                phonemes += [(mark.ipa, mark.start_ms, mark.end_ms) for mark in piece.phonemes]
                if len(pcm) > 2 * rate_hz * LONGEST_S:
                    break
        if not rate_hz:
            raise VoiceFailed("no sound")
        return ClipOrder(str(package), bytes(pcm), rate_hz, phonemes)

    async def _filmed(self, order: ClipOrder) -> bytes:
        child = await asyncio.create_subprocess_exec(
            *self._program,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        try:
            made, _ = await child.communicate(msgspec.msgpack.encode(order))
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode or not made:
            raise ClipFailed(f"the film ended with {child.returncode}")
        return made


async def _once(text: str) -> AsyncIterator[str]:
    yield text
