"""The commands around people: experts' decisions on tags, and reviewers' verdicts."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tagviz.cli import show
from tagviz.curate.layer import Decision, decide
from tagviz.errors import BadParameter
from tagviz.operations import corpora, curation, models, proposing
from tagviz.operations import feedback as judging
from tagviz.store.arrays import reading, storing
from tagviz.store.decisions import Event
from tagviz.store.workspace import Workspace
from tagviz.types import ProgressCallback


def curate(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    return _CURATE[given.action](ws, given)


def feedback(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    if given.action == "forget":
        return {"reviewer": given.by, "deleted": judging.forget(ws, given.by)}
    if given.action == "export":
        if given.out is None:
            raise BadParameter("No file is named", "feedback export needs --out", "end its name in .csv or .parquet")
        return {"out": str(given.out), "verdicts": judging.export(ws, given.out, given.corpus, given.by)}
    told = judging.summary(ws, given.corpus)
    weeks = told.by_week.assign(week=told.by_week["week"].astype("str"))
    return {
        "corpus": given.corpus,
        "verdicts": told.verdicts,
        "models": told.by_model.to_dict("records"),
        "weeks": weeks.to_dict("records"),
        "agreement": told.agreement.to_dict("records"),
        "reviewers": told.reviewers.to_dict("records"),
        "blind": [asdict(one) for one in told.blind],
    }


def _list(ws: Workspace, given: Namespace) -> dict[str, Any]:
    found = curation.layer(ws, given.corpus)
    problems = {problem.decision.id: problem.why for problem in found.effect.problems}
    return {
        "corpus": given.corpus,
        "fingerprint": corpora.info(ws, given.corpus).fingerprint,
        "decisions": [{**_told(one), "problem": problems.get(one.id, "")} for one in found],
    }


def _history(ws: Workspace, given: Namespace) -> dict[str, Any]:
    return {"corpus": given.corpus, "decisions": [_event(event) for event in curation.history(ws, given.corpus)]}


def _propose(ws: Workspace, given: Namespace) -> dict[str, Any]:
    corpus = corpora.open_corpus(ws, given.corpus)
    rows = []
    for sort in [given.sort] if given.sort else proposing.SORTS:
        model = models.open_model(ws, corpus, given.model) if given.model and sort == "synonyms" else None
        for one in proposing.propose(ws, corpus, sort, model)[: given.n]:
            rows.append({"sort": sort, **_told(one.decision), "strength": one.strength, "evidence": one.evidence})
    return {"corpus": given.corpus, "decisions": rows}


def _add(ws: Workspace, given: Namespace) -> dict[str, Any]:
    act, tags = _said(given)
    taken = curation.add(ws, given.corpus, act, tags, given.to, given.by, given.because)
    return {"corpus": given.corpus, "fingerprint": corpora.info(ws, given.corpus).fingerprint, **_told(taken)}


def _undo(ws: Workspace, given: Namespace) -> dict[str, Any]:
    if not given.terms:
        raise BadParameter("No decision is named", "curate undo needs the id of a decision", "list the decisions first")
    undone = [_told(curation.undo(ws, given.corpus, ident, given.by, given.because)) for ident in given.terms]
    return {"corpus": given.corpus, "decisions": undone}


def _export(ws: Workspace, given: Namespace) -> dict[str, Any]:
    text = (curation.export_skos if given.skos else curation.export_yaml)(ws, given.corpus)
    if given.out is None:
        return {"corpus": given.corpus, "text": text}
    with storing(given.out):
        given.out.write_text(text, encoding="utf-8")
    return {"corpus": given.corpus, "out": str(given.out), "decisions": len(curation.layer(ws, given.corpus))}


def _import(ws: Workspace, given: Namespace) -> dict[str, Any]:
    if len(given.terms) != 1:
        raise BadParameter("No file is named", "curate import needs one file", "name a YAML or SKOS file")
    done = curation.import_layer(
        ws,
        given.corpus,
        _bytes(Path(given.terms[0])),
        given.by,
        _bytes(given.base) if given.base else None,
        not given.look,
        Path(given.terms[0]).name,
    )
    for line in done.warnings:
        show.line(f"warning: {line}")
    for one in done.merged.conflicts:
        show.line(f"conflict: {one.why}: “{one.mine}” stands, “{one.theirs}” is not followed")
    conflicts = [{"mine": str(one.mine), "theirs": str(one.theirs), "why": one.why} for one in done.merged.conflicts]
    return {
        "corpus": given.corpus,
        "kept": not given.look,
        "decisions": [
            *({**_told(one), "change": "added"} for one in done.merged.added),
            *({**_told(one), "change": "undone"} for one in done.merged.dropped),
        ],
        "conflicts": conflicts,
        "warnings": list(done.warnings),
    }


def _preview(ws: Workspace, given: Namespace) -> dict[str, Any]:
    act, tags = _said(given)
    decision = decide(act, tags, given.to, given.by, given.because)
    seen = proposing.preview(ws, given.corpus, decision, given.model)
    for line in seen.warnings:
        show.line(f"warning: {line}")
    told: dict[str, Any] = {
        "corpus": given.corpus,
        "decision": str(seen.decision),
        "tags": list(seen.tags),
        "playlists": dict(seen.counts),
        "playlists_after": seen.merged,
        "model": seen.before.model,
        "before": list(seen.before.labels),
        "after": list(seen.after.labels),
        "warnings": list(seen.warnings),
    }
    if given.measure:
        effect = proposing.measure(ws, given.corpus, [decision], given.model or "neighbours")
        told |= proposing.described(effect)
    return told


def _said(given: Namespace) -> tuple[str, list[str]]:
    if len(given.terms) < 2:
        raise BadParameter(
            "No decision is named", "such as: merge hip-hop hiphop --to 'hip hop'", "say what and which tags"
        )
    return given.terms[0], given.terms[1:]


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
    told = {"id": event.decision, "act": event.act, "tags": list(event.tags), "to": event.target, "by": event.author}
    return {**told, "because": event.reason, "undone": event.undone, "at": event.at}


def _bytes(path: Path) -> bytes:
    with reading(path):
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
