"""The commands methods, models, train, fine-tune, tune, compare and load."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from tagviz.cli import evaluate, output
from tagviz.cli.inputs import parse_kind
from tagviz.operations import compute, corpora, feedback, models
from tagviz.operations.context import Context
from tagviz.operations.registry import FINE_TUNED, METHODS, method
from tagviz.store.workspace import ModelInfo
from tagviz.types import Corpus, ProgressCallback


def list_methods(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    chosen = [method(arguments.method)] if arguments.method else list(METHODS.values())
    return {
        "methods": [
            {
                "name": entry.name,
                "title": entry.title,
                "sentence": entry.sentence,
                "formula": entry.formula,
                "source": entry.source,
                "cost": entry.cost,
                "variants": list(entry.variants),
                "presets": {name: dict(values) for name, values in entry.params.presets.items()},
                "parameters": [
                    {"name": name, "default": field.default, "description": field.description}
                    for name, field in entry.params.model_fields.items()
                ],
            }
            for entry in chosen
        ]
    }


def list_models(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    fingerprint = context.workspace.corpus_entry(arguments.corpus).key
    damaged = models.damaged_models(context, fingerprint)
    for error in damaged:
        output.line(f"warning: {error}")
    return {
        "corpus": arguments.corpus,
        "models": [_model(info) for info in models.list_models(context, fingerprint)],
        "damaged": [str(error) for error in damaged],
    }


def _model(info: ModelInfo) -> dict[str, Any]:
    return {
        "model": info.id,
        "method": info.method,
        "seconds": info.seconds,
        "bytes": info.size,
        "created": info.created,
        "seed": info.seed,
        "corpus": info.corpus,
        "fingerprint": info.fingerprint,
        "params": dict(info.params),
        "code": info.code,
        "start": info.start,
        "verdicts": info.verdicts,
        "shipped": info.shipped,
        **{key: getattr(info.marks, key) for key in ("title", "note", "pinned", "archived")},
    }


def train(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    from tagviz.operations.models import compare

    corpus = corpora.open_corpus(context, arguments.corpus)
    known = {info.id for info in models.list_models(context, corpus.fingerprint)}
    start = compare.warm_start_model(context, arguments.corpus, arguments.start, progress) if arguments.start else None
    lessons = feedback.collect_examples(context, corpus) if arguments.verdicts else None
    with compute.opened(arguments.engine, arguments.master) as engine:
        options = models.TrainOptions(arguments.seed, arguments.force, (), start, lessons, engine)
        info = models.train(context, corpus, arguments.method, arguments.values, options, progress)
    new = arguments.force or info.id not in known
    if new and arguments.engine == "local":  # what a cluster needed says nothing about this machine
        begun = {"start": arguments.start} if arguments.start else {}
        _record(
            context,
            corpus,
            info,
            {"method": arguments.method, "values": arguments.values, "verdicts": arguments.verdicts, **begun},
        )
    return {**_model(info), "new": new}


def _record(context: Context, corpus: Corpus, info: ModelInfo, arguments: dict[str, Any]) -> None:
    from tagviz.operations import jobs

    jobs.record_training(context, corpus, info, arguments)


def fine_tune(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    corpus = corpora.open_corpus(context, arguments.corpus)
    known = {info.id for info in models.list_models(context, corpus.fingerprint)}
    info = models.train(
        context,
        corpus,
        FINE_TUNED,
        arguments.values,
        progress=progress,
        options=models.TrainOptions(seed=arguments.seed, force=arguments.force),
    )
    if arguments.force or info.id not in known:
        _record(context, corpus, info, {"values": arguments.values})
    folder = {"folder": str(models.save_fine_tuned(context, info, arguments.out))} if arguments.out else {}
    return {**_model(info), **folder}


def tune(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    from tagviz.operations.models import tuning

    corpus = corpora.open_corpus(context, arguments.corpus)
    objective = tuning.Objective(arguments.metric, arguments.protocol, arguments.case, arguments.seed)
    search = tuning.Search(objective, arguments.trials, None, arguments.fixed, arguments.give_up)
    study = tuning.tune(context, corpus, arguments.method, search, progress)
    return {"corpus": corpus.name, **tuning.described(study)}


def compare_models(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    from tagviz.operations.models import compare

    comparison = compare.compare(
        context, corpora.open_corpus(context, arguments.corpus), arguments.first, arguments.second
    )
    return {
        "first": arguments.first,
        "second": arguments.second,
        "settings": comparison.settings.to_dict("records"),
        "vocabulary": comparison.vocabulary.to_dict("records"),
        "overlap": evaluate.number(comparison.overlap),
        "least_alike": comparison.agreement.head(20).to_dict("records"),
        "verdicts": comparison.verdicts.to_dict("records"),
    }


def load_vectors(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    from tagviz.operations.models import import_vectors

    corpus = corpora.open_corpus(context, arguments.corpus)
    seen = import_vectors.preview(
        corpus, arguments.path, arguments.format, progress, parse_kind(arguments.kind) if arguments.kind else None
    )
    kept = {} if arguments.preview else _model(import_vectors.keep(context, corpus, seen, arguments.title, progress))
    return {"corpus": corpus.name, **seen.described(), **kept}
