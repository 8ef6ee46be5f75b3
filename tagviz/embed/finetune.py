"""Fine-tuning of a sentence model on the corpus itself: texts of the same playlists get similar vectors.

Texts are tags and titles. Two texts are positives when they are in one playlist (title–tag, tag–tag) or when their
playlists share songs (title–title); the rest of the batch are negatives (multiple negatives ranking: Henderson et al.,
"Efficient Natural Language Response Suggestion for Smart Reply", 2017).

The language model encodes every text once and its weights stay fixed. Only a head of two layers is trained, with all
pairs of a batch at once and their similarities as soft labels. That takes minutes on a CPU and keeps the language for
texts never seen.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.embed.sentence import LONGEST, encode_all, load, open_model, torch_threads
from tagviz.errors import InvalidParameterError
from tagviz.params import Params, param
from tagviz.training import Arrays, Encode, TrainingContext
from tagviz.types import Corpus, Floats, Kind, Progress, readonly

READING_SHARE = 0.3
"""Share of the progress that encodes texts; the rest is training."""
INPUT_SCALE = 20.0
"""Factor on the centred sentence vectors, whose entries are about 1/20, so that they suit the head's first layer."""


class FineTuneParams(Params):
    """Parameters of the self-supervised fine-tuning."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"quick": {"steps": 150}}
    about_presets: ClassVar[Mapping[str, str]] = {"quick": "a quarter of the time, to see whether it helps"}
    model: str = param("minilm", "the sentence model to start from", first=True)
    steps: int = param(
        600, "batches; larger: closer to the corpus, slower", first=True, ge=1, low=150, high=1500, log=True
    )
    batch: int = param(
        512, "texts in a batch; larger: more negatives, slower steps", ge=8, le=8192, low=128, high=1024, log=True
    )
    width: int = param(1024, "units of the hidden layer; larger: more capacity", ge=8, le=16384)
    rate: float = param(
        1e-3, "learning rate; larger: faster, less stable", ge=1e-6, le=1e-1, low=2e-4, high=5e-3, log=True
    )
    scale: float = param(
        20.0, "factor on the similarities in the loss; larger: only near misses count", ge=1, le=100, low=10, high=40
    )
    balance: float = param(
        0.5, "texts are drawn by their count to this power; 0: uniformly, 1: by frequency", ge=0, le=1
    )
    min_count: int = param(2, "tags in fewer playlists are not learned from", ge=1)


@dataclass(frozen=True, eq=False)
class Texts:
    """Training data: distinct tags and titles, and the matrices their similarities are computed from.

    Attributes:
        texts: The n texts.
        counts: float32 (n,) number of playlists of each text.
        held: CSC playlists × texts, rows weighted by length as in the spectral embedding.
        songs: CSR texts × songs with unit rows, empty for tags.
    """

    texts: list[str]
    counts: Floats
    held: sp.csc_matrix
    songs: sp.csr_matrix

    def likeness(self, batch: NDArray[np.integer]) -> Floats:
        """Return the similarities (b, b) ≥ 0 of the texts of a batch, with a zero diagonal.

        The sum over common playlists of (len − 1)^−1.5, divided by √(n_i n_j); for two titles also the cosine of their
        songs.
        """
        held = self.held[:, batch]
        together = (held.T @ held).toarray() / np.sqrt(np.outer(self.counts[batch], self.counts[batch]))
        songs = self.songs[batch]
        likeness: Floats = np.asarray(together + (songs @ songs.T).toarray(), dtype=np.float32)
        np.fill_diagonal(likeness, 0)
        return likeness


def texts_of(corpus: Corpus, min_count: int) -> Texts:
    """Collect the tags in at least `min_count` playlists and the distinct titles of a corpus.

    Args:
        corpus: Training playlists.
        min_count: Smallest number of playlists of a tag.

    Raises:
        InvalidParameterError: No playlist has two texts.
    """
    tags = np.flatnonzero(corpus.counts(Kind.TAG) >= min_count)
    titles = corpus.playlists["title"].str.strip().str.slice(0, LONGEST)
    codes, distinct = titles.factorize()
    titled = np.flatnonzero(titles.to_numpy() != "")
    by_title = sp.csr_matrix(
        (np.ones(len(titled), dtype=np.float32), (titled, codes[titled])), shape=(len(corpus), len(distinct))
    )
    kept = np.flatnonzero(np.asarray(distinct) != "")
    by_title = sp.csr_matrix(by_title[:, kept])
    held = sp.csr_matrix(sp.hstack([corpus.matrix(Kind.TAG)[:, tags], by_title], format="csr"), dtype=np.float32)
    if held.shape[1] < 2 or held.nnz == 0 or np.diff(held.indptr).max() < 2:
        raise InvalidParameterError(
            "There are no two texts that stand together",
            "pairs come from titles and tags of one playlist",
            "import titles or tags",
        )
    counts = np.bincount(held.indices, minlength=held.shape[1]).astype(np.float32)
    lengths = np.diff(held.indptr)
    weights = np.where(lengths > 1, np.maximum(1, lengths - 1.0) ** -0.75, 0).astype(np.float32)
    profile = sp.csr_matrix(by_title.T @ corpus.matrix(Kind.SONG))
    norms = np.sqrt(np.asarray(profile.multiply(profile).sum(axis=1)).ravel())
    profile = sp.diags(1 / np.maximum(norms, 1)) @ profile
    songs = sp.vstack([sp.csr_matrix((len(tags), profile.shape[1]), dtype=np.float32), profile], format="csr")
    texts = [str(text) for text in corpus.vocab(Kind.TAG).ids[tags]] + distinct[kept].tolist()
    return Texts(texts, counts, sp.csc_matrix(sp.diags(weights) @ held), sp.csr_matrix(songs, dtype=np.float32))


@dataclass(frozen=True, eq=False)
class Head:
    """Two layers on top of a sentence model: x → unit(gelu(x·first + first_bias)·second + second_bias), all float32.

    Attributes:
        first: (d, width).
        first_bias: (width,).
        second: (width, d).
        second_bias: (d,).
    """

    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats

    def over(self, encode: Encode) -> Encode:
        """Return the encoder of a sentence model with this head on top."""
        from scipy.special import erf

        def encode_with_head(texts: Sequence[str]) -> Floats:
            hidden = encode(texts) @ self.first + self.first_bias
            hidden *= (1 + erf(hidden / np.float32(np.sqrt(2)))) / 2
            output = hidden @ self.second + self.second_bias
            return np.asarray(
                output / np.maximum(np.linalg.norm(output, axis=1, keepdims=True), 1e-9), dtype=np.float32
            )

        return encode_with_head

    def arrays(self) -> Arrays:
        """Return the weights under the names in which they are stored."""
        return {f"head.{field.name}": getattr(self, field.name) for field in fields(self)}

    @classmethod
    def of(cls, arrays: Arrays) -> Head:
        """Restore a head from `arrays`, which may contain other arrays as well."""
        return cls(**{field.name: arrays[f"head.{field.name}"] for field in fields(cls)})


def train_head(
    corpus: Corpus, params: FineTuneParams, encode: Encode, tools: TrainingContext = TrainingContext()
) -> Head:
    """Train a head for any sentence model on the texts of a corpus. The same seed gives the same head.

    Args:
        corpus: Training playlists.
        params: Parameters.
        encode: Encoder of the sentence model.
        tools: Seed, threads and progress callback; the progress reports the loss, and an exception of the callback
            stops the training.

    Raises:
        InvalidParameterError: No playlist has two texts.
    """
    corpus_texts = texts_of(corpus, params.min_count)

    def report_reading(progress: Progress) -> None:
        tools.progress(Progress(progress.phase, READING_SHARE * (progress.fraction or 0), progress.note))

    vectors = encode_all(encode, corpus_texts.texts, report_reading)
    centre = vectors.mean(axis=0)
    with torch_threads(tools.threads):
        first, second = _train_layers((vectors - centre) * np.float32(INPUT_SCALE), corpus_texts, params, tools)
    # centring and spreading go into the first layer: (s(x − c))W + b = x(sW) + (b − c·sW)
    scaled_first = INPUT_SCALE * first.weight.detach().numpy().T
    bias = first.bias.detach().numpy() - centre @ scaled_first
    weights = (scaled_first, bias, second.weight.detach().numpy().T, second.bias.detach().numpy())
    return Head(*(readonly(array, np.float32) for array in weights))


def finetune(corpus: Corpus, params: FineTuneParams, folder: Path, tools: TrainingContext = TrainingContext()) -> Path:
    """Train a head on a sentence-transformers model and save both to `folder` (SafeTensors).

    An exception of the progress callback leaves nothing behind.

    Args:
        corpus: Training playlists.
        params: Parameters.
        folder: Folder to write.
        tools: Seed, threads and progress callback.

    Returns:
        The folder.

    Raises:
        InvalidParameterError: As `train_head` and `save`.
    """
    _check_can_be_saved(params.model)
    save(params.model, train_head(corpus, params, load(params.model, tools.threads), tools), folder)
    return folder


def _train_layers(
    vectors: Floats, corpus_texts: Texts, params: FineTuneParams, tools: TrainingContext
) -> tuple[Any, Any]:
    """Train and return the two linear layers of the head."""
    import torch

    torch.manual_seed(tools.seed)
    rng = np.random.default_rng(tools.seed)
    chances = corpus_texts.counts.astype(np.float64) ** params.balance
    chances /= chances.sum()
    size = min(params.batch, len(corpus_texts.texts))
    first, second = (
        torch.nn.Linear(*shape) for shape in ((vectors.shape[1], params.width), (params.width, vectors.shape[1]))
    )
    weights = [*first.parameters(), *second.parameters()]
    optimiser = torch.optim.AdamW(weights, lr=params.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, params.rate, total_steps=params.steps + 1)
    itself = torch.eye(size, dtype=torch.bool)
    read = torch.from_numpy(vectors)
    began, average = time.monotonic(), float("nan")
    for step in range(params.steps):
        batch = rng.choice(len(chances), size, replace=False, p=chances)
        likeness = torch.from_numpy(corpus_texts.likeness(batch))
        with_positives = likeness.sum(dim=1) > 0
        shares = likeness[with_positives] / likeness[with_positives].sum(dim=1, keepdim=True)
        encoded = torch.nn.functional.normalize(second(torch.nn.functional.gelu(first(read[batch]))), dim=1)
        logits = (params.scale * encoded @ encoded.T).masked_fill(itself, -1e9)[with_positives]
        loss = -(shares * torch.log_softmax(logits, dim=1)).sum() / max(1, len(shares))
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
        average = float(loss.detach()) if step == 0 else 0.95 * average + 0.05 * float(loss.detach())
        speed = (step + 1) / max(time.monotonic() - began, 1e-9)
        note = f"step {step + 1:,} of {params.steps:,}, {speed:,.1f} a second"
        fraction = READING_SHARE + (1 - READING_SHARE) * (step + 1) / params.steps
        tools.progress(Progress("Fine-tuning", fraction, note, {"step": step + 1.0, "loss": average}))
    return first, second


def _check_can_be_saved(name: str) -> None:
    if name == "e5":
        raise InvalidParameterError(
            "The packaged e5 cannot be saved with a head",
            "it is no sentence-transformers model",
            "start from minilm or a folder",
        )


def save(name: str, head: Head, folder: Path) -> None:
    """Save the sentence model `name` with its head as a sentence-transformers folder (SafeTensors).

    Args:
        name: Name or folder of the sentence model.
        head: The trained head.
        folder: Folder to write.

    Raises:
        InvalidParameterError: The model is the packaged e5, which is not a sentence-transformers model
            (`train_head` works on it).
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Normalize

    _check_can_be_saved(name)

    def layer(weight: Floats, bias: Floats, activation: Any) -> Any:
        weights, shift = torch.from_numpy(np.array(weight.T)), torch.from_numpy(np.array(bias))
        return Dense(
            weight.shape[0], weight.shape[1], activation_function=activation, init_weight=weights, init_bias=shift
        )

    up = layer(head.first, head.first_bias, torch.nn.GELU())
    down = layer(head.second, head.second_bias, torch.nn.Identity())
    model = SentenceTransformer(modules=[*open_model(name), up, down, Normalize()], device="cpu")
    model.save(str(folder), create_model_card=False, safe_serialization=True)
