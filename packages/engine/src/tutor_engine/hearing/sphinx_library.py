"""Language models of tutors' libraries in the pocketsphinx process, made once each.

The model is written by a forked child, for counting words takes up to a second; loading it (0.1 to 0.5 s) is
the one thing that must happen in the process that readers are forked from.
"""

import asyncio
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from tutor_engine.hearing.ngrams import SENTENCES_MAX, library_model, words_of
from tutor_engine.hearing.sphinx_messages import Learn
from tutor_engine.hearing.sphinx_reader import English

Work = Callable[[], object]
_DONE = b"1"


class Libraries:
    """Which libraries are ready."""

    def __init__(self, models: English) -> None:
        self._models = models
        self._ready: set[int] = set()
        self._unwanted: set[int] = set()
        self._learning = asyncio.Lock()

    def search(self, library: int) -> str | None:
        """The name of the search with this library's model; None until it is ready."""
        return _name(library) if library in self._ready else None

    async def learn(self, task: Learn) -> None:
        """Make and load a model. A library without a word that can be said is never ready."""
        async with self._learning:
            if task.library in self._ready or task.library in self._unwanted:
                return
            sentences = task.sentences[:SENTENCES_MAX]
            known = self._models.add_words(words_of(sentences))
            with tempfile.TemporaryDirectory(prefix="tutor-sphinx-") as folder:
                arpa = Path(folder) / "library.arpa"
                if await _in_child(lambda: arpa.write_text(library_model(sentences, known), "utf-8")):
                    self._models.add_model(_name(task.library), arpa)
                    self._ready.add(task.library)

    def unlearn(self, library: int) -> None:
        """Free a model; readers that use it have their own copy."""
        self._unwanted.add(library)
        if library in self._ready:
            self._ready.remove(library)
            self._models.remove_model(_name(library))


def _name(library: int) -> str:
    return f"library-{library}"


async def _in_child(work: Work) -> bool:
    """Do some work in a forked child; whether it succeeded."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _work_and_leave(work, writing)
    os.close(writing)
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(reading, told.set)
    try:
        await told.wait()
        return os.read(reading, len(_DONE)) == _DONE
    finally:
        loop.remove_reader(reading)
        os.close(reading)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)  # noqa: ASYNC222 - it was killed, so this takes no time


def _work_and_leave(work: Work, writing: int) -> NoReturn:
    """Body of the child: it never returns to the code it was forked from."""
    try:
        work()
        os.write(writing, _DONE)
    finally:
        os._exit(0)
