"""Errors that a person can act on.

Every error that tagviz raises on purpose is a `TagvizError`: what went wrong (`title`), where and what was expected
(`detail`), and what to do (`remedy`). The command line prints one line of it, a page shows it as a box; neither ever
shows a traceback for one of these.
"""

from __future__ import annotations


class TagvizError(Exception):
    """Something a person can mend. `title` says what, `detail` where and what was expected, `remedy` what to do."""

    def __init__(self, title: str, detail: str = "", remedy: str = "") -> None:
        super().__init__(title, detail, remedy)
        self.title = title
        self.detail = detail
        self.remedy = remedy

    def __str__(self) -> str:
        what = f"{self.title}: {self.detail}" if self.detail else self.title
        line = f"{what} — {self.remedy}" if self.remedy else what
        return " ".join(line.split())


class SourceError(TagvizError):
    """A file cannot be read as what it is said to be."""


class UnknownTerm(TagvizError):
    """A key, tag, song, model or corpus that does not exist here."""


class NotReady(TagvizError):
    """What was asked for needs something that has not been made yet."""


class BadParameter(TagvizError):
    """A parameter that does not exist, or a value outside what it may be."""


class StoreError(TagvizError):
    """The workspace or the database cannot be read or written."""


class Cancelled(TagvizError):
    """The person asked for the running work to stop."""

    def __init__(self, title: str = "Cancelled", detail: str = "", remedy: str = "") -> None:
        super().__init__(title, detail, remedy)
