"""docs/benchmarks/: each benchmark writes its own section of a page, between marks, and leaves the others as they are.

docs/benchmarks.md is the summary that people read. It is written by hand, except for its marked sections.
"""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
SUMMARY = DOCS / "benchmarks.md"
ROOMS = {
    "access": "dashboard",
    "dashboard": "dashboard",
    "engines": "scale",
    "evaluation": "evaluation",
    "faults": "damage",
    "feedback": "feedback",
    "continued_training": "training",
    "imports": "imports",
    "layout_shifts": "dashboard",
    "layouts": "map",
    "phrases": "reading",
    "quality": "quality",
    "reading": "reading",
    "scale": "scale",
    "scale_pages": "scale",
    "training": "training",
    "tuning": "training",
    "monitoring": "monitoring",
}
"""Benchmark → page of docs/benchmarks/ that holds its sections."""


def page_of(name: str) -> Path:
    """The page of a section; the first word of its name is the benchmark."""
    return DOCS / "benchmarks" / f"{ROOMS[name.split()[0]]}.md"


def standing(name: str) -> str:
    """The current text of a section; "" where there is none."""
    begin, end = _marks(name)
    page = page_of(name)
    return page.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0].strip() if page.exists() else ""


def write_section(name: str, text: str) -> None:
    """Write the section of a benchmark in its place, or at the end of its page, and print it.

    Args:
        name: name of the benchmark; one of several sections of a benchmark has a word more.
        text: Markdown.
    """
    _write(page_of(name), name, text)
    print(text)


def write_summary(name: str, text: str) -> None:
    """Write a section of docs/benchmarks.md."""
    _write(SUMMARY, name, text)


def _write(path: Path, name: str, text: str) -> None:
    begin, end = _marks(name)
    page = path.read_text(encoding="utf-8") if path.exists() else f"# {path.stem.capitalize()}\n"
    before, found, rest = page.partition(begin)
    after = rest.partition(end)[2].strip() if found else ""
    parts = [before.strip(), f"{begin}\n{text}\n{end}", after]
    path.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name}: written by benchmarks/{name.split()[0]}.py -->", f"<!-- {name}: end -->"
