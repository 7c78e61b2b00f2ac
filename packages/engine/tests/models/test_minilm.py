"""The converted MiniLM against the published float weights, computed with numpy."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from tutor_engine.models.minilm import convert_minilm

Array = npt.NDArray[np.float32]
HIDDEN, HEADS, LAYERS, WORDS, LENGTH = 32, 4, 2, 40, 16


def tiny_bert(folder: Path) -> dict[str, Array]:
    """A random BERT of the same structure, 60 kB."""
    rng = np.random.default_rng(7)

    def random(*shape: int) -> Array:
        return rng.normal(0, 0.3, shape).astype(np.float32)

    tensors: dict[str, Array] = {
        "embeddings.word_embeddings.weight": random(WORDS, HIDDEN),
        "embeddings.token_type_embeddings.weight": random(2, HIDDEN),
        "embeddings.position_embeddings.weight": random(LENGTH, HIDDEN),
    }

    def linear(name: str, out: int, into: int) -> None:
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = random(out, into), random(out)

    def norm(name: str) -> None:
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = 1 + random(HIDDEN), random(HIDDEN)

    norm("embeddings.LayerNorm")
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            linear(f"{layer}.attention.{part}", HIDDEN, HIDDEN)
        linear(f"{layer}.intermediate.dense", 4 * HIDDEN, HIDDEN)
        linear(f"{layer}.output.dense", HIDDEN, 4 * HIDDEN)
        norm(f"{layer}.attention.output.LayerNorm")
        norm(f"{layer}.output.LayerNorm")
    save_file(tensors, folder / "model.safetensors")
    config = {"num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "layer_norm_eps": 1e-12}
    (folder / "bert_config.json").write_text(json.dumps(config))
    vocabulary = {"[PAD]": 0, "[UNK]": 1, **{f"word{number}": number for number in range(2, WORDS)}}
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocabulary}}))
    return tensors


def reference(tensors: dict[str, Array], ids: list[int]) -> Array:
    """BERT in float, as its paper writes it."""

    def linear(name: str, x: Array) -> Array:
        return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    def norm(name: str, x: Array) -> Array:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return x * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    def gelu(x: Array) -> Array:
        from math import erf

        return 0.5 * x * (1 + np.vectorize(erf)(x / np.sqrt(2))).astype(np.float32)

    x = tensors["embeddings.word_embeddings.weight"][ids]
    x = x + tensors["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm("embeddings.LayerNorm", x + tensors["embeddings.token_type_embeddings.weight"][0])
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        q, k, v = (
            linear(f"{layer}.attention.self.{part}", x).reshape(len(ids), HEADS, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(HIDDEN / HEADS)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = ((weights / weights.sum(-1, keepdims=True)) @ v).transpose(1, 0, 2).reshape(len(ids), HIDDEN)
        x = norm(f"{layer}.attention.output.LayerNorm", x + linear(f"{layer}.attention.output.dense", mixed))
        inner = gelu(linear(f"{layer}.intermediate.dense", x))
        x = norm(f"{layer}.output.LayerNorm", x + linear(f"{layer}.output.dense", inner))
    return x


def encode(folder: Path, ids: list[list[int]]) -> Array:
    import ctranslate2

    encoder: Any = ctranslate2.Encoder(str(folder), compute_type="int8", intra_threads=1)
    output = encoder.forward_batch(ids, token_type_ids=[[0] * len(row) for row in ids])
    return np.array(output.last_hidden_state)


def test_a_converted_encoder_gives_the_vectors_of_the_float_one(tmp_path: Path) -> None:
    tensors = tiny_bert(tmp_path)
    convert_minilm(
        tmp_path / "model.safetensors", tmp_path / "bert_config.json", tmp_path / "tokenizer.json", tmp_path
    )
    ids = [5, 9, 30, 2, 17]
    ours = encode(tmp_path, [ids])[0].mean(0)
    theirs = reference(tensors, ids).mean(0)
    assert ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs) > 0.98
    assert json.loads((tmp_path / "vocabulary.json").read_text())[:3] == ["[PAD]", "[UNK]", "word2"]


def test_the_installed_model_knows_what_belongs_together(model_file: Callable[[str, str], Path]) -> None:
    from tokenizers import Tokenizer

    tokenizer: Any = Tokenizer.from_file(str(model_file("minilm", "tokenizer.json")))
    tokenizer.no_padding()
    texts = ["How do plants make sugar?", "Leaves turn light into glucose.", "The train leaves at noon."]
    vectors: list[Array] = []
    for text in texts:
        mean = encode(model_file("minilm", "model.bin").parent, [tokenizer.encode(text).ids])[0].mean(0)
        vectors.append(mean / np.linalg.norm(mean))
    assert vectors[0] @ vectors[1] > 0.4 > 0.2 > vectors[0] @ vectors[2]
