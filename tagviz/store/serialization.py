"""Files of a corpus and of a projection in an artifact's folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tagviz.store import files as files
from tagviz.training import Arrays
from tagviz.types import Corpus, Kind, Projection, Vocab


def corpus_info(corpus: Corpus) -> dict[str, Any]:
    """Return the facts that a list of corpora shows without opening them."""
    return {
        "fingerprint": corpus.fingerprint,
        "playlists": len(corpus),
        "sizes": {str(kind): len(vocab) for kind, vocab in corpus.vocabs.items()},
        "group_name": corpus.group_name,
        "tokenizer": corpus.tokenizer,
        "meta": dict(corpus.meta),
    }


def write_corpus(folder: Path, corpus: Corpus, packed: bool) -> None:
    """Write a corpus into a folder.

    Args:
        folder: The folder.
        corpus: The corpus.
        packed: Small files, to be shipped.
    """
    files.write_table(folder / "playlists.parquet", corpus.playlists)
    files.write_table(folder / "songs.parquet", corpus.songs)
    files.write_vocabs(folder, corpus.vocabs)
    parts: Arrays = {}
    for kind, matrix in {**corpus.links, **corpus.song_links}.items():
        parts |= files.binary_parts(str(kind), matrix)
    files.write_arrays(folder / "links", parts, packed)
    files.write_json(folder / "facets.json", [str(facet) for facet in corpus.facets])
    if corpus.tokenizer_model:
        with files.store_errors(folder):
            (folder / "tokenizer.model").write_bytes(corpus.tokenizer_model)


def read_corpus(folder: Path, name: str, info: Mapping[str, Any]) -> Corpus:
    """Read what `write_corpus` wrote.

    Args:
        folder: The folder.
        name: Name of the corpus.
        info: Facts as from `corpus_info`.

    Raises:
        StoreError: If a file is missing or damaged.
    """
    parts = files.read_arrays(folder / "links")
    names = [part.removesuffix(".shape") for part in parts if part.endswith(".shape")]
    matrices = {Kind(part): files.binary_matrix(part, parts) for part in names}
    model = folder / "tokenizer.model"
    with files.read_errors(folder):
        return Corpus(
            name=name,
            playlists=files.read_table(folder / "playlists.parquet"),
            songs=files.read_table(folder / "songs.parquet"),
            vocabs=files.read_vocabs(folder, [Kind(kind) for kind in info["sizes"]]),
            links={kind: matrices[kind] for kind in (Kind.TAG, Kind.SONG, Kind.WORD)},
            song_links={kind: matrices[kind] for kind in (Kind.GENRE, Kind.ARTIST)},
            facets=np.array(files.read_json(folder / "facets.json"), dtype=object),
            group_name=info["group_name"],
            tokenizer=info["tokenizer"],
            tokenizer_model=model.read_bytes() if model.exists() else b"",
            meta=info["meta"],
            stored_fingerprint=info["fingerprint"],
        )


def projection_info(projection: Projection) -> dict[str, Any]:
    """Return the facts that a list of maps shows without opening them."""
    return {
        "kind": str(projection.vocab.kind),
        "points": len(projection.vocab),
        "method": projection.method,
        "params": dict(projection.params),
        "measures": dict(projection.measures),
        "names": [list(names) for names in projection.names],
        "fingerprint": projection.fingerprint,
    }


def write_projection(folder: Path, projection: Projection) -> None:
    """Write a projection into a folder."""
    levels = np.array(projection.levels, dtype=np.int32).reshape(len(projection.levels), len(projection.vocab))
    arrays = {"xy": projection.xy, "levels": levels, "trust": projection.trust}
    files.write_arrays(folder, arrays if projection.near is None else {**arrays, "near": projection.near})
    files.write_vocabs(folder, {projection.vocab.kind: projection.vocab})


def read_projection(folder: Path, info: Mapping[str, Any]) -> Projection:
    """Read what `write_projection` wrote.

    Args:
        folder: The folder.
        info: Facts as from `projection_info`.

    Raises:
        StoreError: If a file is missing or damaged.
    """
    arrays = files.read_arrays(folder)
    kind = Kind(info["kind"])
    vocab: Vocab = files.read_vocabs(folder, [kind])[kind]
    return Projection(
        vocab=vocab,
        xy=arrays["xy"],
        levels=tuple(arrays["levels"]),
        names=tuple(tuple(names) for names in info["names"]),
        trust=arrays["trust"],
        method=info["method"],
        params=info["params"],
        measures=info["measures"],
        fingerprint=info["fingerprint"],
        near=arrays.get("near"),
    )
