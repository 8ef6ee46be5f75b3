"""The commands features and autotag."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from tagviz.errors import InvalidParameterError
from tagviz.operations import corpora, features
from tagviz.operations.context import Context
from tagviz.types import ProgressCallback


def run_features(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    """Add, list or remove the feature tables of a corpus."""
    corpus = corpora.open_corpus(context, arguments.corpus)
    if arguments.action == "list":
        return {"corpus": corpus.name, "features": features.described(context, corpus.name)}
    if arguments.action == "remove":
        if not arguments.name:
            raise InvalidParameterError("Which table?", "remove needs a name", "add --name NAME")
        features.remove(context, corpus.name, arguments.name)
        return {"corpus": corpus.name, "removed": arguments.name}
    if arguments.path is None:
        raise InvalidParameterError("No file is named", "add needs a table of numbers per song", "name a file")
    if arguments.preview:
        added = features.preview(corpus, arguments.path, arguments.name, arguments.id)
    else:
        added = features.add(context, corpus, arguments.path, arguments.name, arguments.id, progress)
    return {"corpus": corpus.name, **added.described(), "stored": not arguments.preview}


def autotag(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    """Write tags for songs that have none."""
    from tagviz.operations import autotag as operations

    corpus = corpora.open_corpus(context, arguments.corpus)
    ids = None if arguments.untagged else operations.ids_in(arguments.ids)
    done = operations.autotag(context, corpus, ids, arguments.model, arguments.n, progress)
    operations.write(arguments.out, done)
    return {
        "out": str(arguments.out),
        "songs": len(done.entries),
        "nothing_known": done.skipped,
        "model": done.model,
    }
