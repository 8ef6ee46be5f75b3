"""The page of measured quality: what stands there is replaced only by at least as much."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks import report
from benchmarks.quality_page import Section, section, summary


def cell(method: str, seed: int, value: float) -> dict[str, Any]:
    costs = {"fit_seconds": 1.0, "query_ms": 1.0, "memory_mb": 1.0, "questions_per_second": 1.0}
    measures = {"": {"nDCG@10": [value, 0.01], "tag precision@5": [value, 0.01]}}
    return {"cell": {"method": method, "seed": seed}, "questions": 9, "measures": measures, "resampled": [], **costs}


def page(cells: list[dict[str, Any]], earlier: str = "") -> str:
    parts = [Section("Lists", "nDCG@10", cells), Section("Songs", "nDCG@10", [cell("best", 1, 0.9)])]
    return section(parts, parts[0], "run", earlier)


FULL = [*(cell("best", seed, 0.5) for seed in (1, 2, 3)), *(cell("ease", seed, 0.4) for seed in (1, 2))]


def test_tables_stay_while_any_of_their_rows_is_not_at_hand() -> None:
    before = page(FULL)
    assert "ease, 2 of 3 splits | 0.4000" in before
    after = page([cell("best", seed, 0.7) for seed in (1, 2, 3)], before)
    kept = before[before.index("### Lists") : before.index("### Songs")]
    assert kept in after
    assert "| Lists | nDCG@10 | – | **0.5000" in after
    assert "| Lists | 1, 2, 3 | best | nDCG@10 | 0.7000" in after[after.index("### Measured again") :]


def test_tables_are_written_anew_when_all_of_their_rows_are_at_hand() -> None:
    better = [cell(each["cell"]["method"], each["cell"]["seed"], 0.7) for each in FULL]
    after = page([*better, cell("factors", 1, 0.1)], page(FULL))
    assert "| Lists | nDCG@10 | – | **0.7000" in after
    assert "0.5000" not in after
    assert "factors, 1 of 3 splits" in after
    assert "Measured again" not in after


def test_with_nothing_at_hand_nothing_is_lost() -> None:
    before = page(FULL)
    parts = [Section("Lists", "nDCG@10", []), Section("Songs", "nDCG@10", [])]
    assert section(parts, parts[0], "run", before).splitlines() == before.splitlines()


def test_later_splits_stand_apart() -> None:
    after = page([*FULL, cell("best", 4, 0.6), cell("ease", 4, 0.5)], page(FULL))
    apart = after[after.index("### Untouched splits 4") : after.index("### Lists")]
    assert "| Lists | 4 | ease | nDCG@10 | 0.5000 ± 0.0196 | +0.1000 |" in apart
    assert "0.6000" not in after[after.index("### Lists") :]


def test_the_summary_is_what_stands_in_short() -> None:
    short = summary(page(FULL))
    assert "| Lists | nDCG@10 | – | **0.5000" in short
    assert "How much better `best` is, paired:" in short
    assert "###" not in short
    assert "ease, 2 of 3 splits | 0.4000" not in short


def test_the_summary_of_the_docs_agrees_with_the_full_page() -> None:
    begin, end = report._marks("quality")
    shown = report.SUMMARY.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0].strip()
    assert shown
    assert shown == summary(report.standing("quality"))


def test_sections_are_replaced_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "DOCS", tmp_path)
    (tmp_path / "benchmarks").mkdir()
    report.write_section("training", "first")
    report.write_section("tuning", "second")
    report.write_section("training", "third")
    text = (tmp_path / "benchmarks" / "training.md").read_text(encoding="utf-8")
    assert "first" not in text
    assert text.index("third") < text.index("second")
    assert report.standing("tuning") == "second"


def test_every_benchmark_that_writes_has_a_page() -> None:
    for room in set(report.ROOMS.values()):
        assert (report.DOCS / "benchmarks" / f"{room}.md").is_file(), room
    assert report.SUMMARY.stat().st_size < 12_000, "docs/benchmarks.md is a page that a person reads"
