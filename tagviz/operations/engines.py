"""Work handed to an engine: which there are, and a file of questions answered in parts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from tagviz.methods import Engine
from tagviz.operations import answers, corpora, models
from tagviz.operations.models import Model
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, ProgressCallback, quiet

LOCAL = "local"
SPARK = "spark"
ENGINES = (LOCAL, SPARK)


@contextmanager
def opened(name: str, master: str = "local[*]") -> Iterator[Engine | None]:
    """The engine of this name while it is needed; None for `local`, this process itself."""
    if name == LOCAL:
        yield None
        return
    from tagviz.engine.spark import Spark

    spark = Spark(master)
    try:
        yield spark
    finally:
        spark.close()


def predict(
    ws: Workspace,
    corpus: Corpus,
    model: Model,
    questions: Path,
    out: Path,
    engine: Engine | None = None,
    progress: ProgressCallback = quiet,
) -> answers.Predicted:
    """`answers.predict`, in parts on the engine's machines, each of which opens the workspace under the same path."""
    if engine is None:
        return answers.predict(corpus, model, questions, out, progress=progress)
    from tagviz.evaluate import arena

    started = time.perf_counter()
    entries = arena.read(questions)
    edges = np.unique(np.linspace(0, len(entries), engine.cores + 1).astype(int)).tolist()
    what = (str(ws.home.absolute()), "" if ws.base is None else str(ws.base.absolute()), corpus.name, model.ref)
    work = [(*what, entries[start:stop]) for start, stop in pairwise(edges)]
    parts: list[answers.Answered] = engine.each(_answered, work, progress)
    arena.write(out, [entry for part in parts for entry in part.results])
    warnings = dict.fromkeys(warning for part in parts for warning in part.warnings)
    return answers.Predicted(
        len(entries),
        time.perf_counter() - started,
        sum(part.fallback for part in parts),
        (*answers.seen(corpus, entries), *warnings),
    )


def _answered(part: tuple[str, str, str, str, list[answers.Entry]]) -> answers.Answered:
    *what, entries = part
    corpus, model = _opened(*what)
    return answers.answered(corpus, model, entries)


@cache
def _opened(home: str, base: str, corpus: str, ref: str) -> tuple[Corpus, Model]:
    """Once a process: the next part finds them open."""
    ws = Workspace(Path(home), Path(base) if base else None)
    found = corpora.open_corpus(ws, corpus)
    return found, models.open_model(ws, found, ref)
