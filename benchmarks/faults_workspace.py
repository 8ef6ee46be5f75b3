"""The workspace that `benchmarks.faults` damages: two corpora with everything that people make."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np


def build(home: Path) -> None:
    """Make the workspace from which each case starts."""
    from tagviz.evaluation.split import SplitSpec
    from tagviz.operations import corpora, curation, evaluation, feedback, golden, maps, models, monitoring, recommend
    from tagviz.operations.context import Context
    from tagviz.operations.models import import_vectors
    from tagviz.store.checkpoints import Checkpoint
    from tagviz.store.encoding_cache import EncodingCache
    from tagviz.store.feedback import Answer
    from tagviz.store.map_files import MapFiles
    from tagviz.store.workspace import ModelAnnotations, Workspace
    from tagviz.types import Kind, Query
    from tests.corpora import checkerboard

    workspace = Workspace(home)
    context = Context(workspace)
    for name, half in (("hurt", 12), ("intact", 16)):
        corpus = replace(checkerboard(half), name=name)
        workspace.save_corpus(replace(checkerboard(half - 2), name=name))
        workspace.save_corpus(corpus)
        curation.add(context, name, curation_decision())
        corpus = corpora.open_corpus(context, name)
        for method in ("spectral", "neighbours"):
            info = models.train(context, corpus, method)
            models.annotate(context, info, ModelAnnotations(title="", note="made for damage"))
        model = models.open_model(context, corpus, "spectral")
        maps.project(context, corpus, model)
        evaluation.evaluate(context, corpus, ["spectral", "popularity"], SplitSpec("arena"))
        query = Query("even list", ("t2",), (), (), 10)
        ranking = recommend.recommend(corpus, model, query, Kind.TAG)
        about = feedback.feedback_context(corpus, model, query, Kind.TAG)
        feedback.record_feedback(context, feedback.verdict(about, ranking, 0, "Ann", Answer.RIGHT))
        golden.add(context, name, Query("even list", (), (), (), 10), ["tag:t2"])
        monitoring.set_thresholds(context, name, {"significance": 0.01})
        monitoring.run_checks(context, name, evaluate=False)
        vectors = home.parent / f"{name}.txt"
        vectors.write_text("".join(f"tag:t{number} {number} 1 2\n" for number in range(8)))
        import_vectors.keep(context, corpus, import_vectors.preview(corpus, vectors))
        workspace.save_folding(f"{corpus.fingerprint}-0", {Kind.TAG: np.arange(4, dtype=np.int32)})
        Checkpoint(home / "checkpoints" / f"{corpus.fingerprint}-word2vec-000000.npz", every=-1.0).keep(
            1, {"vectors": np.ones(4)}
        )
    gone = models.train(context, corpora.open_corpus(context, "hurt"), "popularity")
    models.delete(context, gone)
    EncodingCache(workspace.encodings, "tiny", lambda: lambda texts: np.ones((len(texts), 2), np.float32))(["a", "b"])
    MapFiles(home / "map").put(b"points" * 100)
    (home / "logs").mkdir()
    (home / "logs" / "job-1.log").write_text("a line\n")
    context.database.dispose()
    with sqlite3.connect(home / "tagviz.db") as whole:  # so that one file holds everything
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with sqlite3.connect(home / "tuning.db") as trials:
        trials.execute("CREATE TABLE studies (study_id INTEGER PRIMARY KEY, name TEXT)")
        trials.executemany(
            "INSERT INTO studies (name) VALUES (?)", [(f"study {number}" * 40,) for number in range(200)]
        )


def curation_decision() -> Any:
    from tagviz.curation.decisions import resolve

    return resolve("block", ["t0"], "", "Ann", "for a test")
