"""Suggested decisions, each with its evidence, for a person to accept or reject."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import regex
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.curation.decisions import Act, Decision
from tagviz.types import Corpus, Floats, Ints, Kind

MOST = 4_000
"""Number of tags that are compared with one another: the most common ones."""
FEWEST = 5
"""Least number of playlists with a tag before its co-occurring items are evidence."""
FEWEST_WRITERS = 3
"""Least number of listeners who use a tag, where listeners are known: one person's habits are no synonyms."""
ALIKE = 0.6
"""Least cosine of two tags' vectors for synonyms."""
SUBSUMED = 0.6
"""Least share of the narrower tag's playlists with the broader one.

Sanderson & Croft 1999 take 0.8 for the words of texts; playlists are shorter.
"""
STEEPER = 3.0
"""How many times likelier the broader tag is, given the narrower one, than the other way round."""

NOT_MUSIC = {
    "en": (
        r"seen live|want to see( live)?|i (own|like|love|saw)|my .*|favou?rites?( .*)?|love (it|them)",
        r"(albums?|cds?|songs?|vinyls?|records?|music) (that )?i (own|have|like|love|want|need)|own(ed)?( it)?",
        r"(to|must) (listen|hear|check|buy|download|see)( .*)?|check ?out|wish ?list|need to .*|todo|tbd",
        r"awesome|amazing|best|sucks|overrated|underrated|tagme|untagged|other|misc",
    ),
    "fr": (r"vus? en concert|à écouter|mes .*|j'aime|préférés?",),
    "de": (r"live gesehen|gesehen|anhören|meine .*|lieblings.*|besitze ich",),
    "es": (r"vistos? en vivo|por escuchar|mis .*|me gusta|favorit[oa]s",),
    "ko": (r"내 ?.*|나만의 .*|소장.*|들어야.*|본 공연",),
}
"""Per language, patterns of tags on what a list is to a person and not on the music: one evidence of three."""
_NOT_MUSIC = regex.compile(
    "|".join(f"(?:{one})" for patterns in NOT_MUSIC.values() for one in patterns), regex.IGNORECASE
)


@dataclass(frozen=True)
class Suggestion:
    """A suggested decision.

    Attributes:
        decision: The decision.
        strength: Strength of the evidence, 0 to 1, to sort by.
        evidence: The evidence in one sentence.
        playlists: Number of playlists with its tags.
    """

    decision: Decision
    strength: float
    evidence: str
    playlists: int


def spellings(corpus: Corpus, groups: Ints) -> list[Suggestion]:
    """Suggest to merge each group of spelling variants into its most common one.

    Args:
        corpus: The corpus.
        groups: Group of each tag, int (tags,) (see `recommenders/near_duplicates.py`).
    """
    vocab, counts = corpus.vocab(Kind.TAG), corpus.counts(Kind.TAG)
    order = np.lexsort((-counts, groups))
    suggestions = []
    for rows in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        if len(rows) > 1 and counts[rows[0]]:
            ids = [str(ident) for ident in vocab.ids[rows]]
            lists = ", ".join(f"{count:,}" for count in counts[rows[:6]])
            evidence = f"on {lists} playlists, “{ids[0]}” first; spelled alike, and in the same company"
            weight = counts[rows[1:]].sum() / max(1, counts[rows].sum())
            suggestions.append(
                Suggestion(
                    Decision(Act.MERGE, tuple(ids[1:]), ids[0]), float(weight), evidence, int(counts[rows].sum())
                )
            )
    return suggestions


def synonyms(corpus: Corpus, vectors: Floats, rows: Ints, same: Ints | None = None) -> list[Suggestion]:
    """Suggest to merge tags that occur with the same items but not with each other: people write one or the other.

    Args:
        corpus: The corpus.
        vectors: Unit vectors, float (m, d).
        rows: Rows of their tags, int (m,), −1 for none.
        same: Groups of spelling variants, which are suggested elsewhere.
    """
    counts = corpus.counts(Kind.TAG)
    place = np.flatnonzero((rows >= 0) & (counts[rows] >= FEWEST) & (_listener_counts(corpus)[rows] >= FEWEST_WRITERS))
    place = place[np.argsort(-counts[rows[place]], kind="stable")[:MOST]]
    rows, vectors = rows[place], vectors[place]
    together = _cooccurrence_counts(corpus, rows)
    expected = np.outer(counts[rows], counts[rows]) / max(1, len(corpus))
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, 0.0)
    mutual = likeness >= np.maximum(likeness.max(axis=1)[:, None], likeness.max(axis=0)[None]) - 0.02
    seldom = together <= np.maximum(expected, 0.02 * np.minimum.outer(counts[rows], counts[rows]))
    ids = [str(ident) for ident in corpus.vocab(Kind.TAG).ids[rows]]
    suggestions = []
    for one, other in np.argwhere(mutual & seldom & (likeness >= ALIKE)):
        if one < other and (same is None or same[rows[one]] != same[rows[other]]):
            lists = [f"“{ids[row]}” ({counts[rows[row]]:,} playlists)" for row in (one, other)]
            evidence = (
                f"their company is alike (cosine {likeness[one, other]:.2f}), yet {lists[0]} and {lists[1]} "
                f"meet on {int(together[one, other]):,}, where chance would give {expected[one, other]:.1f}"
            )
            touched = int(counts[rows[one]] + counts[rows[other]])
            suggestions.append(
                Suggestion(Decision(Act.MERGE, (ids[other],), ids[one]), float(likeness[one, other]), evidence, touched)
            )
    return suggestions


def hierarchy(corpus: Corpus) -> list[Suggestion]:
    """Suggest to put a tag under the one that most of its playlists also contain, where the reverse is much rarer.

    This is subsumption (Sanderson & Croft 1999). Of several broader tags the narrowest is suggested.

    Args:
        corpus: The corpus.
    """
    counts = corpus.counts(Kind.TAG)
    rows = np.argsort(-counts, kind="stable")[:MOST]
    rows = rows[counts[rows] >= 2 * FEWEST]
    together = _cooccurrence_counts(corpus, rows)
    np.fill_diagonal(together, 0.0)
    share = together / counts[rows][:, None]
    lift = share / (counts[rows][None] / max(1, len(corpus)))
    fits = (share >= SUBSUMED) & (share >= STEEPER * share.T) & (lift >= 2)
    ids = [str(ident) for ident in corpus.vocab(Kind.TAG).ids[rows]]
    suggestions = []
    for low in np.flatnonzero(fits.any(axis=1)):
        high = int(max(np.flatnonzero(fits[low]), key=lambda row: (share[low, row] * np.log(lift[low, row]), -row)))
        evidence = (
            f"of {counts[rows[low]]:,} playlists with “{ids[low]}”, {share[low, high]:.0%} have “{ids[high]}”; "
            f"the other way round {share[high, low]:.0%}"
        )
        decision = Decision(Act.BROADER, (ids[low],), ids[high])
        suggestions.append(Suggestion(decision, float(share[low, high]), evidence, int(counts[rows[low]])))
    return suggestions


def not_music(corpus: Corpus) -> list[Suggestion]:
    """Suggest to block tags on a person's relation to the music and not on the music itself.

    The evidence is how a tag is written, how few listeners use it often, and how little its co-occurring items differ
    from everybody's.

    Args:
        corpus: The corpus.
    """
    counts = corpus.counts(Kind.TAG)
    rows = np.flatnonzero(counts >= FEWEST)
    if not len(rows):
        return []
    ids = [str(ident) for ident in corpus.vocab(Kind.TAG).ids[rows]]
    written = np.array([bool(_NOT_MUSIC.fullmatch(ident.strip())) for ident in ids])
    own = _concentration(corpus, rows)
    plainness = _typicality(corpus, rows)
    strength = 0.5 * written + 0.25 * np.nan_to_num(own) + 0.25 * plainness
    suggestions = []
    for at in np.flatnonzero(written | (strength >= 0.4)):
        signs = ["it is written like “seen live” or “albums I own”"] if written[at] else []
        if own[at] >= 0.5:
            signs.append(f"few listeners write most of it (concentration {own[at]:.2f} of 1)")
        if plainness[at] >= 0.5:
            signs.append(f"its company is that of any playlist ({plainness[at]:.2f} of 1)")
        suggestions.append(
            Suggestion(
                Decision(Act.BLOCK, (ids[at],)),
                float(strength[at]),
                "; ".join(signs) or "weak signs together",
                int(counts[rows[at]]),
            )
        )
    return suggestions


def rank_suggestions(proposals: Sequence[Suggestion], fits: Callable[[Decision], bool]) -> list[Suggestion]:
    """Return the suggestions that fit the decisions so far, the strongest and most common first.

    Args:
        proposals: The suggestions.
        fits: Returns whether a decision fits.
    """
    ranked = sorted(proposals, key=lambda one: (-one.strength * np.log1p(one.playlists), str(one.decision)))
    return [one for one in ranked if fits(one.decision)]


def _cooccurrence_counts(corpus: Corpus, rows: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return on how many playlists both of two tags are, (m, m)."""
    part = sp.csc_matrix(corpus.matrix(Kind.TAG))[:, rows]
    return np.asarray((part.T @ part).toarray(), dtype=np.float64)


def _listener_uses(corpus: Corpus) -> sp.csc_matrix | None:
    """Return on how many of a listener's playlists a tag is, (listeners, tags); None where listeners are unknown."""
    groups = corpus.playlists["group"].to_numpy(dtype=object).astype(str)
    if corpus.group_name != "listener" or not (groups != "").any():
        return None
    codes = np.unique(groups, return_inverse=True)[1]
    ones = np.ones(len(codes), dtype=np.float32)
    by = sp.csr_matrix((ones, (codes, np.arange(len(codes)))), shape=(int(codes.max()) + 1, len(codes)))
    return sp.csc_matrix(by @ corpus.matrix(Kind.TAG))


def _listener_counts(corpus: Corpus) -> NDArray[np.integer]:
    """Return how many listeners use each tag, (tags,); where they are unknown, on how many playlists it is."""
    uses = _listener_uses(corpus)
    return corpus.counts(Kind.TAG) if uses is None else np.diff(uses.indptr)


def _concentration(corpus: Corpus, rows: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return how far the uses of each tag are one listener's, (m,).

    0 where every use is another listener's, 1 where all are one's (1 − normalised entropy); NaN where listeners are
    unknown.
    """
    every = _listener_uses(corpus)
    if every is None:
        return np.full(len(rows), np.nan)
    uses = every[:, rows]
    total = np.asarray(uses.sum(axis=0)).ravel()
    logs = uses.copy()
    logs.data = logs.data * np.log(logs.data)
    entropy = np.log(np.maximum(total, 1)) - np.asarray(logs.sum(axis=0)).ravel() / np.maximum(total, 1)
    return np.asarray(1.0 - entropy / np.log(np.maximum(total, 2)))


def _typicality(corpus: Corpus, rows: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return how near a tag's co-occurring items (songs, else tags) are to those of all playlists, (m,).

    It is a rank from 0 to 1 among tags of about the same size, because the Jensen–Shannon divergence from the whole
    shrinks as a tag grows.
    """
    kind = Kind.SONG if corpus.has(Kind.SONG) else Kind.TAG
    company = sp.csr_matrix(sp.csc_matrix(corpus.matrix(Kind.TAG))[:, rows].T @ corpus.matrix(kind))
    whole = corpus.counts(kind) / max(1, corpus.counts(kind).sum())
    total = np.maximum(1.0, np.asarray(company.sum(axis=1)).ravel())
    owner = np.repeat(np.arange(len(rows)), np.diff(company.indptr))
    p, q = company.data / total[owner], whole[company.indices]
    middle = (p + q) / 2
    shared = 0.5 * (p * np.log(p / middle) + q * np.log(np.maximum(q, 1e-12) / middle))
    missed = 1.0 - np.bincount(owner, q, minlength=len(rows))
    divergence = np.bincount(owner, shared, minlength=len(rows)) + 0.5 * np.log(2) * missed
    counts = corpus.counts(Kind.TAG)[rows]
    typicality = np.zeros(len(rows))
    for part in np.array_split(np.argsort(counts, kind="stable"), max(1, len(rows) // 50)):
        ranks = np.argsort(np.argsort(divergence[part]))
        typicality[part] = 1.0 - ranks / max(1, len(part) - 1)
    return np.where(typicality > 0.9, typicality, typicality / 2)
