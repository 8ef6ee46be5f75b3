"""Every text of the screen goes through gettext; the rules of tagviz/ui/i18n.py, checked on the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tagviz.ui import formatting, i18n
from tagviz.ui.components import examples

ROOT = Path(__file__).resolve().parents[2]
UI = ROOT / "tagviz" / "ui"
SOURCES = sorted({*UI.rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"} - {UI / "metrics.py"})
"""All that people read on the screen; the figures for monitoring systems are English, like logs."""
GETTEXT = {"_", "N_", "ngettext"}
WIDGETS = frozenset(
    "button caption checkbox dialog download_button error expander file_uploader header info link_button markdown "
    "metric multiselect number_input page_link pills popover progress radio segmented_control selectbox "
    "select_slider slider "
    "status subheader success tab table tabs text text_area text_input title toast toggle warning form_submit_button "
    "TextColumn NumberColumn DateColumn DatetimeColumn ProgressColumn ButtonColumn empty bar".split()
)
"""Calls whose first argument a person reads."""
READ = {"help", "placeholder", "alt", "label", "title", "sentence"}
"""Keyword arguments that a person reads."""
SAME_EVERYWHERE = {
    "CSV",
    "YAML",
    "SKOS",
    "tagviz",
    "p",
    "/data/my-sentence-model, minilm, e5",
    "nDCG@10",
    "Precision@10",
    "Recall@10",
}
"""Names and symbols that no language changes."""
WORD = re.compile(r"[A-Za-z]{2,}")
NO_TEXT = re.compile(r":[a-z]+/[a-z_]+:|:[a-z]+-badge\[|:[a-z]+\[|/\S+|\S+=\S+|https?:\S+|\{[^}]*\}")
"""Icons, badges, paths and key=value examples."""
SENTENCE = re.compile(r"[A-Za-z’']+,? [a-z]+[a-z ,.’']*")


def tree_of(source: Path) -> ast.Module:
    return ast.parse(source.read_text(encoding="utf-8"))


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def has_words(text: str) -> bool:
    return text not in SAME_EVERYWHERE and bool(WORD.search(NO_TEXT.sub("", text)))


def literals(node: ast.expr) -> Iterator[str]:
    """The texts that an argument can be, without those inside gettext calls and function calls."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.Constant):
                yield str(part.value)
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.BinOp):
        yield from literals(node.left)
        yield from literals(node.right)
    elif isinstance(node, (ast.List, ast.Tuple)):
        for element in node.elts:
            yield from literals(element)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_widget_shows_is_translated(source: Path) -> None:
    bare = []
    for node in ast.walk(tree_of(source)):
        if isinstance(node, ast.Call):
            shown = [keyword.value for keyword in node.keywords if keyword.arg in READ]
            if name_of(node) in WIDGETS and not _is_log(node.func):
                shown += node.args[:1]
            bare += [f"{node.lineno}: {text}" for argument in shown for text in literals(argument) if has_words(text)]
    assert not bare


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_stands_outside_gettext(source: Path) -> None:
    """Also where it reaches a widget by way of a variable, a table or a function's return."""
    tree = tree_of(source)
    allowed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            docstrings = [part.value for part in node.body if isinstance(part, ast.Expr)]
            allowed |= {id(part) for part in docstrings}
        inside = (
            (
                isinstance(node, ast.Call)
                and (name_of(node) in GETTEXT or name_of(node) in {"split", "compile", "html", "component"})
            )
            or isinstance(node, ast.Raise)
            or (isinstance(node, ast.Call) and _is_log(node.func))
            or (isinstance(node, ast.keyword) and node.arg == "show_spinner")
            or (isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"LOADER", "FOR_EVER"})
        )
        if inside:
            allowed |= {id(part) for part in ast.walk(node)}
    bare = [
        f"{node.lineno}: {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in allowed
        and SENTENCE.fullmatch(node.value.strip())
        and node.value not in VALUES
    ]
    assert not bare


VALUES = {"not found", "not music", "first only", "second only", *formatting.NOUNS, *examples.KNOWN_TITLES}
"""Values that operations use, keys of messages, and titles of the corpus."""


def _is_log(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "log"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_messages_are_literals_with_named_placeholders_and_underscore_is_gettext(source: Path) -> None:
    tree = tree_of(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in GETTEXT:
            assert not any(isinstance(argument, ast.JoinedStr) for argument in node.args), node.lineno
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    assert not re.search(r"\{[\d:}!]|%[sdf]", argument.value), f"{node.lineno}: {argument.value}"
        if isinstance(node, ast.Name) and node.id == "_":
            assert not isinstance(node.ctx, ast.Store), f"{node.lineno}: _ is the function that translates"
        if isinstance(node, ast.arg):
            assert node.arg != "_", f"{node.lineno}: _ is the function that translates"


def test_the_messages_come_back_in_english() -> None:
    assert i18n._("Corpus") == "Corpus"
    assert i18n._("") == ""
    assert i18n.ngettext("{n} tag", "{n} tags", 1).format(n=1) == "1 tag"
    assert i18n.ngettext("{n} tag", "{n} tags", 2).format(n=2) == "2 tags"
    assert i18n.label_of({"a": i18n.N_("Name")})("a") == "Name"
