"""A report as named arrays and a JSON document, and back; nothing is pickled, no array contains objects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import StoreError
from tagviz.evaluation import history
from tagviz.evaluation.items import Items
from tagviz.evaluation.report import EvalReport, EvaluatedModel
from tagviz.training import Arrays
from tagviz.types import Kind, Vocab, readonly

FORMAT = 1
HEAD = (
    "name", "corpus", "fingerprint", "protocol", "mask", "by_group", "seed", "share", "leak", "created", "version",
    "playlists",
)  # fmt: skip
"""Fields of a report that the document stores as they are."""


def state(report: EvalReport) -> tuple[Arrays, dict[str, Any]]:
    """Return a report as named arrays and a JSON document, from which `restore` builds it again."""
    arrays: Arrays = {}
    for name, column in report.questions.items():
        values = column.to_numpy()
        if values.dtype.kind == "M":
            values = values.astype("datetime64[s]").astype(np.int64)
        arrays[f"questions/{name}"] = (
            values if values.dtype.kind in "biu" else _encode_texts([str(text) for text in values])
        )
    for side, matrices in (("shown", report.shown), ("hidden", report.hidden)):
        for kind, matrix in matrices.items():
            arrays |= _sparse_arrays(f"{side}/{kind}", matrix)
    for kind, items in report.items.items():
        base = f"items/{kind}"
        arrays[f"{base}/ids"] = _encode_texts(list(items.vocab.ids))
        arrays[f"{base}/labels"] = _encode_texts(items.vocab.label_list(np.arange(len(items))))
        arrays[f"{base}/facets"] = _encode_texts([str(facet) for facet in items.facets])
        arrays[f"{base}/genre_names"] = _encode_texts(list(items.genre_names))
        arrays[f"{base}/counts"], arrays[f"{base}/band"] = items.counts, items.band
        arrays[f"{base}/vectors"] = items.vectors
        arrays |= _sparse_arrays(f"{base}/genres", items.genres)
    for number, label in enumerate(report.labels):
        for kind in report.kinds:
            if (label, kind) in report.rows:
                base = f"answers/{number}/{kind}"
                arrays[f"{base}/rows"] = report.rows[label, kind]
                arrays[f"{base}/ranks"] = report.ranks[label, kind]
                arrays[f"{base}/fallback"] = np.packbits(report.fallback[label, kind])
    head = {name: getattr(report, name) for name in HEAD}
    catalogue = {str(kind): items.catalogue for kind, items in report.items.items()}
    more = {"trained": report.trained, "questions": len(report), "notes": list(report.notes), "catalogue": catalogue}
    return arrays, {"format": FORMAT, **head, **more, "models": models(report), "summary": history.brief(report)}


def models(report: EvalReport) -> list[dict[str, Any]]:
    """Return the models of a report as JSON."""
    return [asdict(model) for model in report.models]


def restore(arrays: Mapping[str, np.ndarray[Any, Any]], document: Mapping[str, Any]) -> EvalReport:
    """Build a report from its state.

    Args:
        arrays: Its arrays.
        document: Its JSON document.

    Raises:
        StoreError: For another format, or missing or damaged parts.
    """
    if document.get("format") != FORMAT:
        version = document.get("format")
        raise StoreError("The report cannot be read", f"its format is {version}, known is {FORMAT}", "evaluate again")
    try:
        return _build_report(arrays, document)
    except (KeyError, ValueError, TypeError) as error:
        raise StoreError(
            "The report cannot be read", f"a part is missing or damaged: {error}", "evaluate again"
        ) from error


def _encode_texts(texts: Sequence[str]) -> NDArray[np.uint8]:
    """Return texts as the bytes of a JSON list, which needs no array of objects."""
    return np.frombuffer(json.dumps(list(texts)).encode("ascii"), dtype=np.uint8)


def _decode_texts(array: np.ndarray[Any, Any]) -> list[str]:
    return list(json.loads(array.tobytes().decode("ascii")))


def _sparse_arrays(base: str, matrix: sp.csr_matrix) -> Arrays:
    return {
        f"{base}/indptr": matrix.indptr,
        f"{base}/indices": matrix.indices,
        f"{base}/shape": np.array(matrix.shape, dtype=np.int64),
    }


def _sparse(arrays: Mapping[str, np.ndarray[Any, Any]], base: str) -> sp.csr_matrix:
    indices = arrays[f"{base}/indices"]
    shape = tuple(int(size) for size in arrays[f"{base}/shape"])
    return sp.csr_matrix((np.ones(len(indices), dtype=np.float32), indices, arrays[f"{base}/indptr"]), shape=shape)


def _build_report(arrays: Mapping[str, np.ndarray[Any, Any]], document: Mapping[str, Any]) -> EvalReport:
    columns: dict[str, Any] = {}
    for name in ("id", "title", "date", "group", "songs", "tags", "titled", "case", "language", "year"):
        values = arrays[f"questions/{name}"]
        columns[name] = pd.Series(_decode_texts(values), dtype="str") if values.dtype == np.uint8 else values
    columns["date"] = columns["date"].astype("datetime64[s]")
    count = len(columns["id"])
    items, shown, hidden = {}, {}, {}
    for kind in (Kind.TAG, Kind.SONG):
        base = f"items/{kind}"
        items[kind] = Items(
            vocab=Vocab.of(kind, _decode_texts(arrays[f"{base}/ids"]), _decode_texts(arrays[f"{base}/labels"])),
            counts=readonly(arrays[f"{base}/counts"]),
            band=readonly(arrays[f"{base}/band"]),
            catalogue=int(document["catalogue"][str(kind)]),
            facets=np.array(_decode_texts(arrays[f"{base}/facets"]), dtype=object),
            vectors=readonly(arrays[f"{base}/vectors"]),
            genres=_sparse(arrays, f"{base}/genres"),
            genre_names=tuple(_decode_texts(arrays[f"{base}/genre_names"])),
        )
        shown[kind] = _sparse(arrays, f"shown/{kind}")
        if f"hidden/{kind}/indptr" in arrays:
            hidden[kind] = _sparse(arrays, f"hidden/{kind}")
    judged = tuple(EvaluatedModel(**model) for model in document["models"])
    answers = [(number, model.label, kind) for number, model in enumerate(judged) for kind in hidden]
    answers = [entry for entry in answers if f"answers/{entry[0]}/{entry[2]}/rows" in arrays]

    def parts(part: str) -> dict[tuple[str, Kind], Any]:
        return {(label, kind): readonly(arrays[f"answers/{number}/{kind}/{part}"]) for number, label, kind in answers}

    return EvalReport(
        **{name: document[name] for name in HEAD},
        trained=str(document.get("trained", "")),  # reports of earlier versions do not say
        notes=tuple(document["notes"]),
        models=judged,
        questions=pd.DataFrame(columns),
        items=items,
        shown=shown,
        hidden=hidden,
        rows=parts("rows"),
        ranks=parts("ranks"),
        fallback={key: np.unpackbits(bits, count=count).astype(bool) for key, bits in parts("fallback").items()},
    )
