"""A Whisper model of the true structure whose weights say one sentence, whatever they hear; made in a second.

Attention and convolutions are zero, so the decoder sees only the last token; its output matrix leads from
each token of the sentence to the next. Everything around it (files, tokenizer, features, search, loading) is
as in a real model.
"""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

WIDTH = 32
HEADS = 2
END = 50257
START = 50258
FIRST_LANGUAGE = 50259
TRANSLATE = 50358
NO_TIMESTAMPS = 50363
SIZE = 51865
CERTAINTY = 20.0
"""Scale of the output: makes every step as good as certain."""


def _languages() -> list[str]:
    from faster_whisper.tokenizer import _LANGUAGE_CODES  # pyright: ignore[reportPrivateUsage]

    # Cantonese came with a later model size, whose vocabulary is one larger.
    return [code for code in _LANGUAGE_CODES if code != "yue"]


def _tokens(words: Sequence[str]) -> list[str]:
    from tokenizers.pre_tokenizers import ByteLevel

    plain = [*sorted(ByteLevel.alphabet()), *(f"Ġ{word}" for word in words)]
    # CTranslate2 tells a multilingual model by what stands before the end mark; 50256 must be empty.
    plain += [f"<unused{number}>" for number in range(END - 1 - len(plain))] + [""]
    special = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in _languages())]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>"]
    special += ["<|notimestamps|>"]
    times = [f"<|{number * 0.02:.2f}|>" for number in range(SIZE - END - len(special))]
    return plain + special + times


def _save_tokenizer(tokens: Sequence[str], path: Path) -> None:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    vocabulary = {token: number for number, token in enumerate(tokens) if number < END}
    tokenizer: Any = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in tokens[END:]])
    tokenizer.save(str(path))


def _zero(linear: Any, out: int, into: int) -> None:
    linear.weight = np.zeros((out, into), np.float32)
    linear.bias = np.zeros(out, np.float32)


def _norm(norm: Any) -> None:
    norm.gamma = np.ones(WIDTH, np.float32)
    norm.beta = np.zeros(WIDTH, np.float32)


def _layer(layer: Any, *, cross: bool) -> None:
    _zero(layer.self_attention.linear[0], 3 * WIDTH, WIDTH)
    _zero(layer.self_attention.linear[1], WIDTH, WIDTH)
    _norm(layer.self_attention.layer_norm)
    if cross:
        _zero(layer.attention.linear[0], WIDTH, WIDTH)
        _zero(layer.attention.linear[1], 2 * WIDTH, WIDTH)
        _zero(layer.attention.linear[2], WIDTH, WIDTH)
        _norm(layer.attention.layer_norm)
    _zero(layer.ffn.linear_0, 4 * WIDTH, WIDTH)
    _zero(layer.ffn.linear_1, WIDTH, 4 * WIDTH)
    _norm(layer.ffn.layer_norm)


def make_whisper(folder: Path, words: Sequence[str]) -> None:
    """Write a model folder as the converters do."""
    from ctranslate2.specs import whisper_spec

    tokens = _tokens(words)
    spec: Any = whisper_spec.WhisperSpec(1, HEADS, 1, HEADS)
    _zero(spec.encoder.conv1, WIDTH, 80)
    spec.encoder.conv1.weight = np.zeros((WIDTH, 80, 3), np.float32)
    _zero(spec.encoder.conv2, WIDTH, WIDTH)
    spec.encoder.conv2.weight = np.zeros((WIDTH, WIDTH, 3), np.float32)
    spec.encoder.position_encodings.encodings = np.zeros((1500, WIDTH), np.float32)
    _norm(spec.encoder.layer_norm)
    _layer(spec.encoder.layer[0], cross=False)
    _layer(spec.decoder.layer[0], cross=True)
    _norm(spec.decoder.layer_norm)
    spec.decoder.position_encodings.encodings = np.zeros((448, WIDTH), np.float32)
    chain = [NO_TIMESTAMPS, *(tokens.index(f"Ġ{word}") for word in words), END]
    embeddings = np.zeros((SIZE, WIDTH), np.float32)
    output = np.zeros((SIZE, WIDTH), np.float32)
    for axis, (token, following) in enumerate(itertools.pairwise(chain)):
        embeddings[token, axis] = 1.0
        output[following, axis] = CERTAINTY
    spec.decoder.embeddings.weight = embeddings
    spec.decoder.projection.weight = output
    spec.register_vocabulary(tokens)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [END]
    spec.config.lang_ids = list(range(FIRST_LANGUAGE, TRANSLATE))
    spec.config.alignment_heads = [(0, 0)]
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    _save_tokenizer(tokens, folder / "tokenizer.json")
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": 80, "chunk_length": 30}))
