"""Everything that reads what people bring, for benchmarks/fuzz.py."""

from __future__ import annotations

import asyncio
import atexit
import io
import json
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np

from benchmarks import fuzz_seeds
from benchmarks.fuzz_seeds import ACCESS, COMMANDS, EVENT, PAGES, REQUESTS, Files

ROOT = Path(__file__).resolve().parent.parent


class ServerError(Exception):
    """A route answered with an error of its own, or a command with a traceback."""


@dataclass(frozen=True)
class Target:
    """Something that reads.

    Attributes:
        seeds: Good and hard files by name.
        read: Reads a folder with the files of one seed.
        weight: How often it is tried, compared with others.
        seconds: How long an input may take.
        ready: Loads what the first input would wait for.
    """

    seeds: Mapping[str, Files]
    read: Callable[[Path], object]
    weight: float = 1.0
    seconds: float = 5.0
    ready: Callable[[], object] = lambda: None


def first_file(folder: Path) -> Path:
    """The first file of a folder."""
    return next(path for path in sorted(folder.rglob("*")) if path.is_file())


def text_of(path: Path) -> str:
    """A file as text that may hold halves of surrogate pairs."""
    return path.read_bytes().decode("utf-8", "surrogateescape")


def document(path: Path) -> Any:
    """A file as JSON, or its text where it is none."""
    try:
        return json.loads(text_of(path))
    except (ValueError, RecursionError):
        return text_of(path)


@cache
def home() -> Path:
    """A workspace with the demo, which pages, routes and commands use from now on."""
    place = Path(tempfile.mkdtemp(prefix="fuzz-home-"))
    atexit.register(shutil.rmtree, place, True)
    os.environ |= {"TAGVIZ_HOME": str(place), "TAGVIZ_DATABASE_URL": "", "TAGVIZ_NICENESS": "0"}
    from tagviz.server_settings import server_settings
    from tagviz.settings import settings

    settings.cache_clear()
    server_settings.cache_clear()
    return place


def imported(folder: Path) -> object:
    """Read playlists, and store the corpus."""
    from tagviz.sources import read
    from tagviz.store.workspace import Workspace

    corpus = read(folder if len(list(folder.iterdir())) > 1 else first_file(folder), "auto")
    with tempfile.TemporaryDirectory() as place:
        workspace = Workspace(Path(place))
        workspace.save_corpus(corpus)
        return workspace.open_corpus(corpus.name)


def previewed(folder: Path) -> object:
    """Look at playlists, as the page Data does."""
    from tagviz.sources import inspection

    return inspection.inspect(first_file(folder))


def vectors_read(folder: Path) -> object:
    """Read vectors, and match them with a corpus."""
    from tagviz.embed import imported as vectors

    read = vectors.read(next(iter(sorted(folder.iterdir()))))
    return vectors.match(read, _board())


def features_read(folder: Path) -> object:
    """Read numbers per song, or spectrograms."""
    from tagviz.features import archives, tables

    files = list(folder.iterdir())
    place = folder if len(files) > 1 else files[0]
    if archives.holds_spectrograms(place):
        with tempfile.TemporaryDirectory() as partial:
            return archives.read_spectrograms(place, Path(partial) / "parts")
    return tables.read_features(place)


def decisions_read(folder: Path) -> object:
    """Read decisions, apply them, and write them again."""
    from tagviz.curation import skos, yaml_io
    from tagviz.curation.overlay import curated

    layer = yaml_io.read((folder / "d.yaml").read_bytes())
    curated(_board(), layer)
    return yaml_io.write(layer).encode(), skos.turtle(layer, "x").encode()


def graph_read(folder: Path) -> object:
    """Read SKOS, and write it again."""
    from tagviz.curation import skos, yaml_io

    file = first_file(folder)
    layer = skos.read(file.read_bytes(), file.name)
    return yaml_io.write(layer).encode(), skos.turtle(layer, "x").encode()


def golden_read(folder: Path) -> object:
    """Read golden queries."""
    from tagviz.evaluation import golden

    return golden.read(next(folder.iterdir()))


def arena_read(folder: Path) -> object:
    """Read results of the Arena, and score them."""
    from tagviz.evaluation import arena

    return arena.score(arena.read(folder / "a.json"), arena.read(folder / "a.json"))


def question_read(folder: Path) -> object:
    """Understand a typed title, tags and songs."""
    from tagviz.query import parser
    from tagviz.types import Query

    text = text_of(folder / "title.txt")
    return parser.parse(Query(text, tuple(text.split(",")[:3]), tuple(text.split(";")[:3])), _board())


def backup_read(folder: Path) -> object:
    """Restore a backup, and merge it."""
    from tagviz.operations import backup
    from tagviz.operations.context import Context
    from tagviz.store.workspace import Workspace

    for name, way in (("one", backup.restore), ("two", backup.merge)):
        context = Context(Workspace(folder / name))
        try:
            way(context, folder / "all.tagviz")
        finally:
            if context.has_database:
                context.database.dispose()
    return None


def access_read(folder: Path) -> object:
    """Read the file that names people."""
    from tagviz.access.policy import AccessPolicy

    return AccessPolicy.read(folder / "access.toml")


def stored_read(folder: Path) -> object:
    """Read a small file of the workspace."""
    from tagviz.store import files

    return files.read_object(folder / "a.json")


def parameters_read(folder: Path) -> object:
    """Parse parameters of methods and of readers."""
    from tagviz.errors import InvalidParameterError
    from tagviz.operations.registry import METHODS
    from tagviz.sources import READERS

    named = document(folder / "p.json")
    if not isinstance(named, dict):
        raise InvalidParameterError("no parameters")
    known = {
        **{name: entry.params for name, entry in METHODS.items()},
        **{name: READERS[name].OPTIONS for name in READERS},
    }
    kinds = list(known.values())
    chosen = kinds[len(str(named)) % len(kinds)]
    names = list(chosen.model_fields)
    values = {
        names[at % len(names)] if names and at % 3 else key: value for at, (key, value) in enumerate(named.items())
    }
    return chosen.parse(values)


def events_read(folder: Path) -> object:
    """Read what the browser sends of the map."""
    from tagviz.ui.components.map import view

    content = document(folder / "e.json")
    return view._event(_points(), content if isinstance(content, dict) else {}, None)


def request_answered(folder: Path) -> object:
    """Send a request to the routes of our own."""
    asked = document(folder / "r.json")
    asked = asked if isinstance(asked, dict) else {"path": asked}

    def text(name: str, default: str) -> bytes:
        value = asked.get(name, default)
        return (value if isinstance(value, str) else str(value)).encode("utf-8", "surrogatepass")

    headers = asked.get("headers")
    pairs = headers.items() if isinstance(headers, dict) else ()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1",
        "method": text("method", "GET").decode("latin-1"),
        "path": unquote(text("path", "/").decode("latin-1")), "raw_path": text("path", "/"),
        "root_path": "", "scheme": "http",
        "query_string": text("query", ""), "client": ("127.0.0.1", 9), "server": ("127.0.0.1", 8501),
        "headers": [(str(name).lower().encode("utf-8", "replace"), str(value).encode("utf-8", "replace"))
                    for name, value in pairs],
    }  # fmt: skip
    status = asyncio.run(_answer(scope, text("body", "")))
    if status >= 500 and status != 503:
        raise ServerError(f"status {status}")
    return status


async def _answer(scope: dict[str, Any], body: bytes) -> int:
    parts = [{"type": "http.request", "body": body, "more_body": False}, {"type": "http.disconnect"}]
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return parts.pop(0) if len(parts) > 1 else parts[0]

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(int(message["status"]))

    await _app()(scope, receive, send)
    return statuses[0] if statuses else 0


@cache
def _app() -> Any:
    home()
    from starlette.applications import Starlette
    from starlette.middleware import Middleware

    from tagviz.server_settings import server_settings
    from tagviz.ui import security, server

    policy = security.Policy(server_settings())
    return Starlette(routes=server.routes(), middleware=[Middleware(security.SecurityMiddleware, policy=policy)])


def page_drawn(folder: Path) -> object:
    """Draw a page whose address holds anything."""
    home()
    from tagviz.ui.pages import PAGES

    query = document(folder / "q.json")
    query = query if isinstance(query, dict) else {"corpus": query}
    page = PAGES[int(query.get("page", 0)) % len(PAGES)] if isinstance(query.get("page"), int) else PAGES[0]
    test = _visitor()
    test.query_params.clear()
    for name, value in query.items():
        several = [str(one) for one in value] if isinstance(value, list) else str(value)
        test.query_params[name] = several
    test.switch_page(page.path or "app.py")
    try:
        test.run()
    except ValueError as error:
        _visitor.cache_clear()
        if "is not in list" not in str(error):  # what the tester itself cannot send
            raise
    if test.exception:
        raise ServerError(f"{page.title}: {test.exception[0].message[:150]}")
    return None


@cache
def _visitor() -> Any:
    from streamlit.testing.v1 import AppTest

    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


def command_run(folder: Path) -> object:
    """Run a command of the command line."""
    home()
    from tagviz import cli

    arguments = [part for part in text_of(folder / "c.txt").split("\n") if "\x00" not in part][:12]
    if not arguments or arguments[0] not in ("recommend", "neighbours", "corpora", "models", "profile", "jobs"):
        return None
    output, errors = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with redirect_stdout(output), redirect_stderr(errors):
        try:
            cli.main(arguments)
        except SystemExit:
            return None
    if "made a mistake" in errors.getvalue():
        raise ServerError(errors.getvalue()[:200])
    return None


def _load_words() -> object:
    from tagviz import text

    return text.tokens("비 오는 날 재즈")


@cache
def _first_page() -> object:
    with tempfile.TemporaryDirectory() as folder:
        for at in range(len(PAGES)):
            (Path(folder) / "q.json").write_text(json.dumps(PAGES[at]))
            page_drawn(Path(folder))
    return None


@cache
def _board() -> Any:
    from tests.corpora import checkerboard

    return checkerboard()


@cache
def _points() -> Any:
    from tagviz.operations import corpora, maps, models
    from tagviz.operations.context import Context
    from tagviz.settings import ASSETS
    from tagviz.store.map_files import MapFiles
    from tagviz.store.workspace import Workspace
    from tagviz.ui.components.map.points import publish

    context = Context(Workspace(home(), ASSETS / "demo"))
    corpus = corpora.open_corpus(context, "demo")
    model = models.open_model(context, corpus, "spectral")
    shown = maps.open_map(context, corpus, model)
    return publish(MapFiles(home() / "map"), [shown], [np.ones(len(shown.vocab), dtype=np.int64)])


def targets() -> dict[str, Target]:
    """Everything that reads what people bring."""
    seeds = fuzz_seeds
    files = {**seeds.examples(), **seeds.tables()}
    return {
        "import": Target({**files, **seeds.hard()}, imported, 3, ready=_load_words),
        "preview": Target({**files, **seeds.hard()}, previewed, 1),
        "vectors": Target(seeds.vectors(), vectors_read, 3),
        "features": Target(seeds.features(), features_read),
        "decisions": Target({"yaml": {"d.yaml": _decisions()}, **seeds.decisions()}, decisions_read),
        "skos": Target(seeds.graphs(), graph_read),
        "golden": Target(
            {
                "json": {"g.json": b'[{"title": "jazz", "may_tags": ["swing"]}]'},
                "csv": {"g.csv": b"title,may_tags\na,b|c\n"},
            },
            golden_read,
        ),
        "arena": Target({"json": {"a.json": b'[{"id": 1, "songs": [1, 2], "tags": ["a", "b"]}]'}}, arena_read),
        "questions": Target(
            {"title": {"title.txt": b"rainy night jazz, not pop"}, "ids": {"title.txt": b"even t2;s4"}}, question_read
        ),
        "backup": Target({"zip": {"all.tagviz": _backup()}}, backup_read, 0.3),
        "access": Target({"toml": {"access.toml": ACCESS}}, access_read),
        "stored": Target({"sealed": {"a.json": _sealed()}}, stored_read),
        "parameters": Target(
            {"json": {"p.json": b'{"preset": "none", "dimension": 3, "a": "b", "c": [1]}'}}, parameters_read
        ),
        "events": Target({"json": {"e.json": EVENT}}, events_read, ready=_points),
        "routes": Target(
            {str(at): {"r.json": json.dumps(each).encode()} for at, each in enumerate(REQUESTS)},
            request_answered,
            ready=_app,
        ),
        "pages": Target(
            {str(at): {"q.json": json.dumps(each).encode()} for at, each in enumerate(PAGES)},
            page_drawn,
            0.03,
            30.0,
            _first_page,
        ),
        "commands": Target({str(at): {"c.txt": each} for at, each in enumerate(COMMANDS)}, command_run, 0.1),
    }


def _decisions() -> bytes:
    from tagviz.curation import yaml_io
    from tagviz.curation.decisions import Overlay, resolve

    decided = (resolve("merge", ["a", "b"], "a", "Ann", "the same"), resolve("block", ["c"], "", "Ben", ""))
    return yaml_io.write(Overlay(decided)).encode()


def _sealed() -> bytes:
    from tagviz.store import checksums

    return checksums.seal(b'{\n  "a": [1, 2, {"b": "c"}]\n}')


@cache
def _backup() -> bytes:
    """A backup of a workspace with a corpus, a decision and a verdict."""
    from tagviz.curation.decisions import resolve
    from tagviz.operations import backup, curation
    from tagviz.operations.context import Context
    from tagviz.store.workspace import Workspace

    with tempfile.TemporaryDirectory() as folder:
        context = Context(Workspace(Path(folder) / "home"))
        context.workspace.save_corpus(_board())
        curation.add(context, _board().name, resolve("block", ["t0"], "", "Ann", "for a test"))
        backup.backup(context, Path(folder) / "all.tagviz")
        context.database.dispose()
        return (Path(folder) / "all.tagviz").read_bytes()


def chosen(known: Mapping[str, Target], chance: random.Random) -> str:
    """The name of the target that is tried next."""
    return chance.choices(list(known), [target.weight for target in known.values()])[0]
