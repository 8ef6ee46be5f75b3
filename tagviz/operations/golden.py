"""Golden queries asked of models, in the way a person asks on the Recommend page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tagviz.access.roles import Permission
from tagviz.errors import InvalidParameterError, SourceError, StoreError, TagvizError
from tagviz.evaluation import golden
from tagviz.evaluation.golden import GoldenAnswer, GoldenQuery, GoldenReport
from tagviz.operations import access, corpora, models, recommend
from tagviz.operations.context import Context
from tagviz.ranking import RankingOptions
from tagviz.settings import ASSETS
from tagviz.store.files import damaged, read_json, store_errors, write_json
from tagviz.store.records import checked_name
from tagviz.types import Corpus, Kind, Progress, ProgressCallback, Query, no_progress

DEMO_FILE = ASSETS / "demo_golden.json"
"""Sixty phrases in three languages for the demo corpus."""
DEMO = "demo"
KEPT_REMEDY = "restore it from a backup, or set it aside with `tagviz doctor --repair`"


def evaluate(
    context: Context,
    corpus: Corpus,
    refs: Sequence[str],
    file: Path | None = None,
    progress: ProgressCallback = no_progress,
) -> list[GoldenReport]:
    """Asks models golden queries.

    Args:
        context: The workspace, and who acts.
        corpus: What is asked of; models are used as they are, trained on all of it.
        refs: Ids, methods or method:variant, as `models.open_model` takes them; a method that was never trained is.
        file: The queries; None: those kept with `add`, else those that ship with the demo corpus.
        progress: Called between questions.

    Returns:
        One report a model, in the order of `refs`.

    Raises:
        SourceError: For a file that is none, or none given where none ships.
        InvalidParameterError: Without a model.
    """
    if not refs:
        raise InvalidParameterError("No model to evaluate", "at least one is needed", "name a model or a method")
    queries = golden.read(file) if file is not None else queries_of(context, corpus.name)
    if not queries:
        raise SourceError(
            f"There are no golden queries for the corpus {corpus.name!r}",
            "no file was given, and none was added on the page Recommend",
            "give one with --file",
        )
    return [ask(context, corpus, ref, queries, progress) for ref in dict.fromkeys(refs)]


def ask(
    context: Context,
    corpus: Corpus,
    ref: str,
    queries: Sequence[GoldenQuery],
    progress: ProgressCallback = no_progress,
) -> GoldenReport:
    """Asks one model golden queries.

    Args:
        context: The workspace, and who acts.
        corpus: What is asked of.
        ref: The model, as `models.open_model` takes it.
        queries: The queries, at least one.
        progress: Called between questions.
    """
    model = models.open_model(context, corpus, ref, progress)
    rules = RankingOptions(
        variants=recommend.near_duplicates(context, corpus).groups, left_out=recommend.left_out(context, corpus)
    )
    answers = []
    for place, query in enumerate(queries):
        progress(Progress(f"Asking {ref}", place / len(queries)))
        answers.append(answer(corpus, model, query, rules))
    return golden.judge(ref, queries, answers)


def queries_of(context: Context, name: str) -> list[GoldenQuery]:
    """Return the golden queries of a corpus: those that are kept for it, else those that ship with the demo.

    Args:
        context: The workspace.
        name: The corpus.

    Raises:
        SourceError: If their file is damaged.
    """
    kept = list_queries(context, name)
    return kept if kept or name != DEMO else golden.read(DEMO_FILE)


def answer(
    corpus: Corpus, model: models.Model, query: GoldenQuery, rules: RankingOptions = RankingOptions()
) -> GoldenAnswer:
    """What a model answers one golden query with.

    Args:
        corpus: What is asked of.
        model: An opened model.
        query: The question.
        rules: As on the Recommend page.
    """
    asked = Query(query.title, query.asked_tags, query.asked_songs, query.avoid, golden.DEPTH)
    kinds = [kind for kind in query.kinds if kind in model.recommender.kinds]
    rankings = {kind: recommend.recommend(corpus, model, asked, kind, rules, reasons=False) for kind in kinds}
    tags, songs = rankings.get(Kind.TAG), rankings.get(Kind.SONG)
    return GoldenAnswer(
        tags=tags.labels if tags else (),
        songs=songs.labels if songs else (),
        artists=_artists(corpus, songs.keys) if songs else (),
        fallback=any(ranking.fallback for ranking in rankings.values()),
    )


def _artists(corpus: Corpus, keys: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The artists of songs, as labels."""
    if Kind.ARTIST not in corpus.song_links:
        return ((),) * len(keys)
    rows = corpus.vocab(Kind.SONG).find([key.partition(":")[2] for key in keys])
    links, vocab = corpus.song_links[Kind.ARTIST], corpus.vocab(Kind.ARTIST)
    return tuple(tuple(vocab.label_list(links[[row]].indices)) for row in rows)


def kept_file(context: Context, name: str) -> Path:
    """Return the file in which the golden queries of a corpus are kept; it need not exist.

    Args:
        context: The workspace.
        name: The corpus.
    """
    return context.workspace.home / "golden" / f"{checked_name(name)}.json"


def list_queries(context: Context, name: str) -> list[GoldenQuery]:
    """Return the golden queries that are kept for a corpus, in the order in which they were added.

    Args:
        context: The workspace.
        name: The corpus.

    Raises:
        StoreError: If their file is damaged.
    """
    path = kept_file(context, name)
    if not path.exists():
        return []
    try:
        kept = read_json(path)
        return golden.queries_of(kept["queries"] if isinstance(kept, dict) else kept, path)
    except (StoreError, SourceError, KeyError, TypeError) as error:
        why = error.detail if isinstance(error, TagvizError) else "it holds no list of questions"
        raise damaged(path, why, KEPT_REMEDY) from error


@access.change(Permission.GOLDEN, "add golden query")
def add(context: Context, name: str, query: Query, must: Sequence[str], unwanted: Sequence[str] = ()) -> GoldenQuery:
    """Keep a question as a golden query; one that asks the same is replaced.

    Args:
        context: The workspace.
        name: The corpus.
        query: The question. Readings are not kept: whether a title is read right is what golden queries measure.
        must: Keys of tags and songs that must come.
        unwanted: Keys of tags and songs that must not come.

    Returns:
        The golden query.

    Raises:
        InvalidParameterError: If nothing is asked, or nothing is wanted of the answer.
    """
    corpus = corpora.open_corpus(context, name)
    wanted_tags, wanted_songs = (_labels(corpus, kind, must) for kind in (Kind.TAG, Kind.SONG))
    unwanted_tags, unwanted_songs = (_labels(corpus, kind, unwanted) for kind in (Kind.TAG, Kind.SONG))
    if not (query.title.strip() or query.tags or query.songs):
        raise InvalidParameterError("Nothing is asked", "no title, tags or songs", "ask something first")
    if not (wanted_tags or wanted_songs or unwanted_tags or unwanted_songs):
        raise InvalidParameterError("Nothing is wanted of the answer", "no item is marked", "mark right items first")
    same = (query.title, query.tags, query.songs, query.avoid)

    def with_new(kept: list[GoldenQuery]) -> list[GoldenQuery]:
        others = [one for one in kept if (one.title, one.asked_tags, one.asked_songs, one.avoid) != same]
        number = max([int(one.id) for one in kept if one.id.isdecimal()], default=0) + 1
        added = GoldenQuery(
            str(number),
            *same,
            must_tags=wanted_tags,
            must_songs=wanted_songs,
            not_tags=unwanted_tags,
            not_songs=unwanted_songs,
        )
        return [*others, added]

    return _rewrite(context, name, with_new)[-1]


@access.change(Permission.GOLDEN, "remove golden query")
@access.change(Permission.GOLDEN, "remove golden query")
def remove(context: Context, name: str, ident: str, instead: Sequence[GoldenQuery] = ()) -> None:
    """Remove a golden query; nothing happens if it is gone already.

    Args:
        context: The workspace.
        name: The corpus.
        ident: The query's id.
        instead: Queries that take its place, such as the one that it had replaced.
    """
    _rewrite(context, name, lambda kept: [*(one for one in kept if one.id != ident), *instead])


def _rewrite(
    context: Context, name: str, change: Callable[[list[GoldenQuery]], list[GoldenQuery]]
) -> list[GoldenQuery]:
    """Store what `change` makes of the golden queries of a corpus, while nobody else can change them; return it."""
    from filelock import FileLock

    path = kept_file(context, name)
    with store_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock"):
            changed = change(list_queries(context, name))
            if changed:
                write_json(path, {"queries": golden.rows_of(changed)})
            else:
                path.unlink(missing_ok=True)
    return changed


def _labels(corpus: Corpus, kind: Kind, keys: Sequence[str]) -> tuple[str, ...]:
    """The labels of the keys of one kind."""
    ids = [key.partition(":")[2] for key in keys if key.startswith(f"{kind}:")]
    vocab = corpus.vocab(kind)
    return tuple(vocab.label(int(row)) for row in vocab.find(ids) if row >= 0) if ids else ()
