"""Vectors on their way to other tools: TensorBoard's projector, whatever reads word2vec text, Parquet."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tagviz.embed import vector_files
from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.operations.maps import space_of
from tagviz.operations.models import Model
from tagviz.types import Corpus, Floats, Kind, Projection

ENDINGS: Mapping[str, str] = {
    "parquet": ".parquet", "projector": ".zip", "word2vec": ".txt", "word2vec-binary": ".bin", "npz": ".npz",
}  # fmt: skip
"""The forms, and how their files end."""


def vectors(corpus: Corpus, model: Model, projection: Projection, form: str) -> bytes:
    """The items of a map with their unit vectors, in the order of the map.

    parquet: `key`, `label`, `count`, `x`, `y`, `trust`, `vector`. projector: vectors.tsv and metadata.tsv in a zip.
    word2vec, word2vec-binary: keys as `vector_files.distinct_words` writes them. npz: keys and vectors. Raises
    InvalidParameterError for another form, NotReadyError for a model without a space.
    """
    if form not in ENDINGS:
        raise InvalidParameterError(f"There is no form {form!r}", f"forms: {', '.join(ENDINGS)}", "choose one of these")
    about, own = metadata(corpus, projection), _own(model, projection)
    if form == "parquet":
        return about.assign(vector=list(own)).to_parquet(index=False)
    return vector_files.written(about, own, form)


def model_vectors(corpus: Corpus, model: Model, kind: Kind, form: str) -> tuple[bytes, int]:
    """All items of one kind that a model places, with their unit vectors, and how many there are; no map is needed.

    Raises InvalidParameterError for an unknown form, NotReadyError for a model without vectors of this kind.
    """
    if form not in ENDINGS:
        raise InvalidParameterError(f"There is no form {form!r}", f"forms: {', '.join(ENDINGS)}", "choose one of these")
    space = space_of(model)
    if kind not in space.vocabs:
        kinds = ", ".join(space.vocabs) or "none"
        raise NotReadyError(f"{model.info.method} has no vectors of {kind}s", f"it has: {kinds}", "choose another kind")
    vocab, rows = space.vocabs[kind], list(range(len(space.vocabs[kind])))
    counts = corpus.counts(kind)[corpus.vocab(kind).find(list(vocab.ids))]
    about = pd.DataFrame({"key": vocab.keys(rows), "label": vocab.label_list(rows), "count": counts})
    if form == "parquet":
        return about.assign(vector=list(space.of(kind))).to_parquet(index=False), len(vocab)
    return vector_files.written(about, space.of(kind), form), len(vocab)


def metadata(corpus: Corpus, projection: Projection) -> pd.DataFrame:
    """What is known of the points of a map: `key`, `label`, `count`, `x`, `y` (and `z`), `trust`."""
    vocab = projection.vocab
    rows = list(range(len(vocab)))
    return pd.DataFrame(
        {
            "key": vocab.keys(rows),
            "label": vocab.label_list(rows),
            "count": corpus.counts(vocab.kind)[corpus.vocab(vocab.kind).find(list(vocab.ids))],
            **dict(zip("xyz", projection.xy.T, strict=False)),
            "trust": projection.trust,
        }
    )


def _own(model: Model, projection: Projection) -> Floats:
    space = space_of(model)
    return space.of(projection.vocab.kind)[space.rows_in(projection.vocab)]
