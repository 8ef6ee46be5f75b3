"""Models: train, open, compare, tune and import them."""

from __future__ import annotations

from tagviz.operations.models.catalog import (
    annotate,
    damaged_models,
    default,
    delete,
    find,
    list_models,
    make_default,
    open_model,
    save_fine_tuned,
)
from tagviz.operations.models.model import (
    Model,
)
from tagviz.operations.models.train import (
    TrainOptions,
    encoder,
    model_id,
    train,
    training_context,
)

__all__ = [
    "Model",
    "TrainOptions",
    "annotate",
    "damaged_models",
    "default",
    "delete",
    "encoder",
    "find",
    "list_models",
    "make_default",
    "model_id",
    "open_model",
    "save_fine_tuned",
    "train",
    "training_context",
]
