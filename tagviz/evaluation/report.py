"""The report: what each model recommended for each question, the ranks of the hidden items, and facts about both.

A report is complete: it contains the ids, labels and counts of its items, so that it opens without its corpus. Tables,
heatmaps, histograms and comparisons are views computed from its arrays.
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

from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.evaluation.items import Items, remap_columns, used_items
from tagviz.evaluation.split import Questions, Split
from tagviz.ranking import Ranker, RankingOptions
from tagviz.settings import settings
from tagviz.text import language
from tagviz.types import Floats, Ints, Kind, Progress, ProgressCallback, Recommender, no_progress, readonly


@dataclass(frozen=True)
class EvaluatedModel:
    """A model of a report.

    Attributes:
        label: Its label in the report.
        method: Its method.
        model: Its id in the workspace.
        params: Parameters of the method.
        trained_on: Fingerprint of the corpus that it was trained on.
        train_seconds: Training time; 0 where unknown.
        speed: Questions answered per second.
        outside: What was learned from unknown playlists elsewhere; "" for nothing.
    """

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
    """The answers of some models to the same questions.

    Attributes:
        name: Name of the report.
        corpus: Name of the corpus.
        fingerprint: Fingerprint of the whole corpus.
        protocol: Protocol of the split (see `split.SplitSpec` for this and the next four).
        mask: Mask of the arena protocol.
        by_group: Whether whole groups were held out.
        seed: Seed of the split.
        share: Share of the playlists that became questions.
        leak: Share of the questions whose group was trained on.
        notes: Sentences on playlists that were left out.
        created: When it was made, UTC, ISO.
        version: Version of tagviz.
        playlists: Number of training playlists.
        trained: Fingerprint of the training side; "" where unknown.
        models: The models.
        questions: Frame, one row per question: `id`, `title`, `titled`, `date`, `group`, `case`, `songs`, `tags` (as in
            split.Questions), `language` (script of the title), `year` (0 unknown).
        items: The items that occur, by kind; rows of items refer to their `vocab`.
        shown: CSR matrix (questions, items) by kind.
        hidden: The same, for the kinds that were asked for.
        rows: Per (label, kind), the recommended items, int32 (questions, n), best first, −1 where there are fewer.
        ranks: Per (label, kind), for each entry of `hidden[kind]` in its order, its rank (from 1), 0 where it is not
            among the n, int16.
        fallback: Per (label, kind), whether the model knew nothing that was shown and answered by popularity, bool
            (questions,).
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
    models: tuple[EvaluatedModel, ...]
    questions: pd.DataFrame
    items: Mapping[Kind, Items]
    shown: Mapping[Kind, sp.csr_matrix]
    hidden: Mapping[Kind, sp.csr_matrix]
    rows: Mapping[tuple[str, Kind], Ints]
    ranks: Mapping[tuple[str, Kind], NDArray[np.int16]]
    fallback: Mapping[tuple[str, Kind], NDArray[np.bool_]]

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self.questions)

    @property
    def labels(self) -> list[str]:
        """The labels of the models."""
        return [model.label for model in self.models]

    @property
    def kinds(self) -> list[Kind]:
        """The kinds that were asked for, tags first."""
        return [kind for kind in (Kind.TAG, Kind.SONG) if kind in self.hidden]

    def relabelled(self, names: Mapping[str, str]) -> EvalReport:
        """Return the same report with other labels.

        Args:
            names: A new label for each label that changes; no two labels may become equal.
        """

        def renamed(stored: Mapping[tuple[str, Kind], Any]) -> dict[tuple[str, Kind], Any]:
            return {(names.get(label, label), kind): array for (label, kind), array in stored.items()}

        return replace(
            self,
            models=tuple(replace(model, label=names.get(model.label, model.label)) for model in self.models),
            rows=renamed(self.rows),
            ranks=renamed(self.ranks),
            fallback=renamed(self.fallback),
        )

    def labels_for(self, kind: Kind) -> list[str]:
        """Return the labels of the models that answer a kind."""
        return [label for label in self.labels if (label, kind) in self.rows]

    def depth(self, kind: Kind) -> int:
        """Return how many items each model recommended; no k may be larger."""
        return max((self.rows[label, kind].shape[1] for label in self.labels_for(kind)), default=0)

    def truth_size(self, kind: Kind) -> NDArray[np.int64]:
        """Return how many items of the kind each question hides, int64 (questions,)."""
        return np.asarray(np.diff(self.hidden[kind].indptr).astype(np.int64))

    @cached_property
    def truth_rows(self) -> dict[Kind, NDArray[np.int64]]:
        """Per kind, the question of each hidden item, in the order of `hidden[kind].indices`."""
        return {kind: np.repeat(np.arange(len(self)), self.truth_size(kind)) for kind in self.hidden}

    @cached_property
    def cases(self) -> list[str]:
        """The cases that occur, the most frequent first."""
        return [str(case) for case in self.questions["case"].value_counts().index]

    def check(self, label: str, kind: Kind) -> None:
        """Check that the report has answers of a model and kind.

        Raises:
            NotFoundError: If it has none.
        """
        if (label, kind) not in self.rows:
            known = ", ".join(self.labels_for(kind)) or "none"
            raise NotFoundError(
                f"No {kind}s of {label!r} in this report", f"models with {kind}s: {known}", "choose one of these"
            )

    def hits(self, label: str, kind: Kind) -> NDArray[np.bool_]:
        """Return whether each recommended item is a hidden item of its question, bool (questions, n)."""
        self.check(label, kind)
        is_hit = np.zeros(self.rows[label, kind].shape, dtype=bool)
        ranks = self.ranks[label, kind]
        hit = ranks > 0
        is_hit[self.truth_rows[kind][hit], ranks[hit] - 1] = True
        return is_hit

    @property
    def warnings(self) -> list[str]:
        """Sentences that a reader must know before trusting the numbers."""
        sentences = []
        for model in self.models:
            if model.trained_on and model.trained_on == self.fingerprint:
                sentences.append(
                    f"{model.label} was trained on the whole corpus: it has seen the answers. Do not trust its numbers."
                )
            elif model.trained_on and self.trained and model.trained_on != self.trained:
                sentences.append(
                    f"{model.label} was trained on another corpus ({model.trained_on}): nobody knows whether it has "
                    "seen the answers, and what it does not know it cannot find."
                )
            elif model.outside:
                sentences.append(
                    f"{model.label} stands on {model.outside}: nobody knows whether that has seen the answers."
                )
        if self.leak > 0:
            sentences.append(
                f"{self.leak:.0%} of the questions come from listeners or artists whose other playlists were trained "
                "on: the numbers are higher than they would be for new ones."
            )
        if len(self) < 100:
            sentences.append(f"Only {len(self)} questions: differences between models mean little.")
        return sentences

    def frame(self, label: str, kind: Kind, k: int | None = None) -> pd.DataFrame:
        """Return one row per recommended item.

        Args:
            label: A model's label.
            kind: Kind of the items.
            k: Only the first k items; None: all.

        Returns:
            Frame `question` (playlist id), `method` (label), `item` (key), `rank` (from 1), `hidden` (whether it is a
            hit).
        """
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


@dataclass(frozen=True, eq=False)
class ReportOptions:
    """Settings of a report that do not change its questions.

    Attributes:
        n_tags: Number of tags that each model recommends per question; more shows where late hits come.
        n_songs: Number of songs.
        tag_vectors: Unit vectors, float (tags of the corpus, d), by which the similarity heatmap measures. None:
            vectors from the co-occurrence of tags in the training playlists.
        name: Name of the report; "": made of the corpus and the protocol.
        version: Version of tagviz.
    """

    n_tags: int = 100
    n_songs: int = 100
    tag_vectors: Floats | None = None
    name: str = ""
    version: str = ""


def build(
    recommenders: Mapping[str, Recommender],
    split: Split,
    options: ReportOptions | None = None,
    infos: Mapping[str, EvaluatedModel] | None = None,
    progress: ProgressCallback = no_progress,
) -> EvalReport:
    """Ask every recommender all questions of a split.

    A recommender is asked only for the kinds it knows. The report is the same for the same recommenders and split.

    Args:
        recommenders: Recommenders by label, each fitted on `split.train`.
        split: Training side and questions.
        options: Depth and further settings; None: the defaults of ReportOptions.
        infos: Further facts about the models, by label.
        progress: Receives the progress.

    Raises:
        InvalidParameterError: If there is no recommender.
    """
    options = options or ReportOptions()
    if not recommenders:
        raise InvalidParameterError("No model to evaluate", "at least one is needed", "name a model or a method")
    train, questions = split.train, split.questions
    asked = questions.queries(train)
    depth = {Kind.TAG: options.n_tags, Kind.SONG: options.n_songs}
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

            ranker = Ranker(train, _only(questions), progress=step, threads=settings().threads)
            ranked = ranker.rank(recommender, asked, kind, depth[kind])
            raw[label, kind], fallback[label, kind] = ranked.rows, ranked.fallback
        seconds = (datetime.now(UTC) - started).total_seconds()
        info = (infos or {}).get(label, EvaluatedModel(label, recommender.method))
        models.append(replace(info, label=label, speed=round(len(questions) / max(seconds, 1e-6), 1)))
    items, column = {}, {}
    for kind in (Kind.TAG, Kind.SONG):
        answers = [rows for (_, other), rows in raw.items() if other is kind]
        items[kind], column[kind] = used_items(train, kind, questions, answers, options.tag_vectors)
    hidden = {kind: remap_columns(matrix, column[kind], len(items[kind])) for kind, matrix in questions.hidden.items()}
    rows = {
        (label, kind): readonly(np.where(ranked_rows < 0, -1, column[kind][ranked_rows]), np.int32)
        for (label, kind), ranked_rows in raw.items()
    }
    frame = questions.frame
    years = frame["date"].dt.year.fillna(0).astype(np.int32)
    return EvalReport(
        name=options.name or f"{split.corpus} {split.spec.protocol}",
        corpus=split.corpus,
        fingerprint=split.fingerprint,
        protocol=split.spec.protocol,
        mask=split.spec.mask,
        by_group=split.spec.by_group,
        seed=split.spec.seed,
        share=split.spec.share,
        leak=split.leak,
        notes=split.notes,
        created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        version=options.version,
        playlists=len(train),
        trained=train.fingerprint,
        models=tuple(models),
        questions=frame.assign(language=[language(title) for title in frame["title"]], year=years),
        items=items,
        shown={
            kind: remap_columns(questions.shown[kind], column[kind], len(items[kind])) for kind in (Kind.TAG, Kind.SONG)
        },
        hidden=hidden,
        rows=rows,
        ranks={(label, kind): ranks_of(ranked_rows, hidden[kind]) for (label, kind), ranked_rows in rows.items()},
        fallback=fallback,
    )


def _only(questions: Questions) -> RankingOptions:
    """Rules that leave out all but the candidates, where a protocol has any."""
    return RankingOptions(left_out={kind: ~kept for kind, kept in questions.candidates.items()})


def ranks_of(rows: Ints, truth: sp.csr_matrix) -> NDArray[np.int16]:
    """Return the ranks of the hidden items.

    Args:
        rows: Recommended items, int (questions, n), best first, −1 for none.
        truth: Hidden items, CSR (questions, items).

    Returns:
        For each entry of `truth`, in its order, its rank (from 1) in its question's row of `rows`, 0 for none; int16.
    """
    width = truth.shape[1]
    question = np.repeat(np.arange(truth.shape[0], dtype=np.int64), np.diff(truth.indptr))
    wanted = question * width + truth.indices
    asked, place = np.nonzero(rows >= 0)
    recommended = asked.astype(np.int64) * width + rows[asked, place]
    order = np.argsort(wanted)
    at = np.minimum(np.searchsorted(wanted, recommended, sorter=order), max(0, len(wanted) - 1))
    ranks = np.zeros(len(wanted), dtype=np.int16)
    if len(wanted):
        hit = wanted[order[at]] == recommended
        ranks[order[at[hit]]] = place[hit] + 1
    return np.asarray(readonly(ranks))
