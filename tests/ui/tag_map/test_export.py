"""Downloads of the map."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.ui import cache
from tagviz.ui.tag_map import export
from tagviz.ui.tag_map.layers import MapKey


def test_pictures_and_vectors(app: Callable[..., AppTest]) -> None:
    app()
    corpus = next(info for info in cache.corpora() if info.name == "awkward")
    map_key = MapKey(cache.ModelKey("awkward", corpus.fingerprint, cache.resolved(corpus.fingerprint, "spectral")))
    svg = export._picture(map_key, "svg", False).decode()
    assert svg.count("<circle") == len(map_key.projection.vocab)
    page = export._picture(map_key, "html", True).decode()
    assert "Tag map of awkward" in page
    assert export._vectors(map_key, "parquet")[:4] == b"PAR1"
    assert set(export.VECTORS) == {"parquet", "projector", "word2vec", "word2vec-binary", "npz"}
