"""The catalogues of the screen's texts: `make messages` collects the messages and brings the catalogues up to date.

Two sorts of messages are collected:

- what pages pass to `_()`, `N_()` and `ngettext()`, found by Babel;
- what the layers below write in English for people: the parts of errors, the descriptions of methods, metrics and
  parameters, and sentences marked with `shown()`. These may be f-strings; the message has a named placeholder where the
  f-string has an expression (see `template_of`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tagviz.ui.i18n import DOMAIN, LOCALE
from tagviz.ui.recognition import LEAST_LETTERS

ROOT = Path(__file__).resolve().parents[1]
SCREEN = (ROOT / "tagviz" / "ui", ROOT / "pages", ROOT / "app.py")
"""Where texts go through `_()`."""
BELOW = (ROOT / "tagviz",)
"""Where errors and sentences are English, and recognised on the screen."""
TRANSLATED = ("fr", "ko")
"""Languages with a catalogue."""
NOT_SHOWN = ("cli", "settings.py", "server_settings.py", "worker.py", "security.py", "spark.py")
"""Modules whose errors never reach a page: the command line, settings that stop the start, Spark."""
KEYWORDS = {"_", "N_", "lazy", "ngettext"}
READ_BY_PEOPLE = {"Metric": (1, 2, 3), "MethodEntry": (1, 2, 5), "param": (1,), "shown": (0,), "JobKind": (2,)}
"""Calls of the layers below, with the positions of the arguments that people read."""
TABLES = {"about_presets", "SCRIPTS"}
"""Assigned tables whose values people read."""
SENTENCES = (
    "evaluation/captions.py",
    "evaluation/report.py",
    "figures/",
    "sources/encodings.py",
    "monitoring/lights.py",
    "operations/monitoring/checks.py",
    "operations/monitoring/golden_check.py",
    "operations/monitoring/run.py",
    "operations/jobs/kinds.py",
    "operations/recommend.py",
    "curation/decisions.py",
    "curation/suggestions.py",
    "operations/feedback/queue.py",
    "query/names.py",
    "query/parser.py",
)
"""Modules below the screen whose sentences people read there, all of them."""
SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z{]|[a-z},] [A-Za-z]{2,}")
NO_SENTENCE = re.compile(r"^\{\}|%\{|<extra>|\|.*\||^[a-z]+ (\(|domain)|sans-serif|\{paper\}")


def sources(roots: tuple[Path, ...]) -> Iterator[Path]:
    """Return the Python files, in a fixed order."""
    for root in roots:
        yield from sorted(root.rglob("*.py")) if root.is_dir() else [root]


def extract() -> Catalog:
    """Return all messages, each with the files that have it."""
    catalog = Catalog(domain=DOMAIN, project="tagviz", charset="utf-8")
    for source in sources(SCREEN):
        for message in on_screen(ast.parse(source.read_text(encoding="utf-8"))):
            catalog.add(message, locations=[(str(source.relative_to(ROOT)), 1)])
    for source in sources(BELOW):
        if not any(part in NOT_SHOWN for part in source.relative_to(ROOT).parts):
            tree, place = ast.parse(source.read_text(encoding="utf-8")), str(source.relative_to(ROOT))
            found = list(below(tree))
            if any(place.startswith(f"tagviz/{module}") for module in SENTENCES):
                found += sentences(tree)
            for message in found:
                catalog.add(message, locations=[(place, 1)])
    return catalog


def name_of(call: ast.Call) -> str:
    """Return the name of a called function or method."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def on_screen(tree: ast.Module) -> Iterator[str | tuple[str, str]]:
    """Return the messages of a module of the screen; singular and plural as a pair."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in KEYWORDS:
            texts = [text.value for text in node.args if isinstance(text, ast.Constant) and isinstance(text.value, str)]
            if name_of(node) == "ngettext" and len(texts) > 1:
                yield texts[0], texts[1]
            elif texts and texts[0]:
                yield texts[0]


def below(tree: ast.Module) -> Iterator[str]:
    """Return the messages of a module below the screen."""
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    owners = {id(inner): function for function in functions for inner in ast.walk(function)}  # the innermost comes last
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = name_of(node)
            texts: list[ast.expr] = []
            if name.endswith("Error") and name[0].isupper() and name not in BUILT_IN:
                texts = [*node.args, *(word.value for word in node.keywords if word.arg in ERROR_PARTS)]
            elif name == "add" and len(node.args) > 2:  # a note of an import: what, how many, what was done about it
                texts = [node.args[0], node.args[2]]
            elif name in READ_BY_PEOPLE:
                texts = [node.args[at] for at in READ_BY_PEOPLE[name] if at < len(node.args)]
            for text in texts:
                yield from templates(text, owners.get(id(node)))
        target = node.target if isinstance(node, ast.AnnAssign) else None
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            target = node.targets[0]
        if isinstance(target, ast.Name) and target.id in TABLES and isinstance(node.value, ast.Dict):
            for text in node.value.values:  # type: ignore[union-attr]
                yield from templates(text, None)
        is_param = isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call)
        if is_param and getattr(node.value.func, "id", "") == "param" and isinstance(target, ast.Name):  # type: ignore[union-attr]
            label = target.id.replace("_", " ")
            yield label[:1].upper() + label[1:]


def sentences(tree: ast.Module) -> Iterator[str]:
    """Return the sentences of a module, without its docstrings."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            inside |= {id(part.value) for part in node.body if isinstance(part, ast.Expr)}
        elif isinstance(node, ast.JoinedStr):
            inside |= {id(part) for value in node.values for part in ast.walk(value)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and id(node) not in inside:
            message = template_of(node)
            letters = sum(letter.isalpha() for letter in PLACEHOLDER.sub("", message))
            if letters >= LEAST_LETTERS and SENTENCE.search(message) and not NO_SENTENCE.search(message):
                yield message.strip()


ERROR_PARTS = ("title", "detail", "remedy")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
BUILT_IN = {"ValueError", "TypeError", "KeyError", "RuntimeError", "OSError", "AttributeError", "AssertionError",
            "LookupError", "FileNotFoundError", "NotImplementedError", "ImportError", "StopIteration", "IndexError",
            "ArgumentTypeError", "FileExistsError", "PermissionError", "ConnectionError", "TimeoutError"}  # fmt: skip
"""Errors that are not tagviz's own."""


def templates(text: ast.expr, function: ast.AST | None) -> Iterator[str]:
    """Return the messages that an argument can be; a variable is followed to its assignments in the function."""
    if isinstance(text, ast.IfExp):
        yield from templates(text.body, function)
        yield from templates(text.orelse, function)
    elif isinstance(text, ast.BoolOp):
        for part in text.values:
            yield from templates(part, function)
    elif isinstance(text, ast.Name) and function is not None:
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and any(getattr(one, "id", "") == text.id for one in node.targets):
                yield from templates(node.value, None)
    else:
        message = template_of(text)
        if any(letter.isalpha() for letter in PLACEHOLDER.sub("", message)):
            yield message


def template_of(text: ast.expr) -> str:
    """Return a text as a message: `f"No tag {name!r}"` → "No tag {name}"; "" where it is no text."""
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        return text.value
    if not isinstance(text, ast.JoinedStr):
        return ""
    message, used = "", set()
    for part in text.values:
        if isinstance(part, ast.FormattedValue):
            names = [getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(part.value)]
            name = next((name for name in names if name and name not in HELPERS), "value").strip("_")
            number, base = 2, name
            while name in used:
                name, number = f"{base}{number}", number + 1
            used.add(name)
            message += f"{{{name}}}"
        elif isinstance(part, ast.Constant):
            message += str(part.value).replace("{", "{{").replace("}", "}}")
    return PLURAL_KIND.sub("{kinds}", message)


PLURAL_KIND = re.compile(r"\{kind\}s\b")
"""A kind of items in the plural: "tags" is translated as a word, not with an s behind it."""
HELPERS = {"self", "join", "len", "str", "int", "float", "round", "abs", "sorted", "min", "max", "repr", "type"}
"""Functions that say nothing of what a placeholder stands for."""


def path(language: str, ending: str = "po") -> Path:
    """Return the catalogue of a language."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.{ending}"


def read(language: str) -> Catalog:
    """Return the catalogue of a language as it is stored."""
    with path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def update(language: str, found: Catalog) -> tuple[int, int]:
    """Bring a catalogue up to date and compile it.

    Args:
        language: The language.
        found: All messages.

    Returns:
        How many messages are translated, and how many there are.
    """
    catalog = read(language)
    catalog.update(found, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    with path(language).open("wb") as file:
        write_po(file, catalog, width=120, include_lineno=False, sort_output=True, omit_header=False)
    with path(language, "mo").open("wb") as file:
        write_mo(file, read(language))
    messages = [message for message in catalog if message.id]
    return sum(is_translated(message) for message in messages), len(messages)


def is_translated(message: Message) -> bool:
    """Return whether a message has all its forms in the language."""
    return all(message.string) if message.pluralizable else bool(message.string)


if __name__ == "__main__":
    all_messages = extract()
    for name in TRANSLATED:
        done, total = update(name, all_messages)
        print(f"{name}: {done} of {total} messages are translated")
