"""The commands import, export, corpora and profile."""

from __future__ import annotations

import time
from argparse import Namespace
from typing import Any

from tagviz.cli import imports, output
from tagviz.operations import corpora
from tagviz.operations.context import Context
from tagviz.types import ProgressCallback


def import_corpus(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    options = imports.options_of(arguments)
    if arguments.preview:
        return imports.preview(arguments.path, arguments.format, options)
    started = time.perf_counter()
    info = corpora.import_corpus(context, arguments.path, arguments.name, arguments.format, options, progress)
    seconds, brought = round(time.perf_counter() - started, 3), corpora.changes(context, info.name)
    changes = {"changes": brought.described() if brought else []}
    return {**_corpus(info), "seconds": seconds, "notes": list(info.notes), **corpora.import_summary(info), **changes}


def export_corpus(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    from tagviz.cli.inputs import open_model, parse_kind
    from tagviz.operations import output_files, playlist_export
    from tagviz.operations.maps import export

    if arguments.model:
        corpus, model = open_model(context, arguments, progress)
        content, count = export.model_vectors(corpus, model, parse_kind(arguments.kind), arguments.form)
        output_files.write_whole(arguments.out, content)
        return {"out": str(arguments.out), "form": arguments.form, "vectors": count, "model": model.ref}
    corpus = corpora.open_corpus(context, arguments.corpus)
    playlist = playlist_export.playlist_id(corpus, arguments.playlist) if arguments.playlist else ""
    count = playlist_export.export(corpus, arguments.form, arguments.out, playlist)
    return {"out": str(arguments.out), "form": arguments.form, "playlists": count}


def list_corpora(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    damaged = corpora.damaged_corpora(context)
    for error in damaged.values():
        output.line(f"warning: {error}")
    return {"corpora": [_corpus(info) for info in corpora.list_corpora(context)], "damaged": sorted(damaged)}


def _corpus(info: corpora.CorpusInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "fingerprint": info.fingerprint,
        "playlists": info.playlists,
        **{f"{kind}s": size for kind, size in info.sizes.items()},
        "songs_are": info.songs_are,
        "format": info.meta.get("format", ""),
        "imported": info.imported,
        "versions": list(info.versions),
        "bytes": info.size,
        "shipped": info.shipped,
        "synthetic": info.synthetic,
    }


def profile_corpus(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    corpus = corpora.open_corpus(context, arguments.corpus)
    profile = corpora.profile(corpus)
    return {
        "corpus": arguments.corpus,
        "songs_are": corpus.meta["songs_are"],
        "sizes": profile.sizes.to_dict("records"),
        "top": {str(kind): frame.to_dict("records") for kind, frame in profile.top.items()},
        "languages": {str(script): int(count) for script, count in profile.languages.items()},
        "years": {str(year): int(count) for year, count in profile.years.items()},
        "notes": list(profile.notes),
    }
