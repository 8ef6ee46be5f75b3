"""Text for people: numbers, dates and sentences in plain words, and foreign text made harmless for Markdown."""

from __future__ import annotations

import re
from datetime import datetime

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_JOINER = "\u2060"


def escape(text: str, limit: int = 80) -> str:
    """Foreign text as it may stand in a Markdown label: one line, cut at `limit`, nothing in it interpreted.

    A backslash stops Markdown; the invisible word joiner after a colon stops emoji and icon shortcodes, which are
    looked for after the backslashes are gone.
    """
    line = one_line(text, limit)
    return _PUNCTUATION.sub(r"\\\1", line).replace("\\:", "\\:" + _JOINER)


def one_line(text: str, limit: int = 80) -> str:
    """The text without line breaks, cut with an ellipsis."""
    line = " ".join(text[: 4 * limit].split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def count(number: int, one: str, many: str = "") -> str:
    """`count(1, "tag")` → "1 tag", `count(1200, "tag")` → "1,200 tags"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """0.1234 → "12 %", 0.004 → "0.4 %"."""
    value = 100 * share
    return f"{value:.0f} %" if value >= 0.95 or value == 0 else f"{value:.1f} %"


def size(amount: float) -> str:
    """Bytes the way a person writes them: 1234567 → "1.2 MB"."""
    for unit in ("bytes", "KB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def duration(seconds: float) -> str:
    """75 → "1 min 15 s"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def moment(iso: str) -> str:
    """An ISO time as "22 Nov 2026, 04:31" in the server's time zone; "" stays ""."""
    if not iso:
        return ""
    when = datetime.fromisoformat(iso)
    return f"{when.astimezone() if when.tzinfo else when:%-d %b %Y, %H:%M}"


def listing(words: list[str], last: str = "and") -> str:
    """["a", "b", "c"] → "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
