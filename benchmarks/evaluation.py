"""How fast a stored report answers: 20,000 questions × 100 songs of five models, all made up, beside the Arena's
rule as a loop.

    python benchmarks/evaluation.py [questions]
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from tagviz.evaluate import compare, heatmaps, metrics, ranks, saved
from tagviz.evaluate.items import Items
from tagviz.evaluate.report import EvalReport, ModelInfo, ranks_of
from tagviz.types import Kind, Vocab, frozen

MODELS, SONGS, TAGS = 5, 100_000, 30_000


def made_up(questions: int, seed: int = 1) -> EvalReport:
    """A report of random answers, better for the first models, with truths of 1 to 100 songs and 1 to 8 tags."""
    rng = np.random.default_rng(seed)
    items, hidden, shown, rows = {}, {}, {}, {}
    for kind, size, longest in ((Kind.SONG, SONGS, 60), (Kind.TAG, TAGS, 8)):
        lengths = rng.integers(1, longest + 1, questions)
        columns = np.concatenate([np.sort(rng.choice(size, length, replace=False)) for length in lengths])
        indptr = np.concatenate([[0], np.cumsum(lengths)])
        hidden[kind] = sp.csr_matrix((np.ones(len(columns), np.float32), columns, indptr), shape=(questions, size))
        shown[kind] = sp.csr_matrix((questions, size), dtype=np.float32)
        counts = np.maximum(1, rng.zipf(1.5, size) % 1000).astype(np.int32)
        vectors = rng.normal(size=(size, 32 if kind is Kind.TAG else 0))
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        items[kind] = Items(
            vocab=Vocab.of(kind, [str(number) for number in range(size)]),
            counts=frozen(counts),
            band=frozen((np.arange(size) % 3).astype(np.int8)),
            catalogue=size,
            facets=np.full(size, "", dtype=object),
            vectors=frozen(vectors.astype(np.float16)),
            genres=sp.csr_matrix((size, 0), dtype=np.float32),
        )
        for model in range(MODELS):
            # all different, because their remainders are; more than needed, because those that happen to be right go
            filler = rng.integers(0, size // 200, (questions, 200)) * 200 + np.arange(200)
            answer = np.empty((questions, 100), dtype=np.int32)
            for row in range(questions):
                truth = columns[indptr[row] : indptr[row + 1]]
                taken = truth[rng.random(len(truth)) < 0.5 - 0.05 * model]
                right = np.zeros(100, dtype=bool)
                right[rng.choice(100, len(taken), replace=False)] = True
                answer[row, right] = taken
                answer[row, ~right] = filler[row][~np.isin(filler[row], truth)][: 100 - len(taken)]
            rows[f"model {model}", kind] = frozen(answer, np.int32)
    frame = pd.DataFrame(
        {
            "id": [str(number) for number in range(questions)],
            "title": "",
            "titled": False,
            "date": pd.Timestamp("2020-01-01").as_unit("s"),
            "group": [f"g{number}" for number in rng.integers(0, questions // 3, questions)],
            "case": rng.choice(["songs", "songs+tags", "title"], questions),
            "songs": 10,
            "tags": 4,
            "language": "",
            "year": 2020,
        }
    )
    labels = [f"model {model}" for model in range(MODELS)]
    return EvalReport(
        name="made up", corpus="made up", fingerprint="", protocol="arena", mask="real", by_group=True, seed=seed,
        share=0.2, leak=0.0, notes=(), created="2020-01-01T00:00:00+00:00", version="", playlists=100_000, trained="",
        models=tuple(ModelInfo(label) for label in labels), questions=frame, items=items, shown=shown, hidden=hidden,
        rows=rows, ranks={(label, kind): ranks_of(found, hidden[kind]) for (label, kind), found in rows.items()},
        fallback={key: np.zeros(questions, dtype=bool) for key in rows},
    )  # fmt: skip


def plain_loop(report: EvalReport, label: str, kind: Kind) -> float:
    """The Arena's nDCG question by question, as its published rule reads."""
    answers, truth = report.rows[label, kind].tolist(), report.hidden[kind]
    ideals = [0.0]
    for place in range(200):
        ideals.append(ideals[-1] + 1 / math.log2(place + 2))
    total = 0.0
    for row, answer in enumerate(answers):
        wanted = set(truth.indices[truth.indptr[row] : truth.indptr[row + 1]].tolist())
        total += (
            sum(1 / math.log2(place + 2) for place, item in enumerate(answer) if item in wanted) / ideals[len(wanted)]
        )
    return total / len(answers)


def timed(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """The best of several runs, in seconds, and what the last one returned."""
    best, result = math.inf, None
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def main() -> None:
    questions = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    report = made_up(questions)
    lines: list[tuple[str, float, str]] = []

    def line(what: str, work: Callable[[], Any], limit: str, times: int = 3) -> Any:
        seconds, result = timed(work, times)
        lines.append((what, seconds, limit))
        return result

    loop = line(
        "nDCG of one model, the Arena's rule as a plain loop", lambda: plain_loop(report, "model 0", Kind.SONG), "peer"
    )
    line("running sums of five models × two kinds, once", lambda: warm(report), "", times=1)
    ks = iter(range(1, 100))
    line(
        "every metric at a new k, five models, songs",
        lambda: [metrics.scores(report, label, Kind.SONG, 99 - next(ks)) for label in report.labels],
        "50 ms",
    )
    ndcg = float(metrics.scores(report, "model 0", Kind.SONG, 100)["ndcg"].mean())
    if abs(ndcg - loop) > 1e-9:
        raise SystemExit(f"the two disagree: {ndcg} and {loop}")
    summed = lambda k: metrics.summary(report, Kind.SONG, k)  # noqa: E731
    line("table with 1,000 resamples, the first time", lambda: summed(10), "", times=1)
    line("table with 1,000 resamples at a new k", lambda: summed(next(ks)), "")
    line(
        "paired comparison of five models, 1,000 resamples",
        lambda: compare.compare(report, "ndcg", Kind.SONG, 10),
        "3 s",
    )
    line("rank histogram of five models", lambda: ranks.histogram(report, Kind.SONG, 100), "")
    line("similarity heatmap, the first time", lambda: heatmaps.similarity(report, "model 0"), "", times=1)
    line("similarity heatmap at a new k", lambda: heatmaps.similarity(report, "model 0", next(ks) % 20 + 1), "")
    line("recommended-instead-of heatmap", lambda: heatmaps.instead(report, "model 0", 10), "")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.npz"
        arrays, document = saved.state(report)
        np.savez(path, **arrays)  # type: ignore[arg-type]
        size = path.stat().st_size

        def opened() -> EvalReport:
            with np.load(path, allow_pickle=False) as kept:
                return saved.restore({name: kept[name] for name in kept.files}, document)

        line(f"opening the stored report ({size / 1e6:.0f} MB)", opened, "1.5 s")
    print(f"{questions:,} questions × 100 songs and 100 tags, {MODELS} models")
    for what, seconds, limit in lines:
        print(f"{what:<56} {1000 * seconds:>9.1f} ms   {limit and f'({limit})'}")


def warm(report: EvalReport) -> None:
    for label, kind in report.rows:
        metrics.running(report, label, kind)


if __name__ == "__main__":
    main()
