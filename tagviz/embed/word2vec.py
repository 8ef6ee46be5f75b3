"""The co-embedding by Word2Vec (gensim): a playlist is a sentence, reshuffled in every epoch.

Mikolov et al., "Distributed Representations of Words and Phrases and their Compositionality", 2013; for
recommendation: Barkan & Koenigstein, "Item2Vec", 2016, and Caselles-Dupré et al., "Word2Vec applied to
Recommendation: Hyperparameters Matter", 2018.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import islice, pairwise
from math import ceil
from typing import Any, ClassVar, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.embed.items import ItemParams, embedding_of, items_of
from tagviz.embed.turns import Turns
from tagviz.methods import GOING_ON, Tools
from tagviz.params import knob
from tagviz.types import Corpus, Embedding, Kind, Progress

BEAT = 0.5
"""Seconds between two calls of the progress callback."""
BATCH = 2000
"""Keys that a thread trains at a time: few, so that a training that is stopped ends soon."""
WINDOW, AHEAD = 50_000, 4 * BATCH
"""Keys over which the loss is averaged, where an epoch has more; and how many are read before they are trained."""
NEAR_SECONDS, NEAR = 3.0, 6
"""How often the neighbours of what is watched are told, and how many."""


class Word2VecParams(ItemParams):
    """Parameters of the Word2Vec co-embedding. The defaults are those of the preset `tuned`."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "tuned": {},
        "melon": {
            "vector_size": 300,
            "window": 100,
            "min_count": 10,
            "epochs": 50,
            "ns_exponent": -0.5,
            "sample": 1e-3,
            "genres": True,
            "artists": True,
            "playlists": True,
        },
        "gensim": {
            "vector_size": 100,
            "window": 5,
            "min_count": 5,
            "epochs": 5,
            "architecture": "cbow",
            "ns_exponent": 0.75,
            "sample": 1e-3,
        },
    }
    about_presets: ClassVar[Mapping[str, str]] = {
        "melon": "as the Kakao Arena team trained: windows of 100, 300 numbers, everything in one space; slow",
        "gensim": "what the library does when nothing is said; quick and weaker",
    }
    playlists: bool = knob(False, "each playlist's own key joins its sentence and gets a vector")
    vector_size: int = knob(
        100, "length of the vectors; larger: slower, hardly better", first=True, ge=2, le=2000, low=50, high=300
    )
    window: int = knob(
        10,
        "how far apart two items of a sentence may stand to meet; larger: more pairs an epoch, slower",
        first=True,
        ge=1,
        low=5,
        high=100,
        log=True,
    )
    epochs: int = knob(
        30,
        "passes over the corpus, each in a new order; larger: better up to a point, slower",
        first=True,
        ge=1,
        low=5,
        high=100,
        log=True,
    )
    architecture: Literal["skip-gram", "cbow"] = knob(
        "skip-gram", "skip-gram: better for rare items; cbow: many times faster, but makes hubs"
    )
    negative: int = knob(
        5, "negative samples a pair; larger: slower, helps small corpora", ge=1, le=100, low=3, high=20
    )
    ns_exponent: float = knob(
        0.0,
        "how negatives are drawn: 0 evenly, 1 by popularity, below 0 rather the rare",
        ge=-1,
        le=1,
        low=-0.75,
        high=1.0,
    )
    sample: float = knob(
        0.0, "frequent items are skipped above this share; 0: never (right for small vocabularies)", ge=0, le=1
    )
    alpha: float = knob(
        0.025,
        "learning rate at the start; it falls to a thousandth of that",
        ge=1e-5,
        le=1,
        low=0.01,
        high=0.1,
        log=True,
    )
    workers: int = knob(
        1,
        "training threads, within the cap of the settings; several are faster, but no run repeats another",
        ge=1,
        le=64,
    )

    def kinds(self) -> tuple[Kind, ...]:
        return (*super().kinds(), *((Kind.PLAYLIST,) if self.playlists else ()))


class Sentences:
    """The playlists as sentences of keys: every pass in a new order, of the playlists and within each, which depends
    on the seed and the number of the pass (`epoch`) only, so that a training can go on in the middle.

    `turn` says which piece of a pass is read, of how many. `read` counts the keys handed out so far. `stop()` ends the
    running pass early (the trainer reads from another thread).
    """

    def __init__(self, matrix: sp.csr_matrix, keys: NDArray[np.object_], seed: int) -> None:
        several = np.flatnonzero(np.diff(matrix.indptr) > 1)
        self.matrix = sp.csr_matrix(matrix[several])
        self._keys = keys
        self._seed = seed
        self._stopped = False
        self.epoch = 0
        self.turn = (0, 1)
        self.read = 0

    def __len__(self) -> int:
        return int(self.matrix.shape[0])

    @property
    def tokens(self) -> int:
        return int(self.matrix.nnz)

    def stop(self) -> None:
        self._stopped = True

    def __iter__(self) -> Iterator[list[str]]:
        rng = np.random.default_rng([self._seed, self.epoch])
        self.epoch += 1
        starts, lengths = self.matrix.indptr, np.diff(self.matrix.indptr)
        # rows keep their places, their items are shuffled: sort by the row plus a random fraction
        order = np.argsort(np.repeat(np.arange(len(self)), lengths) + rng.random(self.tokens))
        shuffled = self._keys[self.matrix.indices[order]]
        for row in np.array_split(rng.permutation(len(self)), self.turn[1])[self.turn[0]]:
            if self._stopped:
                return
            sentence: list[str] = shuffled[starts[row] : starts[row + 1]].tolist()
            self.read += len(sentence)
            yield sentence


def train(corpus: Corpus, params: Word2VecParams, tools: Tools = Tools()) -> Embedding:
    """Input vectors of all items and their output vectors, trained with negative sampling.

    Playlists of one item teach nothing and are left out. With one worker the same seed gives the same vectors. Progress
    comes twice a second with the loss per key of the last epoch, the learning rate and keys a second; what the callback
    raises stops the training, and where the tools have a checkpoint the next one goes on from the last epoch that was
    kept. An engine (`tools.engine`) trains in as many parts as it has cores. With a model to start from (`tools.start`)
    only the last third of the epochs is trained, from where its items lie; items that it does not know are added to its
    vocabulary. Raises BadParameter when there is nothing to learn from.
    """
    from gensim.models import Word2Vec

    items = items_of(corpus, params.kinds(), params.min_count)
    keys = np.array([key for vocab in items.vocabs.values() for key in vocab.keys(np.arange(len(vocab)))], dtype=object)
    sentences = Sentences(items.matrix, keys, tools.seed)
    model = Word2Vec(
        vector_size=params.vector_size,
        window=params.window,
        min_count=1,
        sg=int(params.architecture == "skip-gram"),
        negative=params.negative,
        ns_exponent=params.ns_exponent,
        sample=params.sample,
        seed=tools.seed % 2**32,
        batch_words=BATCH,
        workers=max(1, min(params.workers, tools.threads)),
    )
    counts = dict(zip(keys.tolist(), items.counts.astype(np.int64).tolist(), strict=True))
    older: Embedding | None = getattr(tools.start, "embedding", None)
    begin = 0 if older is None else params.epochs - ceil(GOING_ON * params.epochs)
    if older is not None:
        _remember(model, older, counts)
    model.build_vocab_from_freq(counts, corpus_count=len(sentences), update=len(model.wv) > 0)
    clock = _Clock(sentences, params, tools, model)
    turns = None
    if tools.engine is not None:
        turns = Turns(tools.engine, sentences.matrix, lambda part: Sentences(part, keys, tools.seed), model, tools.seed)
    for epoch in range(_gone_on(model, sentences, tools, begin), params.epochs):
        clock.epoch = epoch
        if turns is None:
            model.random = np.random.RandomState((tools.seed + epoch) % 2**32)
            _one_epoch(model, sentences, clock)
        else:
            _in_turns(model, sentences, clock, turns)
        if tools.checkpoint is not None and epoch + 1 < params.epochs:
            tools.checkpoint.keep(epoch + 1, {"vectors": model.wv.vectors, "outputs": model.syn1neg})
    rows = np.array([model.wv.key_to_index[key] for key in keys])
    values = {**params.model_dump(), "seed": tools.seed}
    return embedding_of(items.vocabs, model.wv.vectors[rows], model.syn1neg[rows], "word2vec", values, corpus)


def _remember(model: Any, older: Embedding, counts: Mapping[str, int]) -> None:
    """Gives an empty model what an older one knows of these items; gensim adds the others to the vocabulary later."""
    known = [key for vocab in older.vocabs.values() for key in vocab.keys(np.arange(len(vocab)))]
    kept = [row for row, key in enumerate(known) if key in counts]
    if kept and older.outputs is not None:
        model.build_vocab_from_freq({known[row]: 1 for row in kept})
        places = [model.wv.key_to_index[known[row]] for row in kept]
        model.wv.vectors[places] = older.vectors[kept] * older.norms[kept, None]
        model.syn1neg[places] = older.outputs[kept]


def _gone_on(model: Any, sentences: Sentences, tools: Tools, begin: int) -> int:
    """Puts the last checkpoint into the model, if there is one, and returns the epoch to go on with."""
    found = tools.checkpoint.latest() if tools.checkpoint is not None else None
    if found is not None:
        begin, arrays = found
        model.wv.vectors[:] = arrays["vectors"]
        model.syn1neg[:] = arrays["outputs"]
    sentences.epoch, sentences.read = begin, begin * sentences.tokens
    return begin


class _Clock:
    """What is said of the training while it runs."""

    def __init__(self, sentences: Sentences, params: Word2VecParams, tools: Tools, model: Any) -> None:
        self.sentences = sentences
        self.params = params
        self.tools = tools
        self.model = model
        self.vectors = model.wv
        self.epoch = 0
        self.mark = (0, 0.0)
        self.loss = float("nan")
        self.began = time.monotonic()
        self.before = -1
        self.looked = 0.0

    def rate(self, epoch: int) -> float:
        """The learning rate at the start of an epoch: falling in a straight line, as in gensim."""
        lowest = self.params.alpha / 1000
        return self.params.alpha - (self.params.alpha - lowest) * epoch / self.params.epochs

    def weigh(self, over: bool = False) -> None:
        """Averages the loss since the last time, once enough was trained or the epoch is over (gensim counts the
        epoch's loss from nothing)."""
        loss, trained = float(self.model.get_latest_training_loss()), self.sentences.read - (0 if over else AHEAD)
        if trained - self.mark[0] >= (1 if over else WINDOW):
            self.loss = (loss - self.mark[1]) / (trained - self.mark[0])
            self.mark = (trained, loss)

    def tell(self) -> None:
        done = self.sentences.read / (self.sentences.tokens * self.params.epochs)
        if self.before < 0:  # keys that an earlier run has read before it was interrupted
            self.before = self.epoch * self.sentences.tokens
        speed = (self.sentences.read - self.before) / max(time.monotonic() - self.began, 1e-9)
        numbers = {"epoch": float(self.epoch + 1), "rate": self.rate(self.epoch), "keys_per_second": speed}
        if np.isfinite(self.loss):
            numbers["loss"] = self.loss
        note = f"epoch {self.epoch + 1} of {self.params.epochs}, {speed:,.0f} keys a second"
        self.tools.progress(Progress("Training Word2Vec", min(done, 1.0), note, numbers, self.near()))

    def near(self) -> dict[str, list[str]]:
        """Every few seconds what is nearest, among items of its own kind, to each item that is watched."""
        if not self.tools.watch or time.monotonic() - self.looked < NEAR_SECONDS:
            return {}
        self.looked = time.monotonic()
        places, found = self.vectors.key_to_index, {}
        for key in self.tools.watch:
            if key in places:
                likeness = self.vectors.vectors @ self.vectors.vectors[places[key]]
                likeness /= np.maximum(np.linalg.norm(self.vectors.vectors, axis=1), 1e-9)
                kind = key.partition(":")[0] + ":"
                order = (self.vectors.index_to_key[at] for at in np.argsort(-likeness))
                same = (other.removeprefix(kind) for other in order if other.startswith(kind) and other != key)
                found[key] = list(islice(same, NEAR))
        return found


def _one_epoch(model: Any, sentences: Sentences, clock: _Clock) -> None:
    """One pass, run in a thread of its own so that the callback, called in this one, can stop it within a moment."""
    clock.mark = (sentences.read, 0.0)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(
            model.train,
            sentences,
            total_examples=len(sentences),
            total_words=sentences.tokens,
            epochs=1,
            start_alpha=clock.rate(clock.epoch),
            end_alpha=clock.rate(clock.epoch + 1),
            compute_loss=True,
        )
        try:
            while not wait([running], timeout=BEAT).done:
                clock.weigh()
                clock.tell()
        except BaseException:
            sentences.stop()
            raise
        running.result()
    clock.weigh(over=True)
    clock.tell()


def _in_turns(model: Any, sentences: Sentences, clock: _Clock, turns: Turns) -> None:
    """One pass by an engine; between its turns the callback can stop it."""
    rate, last = clock.rate(clock.epoch), clock.rate(clock.epoch + 1)
    for turn, (start, stop) in enumerate(pairwise(np.linspace(rate, last, turns.count + 1).tolist())):
        clock.tell()
        clock.loss = turns.take(model, clock.epoch, turn, start, stop)
        sentences.read += sentences.tokens // turns.count
    clock.tell()
