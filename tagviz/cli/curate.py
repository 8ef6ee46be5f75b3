"""The commands around people: experts' decisions on tags, and reviewers' verdicts."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from tagviz.cli import output
from tagviz.curation.decisions import Decision, resolve
from tagviz.errors import InvalidParameterError
from tagviz.operations import corpora, curation, models
from tagviz.operations.context import Context
from tagviz.operations.curation import impact, suggestions
from tagviz.store.decisions import Event
from tagviz.store.files import read_errors, store_errors
from tagviz.types import ProgressCallback


def curate(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    return _CURATE[arguments.action](context, arguments)


def _list(context: Context, arguments: Namespace) -> dict[str, Any]:
    overlay = curation.current_overlay(context, arguments.corpus)
    problems = {problem.decision.id: problem.why for problem in overlay.effect.problems}
    return {
        "corpus": arguments.corpus,
        "fingerprint": corpora.info(context, arguments.corpus).fingerprint,
        "decisions": [{**_told(one), "problem": problems.get(one.id, "")} for one in overlay],
    }


def _history(context: Context, arguments: Namespace) -> dict[str, Any]:
    return {
        "corpus": arguments.corpus,
        "decisions": [_event(event) for event in curation.history(context, arguments.corpus)],
    }


def _propose(context: Context, arguments: Namespace) -> dict[str, Any]:
    corpus = corpora.open_corpus(context, arguments.corpus)
    rows = []
    for sort in [arguments.sort] if arguments.sort else suggestions.SORTS:
        model = models.open_model(context, corpus, arguments.model) if arguments.model and sort == "synonyms" else None
        for one in suggestions.suggest(context, corpus, sort, model)[: arguments.n]:
            rows.append({"sort": sort, **_told(one.decision), "strength": one.strength, "evidence": one.evidence})
    return {"corpus": arguments.corpus, "decisions": rows}


def _add(context: Context, arguments: Namespace) -> dict[str, Any]:
    act, tags = _said(arguments)
    taken = curation.add(context, arguments.corpus, resolve(act, tags, arguments.to, arguments.by, arguments.because))
    return {
        "corpus": arguments.corpus,
        "fingerprint": corpora.info(context, arguments.corpus).fingerprint,
        **_told(taken),
    }


def _undo(context: Context, arguments: Namespace) -> dict[str, Any]:
    if not arguments.terms:
        raise InvalidParameterError(
            "No decision is named", "curate undo needs the id of a decision", "list the decisions first"
        )
    undone = [
        _told(curation.undo(context, arguments.corpus, ident, arguments.by, arguments.because))
        for ident in arguments.terms
    ]
    return {"corpus": arguments.corpus, "decisions": undone}


def _export(context: Context, arguments: Namespace) -> dict[str, Any]:
    text = (curation.export_skos if arguments.skos else curation.export_yaml)(context, arguments.corpus)
    if arguments.out is None:
        return {"corpus": arguments.corpus, "text": text}
    with store_errors(arguments.out):
        arguments.out.write_text(text, encoding="utf-8")
    return {
        "corpus": arguments.corpus,
        "out": str(arguments.out),
        "decisions": len(curation.current_overlay(context, arguments.corpus)),
    }


def _import(context: Context, arguments: Namespace) -> dict[str, Any]:
    if len(arguments.terms) != 1:
        raise InvalidParameterError("No file is named", "curate import needs one file", "name a YAML or SKOS file")
    done = curation.import_decisions(
        context,
        arguments.corpus,
        curation.DecisionFile(
            _bytes(Path(arguments.terms[0])),
            Path(arguments.terms[0]).name,
            _bytes(arguments.base) if arguments.base else None,
        ),
        arguments.by,
        apply=not arguments.look,
    )
    for line in done.warnings:
        output.line(f"warning: {line}")
    for one in done.merged.conflicts:
        output.line(f"conflict: {one.why}: “{one.mine}” stands, “{one.theirs}” is not followed")
    conflicts = [{"mine": str(one.mine), "theirs": str(one.theirs), "why": one.why} for one in done.merged.conflicts]
    return {
        "corpus": arguments.corpus,
        "kept": not arguments.look,
        "decisions": [
            *({**_told(one), "change": "added"} for one in done.merged.added),
            *({**_told(one), "change": "undone"} for one in done.merged.dropped),
        ],
        "conflicts": conflicts,
        "warnings": list(done.warnings),
    }


def _preview(context: Context, arguments: Namespace) -> dict[str, Any]:
    act, tags = _said(arguments)
    decision = resolve(act, tags, arguments.to, arguments.by, arguments.because)
    seen = suggestions.preview(context, arguments.corpus, decision, arguments.model)
    for line in seen.warnings:
        output.line(f"warning: {line}")
    document: dict[str, Any] = {
        "corpus": arguments.corpus,
        "decision": str(seen.decision),
        "tags": list(seen.tags),
        "playlists": dict(seen.counts),
        "playlists_after": seen.merged,
        "model": seen.before.model,
        "before": list(seen.before.labels),
        "after": list(seen.after.labels),
        "warnings": list(seen.warnings),
    }
    if arguments.measure:
        effect = impact.measure_impact(context, arguments.corpus, [decision], arguments.model or "neighbours")
        document |= impact.described(effect)
    return document


def _said(arguments: Namespace) -> tuple[str, list[str]]:
    if len(arguments.terms) < 2:
        raise InvalidParameterError(
            "No decision is named", "such as: merge hip-hop hiphop --to 'hip hop'", "say what and which tags"
        )
    return arguments.terms[0], arguments.terms[1:]


def _told(one: Decision) -> dict[str, Any]:
    return {
        "id": one.id,
        "act": str(one.act),
        "tags": list(one.tags),
        "to": one.target,
        "by": one.author,
        "because": one.reason,
    }


def _event(event: Event) -> dict[str, Any]:
    document = {
        "id": event.decision,
        "act": event.act,
        "tags": list(event.tags),
        "to": event.target,
        "by": event.author,
    }
    return {**document, "because": event.reason, "undone": event.undone, "at": event.at}


def _bytes(path: Path) -> bytes:
    with read_errors(path):
        return path.read_bytes()


_CURATE = {
    "list": _list,
    "history": _history,
    "propose": _propose,
    "preview": _preview,
    "add": _add,
    "undo": _undo,
    "export": _export,
    "import": _import,
}
