"""What a command prints: tables for people, or one JSON document; progress on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pandas as pd

from tagviz.text import clean
from tagviz.types import Progress

QUIET_SECONDS = 10.0
"""How often progress is told where no terminal is watching."""


def json_document(document: Any) -> None:
    """One JSON document on standard output; numbers that are none become null."""
    sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY))
    sys.stdout.buffer.write(b"\n")
    sys.stdout.flush()


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str] = ()) -> None:
    """Rows as an aligned table, wide characters counted as two; nothing for no rows."""
    if not rows:
        print("(none)")
        return
    frame = pd.DataFrame([{key: _cell(value) for key, value in row.items()} for row in rows])
    if columns:
        frame = frame[[column for column in columns if column in frame]]
    with pd.option_context("display.unicode.east_asian_width", True, "display.max_colwidth", 60):
        print(frame.to_string(index=False))


def line(text: str) -> None:
    """A remark for people, on standard error."""
    print(text, file=sys.stderr, flush=True)


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return "–"
    if isinstance(value, float | np.floating):
        return f"{value:.4f}"
    return clean(str(value)) if isinstance(value, str) else value


@dataclass
class Teller:
    """A ProgressCallback that tells a terminal in one moving line, and a file or pipe now and then."""

    stream: Any = field(default_factory=lambda: sys.stderr)
    phase: str = ""
    told: float = 0.0
    moving: bool = False
    began: tuple[float, float] = (0.0, 0.0)

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        terminal = self.stream.isatty()
        if progress.phase == self.phase and now - self.told < (0.1 if terminal else QUIET_SECONDS):
            return
        if progress.phase != self.phase:
            self.began = now, progress.fraction or 0.0
        self.phase, self.told = progress.phase, now
        percent = "" if progress.fraction is None else f" {progress.fraction:4.0%}"
        did = (progress.fraction or 0.0) - self.began[1]
        left = f"({(now - self.began[0]) * (1 - self.began[1] - did) / did:,.0f} s left)" if did > 0 else ""
        text = " ".join(filter(None, [progress.phase + percent, progress.note, left]))
        if terminal:
            self.stream.write(f"\r\x1b[2K{text[:110]}")
            self.moving = True
        else:
            self.stream.write(text + "\n")
        self.stream.flush()

    def done(self) -> None:
        """Leaves the moving line, so that what follows begins on its own."""
        if self.moving:
            self.stream.write("\r\x1b[2K")
            self.stream.flush()
            self.moving = False
