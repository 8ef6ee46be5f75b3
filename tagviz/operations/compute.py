"""Work handed to an engine: which there are, and a file of questions answered in parts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from tagviz.operations import corpora, models, recommend
from tagviz.operations.context import Context
from tagviz.operations.models import Model
from tagviz.store.workspace import Workspace
from tagviz.training import ComputeBackend
from tagviz.types import Corpus, ProgressCallback, no_progress

LOCAL = "local"
SPARK = "spark"
ENGINES = (LOCAL, SPARK)


@contextmanager
def opened(name: str, master: str = "local[*]") -> Iterator[ComputeBackend | None]:
    """The engine of this name while it is needed; None for `local`, this process itself."""
    if name == LOCAL:
        yield None
        return
    from tagviz.compute.spark import SparkBackend

    spark = SparkBackend(master)
    try:
        yield spark
    finally:
        spark.close()


def predict(
    context: Context,
    corpus: Corpus,
    model: Model,
    files: tuple[Path, Path],
    engine: ComputeBackend | None = None,
    progress: ProgressCallback = no_progress,
) -> recommend.PredictionSummary:
    """Answer a file of questions as `recommend.predict` does, in parts on the machines of a backend.

    Each machine opens the workspace under the same path.

    Args:
        context: The workspace, and who acts.
        corpus: The opened corpus.
        model: The opened model.
        files: The file of questions, and the file of results to write.
        engine: Where the parts are answered; None for this process.
        progress: Called after each part.
    """
    questions, out = files
    if engine is None:
        return recommend.predict(corpus, model, questions, out, progress=progress)
    from tagviz.evaluation import arena

    started = time.perf_counter()
    entries = arena.read(questions)
    edges = np.unique(np.linspace(0, len(entries), engine.cores + 1).astype(int)).tolist()
    what = (
        str(context.workspace.home.absolute()),
        "" if context.workspace.base is None else str(context.workspace.base.absolute()),
        corpus.name,
        model.ref,
    )
    work = [(*what, entries[start:stop]) for start, stop in pairwise(edges)]
    parts: list[recommend.PredictionBatch] = engine.each(_answered, work, progress)
    arena.write(out, [entry for part in parts for entry in part.results])
    warnings = dict.fromkeys(warning for part in parts for warning in part.warnings)
    return recommend.PredictionSummary(
        len(entries),
        time.perf_counter() - started,
        sum(part.fallback for part in parts),
        (*recommend.seen_in_training(corpus, entries), *warnings),
    )


def _answered(part: tuple[str, str, str, str, list[recommend.Entry]]) -> recommend.PredictionBatch:
    *what, entries = part
    corpus, model = _opened(*what)
    return recommend.predict_batch(corpus, model, entries)


@cache
def _opened(home: str, base: str, corpus: str, ref: str) -> tuple[Corpus, Model]:
    """Once a process: the next part finds them open."""
    context = Context(Workspace(Path(home), Path(base) if base else None))
    opened = corpora.open_corpus(context, corpus)
    return opened, models.open_model(context, opened, ref)
