"""Train a method on a corpus and keep the model."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson

import tagviz
from tagviz.access.roles import Permission
from tagviz.errors import InvalidParameterError
from tagviz.feedback import training_examples
from tagviz.operations import access, features
from tagviz.operations.context import Context
from tagviz.operations.models.model import Model
from tagviz.operations.registry import (
    CONTENT,
    DEFAULT,
    IMPORTED,
    METHODS,
    MethodEntry,
    method,
)
from tagviz.params import ID_SALT, Params
from tagviz.settings import settings
from tagviz.store.checkpoints import Checkpoint
from tagviz.store.encoding_cache import EncodingCache
from tagviz.store.workspace import ModelInfo, now
from tagviz.training import ComputeBackend, Encode, FeedbackExamples, TrainingContext
from tagviz.types import Corpus, Embedding, Progress, ProgressCallback, no_progress


@dataclass(frozen=True, eq=False)
class TrainOptions:
    """How a training runs, besides the method and its parameters.

    Attributes:
        seed: Seed of everything random; None for the one of the settings.
        force: Train even where the same model exists.
        watch: Keys whose neighbours are reported while the training runs.
        start: A model of an older version of the corpus to continue from, with its parameters, in a third of the work.
        examples: Feedback of reviewers to learn from as well.
        backend: Where co-occurrences are counted, ALS is solved and Word2Vec is trained, if not in this process. The
            model's id is the same.
    """

    seed: int | None = None
    force: bool = False
    watch: Sequence[str] = ()
    start: Model | None = None
    examples: FeedbackExamples | None = None
    backend: ComputeBackend | None = None


@access.change(Permission.TRAIN, "train model", about="corpus")
def train(
    context: Context,
    corpus: Corpus,
    name: str = DEFAULT,
    values: Mapping[str, Any] | None = None,
    options: TrainOptions = TrainOptions(),
    progress: ProgressCallback = no_progress,
) -> ModelInfo:
    """Train a method and store the model. The same settings again return the stored model, unless it is forced.

    A training that was stopped or killed continues from its last checkpoint, where the method writes any.

    Args:
        context: The workspace, and who acts.
        corpus: What to learn from.
        name: Id of the method.
        values: Parameters by name (text is fine), `preset` among them.
        options: How the training runs.
        progress: Called about once a second.

    Returns:
        What is known of the stored model.

    Raises:
        NotFoundError: There is no such method.
        InvalidParameterError: A parameter does not exist or is out of range, or `options.start` cannot be continued.
        NotReadyError: The corpus lacks what the method needs.
    """
    start, lessons = options.start, options.examples
    entry = method(name)
    if start is not None:
        values = _settings_of(start, entry, values)
    if name == CONTENT:
        values = features.settled(context, corpus, values)
    params = entry.params.parse(values)
    seed = settings().seed if options.seed is None else options.seed
    begun = "" if start is None else f"{start.info.fingerprint}/{start.info.id}"
    kept = {} if lessons is None else training_examples.arrays(lessons)
    ident = model_id(
        entry, corpus, params, seed, begun, "" if lessons is None else training_examples.digest(kept, lessons)
    )
    if not options.force:
        for info in context.workspace.model_infos(corpus.fingerprint):
            if info.id == ident and context.workspace.models.intact(f"{info.fingerprint}/{ident}"):
                return info
    started = time.perf_counter()
    checkpoint = Checkpoint(context.workspace.home / "checkpoints" / f"{corpus.fingerprint}-{ident}.npz")
    own = replace(
        training_context(context, seed, progress, options.backend),
        checkpoint=checkpoint,
        watch=tuple(options.watch),
        start=None if start is None else start.learned,
        lessons=lessons,
    )
    recommender = entry.fit(corpus if lessons is None else training_examples.augment_corpus(corpus, kept), params, own)
    seconds = time.perf_counter() - started
    progress(Progress("Storing", None))
    arrays, state = recommender.state()
    info = ModelInfo(
        id=ident,
        method=name,
        params=params.stored(),
        corpus=corpus.name,
        fingerprint=corpus.fingerprint,
        seed=seed,
        code=tagviz.__version__,
        created=now(),
        seconds=round(seconds, 3),
        start=begun,
        verdicts=0 if lessons is None else lessons.verdicts,
    )
    saved = context.workspace.save_model(info, {**arrays, **kept}, state)
    checkpoint.drop()
    return saved


def _settings_of(start: Model, entry: MethodEntry, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The settings of the model that is gone on from."""
    params = dict(start.info.params)
    if start.info.method != entry.name or not entry.goes_on:
        able = ", ".join(name for name, one in METHODS.items() if one.goes_on)
        raise InvalidParameterError(
            f"{entry.name} cannot go on from {start.info.id}", f"{able} go on from their own models", "train it anew"
        )
    if values and entry.params.parse(values) != entry.params.parse(params):
        raise InvalidParameterError(
            "A model goes on with its own settings", f"{start.info.id} has others", "leave them out, or train anew"
        )
    return params


def model_id(entry: MethodEntry, corpus: Corpus, params: Params, seed: int, start: str = "", lessons: str = "") -> str:
    """`method-` and a hash of contents, parameters, seed, a constant, the model it went on from and the lessons."""
    own = [start, f"verdicts {lessons}" if lessons else ""]
    settled = [corpus.fingerprint, params.stored(), seed, ID_SALT, *filter(None, own)]
    return f"{entry.name}-{hashlib.sha256(orjson.dumps(settled, option=orjson.OPT_SORT_KEYS)).hexdigest()[:6]}"


def training_context(
    context: Context, seed: int, progress: ProgressCallback, engine: ComputeBackend | None = None
) -> TrainingContext:
    """What methods may use.

    Threads within the cap, an engine if one is given, sentence models, and each other's embeddings of the same corpus.
    """

    def embed(wanted: Corpus, name: str, values: Mapping[str, Any]) -> Embedding:
        """Fitted for the method that asks and kept inside it: not a model of its own in the registry."""
        if name == IMPORTED.name:
            from tagviz.operations.models import import_vectors

            return import_vectors.stored_vectors(context, wanted, values)
        entry = method(name)
        fitted = entry.fit(wanted, entry.params.parse(values), own)
        embedding: Embedding = fitted.embedding  # type: ignore[attr-defined]
        return embedding

    own = TrainingContext(
        seed=seed,
        threads=settings().threads,
        progress=progress,
        encoder=partial(encoder, context),
        embed=embed,
        engine=engine,
        features=partial(features.joined, context),
    )
    return own


def encoder(context: Context, name: str) -> Encode:
    """Name of a sentence model → texts → vectors. The model is loaded when a text comes that it has not read before.

    What a model in a folder says is not kept: the folder may hold another one tomorrow.
    """
    from tagviz.embed import sentence

    load = partial(sentence.load, name, settings().threads)
    return load() if Path(name).expanduser().is_dir() else EncodingCache(context.workspace.encodings, name, load)
