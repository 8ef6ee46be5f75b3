"""Feedback: verdicts of reviewers are kept, asked for where they matter, counted, and heeded by the next answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from tagviz import asking
from tagviz.errors import BadParameter
from tagviz.feedback import lessons as teaching
from tagviz.feedback.agreement import agreement, precision
from tagviz.feedback.asking_for import chances, worth
from tagviz.feedback.heeding import Heeding, Votes, reliability
from tagviz.feedback.interleave import Drawn, Outcome, compared, team_draft
from tagviz.methods import Lessons
from tagviz.operations.answers import recommend
from tagviz.operations.database import database, has_database
from tagviz.operations.models import Model
from tagviz.ranking import Rules, rank
from tagviz.store.arrays import storing
from tagviz.store.verdicts import Answer, Verdict, Verdicts, asked, frame_of
from tagviz.store.workspace import Workspace
from tagviz.types import Asked, Corpus, Kind, Query, Ranking, split_key

DEPTH = 10
"""Items of an answer that are asked about."""
EACH = 3
"""Items of one question that are asked about in a row."""
SHOWN = 5
"""Tags, and songs, that a question of the queue shows."""
NOTHING = "0-0"
"""The version of no verdicts."""
WAYS = ("where it matters", "models disagree", "new tags")
"""By what the queue chooses."""


def kept(ws: Workspace) -> Verdicts:
    return Verdicts(database(ws))


def give(ws: Workspace, *verdicts: Verdict) -> list[int]:
    """Stores verdicts; once this returns they are kept. Raises BadParameter for a verdict that says nothing."""
    for one in verdicts:
        split_key(one.key)
        if one.instead:
            split_key(one.instead)
    return kept(ws).give(*verdicts)


def verdict(
    corpus: Corpus,
    model: Model,
    query: Query,
    ranking: Ranking,
    place: int,
    reviewer: str,
    answer: Answer,
    instead: str = "",
) -> Verdict:
    """A verdict on the item at a place (from 0) of an answer."""
    return Verdict(
        reviewer=reviewer,
        corpus=corpus.name,
        corpus_fingerprint=corpus.fingerprint,
        model=model.ref,
        model_fingerprint=model.info.fingerprint,
        query=query,
        kind=ranking.kind,
        key=ranking.keys[place],
        rank=place + 1,
        score=float(ranking.scores[place]),
        answer=answer,
        instead=instead,
    )


def standing(ws: Workspace, name: str, reviewer: str = "") -> list[Verdict]:
    """The verdicts that count on a corpus."""
    return kept(ws).current(name, reviewer) if has_database(ws) else []


def version(ws: Workspace, name: str) -> str:
    """Changes with every verdict on a corpus; "" while there is none."""
    found = kept(ws).version(name) if has_database(ws) else NOTHING
    return "" if found == NOTHING else found


def said(ws: Workspace, name: str, reviewer: str, query: Query) -> dict[str, Verdict]:
    """What a reviewer says of items for a question, by key, whichever model recommended them."""
    own = asked(query)
    return {one.key: one for one in standing(ws, name, reviewer) if asked(one.query) == own}


# --- learning --------------------------------------------------------------------------------------------------------


def heeding(ws: Workspace, corpus: Corpus, model: Model) -> Model:
    """The model with a layer that heeds what reviewers say of this corpus (see `feedback/heeding.py`); without verdicts
    the model itself. Nothing is trained, and nothing of the model changes."""
    verdicts = standing(ws, corpus.name)
    return (
        replace(model, recommender=Heeding(model.recommender, corpus, votes(corpus, verdicts))) if verdicts else model
    )


def lessons(ws: Workspace, corpus: Corpus) -> Lessons | None:
    """What the next training may learn from the verdicts on a corpus (see `feedback/lessons.py`); None for nothing."""
    return teaching.learned(corpus, votes(corpus, standing(ws, corpus.name)))


def votes(corpus: Corpus, verdicts: Sequence[Verdict]) -> dict[Kind, Votes]:
    """Verdicts as votes, by kind. "This instead" is a vote against the item and one for the other; what the corpus no
    longer has does not count."""
    numbers: dict[str, int] = {}
    queries: list[Query] = []
    for one in verdicts:
        if numbers.setdefault(asked(one.query), len(queries)) == len(queries):
            queries.append(one.query)
    batch = _batch(corpus, queries)
    trust = weights(verdicts)
    rows: dict[Kind, list[tuple[int, int, float, float]]] = {}
    for one in verdicts:
        told = [(one.key, 1.0 if one.answer is Answer.RIGHT else -1.0), *([(one.instead, 1.0)] if one.instead else [])]
        for key, sign in told:
            kind, ident = split_key(key)
            row = corpus.vocab(kind).row(ident, missing="skip")
            if row >= 0:
                rows.setdefault(kind, []).append((numbers[asked(one.query)], row, sign, trust[one.reviewer]))
    found = {}
    for kind, of_kind in rows.items():
        question, item, sign_, weight = (np.array(column) for column in zip(*of_kind, strict=True))
        signs, shares = sign_.astype(np.float32), weight.astype(np.float32)
        found[kind] = Votes(batch, question.astype(np.int32), item.astype(np.int32), signs, shares)
    return found


def weights(verdicts: Sequence[Verdict]) -> dict[str, float]:
    """How much each reviewer counts (see `feedback.heeding.reliability`)."""
    found = {}
    for name in {one.reviewer for one in verdicts}:
        own = [one for one in verdicts if one.reviewer == name]
        ranks = np.array([one.rank for one in own])
        found[name] = reliability(ranks, np.array([one.answer is Answer.RIGHT for one in own]))
    return found


def _batch(corpus: Corpus, queries: Sequence[Query]) -> Asked:
    plain = [[_plain(term, Kind.TAG) for term in query.tags] for query in queries]
    songs = [[_plain(term, Kind.SONG) for term in query.songs] for query in queries]
    return asking.from_lists(corpus, [query.title for query in queries], plain, songs)


def _plain(term: str, kind: Kind) -> str:
    return term.removeprefix(f"{kind}:")


# --- the queue -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """One verdict that is asked for: does this item belong there? why: what makes it worth asking."""

    verdict: Verdict
    label: str
    why: str
    worth: float


def tasks(
    ws: Workspace,
    corpus: Corpus,
    model: Model,
    kind: Kind,
    reviewer: str,
    way: str = WAYS[0],
    other: Model | None = None,
    start: int = 0,
    count: int = 4,
) -> list[Task]:
    """What to ask next: of `count` questions from number `start` on, up to EACH items each that the reviewer has not
    judged, the most telling first. All reviewers meet the same questions in the same order, so that they can be
    compared. Questions are playlists of the corpus, of which a part is shown.

    Raises BadParameter for a way that does not exist, or `models disagree` without another model.
    """
    if way not in WAYS:
        raise BadParameter(f"The queue cannot go by {way!r}", f"ways: {', '.join(WAYS)}", "choose one of these")
    if way == WAYS[1] and other is None:
        raise BadParameter("Another model is needed", "two models can disagree", "choose a second model")
    judged = standing(ws, corpus.name)
    own = {(asked(one.query), one.key) for one in judged if one.reviewer == reviewer}
    ranks = np.array([one.rank for one in judged if one.kind is kind], dtype=np.int64)
    right = np.array([one.answer is Answer.RIGHT for one in judged if one.kind is kind], dtype=bool)
    queries = questions(corpus, start, count)
    batch = _batch(corpus, queries)
    ranked = rank(model.recommender, batch, kind, corpus, DEPTH)
    beside = rank(other.recommender, batch, kind, corpus, DEPTH).rows if other is not None else None
    chance = chances(np.arange(1, DEPTH + 1), np.minimum(ranks, DEPTH), right)
    counts = corpus.counts(kind)
    rarity = 1.0 - np.argsort(np.argsort(counts)) / max(1, len(counts) - 1)
    vocab = corpus.vocab(kind)
    found: list[Task] = []
    for number, query in enumerate(queries):
        rows = ranked.rows[number][ranked.rows[number] >= 0]
        alone = np.zeros(len(rows), dtype=bool) if beside is None else ~np.isin(rows, beside[number])
        value = worth(chance[: len(rows)], ~alone if way == WAYS[1] else None, rarity[rows] if way == WAYS[2] else None)
        if way == WAYS[1]:
            value = np.where(alone, value, -1.0)
        open_ = [at for at in np.argsort(-value, kind="stable") if (asked(query), vocab.key(int(rows[at]))) not in own]
        for at in open_[:EACH]:
            if value[at] >= 0:
                one = _task(
                    corpus, model, query, kind, int(rows[at]), int(at) + 1, float(ranked.scores[number, at]), reviewer
                )
                found.append(
                    Task(
                        one,
                        vocab.label(int(rows[at])),
                        _why(way, float(chance[at]), bool(alone[at]), int(counts[rows[at]])),
                        float(value[at]),
                    )
                )
    return found


def questions(corpus: Corpus, start: int, count: int, seed: int = 42) -> list[Query]:
    """Parts of playlists to ask about: title, half of the tags and a few songs, drawn by chance, the same for all."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(corpus))
    tags, songs = corpus.matrix(Kind.TAG), corpus.matrix(Kind.SONG)
    found: list[Query] = []
    full = (np.diff(tags.indptr) >= 2) | (np.diff(songs.indptr) >= 2)
    for row in order[full[order]][start : start + count]:
        drawn = np.random.default_rng([seed, int(row)])
        held = [drawn.permutation(matrix[[row]].indices) for matrix in (tags, songs)]
        shown = [part[: min(SHOWN, max(1, len(part) // 2))] for part in held]
        ids = [
            tuple(map(str, corpus.vocab(kind).ids[part]))
            for kind, part in zip((Kind.TAG, Kind.SONG), shown, strict=True)
        ]
        found.append(Query(str(corpus.playlists["title"].iloc[row]), ids[0], ids[1]))
    return found


def _task(
    corpus: Corpus, model: Model, query: Query, kind: Kind, row: int, place: int, score: float, reviewer: str
) -> Verdict:
    return Verdict(
        reviewer,
        corpus.name,
        corpus.fingerprint,
        model.ref,
        model.info.fingerprint,
        query,
        kind,
        corpus.vocab(kind).key(row),
        place,
        score,
        Answer.NONE,
    )


def _why(way: str, chance: float, alone: bool, count: int) -> str:
    told = f"about {chance:.0%} at this place are right"
    if way == WAYS[1] and alone:
        return f"the other model does not suggest it; {told}"
    return f"only {count:,} playlists have it; {told}" if way == WAYS[2] else told


# --- two models, blind -----------------------------------------------------------------------------------------------


def interleaved(
    corpus: Corpus, first: Model, second: Model, query: Query, kind: Kind, n: int = DEPTH, rules: Rules = Rules()
) -> list[tuple[Drawn, Verdict]]:
    """One list drawn from two models' answers, and for each place the verdict to be filled in."""
    wanted = replace(query, n=n)
    answers = [recommend(corpus, model, wanted, kind, rules, reasons=False) for model in (first, second)]
    seed = int.from_bytes(asked(query).encode()[-8:].rjust(8), "big") % (2**32)
    drawn = team_draft(answers[0].keys, answers[1].keys, n, seed)
    result = []
    for one in drawn:
        mine, other = ((first, second), (second, first))[one.side]
        ranking = answers[one.side]
        own = verdict(corpus, mine, query, ranking, ranking.keys.index(one.key), "", Answer.NONE)
        result.append((one, replace(own, versus=other.ref)))
    return result


# --- what verdicts say -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Summary:
    """What the verdicts on a corpus say: see `feedback.agreement` and `feedback.interleave`. reviewers: frame
    `reviewer`, `verdicts`, `weight`."""

    verdicts: int
    by_model: pd.DataFrame
    by_week: pd.DataFrame
    agreement: pd.DataFrame
    reviewers: pd.DataFrame
    blind: tuple[Outcome, ...]


def summary(ws: Workspace, name: str) -> Summary:
    """The metric that people make: how often each model is found right, by week, and how far reviewers agree."""
    found = standing(ws, name)
    frame = frame_of(found)
    trust = weights(found)
    people = frame["reviewer"].value_counts().rename_axis("reviewer").rename("verdicts").reset_index()
    people["weight"] = [trust[name] for name in people["reviewer"]]
    return Summary(
        len(frame),
        precision(frame, ["model", "kind"]),
        precision(frame, ["model", "week"]),
        agreement(frame),
        people,
        tuple(compared(frame)),
    )


def export(ws: Workspace, path: Path, name: str = "", reviewer: str = "") -> int:
    """Writes every verdict ever given, taken back or not, as CSV or Parquet (by the file's name); returns how many."""
    frame = frame_of(kept(ws).history(name, reviewer))
    with storing(path):
        if path.suffix == ".parquet":
            frame.to_parquet(path, index=False)
        elif path.suffix == ".csv":
            frame.to_csv(path, index=False, encoding="utf-8-sig")
        else:
            raise BadParameter(
                f"{path.name!r} is neither CSV nor Parquet", "the name says the format", "end it in .csv or .parquet"
            )
    return len(frame)


def forget(ws: Workspace, reviewer: str) -> int:
    """Deletes all that a reviewer has ever said; returns how many rows are gone."""
    return kept(ws).forget(reviewer)
