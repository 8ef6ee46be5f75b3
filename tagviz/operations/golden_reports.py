"""Models' answers to golden queries, kept in the workspace for as long as the queries stay the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from tagviz.errors import StoreError
from tagviz.evaluation.golden import GoldenQuery, GoldenReport, rows_of
from tagviz.operations import golden
from tagviz.operations.context import Context
from tagviz.store.files import read_object, write_json
from tagviz.store.records import checked_name
from tagviz.types import Corpus, ProgressCallback, no_progress


class KeptReports:
    """The reports of a corpus's models on its golden queries; a model is asked once.

    Args:
        context: The workspace, and who acts.
        name: The corpus.
        queries: The queries; other ones than before mean that every model is asked again.
        progress: Called between questions.
    """

    def __init__(
        self,
        context: Context,
        name: str,
        queries: Sequence[GoldenQuery],
        progress: ProgressCallback = no_progress,
    ) -> None:
        self._context, self._queries, self._progress = context, queries, progress
        self._digest = hashlib.blake2b(json.dumps(rows_of(queries)).encode(), digest_size=8).hexdigest()
        self._path = context.workspace.home / "golden" / "answers" / f"{checked_name(name)}.json"

    def has(self, corpus: Corpus, ident: str) -> bool:
        """Return whether a model has been asked these queries.

        Args:
            corpus: The version of the corpus.
            ident: The model's id.
        """
        return _key(corpus, ident) in self._kept()

    def of(self, corpus: Corpus, ident: str) -> GoldenReport:
        """Return a model's report; asks it if it has not been asked.

        Args:
            corpus: The version of the corpus.
            ident: The model's id.
        """
        key, kept = _key(corpus, ident), self._kept()
        if key not in kept:
            report = golden.ask(self._context, corpus, ident, self._queries, self._progress)
            rows = report.frame.astype(object).to_dict("records")
            kept = {**self._kept(), key: [{**row, "answers": list(row["answers"])} for row in rows]}
            write_json(self._path, {"queries": self._digest, "models": kept})
        return GoldenReport(ident, pd.DataFrame(kept[key]))

    def _kept(self) -> dict[str, Any]:
        try:
            kept = read_object(self._path) or {}
        except StoreError:  # damaged: the models are asked again
            return {}
        return dict(kept["models"]) if kept.get("queries") == self._digest else {}


def _key(corpus: Corpus, ident: str) -> str:
    return f"{corpus.fingerprint} {ident}"
