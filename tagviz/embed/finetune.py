"""A sentence model taught by the corpus itself: texts that stand together in playlists come to lie together.

Texts are tags and titles. Two are positives when they stand in one playlist (title–tag, tag–tag) or when their
playlists share songs (title–title); the rest of the batch are negatives (multiple negatives ranking: Henderson et
al., "Efficient Natural Language Response Suggestion for Smart Reply", 2017). Every text is read once by the language
model, whose weights stay, and what is learned is a head of two layers on top: all pairs of a batch teach at once,
with their shares of likeness as soft labels. That is what makes minutes on a CPU enough, and keeps the language for
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

from tagviz.embed.sentence import LONGEST, capped, encode_all, load, open_model
from tagviz.errors import BadParameter
from tagviz.methods import Arrays, Encode, Tools
from tagviz.params import Params, knob
from tagviz.types import Corpus, Floats, Kind, Progress, frozen

READING = 0.3
"""Share of the progress that is reading texts; the rest is learning."""
SPREAD = 20.0
"""Centred sentence vectors have entries of about 1/20: multiplied by this they suit the head's first layer."""


class FineTuneParams(Params):
    """Parameters of the self-supervised fine-tuning."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"quick": {"steps": 150}}
    about_presets: ClassVar[Mapping[str, str]] = {"quick": "a quarter of the time, to see whether it helps"}
    model: str = knob("minilm", "the sentence model to start from", first=True)
    steps: int = knob(
        600, "batches; larger: closer to the corpus, slower", first=True, ge=1, low=150, high=1500, log=True
    )
    batch: int = knob(
        512, "texts in a batch; larger: more negatives, slower steps", ge=8, le=8192, low=128, high=1024, log=True
    )
    width: int = knob(1024, "units of the hidden layer; larger: remembers more", ge=8, le=16384)
    rate: float = knob(
        1e-3, "learning rate; larger: faster, less stable", ge=1e-6, le=1e-1, low=2e-4, high=5e-3, log=True
    )
    scale: float = knob(
        20.0, "how sharply likeness is told apart; larger: only near misses count", ge=1, le=100, low=10, high=40
    )
    balance: float = knob(
        0.5, "texts are drawn by their count to this power; 0: all alike, 1: as they occur", ge=0, le=1
    )
    min_count: int = knob(2, "tags in fewer playlists are not learned from", ge=1)


@dataclass(frozen=True, eq=False)
class Texts:
    """What is learned from: distinct tags and titles, and how much any of them belong together.

    held: playlists × texts, rows weighted by length as in the spectral co-embedding. songs: texts × songs, unit rows,
    empty for tags.
    """

    texts: list[str]
    counts: Floats
    held: sp.csc_matrix
    songs: sp.csr_matrix

    def likeness(self, batch: NDArray[np.integer]) -> Floats:
        """(b, b) ≥ 0: Σ over common playlists of (len − 1)^−1.5, divided by √(n_i n_j), plus for titles the cosine of
        their songs."""
        held = self.held[:, batch]
        together = (held.T @ held).toarray() / np.sqrt(np.outer(self.counts[batch], self.counts[batch]))
        songs = self.songs[batch]
        result: Floats = np.asarray(together + (songs @ songs.T).toarray(), dtype=np.float32)
        np.fill_diagonal(result, 0)
        return result


def texts_of(corpus: Corpus, min_count: int) -> Texts:
    """Tags in at least `min_count` playlists, and the distinct titles. Raises BadParameter when there are fewer
    than two."""
    tags = np.flatnonzero(corpus.counts(Kind.TAG) >= min_count)
    titles = corpus.playlists["title"].str.strip().str.slice(0, LONGEST)
    codes, distinct = titles.factorize()
    said = np.flatnonzero(titles.to_numpy() != "")
    by_title = sp.csr_matrix(
        (np.ones(len(said), dtype=np.float32), (said, codes[said])), shape=(len(corpus), len(distinct))
    )
    kept = np.flatnonzero(np.asarray(distinct) != "")
    by_title = sp.csr_matrix(by_title[:, kept])
    held = sp.csr_matrix(sp.hstack([corpus.matrix(Kind.TAG)[:, tags], by_title], format="csr"), dtype=np.float32)
    if held.shape[1] < 2 or held.nnz == 0 or np.diff(held.indptr).max() < 2:
        raise BadParameter(
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

    first: (d, width). second: (width, d).
    """

    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats

    def over(self, encode: Encode) -> Encode:
        """The sentence model with this head on top."""
        from scipy.special import erf

        def taught(texts: Sequence[str]) -> Floats:
            hidden = encode(texts) @ self.first + self.first_bias
            hidden *= (1 + erf(hidden / np.float32(np.sqrt(2)))) / 2
            found = hidden @ self.second + self.second_bias
            return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), dtype=np.float32)

        return taught

    def arrays(self) -> Arrays:
        return {f"head.{field.name}": getattr(self, field.name) for field in fields(self)}

    @classmethod
    def of(cls, arrays: Arrays) -> Head:
        """Undoes `arrays`, whatever else is there."""
        return cls(**{field.name: arrays[f"head.{field.name}"] for field in fields(cls)})


def teach(corpus: Corpus, params: FineTuneParams, encode: Encode, tools: Tools = Tools()) -> Head:
    """Learns a head for any sentence model (`encode`) from the corpus's own texts.

    Progress tells the loss; what the callback raises stops the work. Same seed, same head. Raises BadParameter for a
    corpus without texts that stand together.
    """
    learned = texts_of(corpus, params.min_count)

    def reading(progress: Progress) -> None:
        tools.progress(Progress(progress.phase, READING * (progress.fraction or 0), progress.note))

    vectors = encode_all(encode, learned.texts, reading)
    centre = vectors.mean(axis=0)
    with capped(tools.threads):
        first, second = _learn((vectors - centre) * np.float32(SPREAD), learned, params, tools)
    # centring and spreading go into the first layer: (s(x − c))W + b = x(sW) + (b − c·sW)
    spread = SPREAD * first.weight.detach().numpy().T
    bias = first.bias.detach().numpy() - centre @ spread
    weights = (spread, bias, second.weight.detach().numpy().T, second.bias.detach().numpy())
    return Head(*(frozen(array, np.float32) for array in weights))


def finetune(corpus: Corpus, params: FineTuneParams, folder: Path, tools: Tools = Tools()) -> Path:
    """Teaches a sentence-transformers model the corpus's texts and saves it, head included, into `folder`
    (SafeTensors).

    What the progress callback raises leaves nothing behind. Raises BadParameter as `teach` and `save`.
    """
    _can_be_saved(params.model)
    save(params.model, teach(corpus, params, load(params.model, tools.threads), tools), folder)
    return folder


def _learn(vectors: Floats, learned: Texts, params: FineTuneParams, tools: Tools) -> tuple[Any, Any]:
    """The two linear layers of the head."""
    import torch

    torch.manual_seed(tools.seed)
    rng = np.random.default_rng(tools.seed)
    chances = learned.counts.astype(np.float64) ** params.balance
    chances /= chances.sum()
    size = min(params.batch, len(learned.texts))
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
        likeness = torch.from_numpy(learned.likeness(batch))
        befriended = likeness.sum(dim=1) > 0
        shares = likeness[befriended] / likeness[befriended].sum(dim=1, keepdim=True)
        found = torch.nn.functional.normalize(second(torch.nn.functional.gelu(first(read[batch]))), dim=1)
        logits = (params.scale * found @ found.T).masked_fill(itself, -1e9)[befriended]
        loss = -(shares * torch.log_softmax(logits, dim=1)).sum() / max(1, len(shares))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        average = float(loss.detach()) if step == 0 else 0.95 * average + 0.05 * float(loss.detach())
        speed = (step + 1) / max(time.monotonic() - began, 1e-9)
        note = f"step {step + 1:,} of {params.steps:,}, {speed:,.1f} a second"
        fraction = READING + (1 - READING) * (step + 1) / params.steps
        tools.progress(Progress("Fine-tuning", fraction, note, {"step": step + 1.0, "loss": average}))
    return first, second


def _can_be_saved(name: str) -> None:
    if name == "e5":
        raise BadParameter(
            "The packaged e5 cannot be saved with a head",
            "it is no sentence-transformers model",
            "start from minilm or a folder",
        )


def save(name: str, head: Head, folder: Path) -> None:
    """Writes the sentence model `name` with its head as a sentence-transformers folder (SafeTensors).

    Raises BadParameter for the packaged e5, which is no sentence-transformers model (`teach` works on it).
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Normalize

    _can_be_saved(name)

    def layer(weight: Floats, bias: Floats, activation: Any) -> Any:
        values, shift = torch.from_numpy(np.array(weight.T)), torch.from_numpy(np.array(bias))
        return Dense(
            weight.shape[0], weight.shape[1], activation_function=activation, init_weight=values, init_bias=shift
        )

    up = layer(head.first, head.first_bias, torch.nn.GELU())
    down = layer(head.second, head.second_bias, torch.nn.Identity())
    model = SentenceTransformer(modules=[*open_model(name), up, down, Normalize()], device="cpu")
    model.save(str(folder), create_model_card=False, safe_serialization=True)
