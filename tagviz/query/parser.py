"""What is asked: a person's Query, rows of a corpus, or questions of a file → QueryBatch.

The one place that reads terms.

A term is matched by its exact spelling, then by its normal form (the most popular spelling wins), then as Korean typed
on a Latin keyboard; what matches nothing is named, with the closest known spellings, and never replaced in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz import text
from tagviz.errors import InvalidParameterError
from tagviz.query import evidence as ev
from tagviz.query.interpretation import interpret
from tagviz.query.limits import check_count, check_length
from tagviz.query.mentions import Interpretation, Mention
from tagviz.query.names import MentionKind
from tagviz.query.term_index import Index, index_of
from tagviz.query.title_words import title_words
from tagviz.types import PHRASE, Corpus, Kind, Query, QueryBatch, TermMatch, key_of

ASKED_KINDS = (Kind.SONG, Kind.TAG, Kind.WORD)

TITLE_IN_TAGS = 0.05
"""Below this share of `meta["title_in_tags"]` a title that is a tag is never answered with that tag (see
`title_in_tags` in sources/build.py)."""

OWN_TAG_LEAD = 0.9
"""How far the tag that a title is leads the answers to a file's question, of 1 for all the way. A corpus of this sort
left that tag out of the playlist, so that the place is lost. On 639 titles of held-out validation lists: at 1 always
first, nDCG@10 of the other tags −.090 ± .009; at .9 among the first five in 93 %, −.026 ± .006; at .8 in 49 %."""

TitleReading = Literal["words", "meaning"]

CLOSE_ENOUGH = 60.0
"""Similarity (0 to 100) that a spelling needs in order to be suggested."""

EXACT, SAME_FORM, LAYOUT = "exact", "same normal form", "Korean typed on a Latin keyboard"
MERGED = "another spelling of it"
NO_WORDS, UNKNOWN = "no words in it", "unknown"


def parse(query: Query, corpus: Corpus) -> QueryBatch:
    """A person's query as a batch of one, with a reading of every term and suggestions for unknown ones.

    Raises InvalidParameterError for a date that is none, or for more or longer terms than anyone means.
    """
    _within_limits(query)
    index = index_of(corpus)
    readings = [_read(index, term, Kind.TAG) for term in query.tags]
    readings += [_read(index, term, Kind.SONG) for term in query.songs]
    title = interpret(query.title, corpus, query.readings)
    words = _read_title(index, title)
    avoided = [_read_any(index, term) for term in query.avoid]
    asked = QueryBatch(
        titles=(text.clean(query.title),),
        items={kind: _row(corpus, kind, readings + words) for kind in ASKED_KINDS},
        avoid=_avoid(corpus, avoided),
        readings=(tuple(readings + [_reading(mention) for mention in title.mentions] + words + avoided),),
        dates=np.array([_date(query.date)]),
        match=(title.match if query.match == "auto" else query.match,),
    )
    return _with_titles(corpus, asked, [title])


def batch_of_rows(corpus: Corpus, rows: NDArray[Any], show: Iterable[Kind] = ASKED_KINDS) -> QueryBatch:
    """What some playlists of a corpus hold, as a batch: only the kinds in `show`; WORD stands for the title."""
    rows, shown = np.asarray(rows, dtype=np.int64), set(show)
    items = {
        kind: sp.csr_matrix(corpus.matrix(kind)[rows]) if kind in shown else _empty(corpus, kind, len(rows))
        for kind in ASKED_KINDS
    }
    titles = corpus.playlists["title"].to_numpy()[rows] if Kind.WORD in shown else np.full(len(rows), "", dtype=object)
    return QueryBatch(
        titles=tuple(map(str, titles)),
        items=items,
        masked={Kind.TAG: _own_tags(corpus, list(titles))} if _hides_titles(corpus) else {},
        readings=((),) * len(rows),
        dates=corpus.playlists["date"].to_numpy()[rows].astype("datetime64[s]"),
    )


def batch_from_lists(
    corpus: Corpus,
    titles: Sequence[str],
    tags: Sequence[Collection[Any]],
    songs: Sequence[Collection[Any]],
    dates: NDArray[Any] | None = None,
    read: TitleReading = "words",
) -> QueryBatch:
    """A batch from plain lists, such as the questions of a file: per question a title, tags, and song ids.

    Tags match by spelling or normal form, songs by id; what is unknown is skipped and named in the readings.

    Args:
        corpus: What the questions ask of.
        titles: One per question.
        tags: Spellings per question.
        songs: Ids per question.
        dates: datetime64 per question; None: unknown.
        read: "words" takes titles as the words that playlists have, and never answers with the tag that a title is,
            where titles are tags that were left out of their playlists. "meaning" reads them as in `parse`; a title
            without tags and songs may then be answered with the tag that it is, a little below the best other answers.
    """
    tag_links, tag_unknown = _matched(corpus, Kind.TAG, tags)
    song_links, song_unknown = _matched(corpus, Kind.SONG, songs)
    titles = [text.clean(title or "") for title in titles]
    alone = (np.diff(tag_links.indptr) + np.diff(song_links.indptr)) == 0
    own = _own_tags(corpus, titles) if _hides_titles(corpus) else _empty(corpus, Kind.TAG, len(titles))
    open_ = sp.diags((alone & (read == "meaning")).astype(np.float32)) @ own
    words = [] if read == "meaning" else title_words(corpus, titles)
    word_links = _matched(corpus, Kind.WORD, words)[0] if words else _empty(corpus, Kind.WORD, len(titles))
    asked = QueryBatch(
        titles=tuple(titles),
        items={Kind.SONG: song_links, Kind.TAG: tag_links, Kind.WORD: word_links},
        masked={Kind.TAG: _without(own, open_)} if _hides_titles(corpus) else {},
        readings=tuple((*a, *b) for a, b in zip(tag_unknown, song_unknown, strict=True)),
        dates=dates if dates is not None else np.full(len(titles), np.datetime64("NaT"), dtype="datetime64[s]"),
    )
    if read == "words":
        return asked
    asked = _with_titles_read(corpus, asked, alone)
    named = dict(asked.named)
    if Kind.TAG in named:
        named[Kind.TAG] = sp.csr_matrix(named[Kind.TAG] - (1 - OWN_TAG_LEAD) * named[Kind.TAG].multiply(open_ > 0))
    return replace(asked, named=named)


def _with_titles_read(corpus: Corpus, asked: QueryBatch, alone: NDArray[np.bool_]) -> QueryBatch:
    """The batch with its titles read as in `parse`.

    What is shown beside a title describes a playlist: only a title alone can ask for songs with all of its tags.
    """
    meant = [interpret(title, corpus) for title in asked.titles]
    words, _ = _matched(corpus, Kind.WORD, title_words(corpus, [" ".join(each.words) for each in meant]))
    match = tuple(each.match if single else "any" for each, single in zip(meant, alone, strict=True))
    return _with_titles(corpus, replace(asked, items={**asked.items, Kind.WORD: words}, match=match), meant)


def _without(matrix: sp.csr_matrix, other: sp.csr_matrix) -> sp.csr_matrix:
    """The binary matrix without the entries of another one."""
    left = sp.csr_matrix(matrix - other, dtype=np.float32)
    left.eliminate_zeros()
    return left


def suggest(corpus: Corpus, kind: Kind, typed: str, n: int = 5) -> list[str]:
    """Keys of the n known spellings closest to what was typed, closest first."""
    from rapidfuzz import fuzz, process

    index = index_of(corpus)
    form = text.letters(text.normal(typed))[: text.LONGEST_TITLE]
    if not form or n <= 0:
        return []
    names, rows = index.spelled(kind)
    closest = process.extract(form, names, scorer=fuzz.ratio, limit=4 * n, score_cutoff=CLOSE_ENOUGH)
    counts = corpus.counts(kind)
    closest.sort(key=lambda hit: (-hit[1], -counts[rows[hit[2]]]))
    return [corpus.vocab(kind).key(int(rows[place])) for _, _, place in closest[:n]]


def complete(corpus: Corpus, typed: str, kinds: Sequence[Kind] = (Kind.TAG, Kind.SONG), n: int = 20) -> list[str]:
    """Search as you type.

    Returns:
        Keys whose label begins with, has a word that begins with, or contains what was typed, in this order and the
        more popular first; Korean also by its initial consonants. Each kind gets its share of n.
    """
    rows_by_kind = [(kind, index_of(corpus).lines(kind).search(typed, n)) for kind in kinds]
    share = max(1, n // max(1, len(rows_by_kind)))
    hits = [(rank, kind, row) for kind, rows in rows_by_kind for rank, row in rows[:share]]
    hits += [
        (rank, kind, row) for kind, rows in rows_by_kind for rank, row in rows[share : share + max(0, n - len(hits))]
    ]
    hits = sorted(hits[:n], key=lambda hit: hit[0])
    return [corpus.vocab(kind).key(row) for _, kind, row in hits]


def _with_titles(corpus: Corpus, asked: QueryBatch, titles: Sequence[Interpretation]) -> QueryBatch:
    """The batch with what its titles name: evidence beside what is asked outright, which alone is never answered."""
    distinct = {title.text: ev.evidence(title, corpus) for title in titles}
    each = [distinct[title.text] for title in titles]
    items, avoid, named = dict(asked.items), dict(asked.avoid), {}
    for kind in (Kind.SONG, Kind.TAG):
        width = len(corpus.vocab(kind))
        wanted = ev.matrix([one.items.get(kind, {}) for one in each], width)
        if wanted.nnz:
            lead = ev.matrix([one.named.get(kind, {}) for one in each], width)
            named[kind] = sp.csr_matrix(lead - lead.multiply(items[kind] > 0))
            named[kind].eliminate_zeros()
            items[kind] = sp.csr_matrix(items[kind].maximum(wanted), dtype=np.float32)
        away = ev.matrix([one.avoid.get(kind, {}) for one in each], width)
        if away.nnz:
            avoid[kind] = sp.csr_matrix(away.maximum(avoid[kind])) if kind in avoid else away
    return replace(
        asked,
        titles=tuple(one.text for one in each),
        items=items,
        avoid=avoid,
        named=named,
        phrases=tuple("\n".join(one.phrases) for one in each),
        avoided_phrases=tuple("\n".join(one.avoided_phrases) for one in each),
    )


def _reading(mention: Mention) -> TermMatch:
    """A part of a title as it was read."""
    named = mention.key and str(mention.kind) in set(map(str, Kind))
    return TermMatch(
        typed=mention.typed,
        kind=Kind(str(mention.kind)) if named else Kind.WORD,
        key=mention.key,
        how=PHRASE if mention.kind is MentionKind.PHRASE else str(mention.how),
        suggestions=(key_of(Kind.WORD, mention.label),) if not mention.key and mention.label != mention.typed else (),
        span=(mention.start, mention.end),
        confidence=mention.confidence,
        alternatives=tuple((other.key, other.confidence) for other in mention.alternatives),
        role=mention.role.value,
    )


def _within_limits(query: Query) -> None:
    for name, terms in (("tags", query.tags), ("songs", query.songs), ("avoid", query.avoid)):
        check_count(name, terms)
    for term in (query.title, *query.tags, *query.songs, *query.avoid):
        check_length(term)


def _date(date: str) -> np.datetime64:
    if not date.strip():
        return np.datetime64("NaT", "s")
    try:
        return np.datetime64(pd.Timestamp(date.strip()), "s")
    except (ValueError, OverflowError) as error:
        raise InvalidParameterError(
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


def _read(index: Index, term: str, kind: Kind) -> TermMatch:
    """One typed term as an item of `kind`, or of the kind before its colon."""
    typed = text.clean(term)
    row, how = _find(index, typed, kind)
    keyed = _keyed(typed)
    if row < 0 and keyed:
        kind, ident = keyed
        row, how = _find(index, ident.strip(), kind)
        typed = typed if row >= 0 else ident
    if row >= 0:
        return TermMatch(typed, kind, index.corpus.vocab(kind).key(row), how)
    # a number is the id of a song that is not here, and nothing is spelled like it
    close = () if kind is Kind.SONG and typed.isdecimal() else tuple(suggest(index.corpus, kind, typed))
    return TermMatch(typed, kind, "", UNKNOWN, close)


def _read_any(index: Index, term: str) -> TermMatch:
    """A thing to avoid: a key, or the spelling of a tag, else of a song."""
    for kind in (Kind.TAG, Kind.SONG):
        row, how = _find(index, text.clean(term), kind)
        if row >= 0:
            return TermMatch(text.clean(term), kind, index.corpus.vocab(kind).key(row), how)
    return _read(index, term, Kind.TAG)


def _read_title(index: Index, meant: Interpretation) -> list[TermMatch]:
    """The title's words; where none is known, the title as Korean typed on a Latin keyboard.

    Unknown words are named only where no name covers them.
    """
    corpus, title = index.corpus, " ".join(meant.words)
    named = [mention.typed for mention in meant.of() if mention.key]
    names = {word for words in title_words(corpus, named) for word in words}
    vocab = corpus.vocab(Kind.WORD)
    words, how = title_words(corpus, [title])[0], EXACT
    known = vocab.find(words)
    other = text.from_latin_layout(title.strip()) if not (known >= 0).any() else ""
    korean = title_words(corpus, [other])[0] if other else []
    if korean and (vocab.find(korean) >= 0).any():
        words, how = korean, LAYOUT
        known = vocab.find(words)
    if title.strip() and not words and not names:
        readable = meant.mentions and (named or _has_words(meant.text))
        return [] if readable else [TermMatch(text.clean(meant.text), Kind.WORD, "", NO_WORDS)]
    return [
        TermMatch(word, Kind.WORD, vocab.key(row), how)
        if row >= 0
        else TermMatch(word, Kind.WORD, "", UNKNOWN, tuple(suggest(corpus, Kind.WORD, word, 3)))
        for word, row in zip(words, known, strict=True)
        if row >= 0 or word not in names
    ]


def _has_words(title: str) -> bool:
    return any(map(str.isalnum, title))


def _empty(corpus: Corpus, kind: Kind, height: int) -> sp.csr_matrix:
    return sp.csr_matrix((height, len(corpus.vocab(kind))), dtype=np.float32)


def _binary(lengths: NDArray[Any], columns: NDArray[Any], width: int) -> sp.csr_matrix:
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    matrix = sp.csr_matrix((np.ones(len(columns), dtype=np.float32), columns, indptr), shape=(len(lengths), width))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def _row(corpus: Corpus, kind: Kind, readings: Sequence[TermMatch]) -> sp.csr_matrix:
    ids = [reading.key.partition(":")[2] for reading in readings if reading.key and reading.kind is kind]
    return _binary(np.array([len(ids)]), corpus.vocab(kind).find(ids), len(corpus.vocab(kind)))


def _avoid(corpus: Corpus, readings: Sequence[TermMatch]) -> dict[Kind, sp.csr_matrix]:
    """What to keep away from, by kind; an avoided artist or genre stands for its songs."""
    avoid = {kind: _row(corpus, kind, readings) for kind in ASKED_KINDS}
    for kind, songs in corpus.song_links.items():
        wanted = _row(corpus, kind, readings)
        if wanted.nnz:
            avoid[Kind.SONG] = sp.csr_matrix(avoid[Kind.SONG] + wanted @ songs.T)
            avoid[Kind.SONG].data[:] = 1
    return {kind: matrix for kind, matrix in avoid.items() if matrix.nnz}


def _matched(
    corpus: Corpus, kind: Kind, lists: Sequence[Collection[Any]]
) -> tuple[sp.csr_matrix, list[list[TermMatch]]]:
    """Lists of spellings as rows; and per list the readings of what is unknown (title words are not named)."""
    lengths = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    terms = [str(term) for row in lists for term in row]
    codes, distinct = pd.factorize(np.array(terms, dtype=object))
    known_rows = corpus.vocab(kind).find([text.clean(term) for term in distinct])
    if kind is Kind.TAG:
        forms = index_of(corpus).forms(kind)
        for place in np.flatnonzero(known_rows < 0):
            known_rows[place] = forms.get(text.normal(distinct[place]), -1)
    rows = known_rows[codes] if len(codes) else np.empty(0, dtype=np.int32)
    owner = np.repeat(np.arange(len(lists)), lengths)
    unknown: list[list[TermMatch]] = [[] for _ in lists]
    if kind is not Kind.WORD:
        for place in np.flatnonzero(rows < 0):
            unknown[owner[place]].append(TermMatch(text.clean(terms[place]), kind, "", UNKNOWN))
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
    tag_rows = {
        t: int(row) if row >= 0 else forms.get(text.normal(t), -1) for t, row in zip(distinct, exact, strict=True) if t
    }
    rows = np.array([tag_rows.get(title, -1) for title in titles], dtype=np.int32)
    return _binary((rows >= 0).astype(np.int64), rows[rows >= 0], len(corpus.vocab(Kind.TAG)))
