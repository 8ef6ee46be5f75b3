"""What a newer version has lost, and which tags go on under another name."""

from __future__ import annotations

from typing import Any

from tagviz.monitoring import losses
from tagviz.types import Corpus
from tests.corpora import make_corpus


def version(rename: dict[str, str], playlists: range = range(20)) -> Corpus:
    rows: list[dict[str, Any]] = [
        {
            "id": str(n),
            "title": f"list {n}",
            "tags": [rename.get(tag, tag) for tag in ("rock" if n % 2 else "jazz", "loud" if n % 3 else "calm")],
            "songs": [f"s{n}", "common"],
        }
        for n in playlists
    ]
    return make_corpus(rows, name="small")


def test_lost_playlists_and_songs_are_counted() -> None:
    older, newer = version({}), version({}, range(2, 20))
    lost = losses.playlists(older, newer)
    assert (lost.before, lost.gone, lost.share, lost.examples) == (20, 2, 0.1, ("list 0", "list 1"))
    gone = losses.songs(older, newer)
    assert (gone.before, gone.gone, set(gone.examples)) == (21, 2, {"s0", "s1"})
    assert losses.songs(older, older).share == 0


def test_a_renamed_tag_is_found_by_its_playlists() -> None:
    older, newer = version({}), version({"rock": "rock music", "loud": "noisy"})
    frame = losses.renames(older, newer, ["rock", "loud"], ["noisy", "rock music"])
    assert dict(zip(frame["label"], frame["to_label"], strict=True)) == {"rock": "rock music", "loud": "noisy"}
    assert frame.set_index("label").loc["rock", ["before", "after", "both"]].tolist() == [10, 10, 10]
    assert losses.renames(older, newer, ["jazz"], ["rock music"]).empty, "they share no playlist"
    assert losses.renames(older, version({}, range(30, 40)), ["loud"], ["calm"]).empty, "no playlist is in both"
