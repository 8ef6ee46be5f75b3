"""The commands demo and generate."""

from __future__ import annotations

import time
from argparse import Namespace
from typing import Any

from tagviz.operations.context import Context
from tagviz.types import ProgressCallback


def build_demo(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    from tagviz.operations import demo

    return demo.build(arguments.out, progress)


def generate(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    from tagviz.sources import generate as maker

    started = time.perf_counter()
    counts = maker.generate(arguments.out, maker.Shape(arguments.scale, arguments.seed), progress)
    if arguments.mel:
        from tagviz.sources.generate_mel import write_mel

        counts["spectrograms"] = write_mel(arguments.out, arguments.seed, arguments.mel, progress)
    done = {"out": str(arguments.out), **counts, "seconds": round(time.perf_counter() - started, 3)}
    if not arguments.check:
        return done
    statistics = maker.check(arguments.out, arguments.scale)
    rows = [{"name": one.name, "published": one.published, "generated": one.generated} for one in statistics]
    return {**done, "statistics": rows}
