"""The commands recommend, neighbours and predict."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from tagviz.calibration import sentence
from tagviz.cli import output
from tagviz.cli.inputs import open_model, parse_kind
from tagviz.operations import batch_answers, compute, feedback, items, recommend
from tagviz.operations.context import Context
from tagviz.query.interpretation import describe, interpret
from tagviz.ranking import RankingOptions
from tagviz.types import PHRASE, Kind, ProgressCallback, Query, Ranking


def recommend_items(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    kind = parse_kind(arguments.kind)
    corpus, model = open_model(context, arguments, progress)
    query = Query(
        arguments.title,
        tuple(arguments.tag),
        tuple(arguments.song),
        tuple(arguments.avoid),
        arguments.n,
        arguments.date,
    )
    model = feedback.adjusted_model(context, corpus, model) if arguments.heed else model
    variants = recommend.near_duplicates(context, corpus).groups if arguments.fold else {}
    rules = RankingOptions(
        variety=arguments.variety,
        popularity=arguments.popularity,
        released=arguments.released,
        variants=variants,
        left_out={} if arguments.all_tags else recommend.left_out(context, corpus),
    )
    ranking = recommend.recommend(corpus, model, query, kind, rules)
    read_as = describe(interpret(query.title, corpus)) if query.title.strip() else ""
    return {**_ranking(ranking), "read_as": read_as}


def list_neighbours(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    kind = parse_kind(arguments.kind) if arguments.kind else None
    corpus, model = open_model(context, arguments, progress)
    return _ranking(items.neighbours(corpus, model, arguments.key, arguments.minus, kind, arguments.n))


def _unknown(ranking: Ranking) -> list[str]:
    """Terms that match nothing; the words of a title are not among them where its meaning is read as a phrase."""
    phrased = any(reading.how == PHRASE for reading in ranking.readings)
    unknown = [reading for reading in ranking.readings if not reading.key and reading.how != PHRASE]
    return [reading.typed for reading in unknown if not (phrased and reading.kind is Kind.WORD)]


def _ranking(ranking: Ranking) -> dict[str, Any]:
    reasons = ranking.reasons or ((),) * len(ranking.keys)
    return {
        "kind": str(ranking.kind),
        "model": ranking.model,
        "method": ranking.method,
        "fallback": ranking.fallback,
        "items": [
            {
                "key": key,
                "label": label,
                "score": float(score),
                "reasons": [
                    {"key": one.key, "label": one.label, "weight": round(one.weight, 4), "via": one.via} for one in why
                ],
            }
            for key, label, score, why in zip(ranking.keys, ranking.labels, ranking.scores, reasons, strict=True)
        ],
        "unknown": _unknown(ranking),
        "expected": sentence(ranking.expected, f"{ranking.kind}s") if ranking.expected else "",
        "readings": [
            {
                "typed": reading.typed,
                "key": reading.key,
                "how": reading.how,
                "suggestions": list(reading.suggestions),
            }
            for reading in ranking.readings
        ],
    }


def predict(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    corpus, model = open_model(context, arguments, progress)
    if arguments.csv:
        answers = batch_answers.answer_file(context, corpus, model, (arguments.questions, arguments.out), progress)
        problems = int((answers["problem"] != "").sum())
        return {"out": str(arguments.out), "questions": len(answers), "model": model.ref, "problems": problems}
    with compute.opened(arguments.engine, arguments.master) as engine:
        done = compute.predict(context, corpus, model, (arguments.questions, arguments.out), engine, progress)
    for warning in done.warnings:
        output.line(f"warning: {warning}")
    return {
        "out": str(arguments.out),
        "questions": done.questions,
        "model": model.ref,
        "seconds": round(done.seconds, 3),
        "questions_per_second": round(done.questions / max(done.seconds, 1e-9), 1),
        "fallback": done.fallback,
        "warnings": list(done.warnings),
    }
