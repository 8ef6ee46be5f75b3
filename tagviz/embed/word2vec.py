"""Word2Vec embedding (gensim): a playlist is a sentence, shuffled anew in every epoch.

Mikolov et al., "Distributed Representations of Words and Phrases and their Compositionality", 2013; for recommendation:
Barkan & Koenigstein, "Item2Vec", 2016, and Caselles-Dupré et al., "Word2Vec applied to Recommendation: Hyperparameters
Matter", 2018.
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

from tagviz.embed.distributed_word2vec import DistributedTrainer
from tagviz.embed.items import ItemParams, embedding_of, items_of
from tagviz.params import param
from tagviz.training import WARM_START_SHARE, TrainingContext
from tagviz.types import Corpus, Embedding, Kind, Progress

PROGRESS_SECONDS = 0.5
"""Seconds between two calls of the progress callback."""
BATCH = 2000
"""Keys that a thread trains at a time: few, so that a stopped training ends soon."""
WINDOW, AHEAD = 50_000, 4 * BATCH
"""WINDOW: keys over which the loss is averaged, where an epoch has more. AHEAD: keys read before they are trained."""
NEIGHBOUR_SECONDS, NEIGHBOURS = 3.0, 6
"""NEIGHBOUR_SECONDS: seconds between two reports of watched keys' neighbours. NEIGHBOURS: neighbours in a report."""


class Word2VecParams(ItemParams):
    """Parameters of the Word2Vec embedding. The defaults are those of the preset `tuned`."""

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
        "melon": "as the Kakao Arena team trained: windows of 100, 300 dimensions, everything in one space; slow",
        "gensim": "the defaults of the gensim library; quick and weaker",
    }
    playlists: bool = param(False, "each playlist's own key joins its sentence and gets a vector")
    vector_size: int = param(
        100, "length of the vectors; larger: slower, hardly better", first=True, ge=2, le=2000, low=50, high=300
    )
    window: int = param(
        10,
        "largest distance of two items in a sentence that form a pair; larger: more pairs per epoch, slower",
        first=True,
        ge=1,
        low=5,
        high=100,
        log=True,
    )
    epochs: int = param(
        30,
        "passes over the corpus, each in a new order; larger: better up to a point, slower",
        first=True,
        ge=1,
        low=5,
        high=100,
        log=True,
    )
    architecture: Literal["skip-gram", "cbow"] = param(
        "skip-gram", "skip-gram: better for rare items; cbow: many times faster, but makes hubs"
    )
    negative: int = param(
        5, "negative samples per pair; larger: slower, helps small corpora", ge=1, le=100, low=3, high=20
    )
    ns_exponent: float = param(
        0.0,
        "how negative samples are drawn: 0 uniformly, 1 by popularity, below 0 preferring rare items",
        ge=-1,
        le=1,
        low=-0.75,
        high=1.0,
    )
    sample: float = param(
        0.0, "frequent items are skipped above this share; 0: never (right for small vocabularies)", ge=0, le=1
    )
    alpha: float = param(
        0.025,
        "learning rate at the start; it falls to a thousandth of that",
        ge=1e-5,
        le=1,
        low=0.01,
        high=0.1,
        log=True,
    )
    workers: int = param(
        1,
        "training threads, within the limit of the settings; several are faster, but runs are not reproducible",
        ge=1,
        le=64,
    )

    def kinds(self) -> tuple[Kind, ...]:
        """Return the chosen kinds."""
        return (*super().kinds(), *((Kind.PLAYLIST,) if self.playlists else ()))


class Sentences:
    """The playlists as sentences of keys, in a new order in every pass.

    The order of the playlists, and of the items in each, depends only on the seed and the number of the pass (`epoch`),
    so that a training can continue in the middle.

    Attributes:
        matrix: CSR (playlists of two items or more × items).
        epoch: Number of the next pass.
        round_number: Which piece of a pass is read, and of how many.
        read: Number of keys read so far.
    """

    def __init__(self, matrix: sp.csr_matrix, keys: NDArray[np.object_], seed: int) -> None:
        """Prepare the playlists with two items or more.

        Args:
            matrix: Binary CSR (playlists × items).
            keys: Key of each column.
            seed: Seed of the random numbers.
        """
        several = np.flatnonzero(np.diff(matrix.indptr) > 1)
        self.matrix = sp.csr_matrix(matrix[several])
        self._keys = keys
        self._seed = seed
        self._stopped = False
        self.epoch = 0
        self.round_number = (0, 1)
        self.read = 0

    def __len__(self) -> int:
        """Return the number of sentences."""
        return int(self.matrix.shape[0])

    @property
    def tokens(self) -> int:
        """Number of keys in one pass."""
        return int(self.matrix.nnz)

    def stop(self) -> None:
        """End the running pass early (the trainer reads from another thread)."""
        self._stopped = True

    def __iter__(self) -> Iterator[list[str]]:
        """Yield the sentences of one pass."""
        rng = np.random.default_rng([self._seed, self.epoch])
        self.epoch += 1
        starts, lengths = self.matrix.indptr, np.diff(self.matrix.indptr)
        # rows keep their places, their items are shuffled: sort by the row plus a random fraction
        order = np.argsort(np.repeat(np.arange(len(self)), lengths) + rng.random(self.tokens))
        shuffled = self._keys[self.matrix.indices[order]]
        for row in np.array_split(rng.permutation(len(self)), self.round_number[1])[self.round_number[0]]:
            if self._stopped:
                return
            sentence: list[str] = shuffled[starts[row] : starts[row + 1]].tolist()
            self.read += len(sentence)
            yield sentence


def train(corpus: Corpus, params: Word2VecParams, tools: TrainingContext = TrainingContext()) -> Embedding:
    """Train input vectors of all items and their output vectors with negative sampling.

    Playlists of one item are left out. With one worker the same seed gives the same vectors. The progress reports twice
    a second the loss per key, the learning rate and keys per second; an exception of its callback stops the training.

    Args:
        corpus: Training playlists.
        params: Parameters.
        tools: Seed, threads and progress callback. With a checkpoint the training continues after the last stored
            epoch. With a compute backend it runs in as many parts as the backend has cores. With a model to start
            from, only the last third of the epochs is trained, from the vectors of that model; new items are added
            to its vocabulary.

    Raises:
        InvalidParameterError: No playlist contains two items.
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
    begin = 0 if older is None else params.epochs - ceil(WARM_START_SHARE * params.epochs)
    if older is not None:
        _warm_start(model, older, counts)
    model.build_vocab_from_freq(counts, corpus_count=len(sentences), update=len(model.wv) > 0)
    reporter = _ProgressReporter(sentences, params, tools, model)
    trainer = None
    if tools.engine is not None:
        trainer = DistributedTrainer(
            tools.engine, sentences.matrix, lambda part: Sentences(part, keys, tools.seed), model, tools.seed
        )
    for epoch in range(_resume(model, sentences, tools, begin), params.epochs):
        reporter.epoch = epoch
        if trainer is None:
            model.random = np.random.RandomState((tools.seed + epoch) % 2**32)
            _one_epoch(model, sentences, reporter)
        else:
            _distributed_epoch(model, sentences, reporter, trainer)
        if tools.checkpoint is not None and epoch + 1 < params.epochs:
            tools.checkpoint.keep(epoch + 1, {"vectors": model.wv.vectors, "outputs": model.syn1neg})
    rows = np.array([model.wv.key_to_index[key] for key in keys])
    settings = {**params.model_dump(), "seed": tools.seed}
    return embedding_of(items.vocabs, model.wv.vectors[rows], model.syn1neg[rows], "word2vec", settings, corpus)


def _warm_start(model: Any, older: Embedding, counts: Mapping[str, int]) -> None:
    """Give an empty model the older vectors of its items; gensim adds the other items to the vocabulary later."""
    known = [key for vocab in older.vocabs.values() for key in vocab.keys(np.arange(len(vocab)))]
    kept = [row for row, key in enumerate(known) if key in counts]
    if kept and older.outputs is not None:
        model.build_vocab_from_freq({known[row]: 1 for row in kept})
        places = [model.wv.key_to_index[known[row]] for row in kept]
        model.wv.vectors[places] = older.vectors[kept] * older.norms[kept, None]
        model.syn1neg[places] = older.outputs[kept]


def _resume(model: Any, sentences: Sentences, tools: TrainingContext, begin: int) -> int:
    """Load the last checkpoint into the model, if there is one, and return the epoch to continue with."""
    checkpoint = tools.checkpoint.latest() if tools.checkpoint is not None else None
    if checkpoint is not None:
        begin, arrays = checkpoint
        model.wv.vectors[:] = arrays["vectors"]
        model.syn1neg[:] = arrays["outputs"]
    sentences.epoch, sentences.read = begin, begin * sentences.tokens
    return begin


class _ProgressReporter:
    """Reports the progress of the training while it runs."""

    def __init__(self, sentences: Sentences, params: Word2VecParams, tools: TrainingContext, model: Any) -> None:
        self.sentences = sentences
        self.params = params
        self.tools = tools
        self.model = model
        self.vectors = model.wv
        self.epoch = 0
        self.mark = (0, 0.0)
        self.loss = float("nan")
        self.started = time.monotonic()
        self.keys_before = -1
        self.neighbours_at = 0.0

    def rate(self, epoch: int) -> float:
        """Return the learning rate at the start of an epoch: linearly falling, as in gensim."""
        lowest = self.params.alpha / 1000
        return self.params.alpha - (self.params.alpha - lowest) * epoch / self.params.epochs

    def update_loss(self, over: bool = False) -> None:
        """Average the loss since the last update, once enough keys were trained or the epoch is over.

        gensim starts the loss of each epoch at zero.
        """
        loss, trained = float(self.model.get_latest_training_loss()), self.sentences.read - (0 if over else AHEAD)
        if trained - self.mark[0] >= (1 if over else WINDOW):
            self.loss = (loss - self.mark[1]) / (trained - self.mark[0])
            self.mark = (trained, loss)

    def report(self) -> None:
        """Call the progress callback."""
        done = self.sentences.read / (self.sentences.tokens * self.params.epochs)
        if self.keys_before < 0:  # keys that an earlier run had read before it was interrupted
            self.keys_before = self.epoch * self.sentences.tokens
        speed = (self.sentences.read - self.keys_before) / max(time.monotonic() - self.started, 1e-9)
        numbers = {"epoch": float(self.epoch + 1), "rate": self.rate(self.epoch), "keys_per_second": speed}
        if np.isfinite(self.loss):
            numbers["loss"] = self.loss
        note = f"epoch {self.epoch + 1} of {self.params.epochs}, {speed:,.0f} keys a second"
        self.tools.progress(Progress("Training Word2Vec", min(done, 1.0), note, numbers, self.near()))

    def near(self) -> dict[str, list[str]]:
        """Return every few seconds the nearest items of the same kind for each watched key."""
        if not self.tools.watch or time.monotonic() - self.neighbours_at < NEIGHBOUR_SECONDS:
            return {}
        self.neighbours_at = time.monotonic()
        rows, neighbours = self.vectors.key_to_index, {}
        for key in self.tools.watch:
            if key in rows:
                likeness = self.vectors.vectors @ self.vectors.vectors[rows[key]]
                likeness /= np.maximum(np.linalg.norm(self.vectors.vectors, axis=1), 1e-9)
                kind = key.partition(":")[0] + ":"
                order = (self.vectors.index_to_key[row] for row in np.argsort(-likeness))
                same = (other.removeprefix(kind) for other in order if other.startswith(kind) and other != key)
                neighbours[key] = list(islice(same, NEIGHBOURS))
        return neighbours


def _one_epoch(model: Any, sentences: Sentences, reporter: _ProgressReporter) -> None:
    """Run one pass in a thread, so that the callback, called in this one, can stop it within a moment."""
    reporter.mark = (sentences.read, 0.0)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(
            model.train,
            sentences,
            total_examples=len(sentences),
            total_words=sentences.tokens,
            epochs=1,
            start_alpha=reporter.rate(reporter.epoch),
            end_alpha=reporter.rate(reporter.epoch + 1),
            compute_loss=True,
        )
        try:
            while not wait([running], timeout=PROGRESS_SECONDS).done:
                reporter.update_loss()
                reporter.report()
        except BaseException:
            sentences.stop()
            raise
        running.result()
    reporter.update_loss(over=True)
    reporter.report()


def _distributed_epoch(
    model: Any, sentences: Sentences, reporter: _ProgressReporter, trainer: DistributedTrainer
) -> None:
    """Run one pass on the compute backend; the callback can stop it between two rounds."""
    rate, last = reporter.rate(reporter.epoch), reporter.rate(reporter.epoch + 1)
    for round_number, (start, stop) in enumerate(pairwise(np.linspace(rate, last, trainer.count + 1).tolist())):
        reporter.report()
        reporter.loss = trainer.train_round(model, reporter.epoch, round_number, start, stop)
        sentences.read += sentences.tokens // trainer.count
    reporter.report()
