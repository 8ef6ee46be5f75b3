"""The same trainings in this process and on Spark: how far apart the models are, and how good.

    python -m benchmarks.engines                 # the real lists, `local[1]` and `local[2]`; ten minutes on two cores
    python -m benchmarks.engines --data demo --cores 2,4

Needs requirements-spark.txt and a Java 17 runtime. Spark in local mode starts as many Python processes as it has cores.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.quality import DATA, LIMIT, METHODS, corpus_of, measures
from benchmarks.report import write_section
from tagviz.compute.spark import SparkBackend
from tagviz.evaluation import report
from tagviz.evaluation.split import Split, SplitSpec, split
from tagviz.operations import registry as registry
from tagviz.operations.context import Context
from tagviz.operations.models import training_context
from tagviz.settings import settings
from tagviz.store.workspace import Workspace
from tagviz.training import Arrays, ComputeBackend
from tagviz.types import Recommender

ASKED = ("spectral:context", "factors", "word2vec:context")
NEAREST = 10

PAGE = """## Engines

`python -m benchmarks.engines`: {sentence}, split {seed}, {questions:,} questions; each method trained in this
process and by Spark in local mode with so many Python processes, on a machine of two cores. *Same* is the share of the
{nearest} nearest items (by the cosine of the vectors that were trained, of 1,000 items drawn) that both find; the clock
counts Spark's start, which takes some seconds, and the load of the machine.

| method | trained by | clock | same | largest difference | {measure} |
| --- | --- | --- | --- | --- | --- |
"""


def trained(name: str, parts: Split, engine: ComputeBackend | None) -> tuple[Arrays, Recommender, float]:
    """What was learned, the recommender that answers, and the seconds it took."""
    variant = name.partition(":")[2]
    method, values = METHODS[name]
    entry = registry.method(method)
    own = training_context(Context(Workspace(settings().home)), settings().seed, lambda progress: None, engine)
    started = time.perf_counter()
    fitted = entry.fit(parts.train, entry.params.parse(values), own)
    seconds = time.perf_counter() - started
    arrays, state = fitted.state()
    return (
        arrays,
        entry.load(arrays, state, parts.train, replace(own, engine=None), variant) if variant else fitted,
        seconds,
    )


def nearest(arrays: Arrays) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """(1,000, NEAREST) rows nearest to rows that a seed draws."""
    vectors = arrays["vectors"] / np.maximum(np.linalg.norm(arrays["vectors"], axis=1, keepdims=True), 1e-9)
    drawn = np.random.default_rng(1).permutation(len(vectors))[:1000]
    likeness = vectors[drawn] @ vectors.T
    likeness[np.arange(len(drawn)), drawn] = -np.inf
    return np.argsort(-likeness, axis=1, kind="stable")[:, :NEAREST]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=list(DATA), default="lastfm-lists")
    parser.add_argument("--split", type=int, default=1)
    parser.add_argument("--cores", type=lambda text: [int(one) for one in text.split(",")], default=[1, 2])
    parser.add_argument("--methods", type=lambda text: text.split(","), default=list(ASKED))
    options = parser.parse_args(argv)
    data = DATA[options.data]
    mask = sorted(data.masks)[0]
    spec = SplitSpec(data.protocol, mask, seed=options.split, share=0.1, limit=LIMIT)  # type: ignore[arg-type]
    parts = split(corpus_of(options.data), spec)
    main_measure = "combined" if data.protocol == "arena" else "nDCG@10"
    rows = []
    for name in options.methods:
        here: Arrays = {}
        for cores in (0, *options.cores):
            engine = SparkBackend(f"local[{cores}]") if cores else None
            arrays, recommender, seconds = trained(name, parts, engine)
            if engine is not None:
                engine.close()
            here = here or arrays
            judged = report.build({name: recommender}, parts, report.ReportOptions(n_tags=10))
            same = (
                np.mean([len(set(a) & set(b)) for a, b in zip(nearest(arrays), nearest(here), strict=True)]) / NEAREST
            )
            mean, error = measures(judged, name, "")[main_measure]
            rows.append(
                f"| {name} | {f'Spark, local[{cores}]' if cores else 'this process'} | {seconds:.0f} s | {same:.1%} | "
                f"{np.abs(arrays['vectors'] - here['vectors']).max():.1e} | {mean:.4f} ± {1.96 * error:.4f} |"
            )
            print(rows[-1], flush=True)
    told = {"sentence": data.sentence, "seed": options.split, "questions": len(parts.questions), "nearest": NEAREST}
    write_section("engines", PAGE.format(**told, measure=main_measure) + "\n".join(rows))


if __name__ == "__main__":
    main()
