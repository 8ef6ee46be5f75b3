"""One name for each model, the same on every page: what the side bar shows, a report's table and a chart say too."""

from __future__ import annotations

from tagviz.operations.registry import METHODS, method
from tagviz.ui import cache, formatting, stored_reports
from tagviz.ui.i18n import _, translated


def model_label(ref: str, fingerprint: str) -> str:
    """Return what a person reads for a model: its own title, or its method's, with the date of an older model.

    Args:
        ref: A method's or a model's id, with `:variant` for a variant.
        fingerprint: The version of the corpus.
    """
    name, _colon, variant = ref.partition(":")
    entry = METHODS.get(name)
    shown = translated(entry.title) if entry else ""
    known = cache.models(fingerprint)
    ident = cache.resolved(fingerprint, name) if entry and known else name
    for info in known:
        if info.id == ident:
            entry = method(info.method)
            newest = entry.name not in METHODS or cache.resolved(fingerprint, entry.name) == ident
            date = "" if newest else f" · {formatting.moment(info.created)}"
            shown = info.marks.title or translated(entry.title) + date
    usual = not variant or (entry is not None and variant in entry.variants[:1])
    return shown or name if usual else f"{shown or name} ({variant})"


def model_refs(fingerprint: str) -> list[str]:
    """Return what a model picker offers: the default, every method that has been trained, and each older model."""
    infos = [info for info in cache.models(fingerprint) if not info.marks.archived]
    trained = [name for name in METHODS if any(info.method == name for info in infos)]
    newest = {name: cache.resolved(fingerprint, name) for name in trained}
    older = [info.id for info in infos if info.id != newest.get(info.method)]
    return list(dict.fromkeys([cache.default(fingerprint), *trained, *older]))


def report_key(fingerprint: str, ident: str) -> stored_reports.ReportKey:
    """Return the key of a report whose models have the names that people read.

    Args:
        fingerprint: The version of the corpus.
        ident: The report's id.
    """
    stored = stored_reports.ReportKey(fingerprint, ident).opened.labels
    return stored_reports.ReportKey(fingerprint, ident, tuple(shown_labels(stored, fingerprint).items()))


def shown_labels(stored: list[str], fingerprint: str) -> dict[str, str]:
    """Return what a person reads for each label of a report; no two are equal.

    Args:
        stored: Labels as the report has them: methods, ids, either with `:variant` or `@version`, or titles.
        fingerprint: The version of the corpus that was evaluated.
    """
    shown: dict[str, str] = {}
    for label in stored:
        ref, _at, version = label.partition("@")
        name = ref.partition(":")[0]
        known = name in METHODS or any(info.id == name for info in cache.models(fingerprint))
        title = model_label(ref, fingerprint) if known else ref
        if version:
            title = _("{model} without the newest playlists").format(model=title)
        variant = ref.partition(":")[2]
        if title in shown.values() and variant:
            title = f"{title} ({variant})"
        shown[label] = title if title not in shown.values() else label
    return shown
