"""Workbooks are read in a process of their own: what ends it, or makes it too large, is an error of the file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from benchmarks.fuzz_seeds import workbook
from tagviz.errors import SourceError
from tagviz.sources import workbooks


def written(folder: Path, cell: str = "") -> Path:
    path = folder / "t.xlsx"
    path.write_bytes(workbook([["title", "n"], ["a", 3], ["b", 1.5]], cell))
    return path


def test_cells_keep_their_kinds(tmp_path: Path) -> None:
    path = written(tmp_path, '<row><c t="b"><v>1</v></c><c t="d"><v>2020-05-06T07:08:09</v></c></row>')
    rows = workbooks.read_sheets(path)["S"]
    assert rows[:3] == [["title", "n"], ["a", 3.0], ["b", 1.5]]
    assert rows[3] in ([True, datetime(2020, 5, 6, 7, 8, 9)], [True, "2020-05-06T07:08:09"])


def test_another_sheet_must_exist(tmp_path: Path) -> None:
    assert list(workbooks.read_sheets(written(tmp_path), "S")) == ["S"]
    with pytest.raises(SourceError, match="no sheet 'T'"):
        workbooks.read_sheets(written(tmp_path), "T")


@pytest.mark.parametrize(
    "cell",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="99999999999"><c r="A0"><v>1</v></c></row>',
        '<row><c t="s"><v>99999999</v></c></row>',
    ],
)
def test_a_cell_that_the_library_cannot_hold_is_refused(tmp_path: Path, cell: str) -> None:
    with pytest.raises(SourceError):
        workbooks.read_sheets(written(tmp_path, cell))
