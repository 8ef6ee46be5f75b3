"""Vectors on their way to other tools: TensorBoard's projector, whatever reads word2vec text, Parquet."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pandas as pd

from tagviz.errors import BadParameter
from tagviz.operations.maps import space_of
from tagviz.operations.models import Model
from tagviz.types import Corpus, Floats, Projection

ENDINGS: Mapping[str, str] = {"parquet": ".parquet", "projector": ".zip", "word2vec": ".txt"}
"""The forms, and how their files end."""


def vectors(corpus: Corpus, model: Model, projection: Projection, form: str) -> bytes:
    """The items of a map with their unit vectors, in the order of the map.

    parquet: `key`, `label`, `count`, `x`, `y`, `trust`, `vector`. projector: vectors.tsv and metadata.tsv in a zip.
    word2vec: text, the keys with blanks written as underscores, as gensim wants them. Raises BadParameter for another
    form, NotReady for a model without a space.
    """
    if form not in ENDINGS:
        raise BadParameter(f"There is no form {form!r}", f"forms: {', '.join(ENDINGS)}", "choose one of these")
    about, own = metadata(corpus, projection), _own(model, projection)
    if form == "parquet":
        return about.assign(vector=list(own)).to_parquet(index=False)
    if form == "word2vec":
        names = about["key"].str.replace(r"\s", "_", regex=True)
        lines = [f"{len(own)} {own.shape[1]}"]
        lines += [f"{name} {' '.join(f'{value:.6g}' for value in row)}" for name, row in zip(names, own, strict=True)]
        return ("\n".join(lines) + "\n").encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("vectors.tsv", "".join("\t".join(f"{value:.6g}" for value in row) + "\n" for row in own))
        labels = about.assign(label=about["label"].str.replace(r"\s", " ", regex=True))
        files.writestr("metadata.tsv", labels.to_csv(sep="\t", index=False))
    return packed.getvalue()


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
