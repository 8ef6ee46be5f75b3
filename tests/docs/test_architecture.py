"""docs/architecture.md describes the files that exist: its tree, its tables of files, and the names of today."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import DOCS, ROOT, sections

PAGE = (DOCS / "architecture.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "tagviz"
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|\w+\.py)`")
WHEEL = {"tagviz/dashboard/", "tagviz/assets/"}
"""Folders that only a wheel has; tests/packaging/test_wheel.py looks into it."""
PLACEHOLDER = ("NAME", "N_Name")
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))


def test_every_file_that_the_page_names_exists() -> None:
    named = {path for path in PATH.findall(PAGE) if not any(word in path for word in PLACEHOLDER)} - WHEEL
    assert len(named) > 40
    assert [path for path in sorted(named) if not ((PACKAGE / path).exists() or (ROOT / path).exists())] == []


@pytest.mark.parametrize("folder", ["", "operations", "ui"])
def test_every_module_of_the_folder_is_in_the_tree(folder: str) -> None:
    tree = sections(DOCS / "architecture.md")["The tree"].partition("tagviz/\n")[2]
    entries = {path for path in (PACKAGE / folder).iterdir() if not path.name.startswith("__")}
    names = {f"{path.name}/" if path.is_dir() else path.name for path in entries if path.suffix in ("", ".py")}
    assert len(names) > 10
    assert [name for name in sorted(names) if not re.search(rf"(?<![\w/]){re.escape(name)}", tree)] == []


def test_the_modules_of_the_operations_are_in_the_tree() -> None:
    tree = sections(DOCS / "architecture.md")["The tree"]
    for folder in (path for path in (PACKAGE / "operations").iterdir() if (path / "__init__.py").exists()):
        row = next(line for line in tree.splitlines() if line.startswith(f"    {folder.name}/"))
        missing = [path.stem for path in folder.glob("[!_]*.py") if not re.search(rf"\b{path.stem}\b", row)]
        assert missing == [], folder.name


def test_the_names_of_today_in_the_glossary_exist() -> None:
    stems = {path.stem for path in PACKAGE.rglob("*") if path.suffix in ("", ".py")}
    stems |= {path.stem.partition("_")[2] for path in (ROOT / "pages").glob("*.py")}
    rows = [row.split("|")[2] for row in sections(DOCS / "architecture.md")["Glossary"].splitlines() if row[:1] == "|"]
    names = {name.strip().rpartition("/")[2] for row in rows[2:] for name in row.split(",")}
    assert len(names) > 80
    defined = {name for name in names if re.search(rf"^\s*(def|class) {name}\b", SOURCES, re.MULTILINE)}
    assert sorted(names - defined - stems) == []
