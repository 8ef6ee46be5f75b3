"""What the data suggest to decide, each with its evidence, for a person to accept or reject."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import regex
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.curate.layer import Act, Decision
from tagviz.types import Corpus, Floats, Ints, Kind

MOST = 4_000
"""Tags that are compared with one another: the most common ones."""
FEWEST = 5
"""Playlists that a tag must be on for its company to say anything."""
FEWEST_WRITERS = 3
"""Listeners who must write a tag, where listeners are known: one person's habits are no synonyms."""
ALIKE = 0.6
"""Cosine of two tags' vectors from which they may mean the same."""
SUBSUMED = 0.6
"""Share of the narrower tag's playlists that hold the broader one (Sanderson & Croft 1999 take 0.8 for words of texts;
lists are shorter)."""
STEEPER = 3.0
"""How many times likelier the broader tag is beside the narrower one than the other way round."""

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
"""Per language, how people write what a list is to them and not what the music is: one piece of evidence of three."""
_NOT_MUSIC = regex.compile(
    "|".join(f"(?:{one})" for patterns in NOT_MUSIC.values() for one in patterns), regex.IGNORECASE
)


@dataclass(frozen=True)
class Proposal:
    """A decision that the data suggest. strength: 0 … 1, to sort by. evidence: why, in a sentence. playlists: how many
    it touches."""

    decision: Decision
    strength: float
    evidence: str
    playlists: int


def spellings(corpus: Corpus, groups: Ints) -> list[Proposal]:
    """Merge each group of spelling variants (see `recommend/folding.py`) into its most common one."""
    vocab, counts = corpus.vocab(Kind.TAG), corpus.counts(Kind.TAG)
    order = np.lexsort((-counts, groups))
    found = []
    for rows in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        if len(rows) > 1 and counts[rows[0]]:
            ids = [str(ident) for ident in vocab.ids[rows]]
            lists = ", ".join(f"{count:,}" for count in counts[rows[:6]])
            told = f"on {lists} playlists, “{ids[0]}” first; spelled alike, and in the same company"
            weight = counts[rows[1:]].sum() / max(1, counts[rows].sum())
            found.append(
                Proposal(Decision(Act.MERGE, tuple(ids[1:]), ids[0]), float(weight), told, int(counts[rows].sum()))
            )
    return found


def synonyms(corpus: Corpus, vectors: Floats, rows: Ints, same: Ints | None = None) -> list[Proposal]:
    """Merge tags that keep the same company but not each other's: people write one or the other.

    vectors: unit (m, d) of the tags in `rows`. same: groups of spelling variants, which are proposed elsewhere.
    """
    counts = corpus.counts(Kind.TAG)
    place = np.flatnonzero((rows >= 0) & (counts[rows] >= FEWEST) & (_writers(corpus)[rows] >= FEWEST_WRITERS))
    place = place[np.argsort(-counts[rows[place]], kind="stable")[:MOST]]
    rows, vectors = rows[place], vectors[place]
    together = _together(corpus, rows)
    expected = np.outer(counts[rows], counts[rows]) / max(1, len(corpus))
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, 0.0)
    mutual = likeness >= np.maximum(likeness.max(axis=1)[:, None], likeness.max(axis=0)[None]) - 0.02
    seldom = together <= np.maximum(expected, 0.02 * np.minimum.outer(counts[rows], counts[rows]))
    ids = [str(ident) for ident in corpus.vocab(Kind.TAG).ids[rows]]
    found = []
    for one, other in np.argwhere(mutual & seldom & (likeness >= ALIKE)):
        if one < other and (same is None or same[rows[one]] != same[rows[other]]):
            lists = [f"“{ids[row]}” ({counts[rows[row]]:,} playlists)" for row in (one, other)]
            told = (
                f"their company is alike (cosine {likeness[one, other]:.2f}), yet {lists[0]} and {lists[1]} "
                f"meet on {int(together[one, other]):,}, where chance would give {expected[one, other]:.1f}"
            )
            touched = int(counts[rows[one]] + counts[rows[other]])
            found.append(
                Proposal(Decision(Act.MERGE, (ids[other],), ids[one]), float(likeness[one, other]), told, touched)
            )
    return found


def hierarchy(corpus: Corpus) -> list[Proposal]:
    """Put a tag under the one that most of its playlists also hold, where the reverse is much rarer (subsumption;
    Sanderson & Croft 1999). Of several broader tags the narrowest is proposed."""
    counts = corpus.counts(Kind.TAG)
    rows = np.argsort(-counts, kind="stable")[:MOST]
    rows = rows[counts[rows] >= 2 * FEWEST]
    together = _together(corpus, rows)
    np.fill_diagonal(together, 0.0)
    share = together / counts[rows][:, None]
    lift = share / (counts[rows][None] / max(1, len(corpus)))
    fits = (share >= SUBSUMED) & (share >= STEEPER * share.T) & (lift >= 2)
    ids = [str(ident) for ident in corpus.vocab(Kind.TAG).ids[rows]]
    found = []
    for low in np.flatnonzero(fits.any(axis=1)):
        high = int(max(np.flatnonzero(fits[low]), key=lambda row: (share[low, row] * np.log(lift[low, row]), -row)))
        told = (
            f"of {counts[rows[low]]:,} playlists with “{ids[low]}”, {share[low, high]:.0%} have “{ids[high]}”; "
            f"the other way round {share[high, low]:.0%}"
        )
        decision = Decision(Act.BROADER, (ids[low],), ids[high])
        found.append(Proposal(decision, float(share[low, high]), told, int(counts[rows[low]])))
    return found


def not_music(corpus: Corpus) -> list[Proposal]:
    """Block what says how a person relates to the music and not what it is: by how it is written, by how few listeners
    write it often, and by how little its company differs from everybody's."""
    counts = corpus.counts(Kind.TAG)
    rows = np.flatnonzero(counts >= FEWEST)
    if not len(rows):
        return []
    ids = [str(ident) for ident in corpus.vocab(Kind.TAG).ids[rows]]
    written = np.array([bool(_NOT_MUSIC.fullmatch(ident.strip())) for ident in ids])
    own = _concentration(corpus, rows)
    plainness = _plainness(corpus, rows)
    strength = 0.5 * written + 0.25 * np.nan_to_num(own) + 0.25 * plainness
    found = []
    for at in np.flatnonzero(written | (strength >= 0.4)):
        told = ["it is written like “seen live” or “albums I own”"] if written[at] else []
        if own[at] >= 0.5:
            told.append(f"few listeners write most of it (concentration {own[at]:.2f} of 1)")
        if plainness[at] >= 0.5:
            told.append(f"its company is that of any playlist ({plainness[at]:.2f} of 1)")
        found.append(
            Proposal(
                Decision(Act.BLOCK, (ids[at],)),
                float(strength[at]),
                "; ".join(told) or "weak signs together",
                int(counts[rows[at]]),
            )
        )
    return found


def sorted_out(proposals: Sequence[Proposal], fits: Callable[[Decision], bool]) -> list[Proposal]:
    """The proposals that fit what stands, the strongest and most common first, each tag proposed once a kind of act."""
    ranked = sorted(proposals, key=lambda one: (-one.strength * np.log1p(one.playlists), str(one.decision)))
    return [one for one in ranked if fits(one.decision)]


def _together(corpus: Corpus, rows: NDArray[np.integer]) -> NDArray[np.float64]:
    """(m, m): on how many playlists both of two tags are."""
    part = sp.csc_matrix(corpus.matrix(Kind.TAG))[:, rows]
    return np.asarray((part.T @ part).toarray(), dtype=np.float64)


def _uses(corpus: Corpus) -> sp.csc_matrix | None:
    """(listeners, tags): on how many of a listener's playlists a tag is; None where listeners are unknown."""
    groups = corpus.playlists["group"].to_numpy(dtype=object).astype(str)
    if corpus.group_name != "listener" or not (groups != "").any():
        return None
    codes = np.unique(groups, return_inverse=True)[1]
    ones = np.ones(len(codes), dtype=np.float32)
    by = sp.csr_matrix((ones, (codes, np.arange(len(codes)))), shape=(int(codes.max()) + 1, len(codes)))
    return sp.csc_matrix(by @ corpus.matrix(Kind.TAG))


def _writers(corpus: Corpus) -> NDArray[np.integer]:
    """(n,): how many listeners write each tag; where they are unknown, on how many playlists it is."""
    uses = _uses(corpus)
    return corpus.counts(Kind.TAG) if uses is None else np.diff(uses.indptr)


def _concentration(corpus: Corpus, rows: NDArray[np.integer]) -> NDArray[np.float64]:
    """(m,): 0 where every use of a tag is another listener's, 1 where all are one's (1 − normalised entropy); NaN where
    listeners are unknown."""
    every = _uses(corpus)
    if every is None:
        return np.full(len(rows), np.nan)
    uses = every[:, rows]
    total = np.asarray(uses.sum(axis=0)).ravel()
    logs = uses.copy()
    logs.data = logs.data * np.log(logs.data)
    entropy = np.log(np.maximum(total, 1)) - np.asarray(logs.sum(axis=0)).ravel() / np.maximum(total, 1)
    return 1.0 - entropy / np.log(np.maximum(total, 2))


def _plainness(corpus: Corpus, rows: NDArray[np.integer]) -> NDArray[np.float64]:
    """(m,): how near a tag's company (songs, else tags) is to that of all playlists, as a rank from 0 to 1 among tags
    of about its size (the Jensen–Shannon divergence from the whole shrinks as a tag grows)."""
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
    result = np.zeros(len(rows))
    for part in np.array_split(np.argsort(counts, kind="stable"), max(1, len(rows) // 50)):
        ranks = np.argsort(np.argsort(divergence[part]))
        result[part] = 1.0 - ranks / max(1, len(part) - 1)
    return np.where(result > 0.9, result, result / 2)
