"""The watch on two versions of the real Last.fm lists: assignments up to a year's end, then all of them.

`python -m benchmarks.watch --data FOLDER [--until 2009]` makes both versions in TAGVIZ_HOME and runs `monitor run`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tagviz import cli
from tagviz.operations import corpora, models
from tagviz.settings import settings
from tagviz.store.workspace import Workspace

ASSIGNMENTS, BESIDE = "user_taggedartists.dat", ("tags.dat", "artists.dat")


def earlier(data: Path, out: Path, until: int) -> None:
    """The data set as it was at the end of a year: the assignments made by then."""
    lines = (data / ASSIGNMENTS).read_text(encoding="latin-1").splitlines(keepends=True)
    kept = [line for line in lines[1:] if int(line.split("\t")[5]) <= until]
    (out / ASSIGNMENTS).write_text("".join([lines[0], *kept]), encoding="latin-1")
    for name in BESIDE:
        (out / name).symlink_to((data / name).resolve())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--until", type=int, default=2009)
    parser.add_argument("--model", default="", help="method to train on the newest version and make the default")
    given, rest = parser.parse_known_args()
    ws = Workspace(settings().home)
    with tempfile.TemporaryDirectory() as folder:
        earlier(given.data, Path(folder), given.until)
        corpora.import_corpus(ws, Path(folder), "lastfm")
    corpora.import_corpus(ws, given.data, "lastfm")
    if given.model:
        models.make_default(ws, models.train(ws, corpora.open_corpus(ws, "lastfm"), given.model))
    return cli.main(["monitor", "run", "lastfm", *rest])


if __name__ == "__main__":
    sys.exit(main())
