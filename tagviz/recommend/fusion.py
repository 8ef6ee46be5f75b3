"""Fusion: members' rows stretched to [0, 1] and added, with weights learned per case and kind on validation playlists.

s_j = Σ_m w_m(case, kind) · scaled(s^m)_j. Weights maximise nDCG by coordinate search (as in Metzler & Croft 2007,
"Linear feature-based models for information retrieval"); a rare case's weights are drawn towards those of all cases
together. The score combination is CombSUM of Fox & Shaw 1994 with learned weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.methods import Arrays, Lessons, Tools
from tagviz.params import Params, knob
from tagviz.ranking import chunks
from tagviz.recommend.candidates import Judged, candidates, judge, stack, told
from tagviz.recommend.evidence import Evidence
from tagviz.recommend.factors import Factors
from tagviz.recommend.features import keep_titles, restore_titles
from tagviz.recommend.members import Member, comparable, default_members, fit_members, keep_members, restore_members
from tagviz.recommend.shared import check_kind, reasons
from tagviz.recommend.validation import CASES, DEPTH, Questions, cases_of, folds, questions, select
from tagviz.types import Asked, Corpus, Floats, Ints, Kind, Progress, Reason, Recommender, frozen

MOST = {Kind.SONG: 150, Kind.TAG: 40}
"""Candidates taken from each member: a few times what is judged."""
CACHED = 2**16
"""Scores that are added at a time: the processor's cache holds them."""
PARTS = 10
"""From how many times the wanted questions on a single part of the playlists is held out."""


class FusionParams(Params):
    """Settings of the learned fusion."""

    folds: int = knob(3, "Parts into which the playlists are cut; each is asked of members that have not seen it", ge=2)
    questions: int = knob(6000, "Most validation questions; more is steadier and slower", first=True, ge=50)
    shrink: float = knob(
        150.0, "Questions of a case at which its own weights count as much as those of all cases", ge=0
    )
    dimensions: int = knob(
        0, "The most dimensions that factors and spaces may have; 0: as searched; fewer: smaller and faster", ge=0
    )


class Fusion:
    """Members and, per kind, weights float32 (8 cases, members)."""

    method = "fusion"

    def __init__(
        self,
        corpus: Corpus,
        params: FusionParams,
        members: Sequence[Member],
        fitted: Mapping[str, Recommender],
        weights: Mapping[Kind, Floats],
    ) -> None:
        self.corpus = corpus
        self.params = params
        self.members = tuple(members)
        self.fitted = {member.name: fitted[member.name] for member in members}
        self.weights = dict(weights)
        self.kinds = frozenset(weights)
        self._last: tuple[Asked | None, Kind, dict[str, Floats]] = (None, Kind.TAG, {})

    @classmethod
    def fit(cls, corpus: Corpus, params: FusionParams, tools: Tools, members: Sequence[Member] | None = None) -> Fusion:
        members = default_members(corpus, params.dimensions) if members is None else members
        judged, older = validate(corpus, params, tools, members)
        weights = all_weights(corpus, judged, len(members), params.shrink)
        return cls(corpus, params, members, fit_members(corpus, members, tools, older), weights)

    @classmethod
    def restore(cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus) -> Fusion:
        restore_titles(corpus, arrays)
        members, fitted = restore_members(arrays, params["members"], corpus)
        weights = {
            kind: frozen(arrays[f"weights/{kind}"]) for kind in (Kind.TAG, Kind.SONG) if f"weights/{kind}" in arrays
        }
        return cls(corpus, FusionParams.parse(params["fusion"]), members, fitted, weights)

    def score(self, asked: Asked, kind: Kind) -> Floats:
        check_kind(kind, self.kinds, self.method)
        weights = self.weights[kind][cases_of(asked)]
        heard = [name for number, name in enumerate(self.fitted) if weights[:, number].any()] or [
            next(iter(self.fitted))
        ]
        said = self.said(asked, kind, heard)
        return weighted_sum(
            [said[name] for name in heard], weights[:, [list(self.fitted).index(name) for name in heard]]
        )

    def said(self, asked: Asked, kind: Kind, names: Iterable[str]) -> dict[str, Floats]:
        """(q, n_kind) of each of these members, comparable. Of a single query what was said last is kept: its reasons
        are asked for right after its answers, and at a million items each member's scores take their time."""
        if len(asked) != 1:
            return {name: comparable(self.fitted[name], asked, kind) for name in names}
        last, of, said = self._last
        if last is not asked or of is not kind:
            said = {}
        said = said | {name: comparable(self.fitted[name], asked, kind) for name in names if name not in said}
        self._last = (asked, kind, said)
        return said

    def explain(self, asked: Asked, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """What each member gave, and what the members say brought the item, weighted by what they gave."""
        check_kind(kind, self.kinds, self.method)
        rows = np.asarray(rows)
        weights = self.weights[kind][cases_of(asked)[0]]
        heard = {name: weight for weight, name in zip(weights, self.fitted, strict=True) if weight > 0}
        scores = self.said(asked, kind, heard)
        gave = {name: weight * scores[name][0, rows] for name, weight in heard.items()}
        said = {name: self.fitted[name].explain(asked, kind, rows) for name in gave}
        return tuple(
            _merged({name: float(gave[name][n]) for name in gave}, {name: said[name][n] for name in said})
            for n in range(len(rows))
        )

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        arrays, kept = keep_members(self.members, self.fitted)
        arrays.update({f"weights/{kind}": frozen(weights) for kind, weights in self.weights.items()})
        arrays |= keep_titles(self.corpus)
        return arrays, {"fusion": self.params.model_dump(), "members": kept}


def weighted_sum(scores: Sequence[Floats], weights: Floats) -> Floats:
    """(q, n): what the members say (q, n) each, added with weights (q, members)."""
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
    corpus: Corpus, params: FusionParams, tools: Tools, members: Sequence[Member], evidence: bool = False
) -> tuple[dict[Kind, Judged], dict[str, Recommender]]:
    """Candidates of validation questions, each scored by members fitted without its group (cross-fitting), fold after
    fold; with `evidence` also what else the other folds know of them.

    Where a small part of the playlists (one in PARTS or less) has as many questions as are wanted, it alone is held
    out: its members have seen nearly everything, and those that can be gone on from are handed back with it.
    """
    parts_of_it = len(corpus) // params.questions
    whole = parts_of_it >= PARTS and tools.lessons is None
    fold = folds(corpus, parts_of_it if whole else params.folds, tools.seed)
    asked_of = 1 if whole else params.folds
    parts: dict[Kind, list[Judged]] = {}
    older: dict[str, Recommender] = {}
    for number in range(asked_of):
        tools.progress(Progress("Validating", number / (asked_of + 1), f"fold {number + 1} of {asked_of}"))
        kept = corpus.select(np.flatnonzero(fold != number))
        fitted = fit_members(kept, members, tools)
        facts = Evidence(kept)
        drawn = questions(corpus.select(np.flatnonzero(fold == number)), tools.seed + number)
        drawn = _some(drawn, max(1, params.questions // asked_of), tools.seed)
        width = max(len(corpus.vocab(kind)) for kind in (Kind.TAG, Kind.SONG)) * len(members)
        for start, stop in chunks(len(drawn.asked), width):
            part = select(drawn, np.arange(start, stop))
            for kind in part.hidden:
                if drawn.hidden[kind].nnz:
                    found = candidates(fitted, part.asked, kind, MOST[kind])
                    if evidence:
                        found = replace(found, evidence=facts.of(part.asked, kind, found.rows))
                    parts.setdefault(kind, []).append(judge(found, part, kind))
        if evidence and tools.lessons is not None:
            _taught(parts, tools.lessons, fold == number, fitted, facts)
        if whole:
            older = {name: one for name, one in fitted.items() if isinstance(one, Factors)}
    return {kind: stack(of_kind) for kind, of_kind in parts.items()}, older


def _taught(
    parts: dict[Kind, list[Judged]],
    lessons: Lessons,
    held: NDArray[np.bool_],
    fitted: Mapping[str, Recommender],
    facts: Evidence,
) -> None:
    """Adds what reviewers said of questions whose playlists, the last of the corpus, these members have not seen."""
    rows = np.flatnonzero(held[-len(lessons.asked) :])
    if not len(rows):
        return
    names = np.array([f"\x01{row}" for row in range(len(lessons.asked))])
    part = select(Questions(lessons.asked, lessons.right, names), rows)
    for kind in parts:
        if part.hidden[kind].nnz:
            found = candidates(fitted, part.asked, kind, MOST[kind])
            found = replace(found, evidence=facts.of(part.asked, kind, found.rows))
            parts[kind].append(told(found, part, sp.csr_matrix(lessons.wrong[kind][rows]), kind))


def _some(drawn: Questions, most: int, seed: int) -> Questions:
    if len(drawn.asked) <= most:
        return drawn
    return select(drawn, np.sort(np.random.default_rng(seed).choice(len(drawn.asked), most, replace=False)))


def all_weights(corpus: Corpus, judged: Mapping[Kind, Judged], members: int, shrink: float) -> dict[Kind, Floats]:
    """Weights of every kind that the corpus has; equal ones where no validation question hides any."""
    equal = np.full((CASES, members), 1 / members, dtype=np.float32)
    learned = {kind: learn_weights(of_kind, DEPTH[kind], shrink) for kind, of_kind in judged.items()}
    return {kind: learned.get(kind, equal) for kind in (Kind.TAG, Kind.SONG) if corpus.has(kind)}


def learn_weights(judged: Judged, depth: int, shrink: float) -> Floats:
    """(8 cases, members) float32, each row adding up to 1: the weights of the highest mean nDCG at `depth`."""
    asked = judged.select(np.flatnonzero((judged.sizes > 0) & ~judged.partial))
    members = asked.candidates.scores.shape[2]
    together = _search(asked, depth, np.full(members, 1 / members))
    weights = np.tile(together, (CASES, 1))
    cases = np.unique(asked.cases)
    for case in cases if len(cases) > 1 else ():
        rows = np.flatnonzero(asked.cases == case)
        own = _search(asked.select(rows), depth, together)
        trust = len(rows) / (len(rows) + shrink)
        weights[case] = trust * own + (1 - trust) * together
    return weights.astype(np.float32)


def _search(judged: Judged, depth: int, start: Floats) -> Floats:
    """Coordinate search: one weight is moved up or down at a time as long as the mean nDCG rises, with falling
    steps."""
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
    """Reasons of one item: members by what they gave; asked items and playlists by the members' shares."""
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
