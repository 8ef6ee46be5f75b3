"""The page of measured quality: what stands there is replaced only by at least as much."""

from __future__ import annotations

from typing import Any

from benchmarks.quality_page import Section, section


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
