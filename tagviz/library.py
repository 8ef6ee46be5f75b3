"""The public functions of the library, over a workspace: open, train, recommend and evaluate.

`import tagviz` offers everything in this module without loading it; it is loaded at the first use. The functions
return the same frozen types as the operations behind them, and every error that they raise on purpose is a
`tagviz.TagvizError`.

All functions take `workspace=None`, which means the workspace of `TAGVIZ_HOME` (default `.tagviz` in the current
folder) with the shipped demo corpus under it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from tagviz.errors import InvalidParameterError
from tagviz.evaluation.report import EvalReport
from tagviz.evaluation.split import Protocol, SplitSpec
from tagviz.operations.context import Context
from tagviz.operations.corpora import CorpusInfo
from tagviz.operations.models import Model
from tagviz.ranking import RankingOptions
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Query, Ranking


def list_corpora(workspace: Workspace | None = None) -> list[CorpusInfo]:
    """List the corpora of a workspace by name.

    Args:
        workspace: where to look.

    Returns:
        One entry per corpus: its name, sizes by kind, versions and import date.
    """
    from tagviz.operations import corpora

    return corpora.list_corpora(_context(workspace))


def open_corpus(name: str = "demo", workspace: Workspace | None = None) -> Corpus:
    """Open the newest version of a corpus, with the experts' decisions on its tags applied.

    Args:
        name: name of the corpus; `demo` is shipped.
        workspace: where to look.

    Returns:
        The corpus: playlists, tags and songs as read-only sparse matrices and vocabularies.

    Raises:
        NotFoundError: there is no corpus of this name.
    """
    from tagviz.operations import corpora

    return corpora.open_corpus(_context(workspace), name)


def import_corpus(
    path: Path | str,
    name: str | None = None,
    source: str = "auto",
    options: Mapping[str, str] | None = None,
    workspace: Workspace | None = None,
) -> Corpus:
    """Read playlists from a file or folder and store them as the newest version of a corpus.

    Args:
        path: file or folder to read.
        name: name of the corpus (default: the name of the file or folder).
        source: `auto`, or the name of an import format (see docs/formats.md).
        options: options of the reader, such as `{"view": "artists"}`.
        workspace: where to store it.

    Returns:
        The corpus as it is opened from the workspace.

    Raises:
        SourceError: the file cannot be read as what it is.
        StoreError: the name is not allowed or the workspace cannot be written.
    """
    from tagviz.operations import corpora

    ws = _context(workspace)
    imported = corpora.import_corpus(ws, Path(path), name, source, options)
    return corpora.open_corpus(ws, imported.name)


def train(
    corpus: Corpus,
    method: str = "spectral",
    params: Mapping[str, Any] | None = None,
    seed: int | None = None,
    workspace: Workspace | None = None,
) -> Model:
    """Train a method on a corpus and store the model; the same settings again open the stored one.

    Args:
        corpus: a corpus of the workspace.
        method: id of a method, such as `neighbours`, `spectral` or `best` (see docs/methods.md).
        params: parameters of the method by name; `preset` names a set of them.
        seed: seed of everything random (default: `TAGVIZ_SEED`, or 42).
        workspace: where to store it.

    Returns:
        The opened model.

    Raises:
        NotFoundError: there is no method of this name.
        InvalidParameterError: a parameter does not exist or is out of range.
        NotReadyError: the corpus lacks what the method needs.
    """
    from tagviz.operations import models

    context = _context(workspace)
    info = models.train(context, corpus, method, params, models.TrainOptions(seed=seed))
    return models.open_model(context, corpus, info.id)


def open_model(corpus: Corpus, model: str = "", workspace: Workspace | None = None) -> Model:
    """Open a stored model.

    Args:
        corpus: the corpus that it answers for.
        model: an id, a method (its newest model, trained with defaults if there is none), or either with a variant
            behind a colon, such as `word2vec:voting`; empty for the default model.
        workspace: where to look.

    Returns:
        The opened model. Pass it to `recommend` and `neighbours` to ask it more than once.

    Raises:
        NotFoundError: there is neither a model nor a method of this name.
    """
    from tagviz.operations import models

    return models.open_model(_context(workspace), corpus, model)


def recommend(
    corpus: Corpus,
    query: Query | str,
    kind: Kind | str = Kind.TAG,
    model: Model | str = "",
    options: RankingOptions | None = None,
    workspace: Workspace | None = None,
) -> Ranking:
    """Recommend the tags or songs to add to a playlist.

    Args:
        corpus: the corpus to recommend from.
        query: what the playlist has so far; a text is its title.
        kind: `tag` or `song`.
        model: an opened model, or what `open_model` takes.
        options: variety, popularity and the like between scores and ranking.
        workspace: where models are looked up.

    Returns:
        Keys, labels and scores in descending order, with how each term was read and why each item is there.

    Raises:
        InvalidParameterError: the method does not recommend this kind.
    """
    from tagviz.operations import recommend as operations

    asked = Query(title=query) if isinstance(query, str) else query
    opened = open_model(corpus, model, workspace) if isinstance(model, str) else model
    return operations.recommend(corpus, opened, asked, _kind(kind), options or RankingOptions())


def neighbours(
    corpus: Corpus,
    keys: Sequence[str] | str,
    minus: Sequence[str] = (),
    model: Model | str = "",
    n: int = 20,
    workspace: Workspace | None = None,
) -> Ranking:
    """Find the items nearest to one or more items: cosine to the sum of `keys` minus the sum of `minus`.

    Args:
        corpus: the corpus that the items belong to.
        keys: keys such as `tag:jazz`; the first one decides the kind of the neighbours.
        minus: keys to move away from ("rock + female − male").
        model: an opened model, or what `open_model` takes. Without vectors, it ranks by its scores.
        n: how many neighbours.
        workspace: where models are looked up.

    Returns:
        Keys, labels and cosines in descending order.

    Raises:
        NotFoundError: the corpus or the model does not know a key.
    """
    from tagviz.operations import items as operations

    opened = open_model(corpus, model, workspace) if isinstance(model, str) else model
    return operations.neighbours(corpus, opened, [keys] if isinstance(keys, str) else keys, minus, n=n)


def evaluate(
    corpus: Corpus,
    models: Sequence[str],
    protocol: Protocol = "tags",
    limit: int | None = None,
    seed: int = 42,
    workspace: Workspace | None = None,
) -> EvalReport:
    """Evaluate models on held-out playlists; each is trained again on the training side of the split.

    Args:
        corpus: a corpus of the workspace.
        models: ids or methods, each with an optional variant.
        protocol: `tags` (hide some tags of each playlist) or `arena` (hide songs and tags as the Kakao Arena does).
        limit: at most so many playlists are asked about.
        seed: seed of the split.
        workspace: where models and the report are stored.

    Returns:
        The report; `summary` computes its metrics.

    Raises:
        InvalidParameterError: no model, or a split that leaves no question.
    """
    from tagviz.operations import evaluation

    _, report = evaluation.evaluate(_context(workspace), corpus, models, SplitSpec(protocol, seed=seed, limit=limit))
    return report


def summary(report: EvalReport, kind: Kind | str = Kind.TAG, k: int = 10) -> pd.DataFrame:
    """Compute the metrics of a report at a cut-off.

    Args:
        report: what `evaluate` returned.
        kind: `tag` or `song`.
        k: how many recommendations count.

    Returns:
        One row per model; per metric its mean over the questions and a 95 % interval (`_low`, `_high`).
    """
    from tagviz.evaluation import metrics

    return metrics.summary(report, _kind(kind), k)


def _context(workspace: Workspace | None) -> Context:
    return Context.default() if workspace is None else Context(workspace)


def _kind(kind: Kind | str) -> Kind:
    try:
        return Kind(kind)
    except ValueError:
        raise InvalidParameterError(
            f"There is no kind {str(kind)!r}", f"kinds: {', '.join(Kind)}", "choose one of these"
        ) from None
