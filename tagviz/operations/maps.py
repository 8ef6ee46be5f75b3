"""Maps: lay the space of a model out in two dimensions, once, and open it ever after."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import orjson

import tagviz
from tagviz.curate.answering import on_map
from tagviz.errors import NotReady
from tagviz.operations import models as model_room
from tagviz.operations.models import Model
from tagviz.params import Params
from tagviz.store.workspace import Workspace, now
from tagviz.types import Corpus, Embedding, Kind, ProgressCallback, Projection, quiet


def project(
    ws: Workspace,
    corpus: Corpus,
    model: Model,
    kind: Kind = Kind.TAG,
    values: Mapping[str, Any] | None = None,
    force: bool = False,
    progress: ProgressCallback = quiet,
    start: Projection | None = None,
) -> str:
    """Lays out a model's items of one kind and returns the map's id, by which `open_map` finds it.

    start: a map to begin from, of another model or of other settings, so that what both show stays where it was; a map
    that is there already is kept unless `force`.
    Raises NotReady when the model has no space to show, BadParameter for parameters.
    """
    from tagviz.project import layout

    params = layout.LayoutParams.parse(values)
    ident = map_id(kind, params)
    if not force and ws.projections.find(f"{model.info.id}/{ident}") is not None:
        return ident
    embedding = space_of(replace(model, recommender=model.learned))
    started = time.perf_counter()
    ids = list(embedding.vocabs[kind].ids) if kind in embedding.vocabs else []
    within = corpus.vocab(kind).find(ids)
    describe = (
        corpus.matrix(kind).T @ corpus.matrix(Kind.TAG) if kind is not Kind.TAG and corpus.has(Kind.TAG) else None
    )
    projection = layout.project(
        embedding,
        kind,
        params,
        progress,
        start,
        counts=corpus.counts(kind)[within],
        describe=None if describe is None else describe[within],
        describe_labels=None if describe is None else corpus.vocab(Kind.TAG).label_list(np.arange(describe.shape[1])),
    )
    seconds = round(time.perf_counter() - started, 3)
    begun = start.fingerprint if start is not None else ""
    about = {"model": model.info.id, "created": now(), "seconds": seconds, "start": begun}
    ws.save_projection(model.info.id, ident, projection, about)
    return ident


def open_map(
    ws: Workspace,
    corpus: Corpus,
    model: Model,
    kind: Kind = Kind.TAG,
    values: Mapping[str, Any] | None = None,
    progress: ProgressCallback = quiet,
) -> Projection:
    """The map of these settings, laid out now if it never was, with the tags as experts' decisions make them."""
    projection = ws.open_projection(model.info.id, project(ws, corpus, model, kind, values, progress=progress))
    return on_map(projection, corpus.vocab(Kind.TAG))


def ready_map(ws: Workspace, corpus: Corpus, ref: str, kind: Kind = Kind.TAG) -> Projection | None:
    """The map with default settings of a model, if it has been laid out: what a new map can start from."""
    model = model_room.open_model(ws, corpus, ref)
    if model.embedding is None or not is_ready(ws, model, kind):
        return None
    return open_map(ws, corpus, model, kind)


def is_ready(ws: Workspace, model: Model, kind: Kind = Kind.TAG, values: Mapping[str, Any] | None = None) -> bool:
    """Whether `open_map` would return at once."""
    from tagviz.project import layout

    ident = map_id(kind, layout.LayoutParams.parse(values))
    return ws.projections.find(f"{model.info.id}/{ident}") is not None


def map_id(kind: Kind, params: Params) -> str:
    """The kind and a hash of the layout's parameters and code version."""
    settled = [str(kind), params.model_dump(mode="json"), tagviz.__version__]
    return f"{kind}-{hashlib.sha256(orjson.dumps(settled, option=orjson.OPT_SORT_KEYS)).hexdigest()[:6]}"


def space_of(model: Model) -> Embedding:
    """The model's embedding. Raises NotReady for a method that has none."""
    if model.embedding is None:
        raise NotReady(
            f"{model.info.method} has no space to show",
            "it compares playlists or counts instead of placing items",
            "choose spectral, word2vec or sentence for this",
        )
    return model.embedding
