"""Which rows of a table make one playlist: by id, by name, by listener, by file, or by when songs were listened to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import regex
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError
from tagviz.sources.findings import Findings
from tagviz.sources.list_cells import NULLS, as_text

GAP_MINUTES = 30
"""A pause longer than this ends a session of listening."""
RULES = "gap, gap:MINUTES, month, listener, off"


@dataclass(frozen=True)
class Sessions:
    """How listening becomes playlists. rule: gap, month, listener or off; minutes: the pause that ends a session."""

    rule: str
    minutes: float = GAP_MINUTES

    @classmethod
    def parse(cls, text: str) -> Sessions:
        """From `gap:45`. Raises InvalidParameterError for an unknown rule."""
        rule, _, minutes = text.partition(":")
        number = regex.fullmatch(r"\d+(?:\.\d+)?", minutes)
        if rule not in ("gap", "month", "listener", "off") or (minutes and (rule != "gap" or not number)):
            raise InvalidParameterError(f"Parameter 'sessions' cannot be {text!r}", f"one of: {RULES}", "correct it")
        return cls(rule, float(minutes) if minutes else GAP_MINUTES)

    @property
    def text(self) -> str:
        """As `parse` takes it."""
        return f"gap:{self.minutes:g}" if self.rule == "gap" else self.rule

    def described(self) -> str:
        return {
            "gap": f"listening without a pause of more than {self.minutes:g} minutes is a playlist"
            f" (--sessions gap:{self.minutes:g})",
            "month": "a month of a listener is a playlist (--sessions month)",
            "listener": "all that a listener played is a playlist (--sessions listener)",
            "off": "listening is left out (--sessions off)",
        }[self.rule]


def by_sessions(
    times: pd.Series, listeners: pd.Series | None, rule: Sessions, findings: Findings
) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """For each listen the row of its playlist (−1: none), and the playlists: `id`, `date`, `group`.

    times: datetime64[s], NaT unknown.
    """
    findings.sessions = rule.text
    stamps = times.to_numpy("datetime64[s]")
    who, names = (
        pd.factorize(listeners) if listeners is not None else (np.zeros(len(stamps), dtype=np.int64), pd.Index([""]))
    )
    known = ~np.isnat(stamps) & (who >= 0)
    if rule.rule == "listener":
        known = who >= 0
    findings.add("listens without a time or listener", int((~known).sum()), "left out")
    rows = np.flatnonzero(known)
    order = rows[np.lexsort((stamps[rows], who[rows]))]
    if not len(order):
        return np.full(len(stamps), -1, dtype=np.int64), pd.DataFrame({"id": [], "date": [], "group": []})
    breaks = np.append(True, np.diff(who[order]) != 0)
    if rule.rule == "gap":
        breaks[1:] |= np.diff(stamps[order]) > np.timedelta64(round(rule.minutes * 60), "s")
    elif rule.rule == "month":
        breaks[1:] |= np.diff(stamps[order].astype("datetime64[M]")).astype(int) != 0
    session = np.cumsum(breaks) - 1
    owner = np.full(len(stamps), -1, dtype=np.int64)
    owner[order] = session
    starts = order[breaks]
    groups = np.asarray(names)[who[starts]]
    moments = pd.Series(stamps[starts]).dt.strftime("%Y-%m" if rule.rule == "month" else "%Y-%m-%dT%H:%M:%S").fillna("")
    if rule.rule == "listener":
        ids = [str(name) or "all" for name in groups]
    else:
        ids = [f"{name} {moment}".strip() for name, moment in zip(groups, moments, strict=True)]
    findings.add("listens", len(order), f"made {len(starts):,} playlists: {rule.described()}")
    return owner, pd.DataFrame({"id": ids, "date": stamps[starts], "group": groups.astype(str)})


def text_of(column: pd.Series) -> pd.Series:
    """Ids and other scalars as text, null where nothing is given; objects by their id or name."""
    if str(column.dtype) == "str":
        cells = column.str.strip()
    else:
        cells = pd.Series([_scalar(value) for value in column.tolist()], column.index, dtype="str")
    nulls = pd.Series(cells.unique())
    nulls = nulls[nulls.isna() | nulls.str.casefold().isin(NULLS)]
    return cells.mask(cells.isin(nulls))


def _scalar(value: Any) -> str | None:
    if isinstance(value, dict):
        value = next((value[key] for key in ("id", "uri", "display_name", "name") if key in value), None)
    if value is None or value != value:  # NaN
        return None
    return as_text(value)


def joined(keys: Sequence[pd.Series], findings: Findings, what: str) -> tuple[NDArray[np.int64], list[str]]:
    """For each row the number of its playlist (−1: none), by one or several columns, and the playlists' ids."""
    missing = np.logical_or.reduce([key.isna().to_numpy() for key in keys])
    findings.add(f"rows without {what}", int(missing.sum()), "dropped", np.flatnonzero(missing) + 1)
    if len(keys) == 1:
        rows, distinct = pd.factorize(keys[0].mask(missing))
    else:
        whole = keys[0]
        for key in keys[1:]:
            whole = whole.str.cat(key, sep=" / ")
        rows, distinct = pd.factorize(whole.mask(missing))
    if what == "an id":
        repeated = int((~missing).sum() - len(distinct))
        findings.add("rows that repeat a playlist's id", repeated, "joined to one playlist")
    return rows.astype(np.int64), [str(ident) for ident in distinct]


def first_values(
    rows: NDArray[np.int64],
    count: int,
    columns: Mapping[str, tuple[str, pd.Series]],
    ids: Sequence[str],
    findings: Findings,
) -> dict[str, pd.Series]:
    """Of each column (by role: its name and cells) the first value that each playlist gives."""
    chosen: dict[str, pd.Series] = {}
    for role, (name, cells) in columns.items():
        table = pd.DataFrame({"row": rows, "cell": cells.to_numpy()})
        table = table[(table["row"] >= 0) & table["cell"].notna()]
        spread = table.groupby("row")["cell"].nunique()
        several = spread.index[spread > 1]
        if role != "date":
            examples = [ids[row] for row in several[:5]]
            findings.add(f"playlists with several values of {name!r}", len(several), "first kept", examples)
        firsts = table.drop_duplicates("row").set_index("row")["cell"]
        chosen[role] = firsts.reindex(range(count)).reset_index(drop=True)
    return chosen
