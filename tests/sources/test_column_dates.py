"""Dates in every common order and language."""

from __future__ import annotations

import pandas as pd
import pytest

from tagviz.sources.column_dates import parse_dates
from tagviz.sources.findings import Findings


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("2019-12-31", "2020-01-02"), ("2019/12/31", "2020/1/2"), ("31.12.2019", "2.1.2020"),
        ("31/12/2019", "02/01/2020"), ("12/31/2019", "01/02/2020"), ("31/12/19", "02/01/20"),
        ("2019년 12월 31일", "2020년 1월 2일"), ("2019. 12. 31.", "2020. 1. 2."),
        ("2019. 12. 31. 오전 3:05", "2020. 1. 2. 오전 10:00"), ("2019年12月31日", "2020年1月2日"),
        ("December 31, 2019", "Jan 2, 2020"), ("31 Dec 2019", "2 January 2020"),
        ("31. Dezember 2019", "2. Januar 2020"), ("31 décembre 2019", "2 janvier 2020"),
        ("31 de diciembre de 2019", "2 de enero de 2020"), ("12/31/2019 3:05 AM", "1/2/2020 10:00 AM"),
        ("Tue, 31 Dec 2019 10:00:00 +0000", "Thu, 02 Jan 2020 10:00:00 GMT"),
        ("Tue Dec 31 10:00:00 2019", "Thu Jan  2 10:00:00 2020"),
        ("Tue Dec 31 10:00:00 +0000 2019", "Thu Jan 02 10:00:00 +0000 2020"),
        ("1577750400", "1577923200"), ("1577750400000", "1577923200000"), ("43830", "43832"), ("20191231", "20200102"),
    ],
)  # fmt: skip
def test_orders_and_languages(last: str, first: str) -> None:
    findings = Findings()
    days = parse_dates(pd.Series([last, first]), "'date'", findings).dt.strftime("%Y-%m-%d").tolist()
    assert (days, findings.questions) == (["2019-12-31", "2020-01-02"], [])


@pytest.mark.parametrize(
    ("text", "day"), [("Dec 2019", "2019-12-01"), ("12/2019", "2019-12-01"), ("2019", "2019-01-01")]
)
def test_months_and_years_are_their_first_day(text: str, day: str) -> None:
    assert parse_dates(pd.Series([text]), "'date'", Findings()).dt.strftime("%Y-%m-%d").tolist() == [day]


def test_the_afternoon() -> None:
    times = parse_dates(pd.Series(["2019. 12. 31. 오후 3:05", "2019-12-31 3:05 p.m."]), "'date'", Findings())
    assert times.dt.strftime("%H:%M").tolist() == ["15:05", "15:05"]
