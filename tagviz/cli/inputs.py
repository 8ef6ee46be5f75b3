"""Arguments that several commands share."""

from __future__ import annotations

from argparse import Namespace

from tagviz.errors import InvalidParameterError
from tagviz.evaluation.split import SplitSpec
from tagviz.operations import corpora, models
from tagviz.operations.context import Context
from tagviz.types import Corpus, Kind, ProgressCallback


def open_model(context: Context, arguments: Namespace, progress: ProgressCallback) -> tuple[Corpus, models.Model]:
    corpus = corpora.open_corpus(context, arguments.corpus)
    return corpus, models.open_model(context, corpus, arguments.model, progress)


def parse_kind(text: str) -> Kind:
    if text not in Kind.__members__.values():
        raise InvalidParameterError(f"There is no kind {text!r}", f"kinds: {', '.join(Kind)}", "choose one of these")
    return Kind(text)


def split_spec(arguments: Namespace) -> SplitSpec:
    """The settings of a split that were typed."""
    return SplitSpec(
        arguments.protocol, arguments.mask, arguments.by_group, arguments.seed, arguments.share, arguments.limit
    )
