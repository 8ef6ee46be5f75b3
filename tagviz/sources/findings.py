"""What a reader has to say about a file beside its content: how it was read, what changed, and what must be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tagviz import text
from tagviz.errors import SourceError
from tagviz.sources.raw import EXAMPLES, Notes

SAMPLE_BYTES = 2**19
"""Bytes of each file that a preview reads."""


@dataclass(frozen=True)
class Question:
    """An ambiguity that must be settled before the import.

    choices: the answers in words; answers: for each the option and its value. option: what to add to the command.
    """

    key: str
    text: str
    choices: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    option: str


@dataclass(frozen=True)
class ColumnRole:
    """What a column is taken for. role: one of `roles.ROLES`, or "" where the column is not used; why: the reason."""

    name: str
    role: str
    why: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """Rows of a text file that were altered while reading: what was done and in which lines (from 1)."""

    what: str
    lines: tuple[int, ...]
    count: int


class UndecidedError(SourceError):
    """A file that can be read in more than one way. `questions` lists what must be answered."""

    def __init__(self, name: str, questions: Sequence[Question]) -> None:
        first = questions[0]
        more = f" ({len(questions) - 1} more)" if len(questions) > 1 else ""
        choices = f"; choices: {', '.join(first.choices)}" if first.choices else ""
        super().__init__(f"{name!r} can be read in more than one way", f"{first.text}{choices}", first.option + more)
        self.questions = tuple(questions)


@dataclass(eq=False)
class Findings(Notes):
    """Notes and everything else that a preview shows.

    limit: bytes of each file that are read (0: all of it). complete: whether every file was read to its end.
    sessions: the rule by which listening becomes playlists, "off" where it is left out, "" where there is none.
    """

    limit: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    taken_for: str = ""
    encoding: str = ""
    encoding_why: str = ""
    separator: str = ""
    tag_form: str = ""
    decimal: str = ""
    columns: list[ColumnRole] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    skipped_files: list[str] = field(default_factory=list)
    songs_are: str = ""
    sessions: str = ""
    complete: bool = True
    total_rows: int | None = None

    def ask(self, key: str, question: str, answers: Mapping[str, tuple[str, str]], option: str) -> None:
        """Adds a question once. answers: by choice in words, the option that it sets and the value."""
        if all(known.key != key for known in self.questions):
            self.questions.append(Question(key, question, tuple(answers), tuple(answers.values()), option))

    def say(self, statement: str) -> None:
        """A rule by which the file is read, stated once."""
        if statement not in self.statements:
            self.statements.append(statement)

    def changed(self, what: str, lines: Iterable[int], count: int | None = None) -> None:
        """Notes rows that were altered, with the first of their line numbers."""
        numbers = [int(line) for line in lines]
        if numbers or count:
            self.changes.append(Change(what, tuple(numbers[:EXAMPLES]), len(numbers) if count is None else count))

    def column(self, name: str, role: str, why: str, examples: Sequence[Any] = ()) -> None:
        """Notes what a column is taken for."""
        shown = tuple(text.clean(str(example))[:60] for example in list(examples)[:3])
        self.columns.append(ColumnRole(name, role, why, shown))

    @property
    def unused_columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if not column.role)

    def settle(self, name: str) -> None:
        """Raises UndecidedError where a question is open."""
        if self.questions:
            raise UndecidedError(name, self.questions)


def described_change(change: Change) -> str:
    """One line: what was done to how many rows, with line numbers."""
    shown = ", ".join(f"{line:,}" for line in change.lines)
    more = ", …" if change.count > len(change.lines) > 0 else ""
    return f"{change.what}: {change.count:,}" + (f" (lines {shown}{more})" if shown else "")
