"""The commands split and score: the Arena's files."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from tagviz.cli import output
from tagviz.cli.inputs import split_spec
from tagviz.operations import corpora, evaluation
from tagviz.operations.context import Context
from tagviz.types import ProgressCallback


def split_corpus(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    corpus = corpora.open_corpus(context, arguments.corpus)
    parts = evaluation.split(
        corpus,
        arguments.out,
        split_spec(arguments),
    )
    return {
        "out": str(arguments.out),
        "files": sorted(path.name for path in arguments.out.iterdir()),
        "train": len(parts.train),
        "questions": len(parts.questions),
        "cases": {str(case): int(count) for case, count in parts.questions.frame["case"].value_counts().items()},
        "leak": parts.leak,
        "notes": list(parts.notes),
    }


def score_results(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    result = evaluation.score(arguments.answers, arguments.results)
    for warning in result.warnings:
        output.line(f"warning: {warning}")
    return {
        "score": result.score,
        "song_ndcg": result.song,
        "tag_ndcg": result.tag,
        "questions": result.questions,
        "song_questions": result.song_questions,
        "tag_questions": result.tag_questions,
        "warnings": list(result.warnings),
    }
