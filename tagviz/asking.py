"""What is asked: a person's Query, rows of a corpus, or questions of a file → Asked: the one place that reads terms.

A term is matched by its exact spelling, then by its normal form (the most popular spelling wins), then as Korean typed
on a Latin keyboard; what matches nothing is named, with the closest known spellings, and never replaced in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz import text
from tagviz.errors import BadParameter
from tagviz.search import Index, index_of
from tagviz.types import Asked, Corpus, Kind, Query, Reading

ASKED_KINDS = (Kind.SONG, Kind.TAG, Kind.WORD)

MOST_TERMS = 1_000
"""Tags, songs or things to avoid that one query may hold."""

TITLE_IN_TAGS = 0.05
"""Below this share of `meta["title_in_tags"]` a title that is a tag is never answered with that tag (see
`title_in_tags` in sources/build.py)."""

CLOSE_ENOUGH = 60.0
"""Similarity (0 to 100) that a spelling needs in order to be suggested."""

EXACT, SAME_FORM, LAYOUT = "exact", "same normal form", "Korean typed on a Latin keyboard"
MERGED = "another spelling of it"
TITLE_IS_TAG, NO_WORDS, UNKNOWN = "the title is this tag", "no words in it", "unknown"


def parse(query: Query, corpus: Corpus) -> Asked:
    """A person's query as a batch of one, with a reading of every term and suggestions for unknown ones.

    Raises BadParameter for a date that is none, or for more or longer terms than anyone means.
    """
    _within_limits(query)
    index = index_of(corpus)
    readings = [_read(index, term, Kind.TAG) for term in query.tags]
    readings += [_read(index, term, Kind.SONG) for term in query.songs]
    words = _read_title(index, query.title)
    avoided = [_read_any(index, term) for term in query.avoid]
    items = {kind: _row(corpus, kind, readings + words) for kind in ASKED_KINDS}
    own = _own_tags(corpus, [query.title])
    title_tag = [
        Reading(query.title, Kind.TAG, corpus.vocab(Kind.TAG).key(int(row)), TITLE_IS_TAG)
        for row in own.indices
        if row >= 0
    ]
    return Asked(
        titles=(text.clean(query.title),),
        items=items,
        avoid=_avoid(corpus, avoided),
        masked={Kind.TAG: own} if _hides_titles(corpus) else {},
        readings=(tuple(readings + words + title_tag + avoided),),
        dates=np.array([_date(query.date)]),
    )


def of_rows(corpus: Corpus, rows: NDArray[Any], show: Iterable[Kind] = ASKED_KINDS) -> Asked:
    """What some playlists of a corpus hold, as a batch: only the kinds in `show`; WORD stands for the title."""
    rows, shown = np.asarray(rows, dtype=np.int64), set(show)
    items = {
        kind: sp.csr_matrix(corpus.matrix(kind)[rows]) if kind in shown else _empty(corpus, kind, len(rows))
        for kind in ASKED_KINDS
    }
    titles = corpus.playlists["title"].to_numpy()[rows] if Kind.WORD in shown else np.full(len(rows), "", dtype=object)
    return Asked(
        titles=tuple(map(str, titles)),
        items=items,
        masked={Kind.TAG: _own_tags(corpus, list(titles))} if _hides_titles(corpus) else {},
        readings=((),) * len(rows),
        dates=corpus.playlists["date"].to_numpy()[rows].astype("datetime64[s]"),
    )


def from_lists(
    corpus: Corpus,
    titles: Sequence[str],
    tags: Sequence[Collection[Any]],
    songs: Sequence[Collection[Any]],
    dates: NDArray[Any] | None = None,
) -> Asked:
    """A batch from plain lists, such as the questions of a file: per question a title, tags, and song ids.

    Tags match by spelling or normal form, songs by id; what is unknown is skipped and named in the readings.
    """
    tag_links, tag_unknown = _matched(corpus, Kind.TAG, tags)
    song_links, song_unknown = _matched(corpus, Kind.SONG, songs)
    titles = [text.clean(title or "") for title in titles]
    words, _ = _matched(corpus, Kind.WORD, text.tokenizer_of(corpus).many(titles))
    return Asked(
        titles=tuple(titles),
        items={Kind.SONG: song_links, Kind.TAG: tag_links, Kind.WORD: words},
        masked={Kind.TAG: _own_tags(corpus, titles)} if _hides_titles(corpus) else {},
        readings=tuple((*a, *b) for a, b in zip(tag_unknown, song_unknown, strict=True)),
        dates=dates if dates is not None else np.full(len(titles), np.datetime64("NaT"), dtype="datetime64[s]"),
    )


def suggest(corpus: Corpus, kind: Kind, typed: str, n: int = 5) -> list[str]:
    """Keys of the n known spellings closest to what was typed, closest first."""
    from rapidfuzz import fuzz, process

    index = index_of(corpus)
    form = text.letters(text.normal(typed))[: text.LONGEST_TITLE]
    if not form or n <= 0:
        return []
    names, rows = index.spelled(kind)
    found = process.extract(form, names, scorer=fuzz.ratio, limit=4 * n, score_cutoff=CLOSE_ENOUGH)
    counts = corpus.counts(kind)
    found.sort(key=lambda hit: (-hit[1], -counts[rows[hit[2]]]))
    return [corpus.vocab(kind).key(int(rows[place])) for _, _, place in found[:n]]


def complete(corpus: Corpus, typed: str, kinds: Sequence[Kind] = (Kind.TAG, Kind.SONG), n: int = 20) -> list[str]:
    """Search as you type: keys whose label begins with, has a word that begins with, or contains what was typed, in
    this order and the more popular first; Korean also by its initial consonants. Each kind gets its share of n."""
    found = [(kind, index_of(corpus).lines(kind).search(typed, n)) for kind in kinds]
    share = max(1, n // max(1, len(found)))
    hits = [(rank, kind, row) for kind, rows in found for rank, row in rows[:share]]
    hits += [(rank, kind, row) for kind, rows in found for rank, row in rows[share : share + max(0, n - len(hits))]]
    hits = sorted(hits[:n], key=lambda hit: hit[0])
    return [corpus.vocab(kind).key(row) for _, kind, row in hits]


def _within_limits(query: Query) -> None:
    for name, terms in (("tags", query.tags), ("songs", query.songs), ("avoid", query.avoid)):
        if len(terms) > MOST_TERMS:
            raise BadParameter(f"Too many {name}", f"{len(terms):,} given, at most {MOST_TERMS:,}", "ask with fewer")
    for term in (query.title, *query.tags, *query.songs, *query.avoid):
        if len(term) > text.LONGEST_TITLE:
            raise BadParameter(
                "A term is too long",
                f"{len(term):,} characters, at most {text.LONGEST_TITLE:,}; it begins {text.clean(term[:30])!r}",
                "shorten it",
            )


def _date(date: str) -> np.datetime64:
    if not date.strip():
        return np.datetime64("NaT", "s")
    try:
        return pd.Timestamp(date.strip()).to_datetime64().astype("datetime64[s]")
    except (ValueError, OverflowError) as error:
        raise BadParameter(
            f"{text.clean(date[:40])!r} is no date", "expected a date such as 2019-08-31", "correct it"
        ) from error


def _find(index: Index, term: str, kind: Kind) -> tuple[int, str]:
    """Row and rule of one spelling, (−1, "") where nothing matches."""
    vocab = index.corpus.vocab(kind)
    exact = vocab.row(term, missing="skip")
    if exact >= 0:
        return exact, EXACT if term not in vocab.aliases else MERGED
    for spelling, how in ((term, SAME_FORM), (text.from_latin_layout(term), LAYOUT)):
        if not spelling:
            continue
        if kind is Kind.TAG or kind is Kind.WORD:
            row = index.forms(kind).get(text.normal(spelling), -1)
        else:
            row = index.lines(kind).exact(spelling)
        if row >= 0:
            return row, how
    return -1, ""


def _keyed(term: str) -> tuple[Kind, str] | None:
    head, colon, ident = term.partition(":")
    return (Kind(head), ident) if colon and head in Kind.__members__.values() else None


def _read(index: Index, term: str, kind: Kind) -> Reading:
    """One typed term as an item of `kind`, or of the kind before its colon."""
    typed = text.clean(term)
    row, how = _find(index, typed, kind)
    keyed = _keyed(typed)
    if row < 0 and keyed:
        kind, ident = keyed
        row, how = _find(index, ident.strip(), kind)
        typed = typed if row >= 0 else ident
    if row >= 0:
        return Reading(typed, kind, index.corpus.vocab(kind).key(row), how)
    # a number is the id of a song that is not here, and nothing is spelled like it
    close = () if kind is Kind.SONG and typed.isdecimal() else tuple(suggest(index.corpus, kind, typed))
    return Reading(typed, kind, "", UNKNOWN, close)


def _read_any(index: Index, term: str) -> Reading:
    """A thing to avoid: a key, or the spelling of a tag, else of a song."""
    for kind in (Kind.TAG, Kind.SONG):
        row, how = _find(index, text.clean(term), kind)
        if row >= 0:
            return Reading(text.clean(term), kind, index.corpus.vocab(kind).key(row), how)
    return _read(index, term, Kind.TAG)


def _read_title(index: Index, title: str) -> list[Reading]:
    """The title's words; where none is known, the title as Korean typed on a Latin keyboard."""
    corpus = index.corpus
    vocab = corpus.vocab(Kind.WORD)
    cut = text.tokenizer_of(corpus)
    words, how = cut(title), EXACT
    known = vocab.find(words)
    other = text.from_latin_layout(title.strip()) if not (known >= 0).any() else ""
    if other and (vocab.find(cut(other)) >= 0).any():
        words, how = cut(other), LAYOUT
        known = vocab.find(words)
    if title.strip() and not words:
        return [Reading(text.clean(title), Kind.WORD, "", NO_WORDS)]
    return [
        Reading(word, Kind.WORD, vocab.key(row), how)
        if row >= 0
        else Reading(word, Kind.WORD, "", UNKNOWN, tuple(suggest(corpus, Kind.WORD, word, 3)))
        for word, row in zip(words, known, strict=True)
    ]


def _empty(corpus: Corpus, kind: Kind, height: int) -> sp.csr_matrix:
    return sp.csr_matrix((height, len(corpus.vocab(kind))), dtype=np.float32)


def _binary(lengths: NDArray[Any], columns: NDArray[Any], width: int) -> sp.csr_matrix:
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    matrix = sp.csr_matrix((np.ones(len(columns), dtype=np.float32), columns, indptr), shape=(len(lengths), width))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def _row(corpus: Corpus, kind: Kind, readings: Sequence[Reading]) -> sp.csr_matrix:
    ids = [reading.key.partition(":")[2] for reading in readings if reading.key and reading.kind is kind]
    return _binary(np.array([len(ids)]), corpus.vocab(kind).find(ids), len(corpus.vocab(kind)))


def _avoid(corpus: Corpus, readings: Sequence[Reading]) -> dict[Kind, sp.csr_matrix]:
    """What to keep away from, by kind; an avoided artist or genre stands for its songs."""
    avoid = {kind: _row(corpus, kind, readings) for kind in ASKED_KINDS}
    for kind, songs in corpus.song_links.items():
        wanted = _row(corpus, kind, readings)
        if wanted.nnz:
            avoid[Kind.SONG] = sp.csr_matrix(avoid[Kind.SONG] + wanted @ songs.T)
            avoid[Kind.SONG].data[:] = 1
    return {kind: matrix for kind, matrix in avoid.items() if matrix.nnz}


def _matched(corpus: Corpus, kind: Kind, lists: Sequence[Collection[Any]]) -> tuple[sp.csr_matrix, list[list[Reading]]]:
    """Lists of spellings as rows; and per list the readings of what is unknown (title words are not named)."""
    lengths = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    terms = [str(term) for row in lists for term in row]
    codes, distinct = pd.factorize(np.array(terms, dtype=object))
    found = corpus.vocab(kind).find([text.clean(term) for term in distinct])
    if kind is Kind.TAG:
        forms = index_of(corpus).forms(kind)
        for place in np.flatnonzero(found < 0):
            found[place] = forms.get(text.normal(distinct[place]), -1)
    rows = found[codes] if len(codes) else np.empty(0, dtype=np.int32)
    owner = np.repeat(np.arange(len(lists)), lengths)
    unknown: list[list[Reading]] = [[] for _ in lists]
    if kind is not Kind.WORD:
        for place in np.flatnonzero(rows < 0):
            unknown[owner[place]].append(Reading(text.clean(terms[place]), kind, "", UNKNOWN))
    kept = rows >= 0
    return _binary(np.bincount(owner[kept], minlength=len(lists)), rows[kept], len(corpus.vocab(kind))), unknown


def _hides_titles(corpus: Corpus) -> bool:
    """Whether titles are tags that were left out of the playlist, so that answering with them would be cheating."""
    return corpus.has(Kind.WORD) and float(corpus.meta.get("title_in_tags", 1.0)) < TITLE_IN_TAGS


def _own_tags(corpus: Corpus, titles: Sequence[str]) -> sp.csr_matrix:
    """Per title the tag that it is: by its exact spelling, else by its normal form."""
    distinct = list(dict.fromkeys(titles))
    forms = index_of(corpus).forms(Kind.TAG)
    exact = corpus.vocab(Kind.TAG).find(distinct)
    found = {
        t: int(row) if row >= 0 else forms.get(text.normal(t), -1) for t, row in zip(distinct, exact, strict=True) if t
    }
    rows = np.array([found.get(title, -1) for title in titles], dtype=np.int32)
    return _binary((rows >= 0).astype(np.int64), rows[rows >= 0], len(corpus.vocab(Kind.TAG)))
