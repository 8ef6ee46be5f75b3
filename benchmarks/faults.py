"""Damage every kind of file of a workspace in every way: what still answers, what is named, and what heals.

    python -m benchmarks.faults              # the whole matrix, some minutes; prints and writes docs/benchmarks/
    python -m benchmarks.faults --short      # one way a kind of file, in turn: a minute; writes nothing
    python -m benchmarks.faults --seconds 300    # in parts: goes on where the last part ended

A workspace holds two corpora with models, maps, reports and all that people make. In each case one file of the corpus
`hurt`, or one that both share, is spoilt. Then:

* every page of the corpus `intact` shows what it showed before, and every command prints what it printed;
* every page of `hurt` is drawn without an internal error;
* `doctor` names the file, `doctor --repair` repairs it, and `doctor` then finds nothing;
* importing, training, laying out and evaluating again gives what was there before.

Root may read everything: run by root, the program takes that right away from itself first.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from benchmarks.faults_workspace import build

ROOT = Path(__file__).resolve().parent.parent
DONE = ROOT / "build" / "faults.json"
"""Cases of a run in parts that are finished: kind, way and faults."""
SEVEN = ("truncated", "flipped bit", "wrong shape", "empty", "missing", "unreadable", "a folder in its place")
COMMANDS = (
    ("recommend", "intact", "--model", "spectral", "--tag", "t2", "-n", "5"),
    ("neighbours", "intact", "--model", "spectral", "--key", "tag:t2", "-n", "5"),
    ("models", "intact"),
    ("profile", "intact"),
    ("curate", "list", "intact"),
    ("monitor", "history", "intact"),
)
PEOPLE = ("tagviz.db",)
"""Files without which some content of every page is missing, which the page says."""
REMADE = re.compile(
    r"^(encodings\.db|map/|checkpoints/|logs/|foldings/|overlays/|.*\.lock$|uploads/|golden/answers/|tagviz\.db\.made)"
)
"""Files that are made again when they are needed: nobody has to be told."""
GONE = re.compile(r"^(names|marks|monitor|thresholds|golden|trash|tuning\.db|foreign)")
"""Files that nothing else names: when one is missing, nothing shows that it was there."""


@dataclass
class Case:
    """One file that is spoilt in one way, and what came of it; `faults` is empty if all is well."""

    kind: str
    way: str
    faults: list[str]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--short", action="store_true", help="one way a kind of file, in turn")
    arguments.add_argument("--every", type=int, default=1, metavar="N", help="every Nth kind of file only")
    arguments.add_argument(
        "--only", nargs="+", default=[], metavar="PART", help="kinds whose names contain one of these"
    )
    arguments.add_argument("--seconds", type=float, default=0.0, help="end this part after so long")
    options = arguments.parse_args()
    bow_to_permissions()
    logging.disable(logging.WARNING)  # Streamlit's, that no browser is there
    if options.seconds:
        cases, whole = part(options.seconds)
        if not whole:
            sys.exit(75)
    else:
        cases = list(matrix(options.short, options.only, every=options.every))
    bad = [case for case in cases if case.faults]
    for case in bad:
        print(f"FAULT {case.kind} {case.way}: {'; '.join(case.faults)}")
    print(f"{len(cases)} cases, {len(bad)} with faults")
    if not options.only and not options.short and options.every == 1:
        write_down(cases)
    sys.exit(bool(bad))


def part(seconds: float) -> tuple[list[Case], bool]:
    """Look at cases that no earlier part has looked at, for so long; all cases so far, and whether these are all."""
    cases = [Case(**case) for case in orjson.loads(DONE.read_bytes())] if DONE.exists() else []
    end = time.monotonic() + seconds
    for case in matrix(False, (), {(case.kind, case.way) for case in cases}):
        cases.append(case)
        DONE.parent.mkdir(exist_ok=True)
        DONE.write_bytes(orjson.dumps(cases))
        if time.monotonic() > end:
            return cases, False
    return cases, True


def bow_to_permissions() -> None:
    """Start again without root's right to read and write everything."""
    if os.geteuid() == 0 and "TAGVIZ_FAULTS_BOWED" not in os.environ:
        command = [
            "setpriv",
            "--bounding-set=-dac_override,-dac_read_search",
            sys.executable,
            "-m",
            "benchmarks.faults",
        ]
        os.execvpe("setpriv", [*command, *sys.argv[1:]], {**os.environ, "TAGVIZ_FAULTS_BOWED": "yes"})


def matrix(short: bool, only: Sequence[str], done: Container[tuple[str, str]] = (), every: int = 1) -> Iterator[Case]:
    """All cases that are not done yet, one after another."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        build(model)
        kinds = {
            kind: place for kind, place in kinds_of(model).items() if not only or any(part in kind for part in only)
        }
        with at_home(model, Path(folder) / "calm"):
            calm = shown("intact"), printed()
        for number, (kind, place) in list(enumerate(kinds.items()))[::every]:
            for way in (SEVEN[number % len(SEVEN)],) if short else SEVEN:
                if (kind, way) in done:
                    continue
                with at_home(model, Path(folder) / f"home{number}-{SEVEN.index(way)}") as home:
                    began = time.monotonic()
                    spoil(home / place, way)
                    case = Case(kind, way, list(faults(home, place, way, calm)))
                    (home / place).chmod(0o644) if (home / place).is_file() else None
                    seconds = time.monotonic() - began
                    print(f"{kind:45} {way:22} {case.faults or 'ok'} {seconds:.1f} s", flush=True)
                    yield case


def kinds_of(home: Path) -> dict[str, str]:
    """Of each kind of file one that belongs to `hurt`, or to both corpora: its kind and its place."""
    from tagviz.store.workspace import Workspace

    foreign = {version.fingerprint for version in Workspace(home).versions("intact")}
    foreign |= {path.stem for path in home.glob("models/*/*.json") if path.parent.name.partition("+")[0] in foreign}
    newest = Workspace(home).versions("hurt")[-1].fingerprint
    kinds: dict[str, str] = {}
    for path in sorted(home.rglob("*")):
        place = path.relative_to(home).as_posix()
        of_others = "intact" in place or any(mark in place for mark in foreign)
        older = re.search(r"[0-9a-f]{16}", place) and newest not in place and not place.startswith(("foreign", "map"))
        if (
            path.is_file()
            and not of_others
            and not older
            and not place.endswith((".lock", ".turn", "-wal", "-shm", ".made"))
        ):
            kinds.setdefault(_kind(place), place)
    return kinds


def _kind(place: str) -> str:
    parts = place.split("/")
    if place.endswith(".npy"):
        parts[-1] = "*.npy"
    parts = [re.sub(r"vocab\.\w+", "vocab.*", part) for part in parts]
    parts = [
        re.sub(r"[0-9a-f]{16,}(\+[0-9a-f]+)?|\d{8,}(-\d+)?(-[0-9a-f]{6})?|\d{4}-\d\d.*Z", "*", part) for part in parts
    ]
    return re.sub(r"\w+-[0-9a-f]{6}\b|(?<=-)[0-9a-f]{6}\b", "*", "/".join(parts))


def spoil(path: Path, way: str) -> None:
    """Damage a file; its time of change is another afterwards, as after most accidents."""
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    content = path.read_bytes()
    if way == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif way == "flipped bit":
        at = len(content) // 2
        path.write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
    elif way == "wrong shape":
        path.write_bytes(_of_another_shape(path))
    elif way == "empty":
        path.write_bytes(b"")
    elif way == "missing":
        path.unlink()
        described = path.with_suffix("")
        if described.is_dir():  # data that something is still writing have no description either: these are older
            os.utime(described, (0, 0))
    elif way == "unreadable":
        path.chmod(0)
    else:
        path.unlink()
        path.mkdir()


def _of_another_shape(path: Path) -> bytes:
    """A file of the same format that says something else."""
    buffer = BytesIO()
    if path.suffix == ".npy":
        np.save(buffer, np.zeros((3, 1, 2), dtype=np.int8))
    elif path.suffix == ".npz":
        np.savez(buffer, other=np.zeros(2))
    elif path.suffix == ".json":
        buffer.write(b'["something", {"else": 1}]')
    elif path.suffix == ".parquet":
        import pandas as pd

        pd.DataFrame({"other": [1]}).to_parquet(buffer)
    else:
        buffer.write(b"nothing that anybody expects here\n" * 20)
    return buffer.getvalue()


@contextmanager
def at_home(model: Path, home: Path) -> Iterator[Path]:
    """A copy of the workspace that pages and commands use."""
    import streamlit as st

    from tagviz.server_settings import server_settings
    from tagviz.settings import settings
    from tagviz.ui import shared_cache

    shutil.copytree(model, home)
    before = dict(os.environ)
    os.environ |= {"TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": ""}
    for cached in (settings, server_settings):
        cached.cache_clear()
    st.cache_resource.clear()
    st.cache_data.clear()
    shared_cache.clear_all()
    try:
        yield home
    finally:
        os.environ.clear()
        os.environ |= before
        shutil.rmtree(home, ignore_errors=True)  # a warm-up may still write a cache


def faults(home: Path, place: str, way: str, calm: tuple[Any, Any]) -> Iterator[str]:
    """What is wrong in a case."""
    pages, commands = calm
    now, failures = look("intact")
    yield from (f"intact: {failure}" for failure in failures)
    if place not in PEOPLE:
        yield from (f"page {page!r} of the intact corpus differs" for page in pages if now.get(page) != pages[page])
        for command, output in printed().items():
            if output != commands[command]:
                yield f"{' '.join(command)} differs: {str(output)[:200]}"
    else:
        answers = [command for command in COMMANDS if command[0] in ("recommend", "neighbours", "profile")]
        yield from (f"{command[0]} differs" for command in answers if printed()[command] != commands[command])
    yield from (f"hurt: {failure}" for failure in look("hurt")[1])
    quiet = REMADE.match(place) or (way == "missing" and GONE.match(place))
    quiet = quiet or (way == "flipped bit" and place.endswith(".db"))  # SQLite keeps no checksums of its rows
    found = run("doctor")
    named = any(place.startswith(one["place"].removesuffix(".json")) for one in found.get("findings", ()))
    if not named and not quiet:
        yield f"doctor does not name it: {[one['place'] for one in found.get('findings', ())]}"
    run("doctor", "--repair")
    left = run("doctor").get("findings", [])
    if left:
        yield f"after the repair: {[(one['place'], one['why']) for one in left]}"
    yield from heal(home)


def heal(home: Path) -> Iterator[str]:
    """Make again what can be made; then everything of `hurt` opens."""
    from tagviz.errors import TagvizError
    from tagviz.evaluation.split import SplitSpec
    from tagviz.operations import corpora, evaluation, maps, models
    from tagviz.operations.context import Context
    from tagviz.store.workspace import Workspace
    from tests.corpora import checkerboard

    try:
        workspace = Workspace(home)
        context = Context(workspace)
        workspace.save_corpus(replace(checkerboard(12), name="hurt"))
        corpus = corpora.open_corpus(context, "hurt")
        for method in ("spectral", "neighbours"):
            info = models.train(context, corpus, method)
            model = models.open_model(context, corpus, info.id)
            if method == "spectral":
                maps.open_map(context, corpus, model)
        ident, _report = evaluation.evaluate(context, corpus, ["spectral", "popularity"], SplitSpec("arena"))
        evaluation.open_report(context, corpus.fingerprint, ident)
    except TagvizError as error:
        yield f"does not heal: {error}"


def look(corpus: str) -> tuple[dict[str, str], list[str]]:
    """What each page shows of a corpus, and the pages that failed."""
    import streamlit as st
    from streamlit.testing.v1 import AppTest

    from tagviz.operations.jobs import queue
    from tagviz.ui import shared_cache
    from tagviz.ui.evaluation import panel
    from tagviz.ui.pages import PAGES

    queue.ensure_worker = lambda context, idle=0.0: False
    st.cache_resource.clear()
    st.cache_data.clear()
    shared_cache.clear_all()
    shown, failures = {}, []
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    test.session_state[panel.DRAWN] = True
    for page in PAGES:
        for name, value in {"corpus": corpus, "title": "even list"}.items():
            test.query_params[name] = value
        if page.url_path:
            test.switch_page(page.path)
        try:
            test.run()
        except ValueError:  # the tester cannot send back a choice that the page no longer offers: as a new visitor
            test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
            test.session_state[panel.DRAWN] = True
            for name, value in {"corpus": corpus, "title": "even list"}.items():
                test.query_params[name] = value
            if page.url_path:
                test.switch_page(page.path)
            test.run()
        if test.exception:
            failures.append(f"page {page.title}: {test.exception[0].message[:200]}")
        shown[page.title] = _texts(test)
    return shown, failures


def shown(corpus: str) -> dict[str, str]:
    pages, failures = look(corpus)
    assert not failures, failures
    return pages


def _texts(test: Any) -> str:
    """The words and tables of the main part of a page, without what says how long ago something was or is damaged."""
    parts = [
        element.value for kind in ("markdown", "text", "title", "subheader") for element in getattr(test.main, kind)
    ]
    parts += [f"{metric.label} {metric.value}" for metric in test.main.metric]
    parts += [frame.value.to_csv() for frame in test.main.dataframe]
    return "\n".join(str(part) for part in parts if not re.search("amaged|doctor|What to do", str(part)))


def printed() -> dict[tuple[str, ...], Any]:
    """What each command prints."""
    return {command: run(*command) for command in COMMANDS}


def run(*command: str) -> Any:
    """The JSON that a command prints, or its error."""
    from tagviz import cli

    output, errors = TextIOWrapper(BytesIO(), encoding="utf-8"), StringIO()
    with redirect_stdout(output), redirect_stderr(errors):
        cli.main([*command, "--json"])
    output.flush()
    text = output.buffer.getvalue()  # type: ignore[attr-defined]
    return orjson.loads(text) if text else errors.getvalue()


def write_down(cases: list[Case]) -> None:
    """Write the matrix into docs/benchmarks/."""
    from benchmarks.report import write_section

    kinds = list(dict.fromkeys(case.kind for case in cases))
    shown = {(case.kind, case.way): "fault" if case.faults else "ok" for case in cases}
    counts = Counter(not case.faults for case in cases)
    rows = [f"| `{kind}` | {' | '.join(shown.get((kind, way), '') for way in SEVEN)} |" for kind in kinds]
    text = "\n".join([
        "## Damaged files",
        "",
        f"`python -m benchmarks.faults`: {len(kinds)} kinds of file, seven ways to spoil each, {counts[True]} of "
        f"{len(cases)} cases without a fault. In each case all nine pages of an intact corpus show, and six commands "
        "print, what they did before; the pages of the damaged corpus are drawn; `doctor` names the file and repairs "
        "it; importing, training and evaluating again gives everything back.",
        "",
        f"| file | {' | '.join(SEVEN)} |",
        f"| --- |{' --- |' * len(SEVEN)}",
        *rows,
    ])  # fmt: skip
    write_section("faults", text)


if __name__ == "__main__":
    main()
