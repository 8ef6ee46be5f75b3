"""The command project."""

from __future__ import annotations

import time
from argparse import Namespace
from typing import Any

from tagviz.cli.inputs import open_model, parse_kind
from tagviz.operations import maps
from tagviz.operations.context import Context
from tagviz.types import ProgressCallback


def project(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    corpus, model = open_model(context, arguments, progress)
    started = time.perf_counter()
    kind = parse_kind(arguments.kind)
    ident = maps.project(context, corpus, model, maps.MapRequest(kind, arguments.values), progress)
    projection = context.workspace.open_projection(model.info.id, ident)
    return {
        "projection": ident,
        "points": len(projection.vocab),
        "kind": str(kind),
        "model": model.info.id,
        "seconds": round(time.perf_counter() - started, 3),
        "measures": dict(projection.measures),
        "clusters": [len(names) for names in projection.names],
    }
