"""Text to vectors: the port, and MiniLM (English only) through CTranslate2, int8, on the processor.

Vectors are float32 of length 1, so a dot product is a cosine. One question costs about 3 ms on one core.
"""

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tutor_engine.knowledge.document import Language
from tutor_engine.knowledge.port import Vectors

_MAX_TOKENS = 256
"""What the model was trained for; the rest of a longer text is not seen."""
_BATCH_TOKENS = 256
"""Computed together, padding included: a long passage, or a dozen sentences; more spills out of the cache."""
AT_ONCE = min(os.cpu_count() or 1, 4)
"""Batches that are embedded beside each other, each on a core of its own."""
_FILES = ("model.bin", "config.json", "tokenizer.json")


class Embedder(Protocol):
    """Turns text into vectors of length 1. Methods block and may be called from any thread."""

    @property
    def name(self) -> str:
        """Stored with each vector; vectors of another name are made anew and never compared."""
        ...

    @property
    def languages(self) -> Sequence[Language]:
        """What it understands; texts in other languages are never given to it."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row per text of the library; an empty text gives a zero row.

        Raises:
            EmbeddingFailed: nothing can be had from it now.
        """
        ...

    def encode_question(self, text: str) -> Vectors:
        """The vector of a question; fails fast, because a student waits.

        Raises:
            EmbeddingFailed: nothing can be had from it now.
        """
        ...


class EmbeddingFailed(Exception):
    """An embedder is away or answers nonsense; the text says which, for the operator."""


class EmbeddingRefused(EmbeddingFailed):
    """It works, but will not take one of these texts."""


class EmbedderMissing(Exception):
    """The model's files are not installed, or not those of this model."""


def _batches(order: Sequence[int], lengths: Sequence[int]) -> Iterator[Sequence[int]]:
    """Texts, from short to long, in groups whose padded size stays within the limit."""
    batch: list[int] = []
    for text in order:
        if batch and (len(batch) + 1) * lengths[text] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(text)
    if batch:
        yield batch


class MiniLm:
    """all-MiniLM-L6-v2, converted to CTranslate2. Loaded at the first use, shared by all threads."""

    name = "all-MiniLM-L6-v2/int8"
    dimension = 384
    languages: Sequence[Language] = ("en",)

    def __init__(self, folder: Path) -> None:
        missing = [name for name in _FILES if not (folder / name).is_file()]
        if missing:
            raise EmbedderMissing(f"{folder}: {', '.join(missing)} not found; install the model minilm")
        import ctranslate2
        import tokenizers

        # One core for each text at a time; a question does not wait for documents where there are two.
        self._encoder: Any = ctranslate2.Encoder(
            str(folder), device="cpu", compute_type="int8", inter_threads=AT_ONCE, intra_threads=1
        )
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.no_padding()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row per text; an empty text gives a zero row."""
        out = np.zeros((len(texts), self.dimension), np.float32)
        encodings = [list(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]
        # Batches of similar length waste least on padding.
        order = sorted((i for i, text in enumerate(texts) if text.strip()), key=lambda i: len(encodings[i]))
        for batch in _batches(order, [len(encoding) for encoding in encodings]):
            ids = [encodings[i] for i in batch]
            states = np.array(
                self._encoder.forward_batch(
                    ids, token_type_ids=[[0] * len(row) for row in ids]
                ).last_hidden_state
            )
            for place, i in enumerate(batch):
                mean = states[place, : len(ids[place])].mean(axis=0)
                out[i] = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return out

    def encode_question(self, text: str) -> Vectors:
        """See `Embedder.encode_question`; it never fails."""
        return self.encode([text])[0]


@lru_cache(maxsize=1)
def shared_minilm(folder: Path) -> MiniLm:
    """The one MiniLM of this process, for everything that compares by meaning.

    Raises:
        EmbedderMissing: it is not installed there.
    """
    return MiniLm(folder)
