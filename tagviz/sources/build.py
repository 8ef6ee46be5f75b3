"""What every reader ends with: raw playlists, pairs and song information become a Corpus; corrections are noted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz import text
from tagviz.errors import SourceError
from tagviz.sources.raw import Notes, Options, Pairs, Raw, SongInfo, as_ids, counted, shown, used_columns
from tagviz.sources.songs import songs_of
from tagviz.types import Corpus, Kind, Progress, ProgressCallback, Vocab, frozen, quiet

__all__ = ["Notes", "Options", "Pairs", "Raw", "SongInfo", "build_corpus", "title_in_tags"]


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
    frame = _playlist_frame(raw.playlists, notes)
    tags, tag_ids = _linked(raw.tags, len(frame), "tags", True, notes)
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
    model = text.train_sentencepiece(titles) if options.tokenizer == "sentencepiece" else b""
    words, word_ids = _words(titles, text.tokenizer(options.tokenizer, model))
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
        facets=frozen(np.array([raw.facets.get(tag, "") for tag in tag_ids], dtype=object)),
        group_name=raw.group_name if (frame["group"] != "").any() else "",
        tokenizer=options.tokenizer,
        tokenizer_model=model,
        meta={
            "source": path.name,
            "format": format,
            "options": options.model_dump(),
            "notes": notes.rows,
            "title_in_tags": title_in_tags(titles, tags, tag_ids),
        },
    )


def title_in_tags(titles: Sequence[str], tags: sp.csr_matrix, tag_ids: pd.Index) -> float:
    """Of the playlists with tags whose title has the normal form of a known tag: the share that holds that tag.

    Near 0, titles are tags that were then left out, so that answering a title with itself would be cheating.
    """
    forms: dict[str, list[int]] = {}
    for column, tag in enumerate(tag_ids):
        forms.setdefault(text.normal(tag), []).append(column)
    forms.pop("", None)
    by_title = {title: forms.get(text.normal(title), []) for title in dict.fromkeys(titles)}
    found = [by_title[title] for title in titles]
    wanted = Pairs.of_lists(
        np.fromiter(map(len, found), np.int64, len(found)), [column for row in found for column in row]
    )
    meant = counted(wanted.rows, np.array(wanted.values, dtype=np.int64), tags.shape)
    matched = (np.diff(meant.indptr) > 0) & (np.diff(tags.indptr) > 0)
    own = np.diff(sp.csr_matrix(meant.multiply(tags)).indptr) > 0
    return float(own.sum() / matched.sum()) if matched.any() else 0.0


def _playlist_frame(given: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    given = given.reset_index(drop=True)
    ids = as_ids(given["id"])
    empty = pd.Series("", given.index, "str")
    if "title" in given:
        missing = given["title"].isna().to_numpy()
        notes.add("playlists whose title is null", int(missing.sum()), "title left empty", ids[missing])
    likes = pd.to_numeric(given["likes"], errors="coerce") if "likes" in given else pd.Series(0, given.index)
    wrong = likes.isna().to_numpy() & (given["likes"].notna().to_numpy() if "likes" in given else False)
    notes.add("playlists whose likes are no number", int(wrong.sum()), "counted as 0", ids[wrong])
    return pd.DataFrame(
        {
            "id": pd.Series(ids, dtype="str"),
            "title": shown(given["title"], "titles", notes) if "title" in given else empty,
            "date": (given["date"] if "date" in given else pd.Series(pd.NaT, given.index)).astype("datetime64[s]"),
            "likes": likes.fillna(0).clip(-(2**31), 2**31 - 1).astype(np.int32),
            "group": pd.Series(as_ids(given["group"].fillna("")), dtype="str") if "group" in given else empty,
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
    found = cut.many(titles)
    lengths = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
    codes, words = pd.factorize(np.array([word for row in found for word in row], dtype=object))
    return counted(Pairs.of_lists(lengths, codes).rows, codes, (len(found), len(words))), pd.Index(words, dtype="str")
