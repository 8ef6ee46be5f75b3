"""Text for the screen: numbers, dates and lists as people write them, and foreign text made harmless for Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from tagviz.access.roles import Role
from tagviz.evaluation.metric_registry import METRICS, Metric
from tagviz.types import Kind
from tagviz.ui.i18n import N_, _, ngettext, translated

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_JOINER = "\u2060"
_NOTE = re.compile(r"([\d,]+) (.+?): (.+?)(?: \(such as (.+)\))?", re.DOTALL)


CASES = {
    "": N_("all questions"),
    "songs+tags": N_("songs and tags shown"),
    "songs": N_("only songs shown"),
    "tags+title": N_("tags and title shown"),
    "tags": N_("only tags shown"),
    "title": N_("only the title shown"),
}
"""What a question of each case shows to the model."""

KINDS: Mapping[str, str] = {
    Kind.TAG: N_("tag"),
    Kind.SONG: N_("song"),
    Kind.WORD: N_("title word"),
    Kind.GENRE: N_("genre"),
    Kind.ARTIST: N_("artist"),
    Kind.PLAYLIST: N_("playlist"),
}
"""One item of a kind."""

PLURALS: Mapping[str, str] = {
    Kind.TAG: N_("tags"),
    Kind.SONG: N_("songs"),
    Kind.WORD: N_("title words"),
    Kind.GENRE: N_("genres"),
    Kind.ARTIST: N_("artists"),
    Kind.PLAYLIST: N_("playlists"),
}
"""Items of a kind."""

NOUNS: Mapping[str, Callable[[int], str]] = {
    "action": lambda n: ngettext("{n:,} active decision", "{n:,} active decisions", n),
    "answer": lambda n: ngettext("{n:,} answer", "{n:,} answers", n),
    "artist": lambda n: ngettext("{n:,} artist", "{n:,} artists", n),
    "change": lambda n: ngettext("{n:,} change", "{n:,} changes", n),
    "chart": lambda n: ngettext("{n:,} chart", "{n:,} charts", n),
    "check": lambda n: ngettext("{n:,} check", "{n:,} checks", n),
    "decision": lambda n: ngettext("{n:,} decision", "{n:,} decisions", n),
    "deleted item": lambda n: ngettext("{n:,} deleted item", "{n:,} deleted items", n),
    "difference": lambda n: ngettext("{n:,} difference", "{n:,} differences", n),
    "earlier job": lambda n: ngettext("{n:,} earlier job", "{n:,} earlier jobs", n),
    "evaluation": lambda n: ngettext("{n:,} evaluation", "{n:,} evaluations", n),
    "genre": lambda n: ngettext("{n:,} genre", "{n:,} genres", n),
    "item": lambda n: ngettext("{n:,} item", "{n:,} items", n),
    "like": lambda n: ngettext("{n:,} like", "{n:,} likes", n),
    "model": lambda n: ngettext("{n:,} model", "{n:,} models", n),
    "playlist": lambda n: ngettext("{n:,} playlist", "{n:,} playlists", n),
    "question": lambda n: ngettext("{n:,} question", "{n:,} questions", n),
    "song": lambda n: ngettext("{n:,} song", "{n:,} songs", n),
    "suggestion": lambda n: ngettext("{n:,} suggestion", "{n:,} suggestions", n),
    "tag": lambda n: ngettext("{n:,} tag", "{n:,} tags", n),
    "training run": lambda n: ngettext("{n:,} training run", "{n:,} training runs", n),
    "trial": lambda n: ngettext("{n:,} trial", "{n:,} trials", n),
    "verdict": lambda n: ngettext("{n:,} verdict", "{n:,} verdicts", n),
    "word": lambda n: ngettext("{n:,} word", "{n:,} words", n),
}
"""The nouns that `count` knows, each with its message for a number."""


def escape(text: str, limit: int = 80) -> str:
    """Return foreign text for a Markdown label: one line, cut at `limit` characters, nothing in it interpreted.

    A backslash stops Markdown; the invisible word joiner after a colon stops emoji and icon shortcodes, which are
    looked for after the backslashes are gone.
    """
    line = one_line(text, limit)
    return _PUNCTUATION.sub(r"\\\1", line).replace("\\:", "\\:" + _JOINER)


def one_line(text: str, limit: int = 80) -> str:
    """Return the text without line breaks, cut with an ellipsis at `limit` characters."""
    line = " ".join(text[: 4 * limit].split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def count(number: int, noun: str) -> str:
    """Return a number with its noun: `count(1, "tag")` → "1 tag", `count(1200, "tag")` → "1,200 tags".

    Args:
        number: How many.
        noun: One of NOUNS, in the singular.
    """
    return NOUNS[noun](number).format(n=number)


def capitalize(text: str) -> str:
    """Return the text with a capital first letter; the other letters stay."""
    return text[:1].upper() + text[1:]


def percent(share: float) -> str:
    """Return a share from 0 to 1 as a percentage: 0.1234 → "12 %", 0.004 → "0.4 %"."""
    number = 100 * share
    return f"{number:.0f} %" if number >= 0.95 or number == 0 else f"{number:.1f} %"


def size(amount: float) -> str:
    """Return a number of bytes with its unit: 1234567 → "1.2 MB"."""
    units, power = (N_("{n} bytes"), N_("{n} KB"), N_("{n} MB"), N_("{n} GB")), 0
    while amount >= 1000 and power < len(units) - 1:
        amount, power = amount / 1000, power + 1
    whole = power == 0 or (amount >= 100 and power < len(units) - 1)
    return _(units[power]).format(n=f"{amount:.0f}" if whole else f"{amount:.1f}")


def duration(seconds: float) -> str:
    """Return seconds in the largest two units: 75 → "1 min 15 s"."""
    if seconds < 10:
        return _("{n:.1f} s").format(n=seconds)
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("{n} s").format(n=rest)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)


MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)
"""Names of the months, as short as they are written in a date."""


def moment(iso: str) -> str:
    """Return an ISO time as "22 Nov 2026, 04:31" in the server's time zone; "" for ""."""
    if not iso:
        return ""
    when = datetime.fromisoformat(iso)
    when = when.astimezone() if when.tzinfo else when
    text = _("{day} {month} {year}, {time}")
    return text.format(day=when.day, month=_(MONTHS[when.month - 1]), year=when.year, time=f"{when:%H:%M}")


def listing(words: list[str]) -> str:
    """Return words as a list in a sentence: ["a", "b", "c"] → "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return _("{words} and {last}").format(words=", ".join(words[:-1]), last=words[-1])


def any_of(words: list[str]) -> str:
    """Return words as alternatives: ["a", "b", "c"] → "a, b or c"."""
    if len(words) < 2:
        return "".join(words)
    return _("{words} or {last}").format(words=", ".join(words[:-1]), last=words[-1])


def metric(name: str) -> Metric:
    """Return a metric with its title and its meaning in the visitor's language."""
    known = METRICS[name]
    return replace(known, title=translated(known.title), sentence=translated(known.sentence))


def explained(names: Iterable[str]) -> str:
    """Return what some metrics mean, one sentence each."""
    known = [metric(name) for name in names]
    return " ".join(_("{title}: {meaning}.").format(title=one.title, meaning=one.sentence) for one in known)


def import_note(line: str) -> str:
    """Return a line on an import ("12 rows without an id: left out (such as 3, 7)") in the visitor's language."""
    match = _NOTE.fullmatch(line)
    if match is None:
        return translated(line)
    count, what, action, examples = match.groups()
    number = int(count.replace(",", ""))
    text = _("{n:,} {what}: {action}").format(n=number, what=translated(what), action=translated(action))
    return f"{text} ({_('for example {examples}').format(examples=examples)})" if examples else text


ROLES = {
    Role.NONE: N_("no access"),
    Role.VIEWER: N_("viewer"),
    Role.REVIEWER: N_("reviewer"),
    Role.CURATOR: N_("curator"),
    Role.TRAINER: N_("trainer"),
    Role.ADMIN: N_("admin"),
}
"""What a person reads for a role."""


def role_label(role: Role) -> str:
    """Return what a person reads for a role."""
    return _(ROLES[role])
