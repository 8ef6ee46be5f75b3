"""The files that the browser reads: every byte where `frontend/map/src/data.ts` looks for it."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np

from tagviz.projection import binary_format
from tagviz.types import Kind, Projection, Vocab

XY = np.array([[0, 0], [1, 2], [3, 4]], dtype=np.float32)
COUNTS = np.array([5, 70_000, 5], dtype=np.int64)
ORDER = binary_format.order_of(COUNTS)


def test_the_most_frequent_come_first_and_ties_by_row():
    assert ORDER.tolist() == [1, 0, 2]


def test_points_lie_where_the_browser_reads_them():
    """24 bytes of head, then 4 + 8 + 4 + 1 + 1 bytes for each of three points."""
    encoded = binary_format.encode_points(
        XY, COUNTS, np.array([0.5, 1, np.nan], dtype=np.float32), np.array([0, 1, 2], dtype=np.uint8), ORDER
    )
    assert len(encoded) == 24 + 3 * 18
    assert encoded[:4] == b"TVM1"
    assert np.frombuffer(encoded, "<u4", 1, 4).tolist() == [3]
    assert np.frombuffer(encoded, "<u4", 3, 24).tolist() == [1, 0, 2]
    assert np.frombuffer(encoded, "<f4", 6, 36).tolist() == [1, 2, 0, 0, 3, 4]
    assert np.frombuffer(encoded, "<u4", 3, 60).tolist() == [70_000, 5, 5]
    assert list(encoded[72:75]) == [100, 50, 255]
    assert list(encoded[75:]) == [1, 0, 2]


def test_texts_hold_any_text_and_neighbours_by_position():
    labels = ["<b>", "재즈 🎷", ""]
    near = np.array([[1, 2], [0, -1], [1, 0]], dtype=np.int32)
    encoded = binary_format.encode_texts(labels, near, ORDER)
    assert encoded[:4] == b"TVT1"
    assert np.frombuffer(encoded, "<u4", 2, 4).tolist() == [3, 2]
    # rows 1, 0, 2 are positions 0, 1, 2; row 1 is nearest to row 0 (position 1) and to nothing else
    assert np.frombuffer(encoded, "<u4", 6, 12).tolist() == [1, 0xFFFFFFFF, 0, 2, 0, 1]
    offsets = np.frombuffer(encoded, "<u4", 4, 36).tolist()
    texts = [encoded[52 + start : 52 + stop].decode() for start, stop in pairwise(offsets)]
    assert texts == ["재즈 🎷", "<b>", ""]


def test_layers_and_masks_are_a_byte_and_a_bit_a_point():
    assert list(binary_format.encode_categories(np.array([0, 254, 300]), ORDER)) == [254, 0, 255]
    assert list(binary_format.encode_scale(np.array([0, 1, np.nan], dtype=np.float32), ORDER)) == [254, 0, 255]
    assert list(binary_format.encode_filter(np.array([False, True, True]), ORDER)) == [0b101]


def test_a_lasso_holds_what_the_browser_says():
    """A square around the first two points; then a crossed line, whose middle is outside by the even-odd rule."""
    assert binary_format.points_in_polygon([(-1, -1), (2, -1), (2, 3), (-1, 3)], XY).tolist() == [0, 1]
    twice_around = [(-1, -1), (1, -1), (1, 1), (-1, 1)] * 2
    assert binary_format.points_in_polygon(twice_around, XY).tolist() == []
    assert binary_format.points_in_polygon([(0, 0), (1, 1)], XY).tolist() == []


def test_regions_are_named_at_a_member_and_only_where_something_is_frequent():
    level = np.array([0, 0, 1], dtype=np.int32)
    projection = Projection(
        Vocab.of(Kind.TAG, ["a", "b", "c"]), XY, (level,), (("first", "second"),), np.ones(3, dtype=np.float32), "test"
    )
    (regions,) = json.loads(binary_format.region_names(projection, COUNTS))
    # the regions peak at 70,000 and 5: the median is 35,002.5, and 5 is below a quarter of it
    assert [region["name"] for region in regions] == ["first"]
    assert regions[0]["row"] in (0, 1)
    # of the points (0, 0) and (1, 2), a twentieth off each end
    assert regions[0]["area"] == {"x0": 0.05, "y0": 0.1, "x1": 0.95, "y1": 1.9}


def test_a_map_in_space_has_a_third_column_and_is_turned_as_the_browser_turns_it():
    xyz = np.array([[1, 0, 0], [0, 0, 1], [0, 0.5, 0]], dtype=np.float32)
    raw = binary_format.encode_points(
        xyz, COUNTS, np.ones(3, dtype=np.float32), np.zeros(3, dtype=np.uint8), binary_format.order_of(COUNTS)
    )
    order = binary_format.order_of(COUNTS)
    assert raw[:4] == b"TVM3"
    assert len(raw) == 24 + 22 * 3
    np.testing.assert_array_equal(np.frombuffer(raw, "<f4", 3, 24 + 12 * 3), xyz[order, 2])
    # the same numbers as in frontend/map/tests/turn.test.ts
    np.testing.assert_allclose(binary_format.rotate(xyz, 0, 0), xyz[:, :2])
    np.testing.assert_allclose(binary_format.rotate(xyz, np.pi / 2, 0), [[0, 0], [1, 0], [0, 0.5]], atol=1e-7)
    # tilted by 30°, what is above sinks by its cosine and what is in front sinks by its sine
    np.testing.assert_allclose(binary_format.rotate(xyz, 0, np.pi / 6)[1:, 1], [-0.5, 0.5 * np.sqrt(3) / 2], atol=1e-7)
