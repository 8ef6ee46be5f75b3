"""The report: what each model answered to each question, where the hidden items came, and all that is needed to
judge it.

A report stands on its own: it keeps the ids, labels and counts of the items that occur in it, so that it opens
without its corpus. Everything that is shown of it (tables, heatmaps, histograms, comparisons) is a view computed
from these arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import BadParameter, UnknownTerm
from tagviz.evaluate.items import Items, moved, used_items
from tagviz.evaluate.split import Split
from tagviz.ranking import rank
from tagviz.settings import settings
from tagviz.text import language
from tagviz.types import Floats, Ints, Kind, Progress, ProgressCallback, Recommender, frozen, quiet


@dataclass(frozen=True)
class ModelInfo:
    """A judged model: the label it has in the report, its method and parameters, its id in the workspace, what it
    was trained on (fingerprint), and how long training took (seconds, 0 unknown) and answering took (questions per
    second). outside: what of it was learned elsewhere, from playlists that nobody knows ("" nothing)."""

    label: str
    method: str = ""
    model: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    trained_on: str = ""
    train_seconds: float = 0.0
    speed: float = 0.0
    outside: str = ""


@dataclass(frozen=True, eq=False)
class EvalReport:
    """The answers of some models to the same questions. Rows of items refer to `items[kind].vocab`.

    questions: frame, one row a question: `id`, `title`, `titled`, `date`, `group`, `case`, `songs`, `tags` (as in
        split.Questions), `language` (script of the title), `year` (0 unknown).
    shown, hidden: CSR rows by kind; `hidden` has the kinds that were asked for.
    rows: per (label, kind) int32 (q, n), what the model recommends, best first, −1 where there are fewer.
    ranks: per (label, kind) int16 per entry of `hidden[kind]`, in its order: the place (from 1) at which the model
        recommends it, 0 where it is not among the n.
    fallback: per (label, kind) bool (q,): nothing shown was known to the model, the answer is mere popularity.
    playlists: how many playlists were trained on; trained: the fingerprint of that training side ("" unknown). created:
    UTC, ISO. version: of the code.
    """

    name: str
    corpus: str
    fingerprint: str
    protocol: str
    mask: str
    by_group: bool
    seed: int
    share: float
    leak: float
    notes: tuple[str, ...]
    created: str
    version: str
    playlists: int
    trained: str
    models: tuple[ModelInfo, ...]
    questions: pd.DataFrame
    items: Mapping[Kind, Items]
    shown: Mapping[Kind, sp.csr_matrix]
    hidden: Mapping[Kind, sp.csr_matrix]
    rows: Mapping[tuple[str, Kind], Ints]
    ranks: Mapping[tuple[str, Kind], NDArray[np.int16]]
    fallback: Mapping[tuple[str, Kind], NDArray[np.bool_]]

    def __len__(self) -> int:
        return len(self.questions)

    @property
    def labels(self) -> list[str]:
        return [model.label for model in self.models]

    @property
    def kinds(self) -> list[Kind]:
        """The kinds that were asked for, tags first."""
        return [kind for kind in (Kind.TAG, Kind.SONG) if kind in self.hidden]

    def labels_for(self, kind: Kind) -> list[str]:
        """The models that answer this kind."""
        return [label for label in self.labels if (label, kind) in self.rows]

    def depth(self, kind: Kind) -> int:
        """How many items each model recommended: no k may be larger."""
        return max((self.rows[label, kind].shape[1] for label in self.labels_for(kind)), default=0)

    def truth_size(self, kind: Kind) -> NDArray[np.int64]:
        """How many items of the kind each question hides."""
        return np.diff(self.hidden[kind].indptr).astype(np.int64)

    @cached_property
    def truth_rows(self) -> dict[Kind, NDArray[np.int64]]:
        """Per kind, the question of each hidden item, in the order of `hidden[kind].indices`."""
        return {kind: np.repeat(np.arange(len(self)), self.truth_size(kind)) for kind in self.hidden}

    @cached_property
    def memo(self) -> dict[Any, Any]:
        """What views of this report have already worked out (see metrics.py), kept as long as the report."""
        return {}

    @cached_property
    def cases(self) -> list[str]:
        """The cases that occur, the most frequent first."""
        return [str(case) for case in self.questions["case"].value_counts().index]

    def check(self, label: str, kind: Kind) -> None:
        """Raises UnknownTerm when the report has no answers of this model and kind."""
        if (label, kind) not in self.rows:
            known = ", ".join(self.labels_for(kind)) or "none"
            raise UnknownTerm(
                f"No {kind}s of {label!r} in this report", f"models with {kind}s: {known}", "choose one of these"
            )

    def hits(self, label: str, kind: Kind) -> NDArray[np.bool_]:
        """(q, n): whether the item at that place is one of the question's hidden items."""
        self.check(label, kind)
        found = np.zeros(self.rows[label, kind].shape, dtype=bool)
        ranks = self.ranks[label, kind]
        hit = ranks > 0
        found[self.truth_rows[kind][hit], ranks[hit] - 1] = True
        return found

    @property
    def warnings(self) -> list[str]:
        """What a reader must know before believing the numbers, in plain words."""
        found = []
        for model in self.models:
            if model.trained_on and model.trained_on == self.fingerprint:
                found.append(
                    f"{model.label} was trained on the whole corpus: it has seen the answers. Do not trust its numbers."
                )
            elif model.trained_on and self.trained and model.trained_on != self.trained:
                found.append(
                    f"{model.label} was trained on another corpus ({model.trained_on}): nobody knows whether it has "
                    "seen the answers, and what it does not know it cannot find."
                )
            elif model.outside:
                found.append(
                    f"{model.label} stands on {model.outside}: nobody knows whether that has seen the answers."
                )
        if self.leak > 0:
            found.append(
                f"{self.leak:.0%} of the questions come from listeners or artists whose other playlists were trained "
                "on: the numbers are higher than they would be for new ones."
            )
        if len(self) < 100:
            found.append(f"Only {len(self)} questions: differences between models mean little.")
        return found

    def frame(self, label: str, kind: Kind, k: int | None = None) -> pd.DataFrame:
        """One row per recommended item: `question` (playlist id), `method`, `item` (key), `rank` (from 1), `hidden`
        (a hit)."""
        self.check(label, kind)
        rows = self.rows[label, kind][:, :k]
        question, place = np.nonzero(rows >= 0)
        vocab = self.items[kind].vocab
        return pd.DataFrame(
            {
                "question": self.questions["id"].to_numpy()[question],
                "method": label,
                "item": vocab.keys(rows[question, place]),
                "rank": place + 1,
                "hidden": self.hits(label, kind)[question, place],
            }
        )


def build(
    recommenders: Mapping[str, Recommender],
    split: Split,
    n_tags: int = 100,
    n_songs: int = 100,
    infos: Mapping[str, ModelInfo] | None = None,
    tag_vectors: Floats | None = None,
    name: str = "",
    version: str = "",
    progress: ProgressCallback = quiet,
) -> EvalReport:
    """Ask every recommender (label → fitted on `split.train`) all questions of the split.

    n_tags, n_songs: how deep; larger shows where late hits come. tag_vectors: unit (tags of the corpus, d), by which
    the similarity heatmap measures; without them similarity is taken from co-occurrence in the training playlists.
    A recommender is asked only for the kinds it knows. Deterministic for given recommenders and split.
    """
    if not recommenders:
        raise BadParameter("No model to evaluate", "at least one is needed", "name a model or a method")
    train, questions = split.train, split.questions
    asked = questions.asked(train)
    depth = {Kind.TAG: n_tags, Kind.SONG: n_songs}
    raw: dict[tuple[str, Kind], Ints] = {}
    fallback: dict[tuple[str, Kind], NDArray[np.bool_]] = {}
    models = []
    jobs = [(label, kind) for label in recommenders for kind in questions.hidden if kind in recommenders[label].kinds]
    for label, recommender in recommenders.items():
        started = datetime.now(UTC)
        for kind in (kind for name_, kind in jobs if name_ == label):
            done = len(raw)

            def step(inner: Progress, done: int = done, label: str = label, kind: Kind = kind) -> None:
                fraction = (done + (inner.fraction or 0.0)) / len(jobs)
                progress(Progress(f"Asking {label} for {kind}s", fraction))

            ranked = rank(recommender, asked, kind, train, depth[kind], progress=step, threads=settings().threads)
            raw[label, kind], fallback[label, kind] = ranked.rows, ranked.fallback
        seconds = (datetime.now(UTC) - started).total_seconds()
        given = (infos or {}).get(label, ModelInfo(label, recommender.method))
        models.append(replace(given, label=label, speed=round(len(questions) / max(seconds, 1e-6), 1)))
    items, column = {}, {}
    for kind in (Kind.TAG, Kind.SONG):
        answers = [rows for (_, other), rows in raw.items() if other is kind]
        items[kind], column[kind] = used_items(train, kind, questions, answers, tag_vectors)
    hidden = {kind: moved(matrix, column[kind], len(items[kind])) for kind, matrix in questions.hidden.items()}
    rows = {
        (label, kind): frozen(np.where(found < 0, -1, column[kind][found]), np.int32)
        for (label, kind), found in raw.items()
    }
    frame = questions.frame
    years = frame["date"].dt.year.fillna(0).astype(np.int32)
    return EvalReport(
        name=name or f"{split.corpus} {split.protocol}",
        corpus=split.corpus,
        fingerprint=split.fingerprint,
        protocol=split.protocol,
        mask=split.mask,
        by_group=split.by_group,
        seed=split.seed,
        share=split.share,
        leak=split.leak,
        notes=split.notes,
        created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        version=version,
        playlists=len(train),
        trained=train.fingerprint,
        models=tuple(models),
        questions=frame.assign(language=[language(title) for title in frame["title"]], year=years),
        items=items,
        shown={kind: moved(questions.shown[kind], column[kind], len(items[kind])) for kind in (Kind.TAG, Kind.SONG)},
        hidden=hidden,
        rows=rows,
        ranks={(label, kind): ranks_of(found, hidden[kind]) for (label, kind), found in rows.items()},
        fallback=fallback,
    )


def ranks_of(rows: Ints, truth: sp.csr_matrix) -> NDArray[np.int16]:
    """Per entry of `truth`, in its order, the place (from 1) of that item in its question's row of `rows`, 0 where
    it is not."""
    width = truth.shape[1]
    question = np.repeat(np.arange(truth.shape[0], dtype=np.int64), np.diff(truth.indptr))
    wanted = question * width + truth.indices
    asked, place = np.nonzero(rows >= 0)
    given = asked.astype(np.int64) * width + rows[asked, place]
    order = np.argsort(wanted)
    at = np.minimum(np.searchsorted(wanted, given, sorter=order), max(0, len(wanted) - 1))
    ranks = np.zeros(len(wanted), dtype=np.int16)
    if len(wanted):
        hit = wanted[order[at]] == given
        ranks[order[at[hit]]] = place[hit] + 1
    return frozen(ranks)
