"""docs/benchmarks.md: each benchmark writes its own section of it, between marks, and leaves the others as they are."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def standing(name: str) -> str:
    """What the section of `benchmarks/NAME.py` says now; "" where there is none."""
    begin, end = _marks(name)
    return PAGE.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0].strip() if PAGE.exists() else ""


def put(name: str, text: str) -> None:
    """Puts the section of `benchmarks/NAME.py` in its place, or at the end of the page, and prints it. One of several
    sections of a benchmark has a word more in its name."""
    begin, end = _marks(name)
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Measured\n"
    before, found, rest = page.partition(begin)
    rest = rest.partition(end)[2] if found else ""
    PAGE.write_text(f"{before.rstrip()}\n\n{begin}\n{text}\n{end}\n{rest.lstrip()}", encoding="utf-8")
    print(text)


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name}: written by benchmarks/{name.split()[0]}.py -->", f"<!-- {name}: end -->"
