"""Small maps of a sample, by which a person chooses the settings of a layout before the whole is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tagviz.operations import maps
from tagviz.operations.context import Context
from tagviz.operations.models import Model
from tagviz.projection.layout import LayoutParams, project
from tagviz.store.workspace import now
from tagviz.types import Corpus, Embedding, Kind, Progress, ProgressCallback, Projection, Vocab, no_progress

SAMPLE = 800
"""The most frequent tags, which are laid out with each of the settings."""

EPOCHS = 100

SETTINGS: tuple[Mapping[str, Any], ...] = tuple(
    {"neighbours": neighbours, "min_dist": min_dist} for neighbours in (5, 15, 50) for min_dist in (0.05, 0.2, 0.6)
)
"""What is tried: few neighbours show detail, many the whole; a small distance makes clumps, a large one spreads."""


@dataclass(frozen=True, eq=False)
class LayoutPreview:
    """A setting of `LayoutParams`, and what it makes of the sample."""

    values: Mapping[str, Any]
    projection: Projection


def make(context: Context, corpus: Corpus, model: Model, progress: ProgressCallback = no_progress) -> int:
    """Lays the sample out with every setting that is not there yet; returns how many settings there are."""
    sample = _sample(corpus, maps.space_of(model))
    for number, values in enumerate(SETTINGS):
        if _found(context, model, values):
            continue
        progress(Progress("Trying settings on a sample", number / len(SETTINGS)))
        preview = project(sample, Kind.TAG, _params(values), no_progress)
        about = {"model": model.info.id, "created": now(), "seconds": 0.0, "start": ""}
        context.workspace.save_projection(model.info.id, _ident(values), preview, about)
    return len(SETTINGS)


def are_ready(context: Context, model: Model) -> bool:
    return all(_found(context, model, values) for values in SETTINGS)


def open_all(context: Context, model: Model) -> list[LayoutPreview]:
    """The previews in the order of SETTINGS; see `are_ready`."""
    return [
        LayoutPreview(values, context.workspace.open_projection(model.info.id, _ident(values))) for values in SETTINGS
    ]


def _sample(corpus: Corpus, space: Embedding) -> Embedding:
    vocab = space.vocabs[Kind.TAG]
    counts = corpus.counts(Kind.TAG)[corpus.vocab(Kind.TAG).find(list(vocab.ids))]
    rows = np.sort(np.argsort(-counts, kind="stable")[:SAMPLE])
    chosen = Vocab.of(Kind.TAG, list(vocab.ids[rows]), vocab.label_list(rows))
    vectors = space.of(Kind.TAG)[rows]
    return Embedding({Kind.TAG: chosen}, vectors, np.ones(len(rows), np.float32), None, space.method)


def _params(values: Mapping[str, Any]) -> LayoutParams:
    return LayoutParams.parse({**values, "epochs": EPOCHS})


def _ident(values: Mapping[str, Any]) -> str:
    return f"preview-{maps.map_id(Kind.TAG, _params(values))}"


def _found(context: Context, model: Model, values: Mapping[str, Any]) -> bool:
    return context.workspace.projections.intact(f"{model.info.id}/{_ident(values)}")
