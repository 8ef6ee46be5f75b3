"""The command `evaluate`: what it prints for people, and the files that it writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tagviz import cli
from tagviz.settings import settings
from tagviz.store.workspace import Workspace
from tests.corpora import checkerboard


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TAGVIZ_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    Workspace(tmp_path / "home").save_corpus(checkerboard(half=60))
    yield tmp_path
    settings.cache_clear()


ASKED = ("evaluate", "checkerboard", "--model", "neighbours", "popularity", "--protocol", "tags", "-k", "4")


def test_people_see_a_table_what_it_says_and_where_the_right_ones_come(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(list(ASKED)) == 0
    out = capsys.readouterr().out
    assert re.search(r"^neighbours +0\.\d{3} ±0\.\d{3}\*", out, re.MULTILINE), "the best has a star"
    assert "neighbours is better than popularity by" in out
    for model in ("neighbours", "popularity"):
        assert re.search(rf"^{model}: .* right tags come", out, re.MULTILINE)
    assert len(re.findall(r"^not found █", out, re.MULTILINE)) == 2
    assert len(re.findall(r"^ +4 ", out, re.MULTILINE)) == 2, "four places, for each model"


def test_the_report_is_written_as_html_csv_and_latex(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    html, csv, latex = (home / "files" / f"report.{form}" for form in ("html", "csv", "tex"))
    files = ["--html", str(html), "--csv", str(csv), "--latex", str(latex)]
    assert cli.main([*ASKED, *files, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["files"] == [str(html), str(csv), str(latex)]
    assert "plotly.js v" in html.read_text(encoding="utf-8")
    assert csv.read_text(encoding="utf-8").splitlines()[1].startswith("neighbours,")
    assert r"\begin{tabular}" in latex.read_text(encoding="utf-8")
    ranks = told["ranks"][0]
    best = next(model for model in ranks["models"] if model["model"] == "neighbours")
    assert sum(best["shares"]) == pytest.approx(1, abs=1e-5)
    assert (ranks["bars"], len(best["shares"])) == ([[1, 1], [2, 2], [3, 3], [4, 4]], 5)


def test_files_that_cannot_be_written_are_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*ASKED, "--html", str(home)]) == 1
    assert f"{home} is a folder" in capsys.readouterr().err
    assert cli.main([*ASKED, "--csv", str(home / "x.csv"), "--background"]) == 1
    assert "writes no files" in capsys.readouterr().err
