"""One function per command: calls one operation, prints what came of it."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from tagviz.cli import judging, people, show, tables, watching, work
from tagviz.errors import BadParameter
from tagviz.operations import answers, corpora, engines, feedback, maps, models, verdicts
from tagviz.operations.methods import FINE_TUNED, METHODS, method
from tagviz.ranking import Rules
from tagviz.store.workspace import ModelInfo, Workspace
from tagviz.types import Corpus, Kind, ProgressCallback, Query, Ranking


def run(arguments: Namespace) -> int:
    """Runs the command that was typed and returns the exit code."""
    teller = show.Teller()

    ws = Workspace.default()
    try:
        queued = getattr(arguments, "background", False)
        document = work.queued(ws, arguments) if queued else COMMANDS[arguments.command](ws, arguments, teller)
    finally:
        teller.done()
    if arguments.json:
        show.json_document(document)
    elif arguments.command == "monitor":
        watching.show(document)
    else:
        tables.show_document("jobs" if queued else arguments.command, document)
    return int(document.get("exit_code", 0))


# --- corpora ---------------------------------------------------------------------------------------------------------


def _import(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    started = time.perf_counter()
    info = corpora.import_corpus(ws, given.path, given.name, given.format, given.values, tell)
    seconds, brought = round(time.perf_counter() - started, 3), corpora.changes(ws, info.name)
    told = {"changes": brought.described() if brought else []}
    return {**_corpus(info), "seconds": seconds, "notes": list(info.notes), **told}


def _list_corpora(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    return {"corpora": [_corpus(info) for info in corpora.corpora(ws)]}


def _corpus(info: corpora.CorpusInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "fingerprint": info.fingerprint,
        "playlists": info.playlists,
        **{f"{kind}s": size for kind, size in info.sizes.items()},
        "format": info.meta.get("format", ""),
        "imported": info.imported,
        "versions": list(info.versions),
        "bytes": info.size,
        "shipped": info.shipped,
        "synthetic": info.synthetic,
    }


def _profile(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    profile = corpora.profile(corpora.open_corpus(ws, given.corpus))
    return {
        "corpus": given.corpus,
        "sizes": profile.sizes.to_dict("records"),
        "top": {str(kind): frame.to_dict("records") for kind, frame in profile.top.items()},
        "languages": {str(script): int(count) for script, count in profile.languages.items()},
        "years": {str(year): int(count) for year, count in profile.years.items()},
        "notes": list(profile.notes),
    }


# --- models ----------------------------------------------------------------------------------------------------------


def _methods(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    chosen = [method(given.method)] if given.method else list(METHODS.values())
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


def _list_models(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    fingerprint = ws.corpus_entry(given.corpus).key
    return {"corpus": given.corpus, "models": [_model(info) for info in models.models(ws, fingerprint)]}


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


def _train(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    from tagviz.operations import comparing, feedback

    corpus = corpora.open_corpus(ws, given.corpus)
    known = {info.id for info in models.models(ws, corpus.fingerprint)}
    start = comparing.origin(ws, given.corpus, given.start, tell) if given.start else None
    lessons = feedback.lessons(ws, corpus) if given.verdicts else None
    with engines.opened(given.engine, given.master) as engine:
        settings = (given.method, given.values, given.seed, given.force, tell)
        info = models.train(ws, corpus, *settings, start=start, lessons=lessons, engine=engine)
    new = given.force or info.id not in known
    if new and given.engine == "local":  # what a cluster needed says nothing about this machine
        begun = {"start": given.start} if given.start else {}
        _record(ws, corpus, info, {"method": given.method, "values": given.values, "verdicts": given.verdicts, **begun})
    return {**_model(info), "new": new}


def _record(ws: Workspace, corpus: Corpus, info: ModelInfo, arguments: dict[str, Any]) -> None:
    from tagviz.operations import jobs

    jobs.record_training(ws, corpus, info, arguments)


def _fine_tune(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    corpus = corpora.open_corpus(ws, given.corpus)
    known = {info.id for info in models.models(ws, corpus.fingerprint)}
    info = models.train(ws, corpus, FINE_TUNED, given.values, given.seed, given.force, tell)
    if given.force or info.id not in known:
        _record(ws, corpus, info, {"values": given.values})
    folder = {"folder": str(models.save_taught(ws, info, given.out))} if given.out else {}
    return {**_model(info), **folder}


def _tune(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    from tagviz.operations import tuning

    corpus = corpora.open_corpus(ws, given.corpus)
    objective = tuning.Objective(given.metric, given.protocol, given.case, given.seed)
    study = tuning.tune(ws, corpus, given.method, given.trials, objective, given.values, given.give_up, progress=tell)
    return {"corpus": corpus.name, **tuning.described(study)}


def _compare(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    from tagviz.operations import comparing

    found = comparing.compare(ws, corpora.open_corpus(ws, given.corpus), given.first, given.second)
    return {
        "first": given.first,
        "second": given.second,
        "settings": found.settings.to_dict("records"),
        "vocabulary": found.vocabulary.to_dict("records"),
        "overlap": judging.number(found.overlap),
        "least_alike": found.agreement.head(20).to_dict("records"),
        "verdicts": found.verdicts.to_dict("records"),
    }


def _load(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    from tagviz.operations import loading

    corpus = corpora.open_corpus(ws, given.corpus)
    seen = loading.preview(corpus, given.path, given.format, tell)
    kept = {} if given.preview else _model(loading.accept(ws, corpus, seen, given.title, tell))
    return {"corpus": corpus.name, **seen.described(), **kept}


def _project(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    corpus, model = _opened(ws, given, tell)
    started = time.perf_counter()
    kind = _kind(given.kind)
    ident = maps.project(ws, corpus, model, kind, given.values, progress=tell)
    projection = ws.open_projection(model.info.id, ident)
    return {
        "projection": ident,
        "points": len(projection.vocab),
        "kind": str(kind),
        "model": model.info.id,
        "seconds": round(time.perf_counter() - started, 3),
        "measures": dict(projection.measures),
        "clusters": [len(names) for names in projection.names],
    }


# --- answers ---------------------------------------------------------------------------------------------------------


def _opened(ws: Workspace, given: Namespace, tell: ProgressCallback) -> tuple[Corpus, models.Model]:
    corpus = corpora.open_corpus(ws, given.corpus)
    return corpus, models.open_model(ws, corpus, given.model, tell)


def _kind(text: str) -> Kind:
    if text not in Kind.__members__.values():
        raise BadParameter(f"There is no kind {text!r}", f"kinds: {', '.join(Kind)}", "choose one of these")
    return Kind(text)


def _recommend(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    kind = _kind(given.kind)
    corpus, model = _opened(ws, given, tell)
    query = Query(given.title, tuple(given.tag), tuple(given.song), tuple(given.avoid), given.n, given.date)
    model = feedback.heeding(ws, corpus, model) if given.heed else model
    variants = answers.folding(ws, corpus).groups if given.fold else {}
    rules = Rules(variety=given.variety, popularity=given.popularity, released=given.released, variants=variants)
    return _ranking(answers.recommend(corpus, model, query, kind, rules, progress=tell))


def _neighbours(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    kind = _kind(given.kind) if given.kind else None
    corpus, model = _opened(ws, given, tell)
    return _ranking(answers.neighbours(corpus, model, given.key, given.minus, kind, given.n))


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
        "unknown": [reading.typed for reading in ranking.readings if not reading.key],
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


# --- verdicts --------------------------------------------------------------------------------------------------------


def _split(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    corpus = corpora.open_corpus(ws, given.corpus)
    parts = verdicts.split(
        corpus, given.out, given.protocol, given.mask, given.group_split, given.seed, given.share, given.limit
    )
    return {
        "out": str(given.out),
        "files": sorted(path.name for path in given.out.iterdir()),
        "train": len(parts.train),
        "questions": len(parts.questions),
        "cases": {str(case): int(count) for case, count in parts.questions.frame["case"].value_counts().items()},
        "leak": parts.leak,
        "notes": list(parts.notes),
    }


def _predict(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    corpus, model = _opened(ws, given, tell)
    with engines.opened(given.engine, given.master) as engine:
        done = engines.predict(ws, corpus, model, given.questions, given.out, engine, tell)
    for warning in done.warnings:
        show.line(f"warning: {warning}")
    return {
        "out": str(given.out),
        "questions": done.questions,
        "model": model.ref,
        "seconds": round(done.seconds, 3),
        "questions_per_second": round(done.questions / max(done.seconds, 1e-9), 1),
        "fallback": done.fallback,
        "warnings": list(done.warnings),
    }


def _score(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    result = verdicts.score(given.answers, given.results)
    for warning in result.warnings:
        show.line(f"warning: {warning}")
    return {
        "score": result.score,
        "song_ndcg": result.song,
        "tag_ndcg": result.tag,
        "questions": result.questions,
        "song_questions": result.song_questions,
        "tag_questions": result.tag_questions,
        "warnings": list(result.warnings),
    }


COMMANDS: dict[str, Callable[[Workspace, Namespace, ProgressCallback], dict[str, Any]]] = {
    "import": _import,
    "corpora": _list_corpora,
    "profile": _profile,
    "methods": _methods,
    "models": _list_models,
    "train": _train,
    "fine-tune": _fine_tune,
    "tune": _tune,
    "load": _load,
    "compare": _compare,
    "project": _project,
    "recommend": _recommend,
    "neighbours": _neighbours,
    "evaluate": judging.evaluate,
    "split": _split,
    "predict": _predict,
    "score": _score,
    "jobs": work.run_jobs,
    "demo": work.build_demo,
    "generate": work.generate,
    "curate": people.curate,
    "feedback": people.feedback,
    "monitor": watching.monitor,
}
