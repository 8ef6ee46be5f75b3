"""Fusion: the members' scores, scaled to [0, 1] and added with weights learned on validation playlists.

s_j = Σ_m w_m(case, kind) · scaled(s^m)_j. The weights maximise nDCG by coordinate search (as in Metzler & Croft 2007,
"Linear feature-based models for information retrieval"); the weights of a rare case are shrunk towards those of all
cases. The combination is CombSUM of Fox & Shaw 1994 with learned weights.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.params import Params, param
from tagviz.ranking import chunks
from tagviz.recommenders.candidates import ScoredCandidates, candidates, member_features, score_candidates, stack
from tagviz.recommenders.ensemble_members import (
    TEXT,
    Member,
    comparable,
    default_members,
    fit_members,
    keep_members,
    restore_members,
)
from tagviz.recommenders.factors import Factors
from tagviz.recommenders.features import keep_titles, restore_titles
from tagviz.recommenders.rerank_features import RerankFeatures
from tagviz.recommenders.sparse_ops import check_kind, reasons
from tagviz.recommenders.support import supported
from tagviz.recommenders.text_share import with_half_known, with_text_share
from tagviz.recommenders.validation import (
    CASES,
    DEPTH,
    Questions,
    cases_of,
    folds,
    of_all_cases,
    questions,
    select,
    titles_hidden,
    with_hidden_titles,
)
from tagviz.training import Arrays, FeedbackExamples, TrainingContext
from tagviz.types import Corpus, Floats, Ints, Kind, Progress, QueryBatch, Reason, Recommender, readonly

MOST = {Kind.SONG: 150, Kind.TAG: 40}
"""Number of candidates from each member: a few times the judged depth."""
CACHED = 2**16
"""Number of scores that are added at a time, so that they fit the processor's cache."""
PARTS = 10
"""From how many times the wanted number of questions on a single part of the playlists is held out."""


class FusionParams(Params):
    """Parameters of the learned fusion."""

    folds: int = param(
        3, "Number of parts of the playlists; each part is validated with members fitted on the others", ge=2
    )
    questions: int = param(
        6000, "Largest number of validation questions; more is more stable and slower", first=True, ge=50
    )
    shrink: float = param(
        150.0, "Number of questions of a case at which its own weights count as much as those of all cases", ge=0
    )
    dimensions: int = param(
        0, "Largest number of dimensions of factors and embeddings; 0: the tuned ones; fewer: smaller and faster", ge=0
    )


class _LastQuery(threading.local):
    """The last single query of a thread, and its scores by member."""

    def __init__(self) -> None:
        """Nothing has been asked; runs in each thread."""
        self.asked: QueryBatch | None = None
        self.kind = Kind.TAG
        self.scores: dict[str, Floats] = {}


class Fusion:
    """Fitted members with weights per kind, float32 (CASES, members)."""

    method = "fusion"

    def __init__(
        self,
        corpus: Corpus,
        params: FusionParams,
        members: Sequence[Member],
        fitted: Mapping[str, Recommender],
        weights: Mapping[Kind, Floats],
    ) -> None:
        """Create the method from fitted members.

        Args:
            corpus: Training playlists.
            params: Parameters.
            members: The members in order.
            fitted: The fitted members by name.
            weights: Per kind float32 (CASES, members).
        """
        self.corpus = corpus
        self.params = params
        self.members = tuple(members)
        self.fitted = {member.name: fitted[member.name] for member in members}
        text = np.array([member.method == TEXT.method for member in members], dtype=bool)
        self.weights = {kind: with_half_known(own, text) for kind, own in weights.items()}
        self.kinds = frozenset(weights)
        self._last = _LastQuery()

    @classmethod
    def fit(
        cls, corpus: Corpus, params: FusionParams, tools: TrainingContext, members: Sequence[Member] | None = None
    ) -> Fusion:
        """Learn the weights on validation playlists, then fit the members on all playlists.

        Args:
            corpus: Training playlists.
            params: Parameters.
            tools: Seed, threads, progress callback, embedding trainers, sentence encoder.
            members: Members to fuse; None: `default_members`.
        """
        members = default_members(corpus, params.dimensions, tools.encoder is not None) if members is None else members
        judged, older = validate(corpus, params, tools, members)
        weights = all_weights(corpus, judged, members, params.shrink)
        return cls(corpus, params, members, fit_members(corpus, members, tools, older), weights)

    @classmethod
    def restore(
        cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus, tools: TrainingContext = TrainingContext()
    ) -> Fusion:
        """Restore the method from `state`.

        Args:
            arrays: Arrays of the state.
            params: Parameters of the state.
            corpus: The corpus it was fitted on.
            tools: Sentence encoder of the text member.
        """
        restore_titles(corpus, arrays)
        members, fitted = restore_members(arrays, params["members"], corpus, tools)
        weights = {
            kind: readonly(of_all_cases(arrays[f"weights/{kind}"]))
            for kind in (Kind.TAG, Kind.SONG)
            if f"weights/{kind}" in arrays
        }
        return cls(corpus, FusionParams.parse(params["fusion"]), members, fitted, weights)

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        """Return the weighted sum of the members' scores. Arguments as in `Recommender.score`."""
        check_kind(kind, self.kinds, self.method)
        asked = supported(asked, self.corpus)
        weights = self.weights[kind][cases_of(asked, self.corpus)]
        heard = [name for number, name in enumerate(self.fitted) if weights[:, number].any()] or [
            next(iter(self.fitted))
        ]
        member_scores = self.member_scores(asked, kind, heard)
        return weighted_sum(
            [member_scores[name] for name in heard], weights[:, [list(self.fitted).index(name) for name in heard]]
        )

    def member_scores(self, asked: QueryBatch, kind: Kind, names: Iterable[str]) -> dict[str, Floats]:
        """Return the comparable scores (q, n_kind) of each of these members.

        Each thread keeps the scores of its last single query: its reasons are asked for right after its
        recommendations, and with a million items each member's scores take time.

        Args:
            asked: The queries (q).
            kind: Kind of the items.
            names: Names of the members.
        """
        if len(asked) != 1:
            return {name: comparable(self.fitted[name], asked, kind) for name in names}
        known = self._last.scores if self._last.asked is asked and self._last.kind is kind else {}
        for name in names:
            if name not in known:
                known[name] = comparable(self.fitted[name], asked, kind)
        self._last.asked, self._last.kind, self._last.scores = asked, kind, known
        return known

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Return the share of each member, and the members' own reasons weighted by these shares.

        Arguments as in `Recommender.explain`.
        """
        check_kind(kind, self.kinds, self.method)
        rows, asked = np.asarray(rows), supported(asked, self.corpus)
        weights = self.weights[kind][cases_of(asked, self.corpus)[0]]
        heard = {name: weight for weight, name in zip(weights, self.fitted, strict=True) if weight > 0}
        scores = self.member_scores(asked, kind, heard)
        gave = {name: weight * scores[name][0, rows] for name, weight in heard.items()}
        member_reasons = {name: self.fitted[name].explain(asked, kind, rows) for name in gave}
        return tuple(
            _merged(
                {name: float(gave[name][n]) for name in gave},
                {name: member_reasons[name][n] for name in member_reasons},
            )
            for n in range(len(rows))
        )

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """Return arrays and parameters as `Recommender.state`."""
        arrays, kept = keep_members(self.members, self.fitted)
        arrays.update({f"weights/{kind}": readonly(weights) for kind, weights in self.weights.items()})
        arrays |= keep_titles(self.corpus)
        return arrays, {"fusion": self.params.model_dump(), "members": kept}


def weighted_sum(scores: Sequence[Floats], weights: Floats) -> Floats:
    """Add the members' scores with weights.

    Args:
        scores: float32 (q, n) of each member.
        weights: float32 (q, members).

    Returns:
        float32 (q, n).
    """
    total = np.empty_like(scores[0])
    part = np.empty(min(total.shape[1], CACHED), dtype=np.float32)
    for row, own in enumerate(weights):
        first, *others = np.flatnonzero(own).tolist() or [0]
        for start in range(0, total.shape[1], CACHED):
            here = slice(start, start + CACHED)
            to = np.multiply(scores[first][row, here], own[first], out=total[row, here])
            for number in others:
                to += np.multiply(scores[number][row, here], own[number], out=part[: len(to)])
    return total


def validate(
    corpus: Corpus, params: FusionParams, tools: TrainingContext, members: Sequence[Member], evidence: bool = False
) -> tuple[dict[Kind, ScoredCandidates], dict[str, Recommender]]:
    """Score candidates of validation questions with members fitted without the questions' groups (cross-fitting).

    Where a small part of the playlists (one in PARTS or less) has as many questions as wanted, only that part is held
    out. Its members have seen nearly all playlists, and those that a later training can start from are returned.

    Args:
        corpus: Training playlists.
        params: Parameters.
        tools: Seed, threads, progress callback, embedding trainers, feedback examples.
        members: Members to fit.
        evidence: Whether features of the candidates from the other folds are added.

    Returns:
        Scored candidates per kind, and fitted members to start from by name.
    """
    parts_of_it = len(corpus) // params.questions
    whole = parts_of_it >= PARTS and tools.lessons is None
    fold = folds(corpus, parts_of_it if whole else params.folds, tools.seed)
    asked_of = 1 if whole else params.folds
    parts: dict[Kind, list[ScoredCandidates]] = {}
    older: dict[str, Recommender] = {}
    for number in range(asked_of):
        tools.progress(Progress("Validating", number / (asked_of + 1), f"fold {number + 1} of {asked_of}"))
        kept = corpus.select(np.flatnonzero(fold != number))
        fitted = fit_members(kept, members, tools)
        facts = RerankFeatures(kept)
        drawn = questions(corpus.select(np.flatnonzero(fold == number)), tools.seed + number)
        drawn = _some(drawn, max(1, params.questions // asked_of), tools.seed)
        if any(member.method == TEXT.method for member in members):
            drawn = with_hidden_titles(drawn, kept, tools.seed + number)
        width = max(len(corpus.vocab(kind)) for kind in (Kind.TAG, Kind.SONG)) * len(members)
        for start, stop in chunks(len(drawn.asked), width):
            part = select(drawn, np.arange(start, stop))
            for kind in part.hidden:
                if drawn.hidden[kind].nnz:
                    shortlist = candidates(fitted, part.asked, kind, MOST[kind])
                    if evidence:
                        shortlist = replace(shortlist, evidence=facts.of(part.asked, kind, shortlist.rows))
                    parts.setdefault(kind, []).append(score_candidates(shortlist, part, kind))
        if evidence and tools.lessons is not None:
            _taught(parts, tools.lessons, fold == number, fitted, facts)
        if whole:
            older = {name: one for name, one in fitted.items() if isinstance(one, Factors)}
    return {kind: stack(of_kind) for kind, of_kind in parts.items()}, older


def _taught(
    parts: dict[Kind, list[ScoredCandidates]],
    lessons: FeedbackExamples,
    held: NDArray[np.bool_],
    fitted: Mapping[str, Recommender],
    facts: RerankFeatures,
) -> None:
    """Add reviewed questions whose playlists, the last of the corpus, these members have not seen."""
    rows = np.flatnonzero(held[-len(lessons.asked) :])
    if not len(rows):
        return
    names = np.array([f"\x01{row}" for row in range(len(lessons.asked))])
    part = select(Questions(lessons.asked, lessons.right, names), rows)
    for kind in parts:
        if part.hidden[kind].nnz:
            shortlist = candidates(fitted, part.asked, kind, MOST[kind])
            shortlist = replace(shortlist, evidence=facts.of(part.asked, kind, shortlist.rows))
            parts[kind].append(member_features(shortlist, part, sp.csr_matrix(lessons.wrong[kind][rows]), kind))


def _some(drawn: Questions, most: int, seed: int) -> Questions:
    if len(drawn.asked) <= most:
        return drawn
    return select(drawn, np.sort(np.random.default_rng(seed).choice(len(drawn.asked), most, replace=False)))


def all_weights(
    corpus: Corpus, judged: Mapping[Kind, ScoredCandidates], members: Sequence[Member], shrink: float
) -> dict[Kind, Floats]:
    """Return the weights of every kind in the corpus; equal ones where no validation question hides an item.

    Text models start with weight 0: a title that playlists know says enough, and the search keeps its starting weights
    where they make no difference.

    Args:
        corpus: Training playlists.
        judged: Scored candidates per kind.
        members: The members in order.
        shrink: Number of questions at which a case's own weights count as much as those of all cases.
    """
    equal = np.full((CASES, len(members)), 1 / len(members), dtype=np.float32)
    company = np.array([member.method != TEXT.method for member in members])
    start = (company if company.any() else ~company) / max(1, company.sum())
    learned = {
        kind: with_text_share(learn_weights(of_kind, DEPTH[kind], shrink, start), of_kind, ~company)
        for kind, of_kind in judged.items()
    }
    return {kind: learned.get(kind, equal) for kind in (Kind.TAG, Kind.SONG) if corpus.has(kind)}


def learn_weights(judged: ScoredCandidates, depth: int, shrink: float, start: Floats | None = None) -> Floats:
    """Return the weights of the highest mean nDCG.

    Args:
        judged: Scored candidates.
        depth: Depth of the nDCG.
        shrink: Number of questions at which a case's own weights count as much as those of all cases.
        start: (members,) weights that the search starts from; None: equal weights.

    Returns:
        float32 (CASES, members), each row adding up to 1.
    """
    asked = judged.select(np.flatnonzero((judged.sizes > 0) & ~judged.partial))
    members = asked.candidates.scores.shape[2]
    plain = np.flatnonzero(~titles_hidden(asked.cases))
    first = np.full(members, 1 / members) if start is None else start
    together = _search(asked.select(plain) if len(plain) else asked, depth, first)
    weights = np.tile(together, (CASES, 1))
    cases = np.unique(asked.cases)
    for case in cases if len(cases) > 1 else ():
        rows = np.flatnonzero(asked.cases == case)
        own = _search(asked.select(rows), depth, together)
        trust = len(rows) / (len(rows) + shrink)
        weights[case] = trust * own + (1 - trust) * together
    return weights.astype(np.float32)


def _search(judged: ScoredCandidates, depth: int, start: Floats) -> Floats:
    """Coordinate search: move one weight up or down at a time while the mean nDCG rises, with falling steps."""
    scores = judged.candidates.scores
    best, value = start, float(judged.ndcg(scores @ start.astype(np.float32), depth).mean())
    for step in (0.3, 0.15, 0.07):
        for _ in range(2):
            before = value
            for member in range(len(start)):
                for moved in (step, -step):
                    tried = best.copy()
                    tried[member] = max(0.0, tried[member] + moved)
                    if tried.sum() == 0:
                        continue
                    tried /= tried.sum()
                    reached = float(judged.ndcg(scores @ tried.astype(np.float32), depth).mean())
                    if reached > value:
                        best, value = tried, reached
            if value <= before:
                break
    return best


def _merged(gave: Mapping[str, float], said: Mapping[str, Sequence[Reason]]) -> tuple[Reason, ...]:
    """Return the reasons of one item: members by their share, and items and playlists by the members' shares."""
    whole = sum(gave.values())
    if whole <= 0:
        return ()
    result = []
    for via in ("asked", "playlist"):
        telling = {name: [reason for reason in found if reason.via == via] for name, found in said.items()}
        sure = sum(gave[name] for name, found in telling.items() if found)
        weights = [gave[name] / sure * reason.weight for name, found in telling.items() for reason in found if sure > 0]
        names = [(reason.key, reason.label) for found in telling.values() for reason in found if sure > 0]
        result += reasons(np.array(weights), names, via)
    shares = np.array(list(gave.values()))
    return tuple(result + reasons(shares, [(f"member:{name}", name) for name in gave], "member"))
