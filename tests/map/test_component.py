"""The Python side of the map: files, keys, colours, and what an event means. No browser."""

from __future__ import annotations

import gzip
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tagviz.errors import InvalidParameterError
from tagviz.types import Kind, Projection, Vocab
from tagviz.ui.components import map as maps
from tagviz.ui.components.map.view import _event


def projection(kind: Kind, ids: list[str]) -> Projection:
    xy = np.array([[row, row] for row in range(len(ids))], dtype=np.float32)
    zeros = np.zeros(len(ids), dtype=np.int32)
    return Projection(Vocab.of(kind, ids), xy, (zeros,), (("all",),), np.ones(len(ids), dtype=np.float32), "test")


@pytest.fixture
def points(tmp_path: Path) -> maps.MapPoints:
    tags, songs = projection(Kind.TAG, ["a", "b"]), projection(Kind.SONG, ["1", "2", "3"])
    return maps.publish(maps.MapFiles(tmp_path), [tags, songs], [np.array([5, 9]), np.array([1, 2, 3])])


def test_rows_count_through_the_kinds_and_keys_name_them(points: maps.MapPoints):
    assert [points.key(row) for row in range(5)] == ["tag:a", "tag:b", "song:1", "song:2", "song:3"]
    assert [points.row(key) for key in ("tag:b", "song:3", "song:9", "word:a")] == [1, 4, -1, -1]


def test_a_lasso_gives_keys_the_most_frequent_first_and_respects_the_filter(points: maps.MapPoints):
    """A box around (0, 0) and (1, 1): tags a and b, songs 1 and 2."""
    square = ((-0.5, -0.5), (1.5, -0.5), (1.5, 1.5), (-0.5, 1.5))
    assert points.inside(square) == ["tag:b", "tag:a", "song:2", "song:1"]
    assert points.inside(square, np.array([True, False, True, True, True])) == ["tag:a", "song:2", "song:1"]


def test_events_say_what_happened_in_keys(points: maps.MapPoints):
    assert _event(points, {}, None) == maps.MapEvent()
    assert _event(points, {"pick": {"row": 2, "add": True}}, None).picked == "song:1"
    assert _event(points, {"pick": {"row": -1, "add": False}}, None).picked == ""
    assert _event(points, {"pick": {"row": 99, "add": False}}, None).picked == ""
    assert not _event(points, {"unsupported": True}, None).supported


def test_a_lasso_on_a_map_in_space_holds_what_is_seen_in_it_after_the_turn(tmp_path: Path):
    xyz = np.array([[1, 0, 0], [0, 0, 1]], dtype=np.float32)
    made = replace(projection(Kind.TAG, ["right", "front"]), xy=xyz)
    points = maps.publish(maps.MapFiles(tmp_path), [made], [np.array([2, 1])])
    polygon = [[0.5, -1], [1.5, -1], [1.5, 1], [0.5, 1]]
    for turn, held in (([0, 0], ("tag:right",)), ([np.pi / 2, 0], ("tag:front",))):
        event = _event(points, {"selection": {"polygon": polygon, "turn": turn}}, None)
        assert event.selection is not None
        assert event.selection.keys == held


def test_files_are_served_for_ever_and_nothing_else_is(points: maps.MapPoints, tmp_path: Path):
    (tmp_path / "secret.bin").write_bytes(b"no")
    client = TestClient(Starlette(routes=maps.routes(points.files)))
    answer = client.get(f"/{points.points}")
    assert answer.content[:4] == b"TVM1"
    assert "immutable" in answer.headers["cache-control"]
    for name in ("secret.bin", "..%2fsecret.bin", "0" * 24 + ".bin", "0" * 24 + ".py"):
        assert client.get(f"/map/files/{name}").status_code == 404


def test_the_same_content_is_one_file_and_the_longest_unasked_goes(tmp_path: Path):
    noise = [np.random.default_rng(seed).bytes(100) for seed in range(3)]  # does not compress: about 120 bytes each
    files = maps.MapFiles(tmp_path, keep=300)
    first = files.put(noise[0])
    assert files.put(noise[0]) == first
    os.utime(tmp_path / Path(first).name, (1, 1))
    kept = [files.put(content) for content in noise[1:]]
    assert files.get(Path(first).name) is None
    assert all(files.get(Path(name).name) for name in kept)


def test_colours(points: maps.MapPoints):
    by_kind = maps.by_category(points, ["x", "x", "y", "", "x"], "Facet")
    assert by_kind.names == ("x", "y")
    assert by_kind.url is not None
    # in the order of the files (b, a, 3, 2, 1): x, x, x, none, y
    path = points.files.get(Path(by_kind.url).name)
    assert path is not None
    assert list(gzip.decompress(path.read_bytes())) == [0, 0, 0, 255, 1]
    assert maps.by_value(points, np.full(5, np.nan), "Trend", "falls", "grows").url is None


def test_counts_must_fit(tmp_path: Path):
    with pytest.raises(InvalidParameterError, match="3 counts for 1 tags"):
        maps.publish(maps.MapFiles(tmp_path), [projection(Kind.TAG, ["a"])], [np.array([1, 2, 3])])
