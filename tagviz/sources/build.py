"""What every reader ends with: raw playlists, pairs and song information become a Corpus; corrections are noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz import text
from tagviz.errors import SourceError
from tagviz.params import Params, knob
from tagviz.types import Corpus, Kind, Progress, ProgressCallback, Vocab, frozen, quiet

EXAMPLES = 5
"""Examples that a note gives."""


class Options(Params):
    """What every reader understands; a reader's own options extend it."""

    tokenizer: Literal["words", "sentencepiece"] = knob(
        "words", "How titles are cut: words, or a sentencepiece model trained on them."
    )
    min_tags: int = knob(0, "Playlists with fewer tags are left out.", ge=0)
    min_songs: int = knob(0, "Playlists with fewer songs are left out.", ge=0)
    songs: Literal["used", "all"] = knob("used", "Songs that are kept: those in playlists, or all that have metadata.")


class Notes:
    """What was read, corrected or dropped, and what was done about it."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, what: str, count: int, action: str, examples: Sequence[Any] = ()) -> None:
        """Nothing is noted when `count` is 0."""
        if count:
            shown = [text.clean(str(example))[:80] for example in examples[:EXAMPLES]]
            self.rows.append({"what": what, "count": int(count), "action": action, "examples": shown})


@dataclass(frozen=True)
class Pairs:
    """Row numbers and what stands in those rows, one entry a pair: int64 (n,) and n values (text or integers)."""

    rows: NDArray[np.int64]
    values: Any

    @classmethod
    def none(cls) -> Pairs:
        return cls(np.empty(0, dtype=np.int64), pd.Series([], dtype="str"))

    @classmethod
    def of_lists(cls, lengths: NDArray[Any], values: Any) -> Pairs:
        """From the lengths of consecutive lists and all their entries."""
        return cls(np.repeat(np.arange(len(lengths), dtype=np.int64), lengths), values)


@dataclass(frozen=True)
class SongInfo:
    """Song metadata: `frame` with `id`, `name`, `artist`, `album`, `date`; pairs of its rows with genres and artists;
    names by id."""

    frame: pd.DataFrame
    genres: Pairs = field(default_factory=Pairs.none)
    artists: Pairs = field(default_factory=Pairs.none)
    genre_names: Mapping[str, str] = field(default_factory=dict)
    artist_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """What a reader found. `playlists` has `id`, and any of `title`, `date`, `likes`, `group`."""

    playlists: pd.DataFrame
    tags: Pairs = field(default_factory=Pairs.none)
    songs: Pairs = field(default_factory=Pairs.none)
    info: SongInfo | None = None
    facets: Mapping[str, str] = field(default_factory=dict)
    group_name: str = ""


def build_corpus(
    raw: Raw,
    path: Path,
    format: str,
    options: Options,
    notes: Notes,
    name: str | None = None,
    progress: ProgressCallback = quiet,
) -> Corpus:
    """The corpus of what a reader found. Raises SourceError when nothing is left."""
    progress(Progress("Joining playlists, tags and songs", 0.6))
    tags, tag_ids = _text_items(raw.tags, "tags", notes)
    songs, song_ids = _items(raw.songs, "songs", notes)
    frame = _playlist_frame(raw.playlists, notes)
    tag_links = _links(tags, len(frame), len(tag_ids), tag_ids, "tags", notes)
    song_links = _links(songs, len(frame), len(song_ids), song_ids, "songs", notes)
    kept = _kept(frame, tag_links, song_links, options, notes)
    frame = frame.iloc[kept].reset_index(drop=True)
    tag_links, tag_ids = _used(tag_links[kept], tag_ids)
    song_links, song_ids = _used(song_links[kept], song_ids)
    if not len(frame):
        raise SourceError(
            f"{path.name!r} holds no playlist",
            "nothing with a title, tags or songs was found",
            "check the file and options",
        )
    vocab, song_frame, about, about_vocabs = _songs(song_ids, raw.info, options, notes)
    if len(vocab) > len(song_ids):
        song_links = sp.csr_matrix(
            (song_links.data, song_links.indices, song_links.indptr), shape=(len(frame), len(vocab))
        )
    progress(Progress("Reading titles", 0.8))
    model = text.train_sentencepiece(frame["title"].tolist()) if options.tokenizer == "sentencepiece" else b""
    word_links, words = _title_words(frame["title"].tolist(), options.tokenizer, model)
    meta = {
        "source": path.name,
        "format": format,
        "options": options.model_dump(),
        "notes": notes.rows,
        "read": {"playlists": len(frame), "tags": len(tag_ids), "songs": len(song_ids)},
    }
    corpus = Corpus(
        name=name or path.stem or path.name,
        playlists=frame,
        songs=song_frame,
        vocabs={
            Kind.TAG: Vocab.of(Kind.TAG, tag_ids),
            Kind.SONG: vocab,
            Kind.WORD: Vocab.of(Kind.WORD, words),
            **about_vocabs,
        },
        links={Kind.TAG: tag_links, Kind.SONG: song_links, Kind.WORD: word_links},
        song_links=about,
        facets=frozen(np.array([raw.facets.get(tag, "") for tag in tag_ids], dtype=object)),
        group_name=raw.group_name if (frame["group"] != "").any() else "",
        tokenizer=options.tokenizer,
        tokenizer_model=model,
        meta=meta,
    )
    meta["title_in_tags"] = title_in_tags(corpus)
    progress(Progress("Read", 1.0, f"{len(frame):,} playlists"))
    return corpus


def title_in_tags(corpus: Corpus) -> float:
    """Of the playlists with tags whose title is the normal form of some tag: the share that has such a tag itself.

    0 means that titles are tags that were then left out, so that answering a title with itself would be cheating.
    """
    links = corpus.links[Kind.TAG]
    forms: dict[str, list[int]] = {}
    for row, tag in enumerate(corpus.vocabs[Kind.TAG].ids):
        forms.setdefault(text.normal(tag), []).append(row)
    forms.pop("", None)
    titles = corpus.playlists["title"]
    by_title = {title: forms.get(text.normal(title)) for title in titles.unique()}
    matched = own = 0
    for row in np.flatnonzero(np.diff(links.indptr)):
        wanted = by_title[titles.iat[row]]
        if wanted:
            matched += 1
            own += bool(np.isin(wanted, links.indices[links.indptr[row] : links.indptr[row + 1]]).any())
    return own / matched if matched else 0.0


def dates(values: Any, notes: Notes, what: str, format: str | None = None) -> pd.Series:
    """datetime64[s] of text dates; what is no date becomes unknown and is noted."""
    given = pd.Series(values, dtype="object" if not isinstance(values, pd.Series) else None)
    found = pd.to_datetime(given, format=format or "ISO8601", errors="coerce")
    wrong = given.notna() & found.isna() & (given.astype("str") != "")
    notes.add(f"{what} without a valid date", int(wrong.sum()), "date left unknown", given[wrong].unique())
    return found.astype("datetime64[s]")


def _playlist_frame(given: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    size = len(given)
    titles = given["title"] if "title" in given else pd.Series([""] * size)
    missing = titles.isna()
    notes.add("playlists without a title", int(missing.sum()), "title left empty", given["id"][missing.to_numpy()])
    likes = pd.to_numeric(given["likes"], errors="coerce").fillna(0) if "likes" in given else pd.Series(np.zeros(size))
    return pd.DataFrame(
        {
            "id": _as_text(given["id"]),
            "title": shown(titles.fillna(""), "titles", notes),
            "date": given["date"].astype("datetime64[s]")
            if "date" in given
            else pd.Series([pd.NaT] * size, dtype="datetime64[s]"),
            "likes": likes.clip(-(2**31), 2**31 - 1).astype(np.int32),
            "group": _as_text(given["group"].fillna("")) if "group" in given else pd.Series([""] * size, dtype="str"),
        }
    ).reset_index(drop=True)


def shown(values: pd.Series, what: str, notes: Notes) -> pd.Series:
    """Text as it may be shown, cut to LONGEST_TITLE characters; both are noted."""
    values = values.astype("str")
    long = values.str.len() > text.LONGEST_TITLE
    if long.any():
        notes.add(
            f"{what} of more than {text.LONGEST_TITLE:,} characters",
            int(long.sum()),
            "cut",
            [v[:60] for v in values[long]],
        )
        values = values.str.slice(0, text.LONGEST_TITLE)
    distinct = values.unique()
    cleaned = pd.Series([text.clean(value) for value in distinct], index=distinct, dtype="str")
    result = values.map(cleaned).astype("str")
    changed = result.to_numpy() != values.str.strip().to_numpy()
    notes.add(
        f"{what} with control characters or direction marks",
        int(changed.sum()),
        "these characters were taken out",
        list(result[changed]),
    )
    return result


def _as_text(values: pd.Series) -> pd.Series:
    return (
        values.astype("str").map(text.clean).astype("str")
        if values.dtype == object or values.dtype == "str"
        else values.astype("str")
    )


def _text_items(pairs: Pairs, what: str, notes: Notes) -> tuple[Pairs, pd.Index]:
    """Pairs by number and the spellings, cleaned; blank ones are dropped."""
    codes, distinct = pd.factorize(
        pd.Series(pairs.values, dtype="object") if isinstance(pairs.values, list) else pairs.values
    )
    spellings = shown(pd.Series(pd.Index(distinct).astype("str")), what, notes)
    merged, ids = pd.factorize(spellings)
    codes = np.where(codes < 0, -1, np.append(merged, -1)[codes])
    blank = pd.Index(ids).get_indexer(["", "nan"]) if len(ids) else np.array([-1, -1])
    dropped = (codes < 0) | ((codes == blank[0]) & (blank[0] >= 0))
    notes.add(f"empty or null {what}", int(dropped.sum()), "dropped")
    return Pairs(pairs.rows[~dropped], codes[~dropped]), pd.Index(ids, dtype="str")


def _items(pairs: Pairs, what: str, notes: Notes) -> tuple[Pairs, pd.Index]:
    """Pairs by number and the ids as text; null ids are dropped."""
    codes, distinct = pd.factorize(pairs.values)
    dropped = codes < 0
    notes.add(f"null {what}", int(dropped.sum()), "dropped")
    return Pairs(pairs.rows[~dropped], codes[~dropped]), pd.Index(distinct).astype("str")


def _links(pairs: Pairs, height: int, width: int, ids: pd.Index, what: str, notes: Notes) -> sp.csr_matrix:
    matrix = _binary(pairs.rows, pairs.values, (height, width))
    twice = matrix.data > 1
    notes.add(
        f"duplicate {what} in a playlist",
        int((matrix.data - 1).sum()),
        "kept once",
        list(ids[np.unique(matrix.indices[twice])[:EXAMPLES]]),
    )
    matrix.data[:] = 1
    return matrix


def _binary(rows: NDArray[Any], columns: NDArray[Any], shape: tuple[int, int]) -> sp.csr_matrix:
    """Counts of the pairs as float32 CSR with sorted int32 columns."""
    matrix = sp.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def _kept(
    frame: pd.DataFrame, tags: sp.csr_matrix, songs: sp.csr_matrix, options: Options, notes: Notes
) -> NDArray[Any]:
    """Rows of the playlists that stay."""
    tag_count, song_count = np.diff(tags.indptr), np.diff(songs.indptr)
    ids = frame["id"]
    again = ids.duplicated().to_numpy()
    notes.add("playlists whose id occurred before", int(again.sum()), "dropped", list(ids[again]))
    empty = (tag_count == 0) & (song_count == 0) & (frame["title"] == "").to_numpy() & ~again
    notes.add("playlists without title, tags and songs", int(empty.sum()), "dropped", list(ids[empty]))
    short = ((tag_count < options.min_tags) | (song_count < options.min_songs)) & ~again & ~empty
    notes.add("playlists shorter than asked for", int(short.sum()), "left out", list(ids[short]))
    return np.flatnonzero(~(again | empty | short))


def _used(matrix: sp.csr_matrix, ids: pd.Index) -> tuple[sp.csr_matrix, pd.Index]:
    """The matrix without empty columns, and the ids of those that stay."""
    used = np.bincount(matrix.indices, minlength=len(ids)) > 0
    if used.all():
        return sp.csr_matrix(matrix), ids
    return sp.csr_matrix(matrix[:, np.flatnonzero(used)]), ids[used]


def _songs(
    ids: pd.Index, info: SongInfo | None, options: Options, notes: Notes
) -> tuple[Vocab, pd.DataFrame, dict[Kind, sp.csr_matrix], dict[Kind, Vocab]]:
    """Songs' vocabulary, frame, genres and artists, in the order of `ids`, then those known by metadata only."""
    if info is None:
        info = SongInfo(pd.DataFrame({"id": ids, "name": ids, "artist": "", "album": "", "date": pd.NaT}))
    known = pd.Index(info.frame["id"]).astype("str")
    twice = known.duplicated()
    notes.add("songs described twice", int(twice.sum()), "first description kept", list(known[twice]))
    first = np.flatnonzero(~twice)
    place = first[known[first].get_indexer(ids)] if len(first) else np.zeros(len(ids), dtype=np.int64)
    described = np.isin(ids, known) if len(first) else np.zeros(len(ids), dtype=bool)
    notes.add(
        "songs in playlists that have no description",
        int((~described).sum()),
        "kept under their id",
        list(ids[~described][:EXAMPLES]),
    )
    unused = first[~np.isin(known[first], ids)]
    if options.songs == "all":
        order = np.concatenate([np.where(described, place, -1), unused])
        ids = ids.append(known[unused])
    else:
        order = np.where(described, place, -1)
        notes.add(
            "songs described but in no playlist",
            len(unused),
            "left out (songs=all keeps them)",
            list(known[unused[:EXAMPLES]]),
        )
    frame = _song_frame(ids, info.frame, order, notes)
    labels = frame["name"].where(
        (frame["artist"] == "") | (frame["artist"] == frame["name"]), frame["name"] + " — " + frame["artist"]
    )
    links: dict[Kind, sp.csr_matrix] = {}
    vocabs: dict[Kind, Vocab] = {}
    for kind, pairs, names in (
        (Kind.GENRE, info.genres, info.genre_names),
        (Kind.ARTIST, info.artists, info.artist_names),
    ):
        links[kind], vocabs[kind] = _song_links(kind, pairs, names, order, len(info.frame))
    return Vocab(Kind.SONG, pd.Index(ids, dtype="str"), pd.Index(labels, dtype="str")), frame, links, vocabs


def _song_frame(ids: pd.Index, frame: pd.DataFrame, order: NDArray[Any], notes: Notes) -> pd.DataFrame:
    taken = frame.reset_index(drop=True).reindex(pd.Index(np.where(order < 0, len(frame), order)))
    result: dict[str, Any] = {}
    names = pd.Series(taken["name"].to_numpy(), dtype="object")
    nameless = (names.isna() | (names == "")).to_numpy() & (order >= 0)
    notes.add("songs without a name", int(nameless.sum()), "shown by their id", list(ids[nameless][:EXAMPLES]))
    names = names.where(~(nameless | (order < 0)), pd.Series(ids, dtype="object"))
    for column, values in (("name", names), ("artist", taken["artist"]), ("album", taken["album"])):
        plain = pd.Series(pd.Series(values).to_numpy(), dtype="object").fillna("")
        result[column] = shown(plain, f"song {column}s", notes).to_numpy()
    result["date"] = pd.to_datetime(pd.Series(taken["date"].to_numpy())).astype("datetime64[s]")
    built = pd.DataFrame(result)
    return built.astype({"name": "str", "artist": "str", "album": "str"})


def _song_links(
    kind: Kind, pairs: Pairs, names: Mapping[str, str], order: NDArray[Any], height: int
) -> tuple[sp.csr_matrix, Vocab]:
    codes, distinct = pd.factorize(pairs.values)
    ids = pd.Index(distinct).astype("str")
    table = _binary(pairs.rows[codes >= 0], codes[codes >= 0], (height + 1, len(ids)))
    table.data[:] = 1
    matrix, ids = _used(table[np.where(order < 0, height, order)], ids)
    return matrix, Vocab.of(kind, ids, [text.clean(names.get(ident) or ident) for ident in ids])


def _title_words(titles: Sequence[str], tokenizer: str, model: bytes) -> tuple[sp.csr_matrix, pd.Index]:
    found = text.tokenizer(tokenizer, model).many(titles)
    lengths = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
    codes, words = pd.factorize(np.array([word for row in found for word in row], dtype=object))
    rows = np.repeat(np.arange(len(found)), lengths)
    return _binary(rows, codes, (len(found), len(words))), pd.Index(words, dtype="str")
