"""Maps: lay the space of a model out in two dimensions, once, and open it ever after."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson

from tagviz.curation.translation import translate_projection
from tagviz.errors import NotReadyError
from tagviz.operations import models as model_operations
from tagviz.operations.context import Context
from tagviz.operations.models import Model
from tagviz.params import ID_SALT, Params
from tagviz.store.workspace import now
from tagviz.types import Corpus, Embedding, Kind, ProgressCallback, Projection, no_progress


@dataclass(frozen=True, eq=False)
class MapRequest:
    """A map that is asked for.

    Attributes:
        kind: Kind of the items.
        values: Parameters of the layout by name; None for the defaults.
        start: A map to start from, of another model or with other parameters, so that what both show stays in place.
    """

    kind: Kind = Kind.TAG
    values: Mapping[str, Any] | None = None
    start: Projection | None = None


def project(
    context: Context,
    corpus: Corpus,
    model: Model,
    request: MapRequest = MapRequest(),
    progress: ProgressCallback = no_progress,
) -> str:
    """Lay out a model's items of one kind, unless that map exists.

    Args:
        context: The workspace, and who acts.
        corpus: The corpus that the model has learned.
        model: An opened model with an embedding.
        request: What is laid out, and how.
        progress: Called about once a second.

    Returns:
        The map's id, by which `open_map` finds it.

    Raises:
        NotReadyError: The model has no embedding to show.
        InvalidParameterError: A parameter of the layout does not exist or is out of range.
    """
    from tagviz.projection import layout
    from tagviz.projection.cluster_labels import ClusterNaming

    kind, values, start = request.kind, request.values, request.start
    params = layout.LayoutParams.parse(values)
    ident = map_id(kind, params)
    if context.workspace.projections.intact(f"{model.info.id}/{ident}"):
        return ident
    embedding = space_of(replace(model, recommender=model.learned))
    started = time.perf_counter()
    ids = list(embedding.vocabs[kind].ids) if kind in embedding.vocabs else []
    within = corpus.vocab(kind).find(ids)
    naming = ClusterNaming(corpus.counts(kind)[within])
    if kind is not Kind.TAG and corpus.has(Kind.TAG):
        tags = corpus.matrix(kind).T @ corpus.matrix(Kind.TAG)
        naming = replace(
            naming,
            word_weights=tags[within],
            words=corpus.vocab(Kind.TAG).label_list(np.arange(tags.shape[1])),
        )
    projection = layout.project(embedding, kind, params, progress, start, naming)
    seconds = round(time.perf_counter() - started, 3)
    begun = start.fingerprint if start is not None else ""
    about = {"model": model.info.id, "created": now(), "seconds": seconds, "start": begun}
    context.workspace.save_projection(model.info.id, ident, projection, about)
    return ident


def open_map(
    context: Context,
    corpus: Corpus,
    model: Model,
    kind: Kind = Kind.TAG,
    values: Mapping[str, Any] | None = None,
    progress: ProgressCallback = no_progress,
) -> Projection:
    """The map of these settings, laid out now if it never was, with the tags as experts' decisions make them."""
    projection = context.workspace.open_projection(
        model.info.id, project(context, corpus, model, MapRequest(kind, values), progress)
    )
    return translate_projection(projection, corpus.vocab(Kind.TAG))


def ready_map(context: Context, corpus: Corpus, ref: str, kind: Kind = Kind.TAG) -> Projection | None:
    """The map with default settings of a model, if it has been laid out: what a new map can start from."""
    model = model_operations.open_model(context, corpus, ref)
    if model.embedding is None or not is_ready(context, model, kind):
        return None
    return open_map(context, corpus, model, kind)


def is_ready(context: Context, model: Model, kind: Kind = Kind.TAG, values: Mapping[str, Any] | None = None) -> bool:
    """Whether `open_map` would return at once."""
    from tagviz.projection import layout

    ident = map_id(kind, layout.LayoutParams.parse(values))
    return context.workspace.projections.intact(f"{model.info.id}/{ident}")


def map_id(kind: Kind, params: Params) -> str:
    """The kind and a hash of the layout's parameters."""
    settled = [str(kind), params.stored(), ID_SALT]
    return f"{kind}-{hashlib.sha256(orjson.dumps(settled, option=orjson.OPT_SORT_KEYS)).hexdigest()[:6]}"


def space_of(model: Model) -> Embedding:
    """The model's embedding. Raises NotReadyError for a method that has none."""
    if model.embedding is None:
        raise NotReadyError(
            f"{model.info.method} has no space to show",
            "it compares playlists or counts instead of placing items",
            "choose spectral, word2vec or sentence for this",
        )
    return model.embedding
