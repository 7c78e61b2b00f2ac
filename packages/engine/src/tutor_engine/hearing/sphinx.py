"""English recognition without any download: pocketsphinx in a process of its own, shared by all lessons.

A process that dies is started again; utterances that were open are told to it anew from their sound, so a
student does not notice.
"""

import asyncio
import itertools
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from tutor_engine.hearing.port import (
    BYTES_PER_MS,
    Draft,
    LanguageNotHeard,
    RecogniserCapabilities,
    RecogniserFailed,
    Transcript,
)
from tutor_engine.hearing.sphinx_messages import (
    Close,
    Drafted,
    Final,
    Finish,
    FromSphinx,
    Learn,
    Open,
    Partial,
    Prepare,
    Ready,
    Sound,
    ToSphinx,
    Unlearn,
)
from tutor_engine.processes import Child

_LANGUAGE = "en"
_SURE = 0.1
"""Confidence of a short utterance below which it may have been a noise (“uh-huh” in four voices: at most .07;
most words above .1)."""
_SPEAKERS = 256
"""Speakers whose voice is remembered; the longest unheard is forgotten first."""
_LIBRARIES = 16
"""Libraries whose language model is kept (about 5 MB each); the longest unused is forgotten first."""
_KEPT_BYTES = 120_000 * BYTES_PER_MS
"""Sound kept for telling it again: the longest recording that is accepted."""


class SphinxRecogniser:
    """The pocketsphinx adapter."""

    def __init__(self, *, ready_timeout_s: float = 30.0, finish_timeout_s: float = 10.0) -> None:
        self._ready_timeout_s = ready_timeout_s
        self._finish_timeout_s = finish_timeout_s
        incoming: Any = FromSphinx
        self._child: Child[ToSphinx, FromSphinx] = Child(
            "sphinx",
            "tutor_engine.hearing.sphinx_worker",
            incoming,
            on_message=self._take,
            on_start=self._tell_again,
            on_end=self._gone,
        )
        self._told_s = 0.0
        """When the process last told anything, on the loop's clock."""
        self._starting = asyncio.Lock()
        self._started = False
        self._ready = asyncio.Event()
        self._numbers = itertools.count(1)
        self._open: dict[int, SphinxUtterance] = {}
        self._means: OrderedDict[str, str] = OrderedDict()
        self._libraries: OrderedDict[tuple[str, ...], int] = OrderedDict()
        self._library_numbers = itertools.count(1)

    @property
    def capabilities(self) -> RecogniserCapabilities:
        """English with partial words."""
        return RecogniserCapabilities(
            "pocketsphinx", frozenset({_LANGUAGE}), partials=True, detail="embedded, English only"
        )

    @property
    def pid(self) -> int | None:
        """Process id of the worker, for telemetry."""
        return self._child.pid

    async def warm(self) -> None:
        """Start the process and wait for its models.

        Raises:
            RecogniserFailed: the models were not loaded in time.
        """
        async with self._starting:
            if not self._started:
                self._started = True
                await self._child.start()
        try:
            async with asyncio.timeout(self._ready_timeout_s):
                await self._ready.wait()
        except TimeoutError as error:
            raise RecogniserFailed("pocketsphinx does not start") from error

    async def prepare(self, language: str, vocabulary: Sequence[str]) -> None:
        """Have a language model of the library made; utterances opened before it is ready do without."""
        if language == _LANGUAGE and vocabulary:
            await self.warm()
            self._library(tuple(vocabulary))

    async def open(
        self, language: str, vocabulary: Sequence[str] = (), *, speaker: str = ""
    ) -> "SphinxUtterance":
        """Begin an utterance; costs a fork of some milliseconds, or two with a vocabulary."""
        if language != _LANGUAGE:
            raise LanguageNotHeard(language)
        await self.warm()
        library = self._library(tuple(vocabulary)) if vocabulary else 0
        opening = Open(next(self._numbers), self._means.get(speaker, ""), library)
        utterance = SphinxUtterance(self, opening, speaker, self._finish_timeout_s)
        self._open[opening.utterance] = utterance
        self.post(opening)
        return utterance

    async def aclose(self) -> None:
        """End the process."""
        await self._child.aclose()
        self._started = False
        self._ready.clear()

    def post(self, message: ToSphinx) -> None:
        """Send a message; dropped while the process is away, and told again when it is back."""
        self._child.post(message)

    def forget(self, utterance: int) -> None:
        """An utterance is closed."""
        if self._open.pop(utterance, None) is not None:
            self.post(Close(utterance))

    def _library(self, sentences: tuple[str, ...]) -> int:
        """The number of a library; a new one is told to the process."""
        number = self._libraries.get(sentences)
        if number is None:
            number = self._libraries[sentences] = next(self._library_numbers)
            self.post(Learn(number, list(sentences)))
        self._libraries.move_to_end(sentences)
        if len(self._libraries) > _LIBRARIES:
            _, forgotten = self._libraries.popitem(last=False)
            self.post(Unlearn(forgotten))
        return number

    def missed(self) -> None:
        """Final words did not come in time: a process that tells nothing at all hangs, and is replaced."""
        if asyncio.get_running_loop().time() - self._told_s >= self._finish_timeout_s:
            self._child.kill()

    async def _take(self, message: FromSphinx) -> None:
        self._told_s = asyncio.get_running_loop().time()
        if isinstance(message, Ready):
            self._ready.set()
        elif utterance := self._open.get(message.utterance):
            if not isinstance(message, Partial):
                final = message.final if isinstance(message, Drafted) else message
                self._remember(utterance.speaker, final.cepstral_mean)
            utterance.take(message)

    def _remember(self, speaker: str, cepstral_mean: str) -> None:
        if speaker and cepstral_mean:
            self._means[speaker] = cepstral_mean
            self._means.move_to_end(speaker)
            if len(self._means) > _SPEAKERS:
                self._means.popitem(last=False)

    async def _gone(self) -> None:
        self._ready.clear()

    async def _tell_again(self) -> None:
        for sentences, number in self._libraries.items():
            self.post(Learn(number, list(sentences)))
        for utterance in self._open.values():
            for message in utterance.story():
                self.post(message)


class SphinxUtterance:
    """An utterance in the hands of the worker."""

    def __init__(self, owner: SphinxRecogniser, opening: Open, speaker: str, finish_timeout_s: float) -> None:
        self._owner = owner
        self._opening = opening
        self._finish_timeout_s = finish_timeout_s
        self._sound = bytearray()
        self._words = ""
        self._finishing = False
        self._final: asyncio.Future[Final] = asyncio.get_running_loop().create_future()
        self._draft: asyncio.Future[Drafted] | None = None
        """The latest that is awaited."""
        self._drafts = 0
        self.speaker = speaker

    async def feed(self, pcm: bytes) -> None:
        """Pass sound on."""
        if len(self._sound) < _KEPT_BYTES and not self._finishing:
            self._sound += pcm
            self._owner.post(Sound(self._opening.utterance, pcm))

    async def partial(self) -> str:
        """The latest words."""
        return self._words

    async def draft(self) -> Draft | None:
        """What the end would be. One that is lost with its process is never told: whoever waits finishes."""
        self._drafts += 1
        self._draft = asyncio.get_running_loop().create_future()
        self._owner.post(Prepare(self._opening.utterance, self._drafts))
        drafted = await self._draft
        return Draft(drafted.heard, _transcript(drafted.final))

    async def finish(self) -> Transcript:
        """The final words, some 10 ms after the sound was decoded."""
        if not self._finishing:
            self._finishing = True
            self._owner.post(Finish(self._opening.utterance))
        try:
            async with asyncio.timeout(self._finish_timeout_s):
                final = await asyncio.shield(self._final)
        except TimeoutError as error:
            self._owner.missed()
            raise RecogniserFailed("pocketsphinx did not finish") from error
        return _transcript(final)

    async def aclose(self) -> None:
        """Let the reader go."""
        self._owner.forget(self._opening.utterance)
        self._final.cancel()

    def take(self, message: Partial | Drafted | Final) -> None:
        """News from the worker."""
        if isinstance(message, Drafted):
            if self._draft is not None and not self._draft.done() and message.number == self._drafts:
                self._draft.set_result(message)
            return
        self._words = message.text
        if isinstance(message, Final) and not self._final.done():
            self._final.set_result(message)

    def story(self) -> list[ToSphinx]:
        """Everything the worker was told; none when it has answered."""
        if self._final.done():
            return []
        told: list[ToSphinx] = [self._opening]
        if self._sound:
            told.append(Sound(self._opening.utterance, bytes(self._sound)))
        if self._finishing:
            told.append(Finish(self._opening.utterance))
        return told


def _transcript(final: Final) -> Transcript:
    return Transcript(final.text, _LANGUAGE, final.confidence, sure=final.confidence >= _SURE)
