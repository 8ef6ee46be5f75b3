"""What can be typed. Imports nothing heavy, so that `--help` answers at once."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, BooleanOptionalAction, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, NoReturn

from tagviz.cli.arguments import ColdProtocol, Columns, Settings, positive
from tagviz.errors import InvalidParameterError

MODEL = "id, method or method:variant; a method means its newest model, trained with defaults if there is none"


class Parser(ArgumentParser):
    """argparse whose errors are TagvizErrors instead of usage and exit 2."""

    def error(self, message: str) -> NoReturn:
        raise InvalidParameterError(message, "", f"see {self.prog} --help")


def parser() -> Parser:
    """The whole command line."""
    common = Parser(add_help=False)
    common.add_argument("--json", action="store_true", help="one JSON document on standard output")
    common.add_argument("--debug", action="store_true", help="show the traceback of an unexpected error")
    top = Parser(
        prog=_program(),
        description="See and question how tags, playlists and songs relate.",
        epilog="TAGVIZ_HOME (default .tagviz) is the folder where everything that is made is kept.",
        formatter_class=RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)

    def command(name: str, text: str, into: Any = commands) -> Parser:
        subparser: Parser = into.add_parser(name, help=text, description=text, parents=[common])
        return subparser

    _corpora(command)
    _models(command)
    _answers(command)
    _verdicts(command)
    _jobs(command)
    _people(command)
    _workspace(command)
    _dashboard(command)
    return top


def _program() -> str:
    """How the command was started: as the installed `tagviz`, or as a module."""
    return "tagviz" if Path(sys.argv[0]).stem == "tagviz" else "python -m tagviz"


def _corpora(command: Any) -> None:
    one = command("import", "read playlists from a file or folder and keep them as a corpus")
    one.add_argument("path", type=Path, metavar="PATH")
    one.add_argument("--format", default="auto", help="auto or the name of a format (docs/formats.md)")
    one.add_argument("--name", help="what to call the corpus (default: the name of the file or folder)")
    one.add_argument("--preview", action="store_true", help="only show what the file is taken for; keep nothing")
    one.add_argument(
        "--column",
        action=Columns,
        dest="columns",
        metavar="ROLE=NAME",
        default={},
        help="the column that holds id, title, tags, songs, song_name, artist, album, date, likes, group, weight or"
        " score;"
        " - for none; repeatable",
    )
    one.add_argument("--encoding", default="", help="of text files, such as cp949 (default: found out)")
    one.add_argument(
        "--sessions", default="", help="how listening becomes playlists: gap, gap:MINUTES, month, listener, off"
    )
    _settings(one, "a setting of the reader, such as view=artists", dest="options")
    _background(one)
    one = command("export", "write playlists, a whole corpus or a model's vectors for other programs")
    one.add_argument("corpus", metavar="NAME")
    one.add_argument(
        "--form",
        required=True,
        help="playlists: m3u8, xspf, csv (as TuneMyMusic takes it); the corpus: parquet; its tags: tags;"
        " vectors (with --model): projector, word2vec, word2vec-binary, npz, parquet",
    )
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one.add_argument("--playlist", default="", metavar="ID", help="only this playlist, by its id or title")
    one.add_argument("--model", default="", help=f"export this model's vectors: {MODEL}")
    one.add_argument("--kind", default="tag", help="of the vectors' items (default tag)")
    command("corpora", "list the corpora")
    one = command("features", "numbers per song: what sound and other sources but playlists say of it")
    one.add_argument("action", choices=("add", "list", "remove"))
    one.add_argument("corpus", metavar="NAME")
    one.add_argument(
        "path",
        type=Path,
        nargs="?",
        metavar="FILE",
        help="add: a table; a tar or folder of mel-spectrograms; a folder of audio; - for a tar by pipe",
    )
    one.add_argument("--name", default="", help="what to call the table (default: the name of the file)")
    one.add_argument("--id", default="", metavar="COLUMN", help="the column of the songs' ids (default: found out)")
    one.add_argument("--preview", action="store_true", help="add: only show what is kept and what matches")
    one = command("profile", "look a corpus over: sizes, most frequent items, titles, what the import noted")
    one.add_argument("corpus", metavar="NAME")


def _models(command: Any) -> None:
    one = command("methods", "list the methods and their parameters")
    one.add_argument("method", nargs="?", metavar="METHOD")
    one = command("models", "list the models of a corpus")
    one.add_argument("corpus", metavar="NAME")
    one = command("train", "train a method on a corpus")
    one.add_argument("corpus", metavar="NAME")
    one.add_argument("--method", required=True)
    one.add_argument("--seed", type=int)
    one.add_argument("--force", action="store_true", help="train even where the same model is there already")
    one.add_argument(
        "--from",
        dest="start",
        default="",
        metavar="ID",
        help="go on from this model of an earlier version of the corpus",
    )
    one.add_argument("--verdicts", action="store_true", help="learn from what reviewers found right and wrong, too")
    _settings(one, "a parameter such as epochs=50, or preset=tuned")
    _engine(one, "where spectral, factors, word2vec and these within best do the large part of their work")
    _background(one)
    one = command("fine-tune", "teach a sentence model the texts of a corpus")
    one.add_argument("corpus", metavar="NAME")
    one.add_argument("--out", type=Path, metavar="DIR", help="also write it as a sentence-transformers folder")
    one.add_argument("--seed", type=int)
    one.add_argument("--force", action="store_true", help="teach even where the same model is there already")
    _settings(one, "a parameter such as model=minilm or steps=300")
    _background(one)
    one = command("compare", "two models side by side: settings, vocabulary, neighbours, verdicts")
    one.add_argument("corpus", metavar="NAME")
    one.add_argument("first", metavar="MODEL", help=MODEL)
    one.add_argument("second", metavar="MODEL", help=MODEL)
    one = command("load", "load vectors that others made: word2vec, GloVe, TensorBoard TSV, npz or Parquet")
    one.add_argument("corpus", metavar="NAME")
    one.add_argument("path", type=Path, metavar="PATH")
    one.add_argument("--format", default="auto", help="auto or the name of a format")
    one.add_argument("--title", default="", help="what to call the model")
    one.add_argument(
        "--kind", default="", help="what words without a kind name: song, tag, artist … (default: found out)"
    )
    one.add_argument("--preview", action="store_true", help="only say how well it fits; keep nothing")
    one = command("tune", "search a method's settings on validation playlists; asked again it goes on")
    one.add_argument("corpus", metavar="NAME")
    one.add_argument("--method", required=True, help="a method, or method:variant")
    one.add_argument("--trials", type=positive, default=30, help="how many more (default 30)")
    one.add_argument("--metric", default="", help="arena, tag_ndcg, song_ndcg, recall, hit or mrr (default: what fits)")
    one.add_argument("--protocol", default="", help="tags or arena (default: arena where there are songs)")
    one.add_argument("--case", default="", help="only questions of this case, such as title")
    one.add_argument("--seed", type=int, default=42)
    one.add_argument("--give-up", action="store_true", help="end a trial early whose first look is among the worst")
    _settings(one, "a setting that stays as it is, such as epochs=10", dest="fixed")
    _background(one)
    one = command("project", "lay a model's items out as a map")
    one.add_argument("corpus", metavar="NAME")
    one.add_argument("--model", required=True, help=MODEL)
    one.add_argument("--kind", default="tag")
    _settings(one, "a parameter of the layout, such as neighbours=30")
    _background(one)


def _answers(command: Any) -> None:
    one = command("recommend", "recommend tags or songs for a title, tags and songs")
    one.add_argument("corpus", metavar="NAME")
    one.add_argument("--model", default="", help=f"{MODEL} (default: the best there is)")
    one.add_argument("--title", default="")
    one.add_argument("--tag", nargs="+", action="extend", default=[], metavar="TAG")
    one.add_argument("--song", nargs="+", action="extend", default=[], metavar="ID")
    one.add_argument("--avoid", nargs="+", action="extend", default=[], metavar="KEY", help="keep away from this")
    one.add_argument("--date", default="", help="date of the playlist (2019-08-31)")
    one.add_argument("--kind", default="tag", help="tag or song")
    one.add_argument("--variety", type=float, default=0.0, help="0 … 1: how much likeness among the answers costs")
    one.add_argument("--popularity", type=float, default=0.0, help="−1 … 1: discoveries … known hits")
    one.add_argument("--released", action="store_true", help="leave out songs issued after the playlist's date")
    one.add_argument(
        "--all-tags", action="store_true", help="answer tags of one listener and those that say nothing of music, too"
    )
    one.add_argument("--fold", action="store_true", help="one answer for all spellings of a tag, all copies of a song")
    one.add_argument("--heed", action="store_true", help="heed what reviewers found right or wrong")
    one.add_argument("-n", type=positive, default=20)
    one = command("autotag", "tags for songs that have none, from what is known of them besides playlists")
    one.add_argument("corpus", metavar="NAME")
    one.add_argument("--model", default="", help="a model of the method content (default: the newest that fits)")
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--untagged", action="store_true", help="all songs that have no tag yet")
    which.add_argument("--ids", type=Path, metavar="FILE", help="these songs: one id a line, or a JSON list")
    one.add_argument("--out", type=Path, required=True, metavar="FILE", help="JSON file to write")
    one.add_argument("-n", type=positive, default=10, help="tags per song (default 10)")
    one = command("neighbours", "what is nearest to a key in a model's space")
    one.add_argument("corpus", metavar="NAME")
    one.add_argument("--model", default="", help=f"{MODEL} (default: the best there is)")
    one.add_argument("--key", nargs="+", action="extend", required=True, metavar="KEY", help="such as tag:jazz")
    one.add_argument("--minus", nargs="+", action="extend", default=[], metavar="KEY", help="away from this key")
    one.add_argument("--kind", help="kind of the neighbours (default: that of the key)")
    one.add_argument("-n", type=positive, default=20)


def _verdicts(command: Any) -> None:
    one = command("evaluate", "judge models on playlists they have not seen")
    one.add_argument("corpus", metavar="NAME")
    one.add_argument(
        "--model",
        nargs="+",
        action="extend",
        required=True,
        dest="models",
        help=f"{MODEL}; @VERSION behind it: as if only the playlists of that version of the corpus were there",
    )
    one.add_argument("-k", type=positive, default=10, help="how many recommendations count")
    _splits(one, "tags", "tags, arena, cold or golden")
    one.add_argument(
        "--file",
        type=Path,
        metavar="FILE",
        help="golden: the questions and what is wanted of the answers; otherwise those added on the page Recommend",
    )
    one.add_argument("--html", type=Path, metavar="FILE", help="write the whole report as one page that opens offline")
    one.add_argument("--csv", type=Path, metavar="FILE", help="write the table")
    one.add_argument("--latex", type=Path, metavar="FILE", help="write the table for a paper")
    _background(one)
    one = command("split", "write a training side, questions and answers in the Arena's shape")
    one.add_argument("corpus", metavar="NAME")
    one.add_argument("--out", type=Path, required=True, metavar="DIR")
    _splits(one, "arena")
    one = command("predict", "answer a file of questions: 100 songs and 10 tags each")
    one.add_argument("corpus", metavar="NAME")
    one.add_argument("--model", default="", help=f"{MODEL} (default: the best there is)")
    one.add_argument("--questions", type=Path, required=True, metavar="FILE")
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one.add_argument(
        "--csv",
        action="store_true",
        help="questions are titles, one per line, or a CSV of title, tags, songs and avoid; the answers are a CSV",
    )
    _engine(one, "where the questions are answered")
    one = command("score", "score a file of results by the Arena's rule")
    one.add_argument("--answers", type=Path, required=True, metavar="FILE")
    one.add_argument("--results", type=Path, required=True, metavar="FILE")


def _splits(one: Parser, protocol: str, protocols: str = "tags, arena or cold") -> None:
    one.add_argument("--protocol", default=protocol, help=f"{protocols} (default {protocol})")
    one.add_argument(
        "--cold",
        action=ColdProtocol,
        default="",
        choices=("songs",),
        help="short for --protocol cold: take the songs of some artists out of the lists, and ask for them",
    )
    one.add_argument("--mask", default="real", help="of the arena protocol: real or official (default real)")
    one.add_argument(
        "--group-split",
        dest="by_group",
        action=BooleanOptionalAction,
        default=True,
        help="keep each listener's or artist's playlists on one side, where the corpus knows them (default)",
    )
    one.add_argument("--seed", type=int, default=42)
    one.add_argument("--share", type=float, default=0.2, help="share of the playlists that are asked about")
    one.add_argument("--limit", type=positive, help="at most so many questions")


def _jobs(command: Any) -> None:
    one = command("jobs", "list the jobs; watch, cancel or retry one")
    one.add_argument("action", nargs="?", choices=("list", "watch", "cancel", "retry"), default="list")
    one.add_argument("id", nargs="?", type=int, metavar="ID")
    one = command("generate", "write a synthetic corpus of Melon's shape, of any size, as its JSON files")
    one.add_argument("--scale", type=float, default=0.01, help="1.0 is the published size (default 0.01)")
    one.add_argument("--seed", type=int, default=42)
    one.add_argument("--out", type=Path, required=True, metavar="DIR")
    one.add_argument("--check", action="store_true", help="compare its statistics with the published ones")
    one.add_argument(
        "--mel", type=positive, default=0, metavar="FRAMES", help="also mel-spectrograms of so many frames, as tars"
    )
    one = command("demo", "the demo corpus that ships with tagviz")
    one.add_argument("action", choices=("build",))
    one.add_argument("--out", type=Path, metavar="DIR", help="where to write it (default: assets/demo)")


def _people(command: Any) -> None:
    one = command(
        "curate", "what experts decide on the tags of a corpus: merge, split, block, together, apart, rename …"
    )
    actions = ("list", "history", "propose", "preview", "add", "undo", "export", "import")
    one.add_argument("action", choices=actions)
    one.add_argument("corpus", metavar="NAME")
    one.add_argument(
        "terms", nargs="*", metavar="TERM", help="add, preview: a decision and its tags; undo: ids; import: a file"
    )
    one.add_argument("--to", default="", metavar="TAG", help="the target of merge, rename, facet and broader")
    one.add_argument("--by", default="", metavar="NAME", help="who decides")
    one.add_argument("--because", default="", metavar="TEXT", help="the reason")
    one.add_argument(
        "--sort", default="", help="of proposals: spellings, synonyms, broader or 'not music' (default: all)"
    )
    one.add_argument("--model", default="", help=MODEL)
    one.add_argument("--measure", action="store_true", help="preview: train before and after, and compare")
    one.add_argument("--skos", action="store_true", help="export the taxonomy as SKOS (Turtle) instead of YAML")
    one.add_argument("--out", type=Path, metavar="FILE", help="export into a file")
    one.add_argument("--base", type=Path, metavar="FILE", help="import: the file that both sides come from")
    one.add_argument("--look", action="store_true", help="import: only say what would change")
    one.add_argument("-n", type=positive, default=20, help="how many proposals of each sort")

    one = command("feedback", "what reviewers' verdicts say: precision by model and week, agreement, blind comparisons")
    one.add_argument("action", choices=("summary", "export", "forget"))
    one.add_argument("corpus", metavar="NAME", nargs="?", default="", help="(export: default all corpora)")
    one.add_argument("--by", default="", metavar="NAME", help="export: only this reviewer's; forget: whose")
    one.add_argument("--out", type=Path, metavar="FILE", help="export: a file ending in .csv or .parquet")

    one = command("monitor", "check the newest version of a corpus; exits with 0 (green), 2 (amber) or 3 (red)")
    one.add_argument("action", choices=("run", "history", "limits", "test-alert"))
    one.add_argument("corpus", metavar="NAME", nargs="?", default="", help="(test-alert: not needed)")
    one.add_argument("--html", type=Path, metavar="FILE", help="run: write the report as one HTML file")
    one.add_argument(
        "--evaluate", action=BooleanOptionalAction, default=True, help="run: judge the default model, which trains it"
    )
    one.add_argument("--limit", type=positive, help="run: questions of the evaluation at most")
    _settings(one, "limits: from where on a check is amber or red")

    one = command("access", "who may do what: roles, and access tokens of people")
    one.add_argument("action", choices=("roles", "tokens", "create-token", "revoke-token"))
    one.add_argument("name", metavar="NAME", nargs="?", default="", help="a person (roles: default everybody)")
    one.add_argument("--days", type=float, metavar="N", help="create-token: days until it expires (default never)")

    one = command("audit", "who changed what, and when; the newest first")
    one.add_argument("--by", default="", metavar="NAME", help="only what this person did")
    one.add_argument("--corpus", default="", metavar="NAME", help="only what concerns this corpus")
    one.add_argument("-n", type=positive, default=50, help="how many entries (default 50)")
    one.add_argument("--out", type=Path, metavar="FILE", help="write them into a CSV file")


def _workspace(command: Any) -> None:
    one = command("doctor", "check everything that is stored; exits with 1 while something is damaged")
    one.add_argument("--repair", action="store_true", help="do what it says; nothing that people made is deleted")
    for name, text in (
        ("backup", "write everything into one file, while the dashboard and jobs run"),
        ("restore", "put a backup in the place of everything; what was there is set aside"),
        ("export-workspace", "write everything into one file for another machine or version"),
        ("import-workspace", "add what such a file holds; what is there already stays as it is"),
    ):
        command(name, text).add_argument("path", type=Path, metavar="FILE")


def _dashboard(command: Any) -> None:
    one = command("run", "start the dashboard on the shipped demo and on the corpora of the workspace")
    one.add_argument("--port", type=positive, default=8501, help="port of the server (default 8501)")
    one.add_argument("--check", action="store_true", help="stop as soon as the first page is ready")
    one.add_argument("--host", default="", metavar="ADDRESS", help="address to listen on (default 127.0.0.1)")
    one.add_argument("--processes", type=positive, default=1, help="dashboards that share the address (default 1)")
    one.add_argument(
        "--open-to-everyone", action="store_true", help="allow an address that others reach although nobody logs in"
    )
    one.add_argument("--read-only", action="store_true", help="pages change nothing")
    one.add_argument("--presentation", action="store_true", help="for demos: read-only, everything warm, large type")


def _settings(one: Parser, text: str, dest: str = "values") -> None:
    one.add_argument("--set", nargs="+", action=Settings, dest=dest, metavar="KEY=VALUE", default={}, help=text)


def _engine(one: Parser, text: str) -> None:
    one.add_argument("--engine", choices=("local", "spark"), default="local", help=f"{text} (default local)")
    one.add_argument("--master", default="local[*]", metavar="URL", help="of Spark (default local[*], this machine)")


def _background(one: Parser) -> None:
    one.add_argument("--background", action="store_true", help="queue it as a job and return at once")
