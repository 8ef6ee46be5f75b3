"""Feature tables of a corpus: added, listed, replaced, removed; tags for songs that have none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tagviz.cli import main
from tagviz.errors import NotFoundError, NotReadyError, SourceError
from tagviz.operations import autotag, corpora, features, models
from tagviz.operations.context import Context
from tagviz.settings import settings
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(Workspace(tmp_path / "home"))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """tags.csv: 40 tracks with a tag; features.csv: their numbers, and those of 4 others."""
    rng = np.random.default_rng(1)
    ids = [f"track{number}" for number in range(44)]
    loud = np.arange(44) % 2
    numbers = rng.normal(size=(44, 3)) + 3 * loud[:, None]
    frame = pd.DataFrame({"song": ids, **{f"x{at}": numbers[:, at] for at in range(3)}, "artist": "someone"})
    frame.to_csv(tmp_path / "features.csv", index=False)
    tags = pd.DataFrame({"song": ids[:40], "tag": np.where(loud[:40], "loud", "quiet")})
    tags.to_csv(tmp_path / "tags.csv", index=False)
    return tmp_path


@pytest.fixture
def corpus(context: Context, files: Path) -> Corpus:
    options = {"id": "song", "tags": "tag"}
    corpora.import_corpus(context, files / "tags.csv", "tracks", "table", options)
    return corpora.open_corpus(context, "tracks")


def test_a_preview_says_what_matches_and_stores_nothing(context: Context, corpus: Corpus, files: Path) -> None:
    added = features.preview(corpus, files / "features.csv")
    assert added.match.kind is Kind.PLAYLIST
    assert (added.match.matched, added.match.without, added.match.untagged) == (40, 0, 4)
    assert added.match.untagged_examples[0] == "track40"
    assert features.described(context, "tracks") == []


def test_a_table_is_added_replaced_and_removed(context: Context, corpus: Corpus, files: Path) -> None:
    first = features.add(context, corpus, files / "features.csv", "sound")
    assert [(row["name"], row["songs"], row["numbers"]) for row in features.described(context, "tracks")] == [
        ("sound", 44, 3)
    ]
    frame = pd.read_csv(files / "features.csv")
    frame["x0"] *= 1000
    frame.to_csv(files / "features.csv", index=False)
    second = features.add(context, corpus, files / "features.csv", "sound")
    assert any("other scale" in note and "x0" in note for note in second.notes)
    assert first.file.table.fingerprint != second.file.table.fingerprint
    features.remove(context, "tracks", "sound")
    assert features.list_features(context, "tracks") == []
    with pytest.raises(NotFoundError, match="no features 'sound'"):
        features.remove(context, "tracks", "sound")


def test_a_table_of_other_songs_is_refused(context: Context, corpus: Corpus, files: Path) -> None:
    (files / "other.csv").write_text("id,x,y\na,1,2\nb,2,3\n", encoding="utf-8")
    with pytest.raises(SourceError, match="look like a, b, those of the corpus like track0"):
        features.add(context, corpus, files / "other.csv")
    assert features.list_features(context, "tracks") == []


def test_untagged_songs_get_the_tags_that_they_sound_like(context: Context, corpus: Corpus, files: Path) -> None:
    with pytest.raises(NotReadyError, match="no numbers"):
        autotag.autotag(context, corpus)
    features.add(context, corpus, files / "features.csv")
    done = autotag.autotag(context, corpus)
    assert [(entry["id"], entry["tags"][0]["tag"]) for entry in done.entries] == [
        ("track40", "quiet"),
        ("track41", "loud"),
        ("track42", "quiet"),
        ("track43", "loud"),
    ]
    scores = [[tag["score"] for tag in entry["tags"]] for entry in done.entries]
    assert all(first > 0.8 and abs(second) < 0.2 for first, second in scores)
    named = autotag.autotag(context, corpus, ["track43", "track0"], n=1)
    assert named.model == done.model
    assert [entry["tags"][0]["tag"] for entry in named.entries] == ["loud", "quiet"]
    with pytest.raises(NotFoundError, match="no numbers of 'nobody'"):
        autotag.autotag(context, corpus, ["nobody"])
    models.train(context, corpus, "popularity")
    with pytest.raises(NotReadyError, match="does not tag songs"):
        autotag.autotag(context, corpus, ref="popularity")


def test_another_table_means_another_model(context: Context, corpus: Corpus, files: Path) -> None:
    features.add(context, corpus, files / "features.csv", "sound")
    first = autotag.autotag(context, corpus).model
    frame = pd.read_csv(files / "features.csv")[["song", "x0", "x1"]]
    frame.to_csv(files / "features.csv", index=False)
    features.add(context, corpus, files / "features.csv", "two")
    second = autotag.autotag(context, corpus).model
    only = models.train(context, corpus, "content", {"features": "two"})
    assert len({first, second, only.id}) == 3
    assert only.params["digest"] == features.list_features(context, "tracks")[1].fingerprint
    with pytest.raises(NotFoundError, match="no features 'none'"):
        models.train(context, corpus, "content", {"features": "none"})


def test_ids_come_from_lines_or_json(tmp_path: Path) -> None:
    path = tmp_path / "ids"
    path.write_text("a\n\n b \na\n", encoding="utf-8")
    assert autotag.ids_in(path) == ["a", "b"]
    path.write_text('["a", 7, {"id": "b"}]', encoding="utf-8")
    assert autotag.ids_in(path) == ["a", "7", "b"]
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(SourceError, match="holds no id"):
        autotag.ids_in(path)


def test_the_command_line_from_files_to_tags(
    files: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setenv("TAGVIZ_HOME", str(files / "home"))
    settings.cache_clear()

    def run(*words: str) -> dict[str, object]:
        assert main([*words, "--json"]) == 0
        document: dict[str, object] = json.loads(capfdbinary.readouterr().out)
        return document

    columns = ("--format", "table", "--column", "id=song", "--column", "tags=tag")
    run("import", str(files / "tags.csv"), *columns, "--name", "tracks")
    assert run("features", "add", "tracks", str(files / "features.csv"))["untagged"] == 4
    assert run("train", "tracks", "--method", "content")["method"] == "content"
    (files / "ids.txt").write_text("track41\n", encoding="utf-8")
    out = files / "tags.json"
    assert run("autotag", "tracks", "--ids", str(files / "ids.txt"), "--out", str(out))["songs"] == 1
    entries = json.loads(out.read_text(encoding="utf-8"))
    assert [set(entries[0]), entries[0]["id"], entries[0]["tags"][0]["tag"]] == [{"id", "tags"}, "track41", "loud"]
    assert run("autotag", "tracks", "--untagged", "--out", str(out))["songs"] == 4
    settings.cache_clear()


def test_spectrograms_are_added_like_a_table_and_stay_float16(context: Context, corpus: Corpus, files: Path) -> None:
    folder = files / "mel"
    folder.mkdir()
    rng = np.random.default_rng(2)
    for number in range(44):
        level = 1.0 + number % 2
        np.save(folder / f"track{number}.npy", (level * rng.random((48, 100))).astype(np.float32))
    assert features.preview(corpus, folder).match.matched == 40
    added = features.add(context, corpus, folder)
    assert (added.name, added.match.matched, added.match.untagged) == ("mel", 40, 4)
    fingerprint = features.list_features(context, "tracks")[0].fingerprint
    table = features.joined(context, fingerprint)
    assert table is not None
    assert table.values.dtype == np.float16
    assert table.source == "mel48"
    assert not list((context.workspace.home / "checkpoints").glob("features-*"))
    tags = [entry["tags"][0]["tag"] for entry in autotag.autotag(context, corpus).entries]
    assert tags == ["quiet", "loud", "quiet", "loud"]
