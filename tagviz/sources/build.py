"""What every reader ends with: raw playlists, pairs and song information become a Corpus; corrections are noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz import text
from tagviz.errors import SourceError
from tagviz.sources.case_variants import case_variants, merge_variants
from tagviz.sources.findings import Findings, described_change
from tagviz.sources.raw import Notes, Options, Origin, Pairs, Raw, SongInfo, as_ids, counted, shown, used_columns
from tagviz.sources.songs import songs_of
from tagviz.types import Corpus, Kind, Progress, ProgressCallback, Vocab, no_progress, readonly

__all__ = ["Notes", "Options", "Pairs", "Raw", "SongInfo", "build_corpus", "title_in_tags"]


_titles_whole: ContextVar[bool] = ContextVar("titles_whole", default=False)
"""Whether titles stay uncut: a preview shows no words, and Korean morphemes take a second to load."""


@contextmanager
def titles_uncut() -> Iterator[None]:
    """Within it, corpora get no title words."""
    token = _titles_whole.set(True)
    try:
        yield
    finally:
        _titles_whole.reset(token)


def build_corpus(
    raw: Raw,
    origin: Origin,
    options: Options,
    notes: Notes,
    progress: ProgressCallback = no_progress,
) -> Corpus:
    """Build the corpus from what a reader has read.

    Args:
        raw: Playlists, their tags and songs, and information on songs.
        origin: Where it was read from.
        options: Options of the reader.
        notes: What was corrected or dropped; more is added here.
        progress: Called between the steps.

    Raises:
        SourceError: No playlist is left.
    """
    path, format, name = origin.path, origin.format, origin.name
    progress(Progress("Joining playlists, tags and songs", 0.6))
    frame = _playlist_frame(raw.playlists, notes)
    tags, tag_ids = _linked(raw.tags, len(frame), "tags", True, notes)
    variants = case_variants(tags, tag_ids)
    if options.merge_case:
        tags, tag_ids = merge_variants(tags, tag_ids, variants, notes)
        variants = ()
    songs, song_ids = _linked(raw.songs, len(frame), "songs", False, notes)
    kept = _kept(frame, tags, songs, options, notes)
    if not len(kept):
        remedy = "check the file, the format and the options"
        raise SourceError(f"{path.name!r} holds no playlist", "nothing with a title, tags or songs is left", remedy)
    if len(kept) < len(frame):
        frame, tags, songs = frame.iloc[kept].reset_index(drop=True), tags[kept], songs[kept]
    tags, tag_ids = used_columns(tags, tag_ids)
    songs, song_ids = used_columns(songs, song_ids)
    about = songs_of(song_ids, raw.info, raw.all_songs, notes)
    songs.resize(len(frame), len(about.vocab))
    progress(Progress("Cutting titles into words", 0.8))
    titles = frame["title"].tolist()
    trained = options.tokenizer == "sentencepiece" and not _titles_whole.get()
    model = text.train_sentencepiece(titles) if trained else b""
    uncut = [""] * len(titles)
    words, word_ids = _words(uncut if _titles_whole.get() else titles, text.tokenizer(options.tokenizer, model))
    progress(Progress("Read", 1.0, f"{len(frame):,} playlists"))
    return Corpus(
        name=name or path.stem,
        playlists=frame,
        songs=about.frame,
        vocabs={
            Kind.TAG: Vocab(Kind.TAG, tag_ids),
            Kind.SONG: about.vocab,
            Kind.WORD: Vocab(Kind.WORD, word_ids),
            **about.vocabs,
        },
        links={Kind.TAG: tags, Kind.SONG: songs, Kind.WORD: words},
        song_links=about.links,
        facets=readonly(np.array([raw.facets.get(tag, "") for tag in tag_ids], dtype=object)),
        group_name=raw.group_name if (frame["group"] != "").any() else "",
        tokenizer=options.tokenizer,
        tokenizer_model=model,
        meta={
            "source": path.name,
            "format": format,
            "options": options.model_dump(),
            "notes": notes.rows,
            "title_in_tags": title_in_tags(titles, tags, tag_ids),
            **_reading(notes, variants),
        },
    )


def _reading(notes: Notes, variants: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    """How the file was read, for the end of the import and for the Data page."""
    about: dict[str, Any] = {"case_variants": [list(group) for group in variants[:50]]} if variants else {}
    if isinstance(notes, Findings):
        about |= {
            "songs_are": notes.songs_are or "tracks",
            "taken_for": notes.taken_for,
            "encoding": notes.encoding,
            "rules": list(notes.statements),
            "columns_not_used": list(notes.unused_columns),
            "rows_changed": [described_change(change) for change in notes.changes],
            "files_not_read": list(notes.skipped_files),
            "offers": list(notes.offers),
        }
    return about


def title_in_tags(titles: Sequence[str], tags: sp.csr_matrix, tag_ids: pd.Index) -> float:
    """Of the playlists with tags whose title has the normal form of a known tag: the share that holds that tag.

    Near 0, titles are tags that were then left out, so that answering a title with itself would be cheating.
    """
    forms: dict[str, list[int]] = {}
    for column, tag in enumerate(tag_ids):
        forms.setdefault(text.normal(tag), []).append(column)
    forms.pop("", None)
    by_title = {title: forms.get(text.normal(title), []) for title in dict.fromkeys(titles)}
    tag_rows = [by_title[title] for title in titles]
    wanted = Pairs.of_lists(
        np.fromiter(map(len, tag_rows), np.int64, len(tag_rows)), [column for row in tag_rows for column in row]
    )
    meant = counted(wanted.rows, np.array(wanted.values, dtype=np.int64), tags.shape)
    matched = (np.diff(meant.indptr) > 0) & (np.diff(tags.indptr) > 0)
    own = np.diff(sp.csr_matrix(meant.multiply(tags)).indptr) > 0
    return float(own.sum() / matched.sum()) if matched.any() else 0.0


def _playlist_frame(frame: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    playlists = frame.reset_index(drop=True)
    ids = as_ids(playlists["id"])
    empty = pd.Series("", playlists.index, "str")
    if "title" in playlists:
        missing = playlists["title"].isna().to_numpy()
        notes.add("playlists whose title is null", int(missing.sum()), "title left empty", ids[missing])
    likes = (
        pd.to_numeric(playlists["likes"], errors="coerce") if "likes" in playlists else pd.Series(0, playlists.index)
    )
    wrong = likes.isna().to_numpy() & (playlists["likes"].notna().to_numpy() if "likes" in playlists else False)
    notes.add("playlists whose likes are no number", int(wrong.sum()), "counted as 0", ids[wrong])
    return pd.DataFrame(
        {
            "id": pd.Series(ids, dtype="str"),
            "title": shown(playlists["title"], "titles", notes) if "title" in playlists else empty,
            "date": (playlists["date"] if "date" in playlists else pd.Series(pd.NaT, playlists.index)).astype(
                "datetime64[s]"
            ),
            "likes": likes.fillna(0).clip(-(2**31), 2**31 - 1).astype(np.int32),
            "group": pd.Series(as_ids(playlists["group"].fillna("")), dtype="str") if "group" in playlists else empty,
        }
    )


def _linked(pairs: Pairs, height: int, what: str, spelled: bool, notes: Notes) -> tuple[sp.csr_matrix, pd.Index]:
    """Playlists × items, binary, and the items' ids; null and blank ones are dropped. `spelled`: ids are shown text."""
    codes, distinct = pd.factorize(np.asarray(pairs.values))
    ids = as_ids(distinct) if not spelled else pd.Index(shown(pd.Series(distinct, dtype="str"), what, notes))
    merged, ids = pd.factorize(ids)
    columns = np.append(merged, -1)[codes]
    dropped = (codes < 0) | (columns == ids.get_indexer(pd.Index([""]))[0]) & (columns >= 0)
    notes.add(f"empty or null {what}", int(dropped.sum()), "dropped")
    matrix = counted(pairs.rows[~dropped], columns[~dropped], (height, len(ids)))
    twice = matrix.data > 1
    examples = ids[np.unique(matrix.indices[twice])]
    notes.add(f"duplicate {what} in a playlist", int((matrix.data[twice] - 1).sum()), "kept once", examples)
    matrix.data[:] = 1
    return matrix, ids


def _kept(
    frame: pd.DataFrame, tags: sp.csr_matrix, songs: sp.csr_matrix, options: Options, notes: Notes
) -> NDArray[Any]:
    """Rows of the playlists that stay."""
    tag_count, song_count = np.diff(tags.indptr), np.diff(songs.indptr)
    ids = frame["id"]
    again = ids.duplicated().to_numpy()
    notes.add("playlists whose id occurred before", int(again.sum()), "dropped", ids[again])
    empty = (tag_count == 0) & (song_count == 0) & ~again
    nothing = empty & (frame["title"] == "").to_numpy()
    notes.add("playlists without title, tags and songs", int(nothing.sum()), "dropped", ids[nothing])
    notes.add("playlists with a title only", int((empty & ~nothing).sum()), "kept", ids[empty & ~nothing])
    short = ((tag_count < options.min_tags) | (song_count < options.min_songs)) & ~again & ~nothing
    wanted = f"fewer than {options.min_tags} tags or {options.min_songs} songs"
    notes.add(f"playlists with {wanted}", int(short.sum()), "left out, as asked", ids[short])
    return np.flatnonzero(~(again | nothing | short))


def _words(titles: Sequence[str], cut: text.Words | text.SentencePieces) -> tuple[sp.csr_matrix, pd.Index]:
    tokens = cut.many(titles)
    lengths = np.fromiter(map(len, tokens), dtype=np.int64, count=len(tokens))
    codes, words = pd.factorize(np.array([word for row in tokens for word in row], dtype=object))
    return counted(Pairs.of_lists(lengths, codes).rows, codes, (len(tokens), len(words))), pd.Index(words, dtype="str")
