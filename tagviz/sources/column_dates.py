"""Dates as people write them: the order of day and month is decided for the column, and asked where it is open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import regex
from numpy.typing import NDArray

from tagviz.sources.findings import Findings

_CLOCK = (
    r"(?:[T ,]*\s*(?P<clock>(?:(?:오전|오후)\s*)?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?\s?[Mm]\.?)?)"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_FIRST = regex.compile(
    r"(?P<y>\d{4})(?:\s*[-/.년年]\s*(?P<m>\d{1,2})(?:\s*[-/.월月]\s*(?P<d>\d{1,2})\s*[.일日]?)?\s*[월月]?\s*\.?)?"
    + _CLOCK
)
_PLAIN = regex.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>0\d|1[0-2])(?P<d>[0-3]\d)" + _CLOCK)
_YEAR_LAST = regex.compile(r"(?P<a>\d{1,2})(?P<mark>[-/.])\s*(?P<b>\d{1,2})(?P=mark)\s*(?P<y>\d{4}|\d{2})" + _CLOCK)
_NAMED = regex.compile(
    r"(?:[A-Za-z]{3,9}\.?,?\s+)?(?:(?P<d>\d{1,2})\.?(?:[ -]| de )(?P<mon>[^\W\d]{3,10})\.?,?(?:[ -]| de )(?P<y>\d{4})"
    r"|(?P<mon2>[^\W\d]{3,10})\.?\s+(?P<d2>\d{1,2}),?\s+(?P<y2>\d{4}))" + _CLOCK
)
_MONTH = regex.compile(r"(?:(?P<mon>[^\W\d]{3,10})\.?|(?P<m>0?[1-9]|1[0-2])[/.])\s*(?P<y>\d{4})")
_LOG = regex.compile(  # as C's ctime and Twitter write it
    r"[A-Za-z]{3} (?P<mon>[A-Za-z]{3})\s+(?P<d>\d{1,2}) (?P<clock>\d{2}:\d{2}:\d{2}) (?P<zone>[+-]\d{4} )?(?P<y>\d{4})"
)
_NUMBER = regex.compile(r"-?\d+(?:\.\d+)?")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero janeiro gennaio",
            "feb february februar février fevrier febrero fevereiro febbraio",
            "mar march märz maerz mär mars marzo março marco", "apr april avril abril aprile",
            "may mai mayo maio maggio",
            "jun june juni juin junio junho giugno", "jul july juli juillet julio julho luglio",
            "aug august août aout agosto", "sep sept september septembre septiembre setembro settembre",
            "oct october okt oktober octobre octubre outubro ottobre", "nov november novembre noviembre novembro",
            "dec december dez dezember décembre decembre diciembre dezembro dicembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_ORDERS = {"dmy (day first)": ("date_order", "dmy"), "mdy (month first)": ("date_order", "mdy")}
"""Answers to the question which order the dates have."""
_FIRST_DAY, _LAST_DAY = 18_000, 80_000
"""Excel's day numbers that count as dates: 1949 … 2119."""
LONGEST_DATE = 100
"""Characters of a text that are looked at."""


@dataclass(frozen=True)
class _Parts:
    year: int
    first: int
    second: int
    order: str
    clock: str
    zone: str


def parse_dates(values: pd.Series, what: str, findings: Findings, order: str = "") -> pd.Series:
    """datetime64[s] of a column of text or numbers; NaT where nothing is given, and noted where it is no date.

    order: "dmy" or "mdy" for dates such as 1/2/2019. Without it the column decides; where it cannot, a question is
    added to `findings` and day first is taken for the preview.
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        return _naive(values)
    texts = values.astype("str").fillna("").str.strip()
    codes, distinct = pd.factorize(texts)
    fast = pd.to_datetime(pd.Series(distinct, dtype="str"), format="ISO8601", errors="coerce", utc=True)
    digits = pd.Series(distinct, dtype="str").str.fullmatch(r"-?\d+(?:\.\d+)?").to_numpy(bool)
    stamps = np.array(fast.dt.tz_localize(None).astype("datetime64[s]"), dtype="datetime64[s]")
    stamps[digits] = np.datetime64("NaT")
    rest = np.flatnonzero(np.isnat(stamps)).tolist()
    parsed = [_parts(str(distinct[at])) if not digits[at] else None for at in rest]
    chosen = _order([part for part in parsed if part], what, findings, order)
    notes: dict[str, int] = {}
    written = [at for at, part in zip(rest, parsed, strict=True) if part]
    stamps[written] = _stamps([_iso(part, chosen) for part in parsed if part])
    for at, part in zip(rest, parsed, strict=True):
        if part is None:
            stamps[at] = _of_number(str(distinct[at]), notes)
    stamps_by_row = stamps[codes]
    empty = {"", "nan", "none", "null", "nat", "<na>", "n/a", "-"}
    blank = np.array([str(one).casefold() in empty for one in distinct], dtype=bool)[codes]
    wrong = np.isnat(stamps_by_row) & ~blank
    findings.add(f"values of {what} that are no date", int(wrong.sum()), "date left unknown", texts[wrong].unique())
    for note, count in notes.items():
        findings.add(f"{note} in {what}", count, "taken as dates")
    return pd.Series(stamps_by_row, values.index).astype("datetime64[s]")


def looks_like_dates(values: pd.Series) -> bool:
    """Whether most of the values given are dates in one of the forms known here, times among them."""
    texts = _some(values)
    good = sum(1 for text in texts if not _NUMBER.fullmatch(text) and _parts(text) is not None)
    return bool(texts) and good >= 0.8 * len(texts)


def has_times(values: pd.Series) -> bool:
    """Whether values carry a time of day, as a log of listening does: a clock, or seconds since 1970."""
    texts = _some(values)
    return bool(texts) and sum(bool(regex.search(r"\d:\d\d|^\d{9,13}$", text)) for text in texts) >= 0.8 * len(texts)


def _some(values: pd.Series) -> list[str]:
    """Different texts and numbers of a column, cut where no date goes on."""
    scalars = (str(value).strip() for value in values.dropna().head(500) if not isinstance(value, list | dict | tuple))
    return list(dict.fromkeys(text[:LONGEST_DATE] for text in scalars if text))[:50]


def _naive(values: pd.Series) -> pd.Series:
    moments = pd.to_datetime(values, errors="coerce", utc=True).dt.tz_localize(None)
    return moments.astype("datetime64[s]")


def _parts(text: str) -> _Parts | None:
    text = text.strip()
    if match := _YEAR_FIRST.fullmatch(text) or _PLAIN.fullmatch(text):
        order, first, second = "md", int(match["m"] or 1), int(match["d"] or 1)
    elif match := _YEAR_LAST.fullmatch(text):
        order, first, second = "dmy" if match["mark"] == "." else "?", int(match["a"]), int(match["b"])
    elif match := _NAMED.fullmatch(text) or _LOG.fullmatch(text) or _MONTH.fullmatch(text):
        groups = match.groupdict()
        named = groups.get("mon") or groups.get("mon2")
        month = _MONTHS.get(named.casefold(), 0) if named else int(groups["m"])
        if not month:
            return None
        order, first, second = "md", month, int(groups.get("d") or groups.get("d2") or 1)
    else:
        return None
    groups = match.groupdict()
    year = int(groups.get("y") or groups.get("y2") or 0)
    year += 0 if year > 99 else 2000 if year < 70 else 1900
    return _Parts(year, first, second, order, groups.get("clock") or "", (groups.get("zone") or "").strip())


def _order(parts: list[_Parts], what: str, findings: Findings, wanted: str) -> str:
    """Return "dmy" or "mdy", for dates whose year comes last."""
    if wanted:
        return wanted
    open_ones = [part for part in parts if part.order == "?"]
    day_first = sum(part.first > 12 for part in open_ones)
    month_first = sum(part.second > 12 for part in open_ones)
    example = next((part for part in open_ones if part.first != part.second), None)
    if day_first and month_first:
        findings.ask(
            "date_order",
            f"{what} has dates with the day first ({day_first:,}) and with the month first ({month_first:,})",
            _ORDERS,
            "mend the file, or add --set date_order=dmy",
        )
    elif not day_first and not month_first and example is not None:
        shown = f"{example.first}/{example.second}/{example.year}"
        findings.ask(
            "date_order",
            f"{what} has dates such as {shown}: is the day or the month first?",
            _ORDERS,
            "add --set date_order=dmy or --set date_order=mdy",
        )
    return "mdy" if month_first else "dmy"


def _iso(part: _Parts, order: str) -> str:
    """A date in ISO form; it need not exist."""
    month, day = part.first, part.second
    if part.order == "dmy" or (part.order == "?" and order == "dmy"):
        day, month = part.first, part.second
    zone = "" if part.zone in ("", "Z", "UTC", "GMT") else part.zone
    return f"{part.year:04}-{month:02}-{day:02}" + (f"T{_clock(part.clock)}{zone}" if part.clock else "")


def _clock(text: str) -> str:
    """A time of day in 24 hours, such as 18:30:00."""
    morning = regex.search(r"오전|a\.?\s?m", text, regex.IGNORECASE)
    evening = regex.search(r"오후|p\.?\s?m", text, regex.IGNORECASE)
    hour, _, rest = regex.search(r"\d.*\d", text)[0].replace(",", ".").partition(":")
    number = int(hour) % 12 + 12 * bool(evening) if morning or evening else int(hour)
    return f"{number:02}:{rest}"


def _stamps(texts: list[str]) -> NDArray[np.datetime64]:
    moments = pd.to_datetime(pd.Series(texts, dtype="str"), format="ISO8601", errors="coerce", utc=True)
    return np.array(moments.dt.tz_localize(None).astype("datetime64[s]"), dtype="datetime64[s]")


def _of_number(text: str, notes: dict[str, int]) -> np.datetime64:
    """A date written as a number: a year, YYYYMM, YYYYMMDD, seconds or more since 1970, or Excel's day number."""
    unknown: np.datetime64 = np.datetime64("NaT", "s")
    if not _NUMBER.fullmatch(text):
        return unknown
    whole = text.split(".")[0]
    number, digits = float(text), len(whole.lstrip("-"))
    if digits == 8 and (part := _parts(whole)):
        return np.datetime64(_stamps([_iso(part, "dmy")])[0])
    if digits == 4 and 1000 <= number <= 2200:
        return np.datetime64(f"{whole}-01-01", "s")
    if digits == 6 and 190001 <= number <= 220012 and 1 <= int(whole[4:]) <= 12:
        return np.datetime64(f"{whole[:4]}-{whole[4:]}-01", "s")
    if digits == 5 and _FIRST_DAY <= number <= _LAST_DAY:
        notes["Excel's day numbers"] = notes.get("Excel's day numbers", 0) + 1
        return np.datetime64("1899-12-30", "s") + np.timedelta64(round(number * 86_400), "s")
    for size, unit, title in (
        (range(9, 11), 1, "seconds"),
        (range(12, 14), 1_000, "milliseconds"),
        (range(15, 17), 1_000_000, "microseconds"),
    ):
        if digits in size:
            key = f"{title} since 1970"
            notes[key] = notes.get(key, 0) + 1
            return np.datetime64(int(number / unit), "s")
    return unknown


def months(stamps: NDArray[np.datetime64]) -> NDArray[np.str_]:
    """Each as YYYY-MM."""
    return np.datetime_as_string(stamps.astype("datetime64[M]"))
