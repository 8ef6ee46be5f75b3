"""Errors that a user can act on.

Every error that tagviz raises on purpose is a `TagvizError` with three parts: what went wrong (`title`), where it
happened and what was expected (`detail`), and what to do (`remedy`). The command line prints it as one line and a page
shows it as a box; neither shows a traceback for it.
"""

from __future__ import annotations


class TagvizError(Exception):
    """Base class of all errors that a user can correct."""

    def __init__(self, title: str, detail: str = "", remedy: str = "") -> None:
        """Create an error.

        Args:
            title: What went wrong.
            detail: Where it happened and what was expected.
            remedy: What the user can do.
        """
        super().__init__(title, detail, remedy)
        self.title = title
        self.detail = detail
        self.remedy = remedy

    def __str__(self) -> str:
        """Return title, detail and remedy as one line."""
        what = f"{self.title}: {self.detail}" if self.detail else self.title
        line = f"{what} — {self.remedy}" if self.remedy else what
        return " ".join(line.split())


class SourceError(TagvizError):
    """A file does not have the expected format."""


class NotFoundError(TagvizError):
    """A key, tag, song, model or corpus does not exist."""


class NotReadyError(TagvizError):
    """A requirement is missing, such as a trained model, a package or a file."""


class InvalidParameterError(TagvizError):
    """A parameter does not exist or its value is not allowed."""


class NotPermittedError(TagvizError):
    """The role of the person does not allow the action."""


class StoreError(TagvizError):
    """The workspace or the database cannot be read or written."""


class Cancelled(TagvizError):
    """The user stopped the running work."""

    def __init__(self, title: str = "Cancelled", detail: str = "", remedy: str = "") -> None:
        """Create the error; arguments as in `TagvizError`."""
        super().__init__(title, detail, remedy)
