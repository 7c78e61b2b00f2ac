"""Sentences to vectors: MiniLM through CTranslate2, int8, on the processor. English only.

Vectors are float32 of length 1, so a dot product is a cosine. One query costs about 3 ms on one core.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

_MAX_TOKENS = 256
"""What the model was trained for; the rest of a longer text is not seen."""
_BATCH = 8
"""Keeps the activations of long texts under 20 MB; larger ones are not faster on one core."""
_FILES = ("model.bin", "config.json", "tokenizer.json")


class Embedder(Protocol):
    """Turns English text into vectors of length 1."""

    @property
    def name(self) -> str:
        """Stored with each vector; vectors of another name are made anew."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row per text. Blocks; call it in a thread."""
        ...


class EmbedderMissing(Exception):
    """The model's files are not installed, or not those of this model."""


class MiniLm:
    """all-MiniLM-L6-v2, converted to CTranslate2. Loaded at the first use, shared by all threads."""

    name = "all-MiniLM-L6-v2/int8"
    dimension = 384

    def __init__(self, folder: Path, threads: int = 1) -> None:
        missing = [name for name in _FILES if not (folder / name).is_file()]
        if missing:
            raise EmbedderMissing(f"{folder}: {', '.join(missing)} not found; install the model minilm")
        import ctranslate2
        import tokenizers

        self._encoder: Any = ctranslate2.Encoder(
            str(folder), device="cpu", compute_type="int8", inter_threads=1, intra_threads=threads
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
        for begin in range(0, len(order), _BATCH):
            batch = order[begin : begin + _BATCH]
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
