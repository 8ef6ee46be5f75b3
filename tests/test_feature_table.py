"""Numbers per song: rows by id, and a fingerprint of the content."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from tagviz.feature_table import FeatureTable

TABLE = FeatureTable(pd.Index(["a", "b"], dtype="str"), ("x", "y"), np.array([[1, 2], [3, 4]], dtype=np.float32))


def test_rows_are_found_by_id() -> None:
    assert TABLE.find(["b", "z", "a"]).tolist() == [1, -1, 0]
    np.testing.assert_array_equal(TABLE.rows(np.array([1])), [[3, 4]])
    assert len(TABLE) == 2


def test_the_fingerprint_follows_the_content() -> None:
    same = replace(TABLE, values=TABLE.values.copy(), about={"file": "other.csv"})
    assert same.fingerprint == TABLE.fingerprint
    assert replace(TABLE, values=TABLE.values + 1).fingerprint != TABLE.fingerprint
    assert replace(TABLE, ids=pd.Index(["a", "c"], dtype="str")).fingerprint != TABLE.fingerprint
    assert replace(TABLE, columns=("x", "z")).fingerprint != TABLE.fingerprint
