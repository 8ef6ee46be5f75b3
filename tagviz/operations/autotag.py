"""Tags for songs that have none, from what is known of them besides playlists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from tagviz.curation.translation import TranslatedRecommender
from tagviz.errors import InvalidParameterError, NotReadyError, SourceError
from tagviz.feature_table import FeatureTable
from tagviz.operations import features, models, output_files
from tagviz.operations.context import Context
from tagviz.operations.registry import CONTENT
from tagviz.recommenders.content import ContentRecommender
from tagviz.types import Corpus, Kind, Progress, ProgressCallback, no_progress

TAGS = 10
BLOCK = 2000
"""Songs that are tagged at once."""


@dataclass(frozen=True)
class AutotagSummary:
    """What tagging came to.

    Attributes:
        model: Id of the model.
        entries: Per song `{"id", "tags": [{"tag", "score"}, …]}`, in the order asked for.
        skipped: Untagged songs of which nothing is known.
    """

    model: str
    entries: list[dict[str, Any]]
    skipped: int = 0


def content_model(
    context: Context, corpus: Corpus, ref: str = "", progress: ProgressCallback = no_progress
) -> tuple[models.Model, ContentRecommender, FeatureTable | None]:
    """Open a content model, by default the newest that knows the corpus's feature tables of today; trained if needed.

    Raises:
        NotReadyError: `ref` names a model of another method.
    """
    if not ref or ref == CONTENT:
        digest = features.settled(context, corpus, None)["digest"]
        known = [
            info
            for info in models.list_models(context, corpus.fingerprint)
            if info.method == CONTENT and info.params.get("digest", "") == digest and not info.marks.archived
        ]
        ref = known[0].id if known else models.train(context, corpus, CONTENT, progress=progress).id
    model = models.open_model(context, corpus, ref, progress)
    fitted = model.learned
    if not isinstance(fitted, ContentRecommender):
        raise NotReadyError(
            f"{model.ref} does not tag songs", f"it is of the method {model.info.method}", f"train {CONTENT}"
        )
    return model, fitted, features.joined(context, str(model.info.params.get("digest", "")))


def untagged(corpus: Corpus, table: FeatureTable | None) -> list[str]:
    """Return the ids that have no tag yet: of the feature table, then songs or documents of the corpus."""
    kind = Kind.SONG if corpus.has(Kind.SONG) else Kind.PLAYLIST
    vocab, tags = corpus.vocab(kind), corpus.matrix(Kind.TAG)
    has_tag = np.diff(tags.indptr) > 0
    if kind is Kind.SONG:
        has_tag = np.asarray(corpus.matrix(Kind.SONG)[has_tag].sum(axis=0)).ravel() > 0
    tagged = set(vocab.ids[has_tag])
    own = [] if table is None else [ident for ident in table.ids if ident not in tagged]
    if kind is Kind.SONG:
        seen = set(own)
        own += [ident for ident in vocab.ids[~has_tag] if ident not in seen]
    return own


def ids_in(path: Path) -> list[str]:
    """Read a file of ids: a JSON list, or one id a line.

    Raises:
        SourceError: The file is missing, is not UTF-8 or holds no id.
    """
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name!r} cannot be read", str(error)[:200], "give a text file in UTF-8") from error
    if text.lstrip().startswith("["):
        try:
            listed = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise SourceError(f"{path.name!r} is no JSON list", str(error), "one id a line is fine, too") from error
        ids = [str(entry["id"] if isinstance(entry, dict) and "id" in entry else entry).strip() for entry in listed]
    else:
        ids = [line.strip() for line in text.splitlines()]
    ids = list(dict.fromkeys(ident for ident in ids if ident))
    if not ids:
        raise SourceError(f"{path.name!r} holds no id", "one id a line was expected", "check the file")
    return ids


def autotag(
    context: Context,
    corpus: Corpus,
    ids: Sequence[str] | None = None,
    ref: str = "",
    n: int = TAGS,
    progress: ProgressCallback = no_progress,
) -> AutotagSummary:
    """Return the best tags of songs.

    Args:
        context: The workspace, and who acts.
        corpus: The corpus.
        ids: Songs or documents; None: all that have no tag yet.
        ref: Content model; "": the newest one that fits the feature tables, trained if there is none.
        n: Tags per song.
        progress: Called about once a second.

    Raises:
        NotFoundError: Nothing is known of a song.
        InvalidParameterError: Every song has a tag already.
    """
    model, fitted, table = content_model(context, corpus, ref, progress)
    chosen = untagged(corpus, table) if ids is None else list(ids)
    if not chosen:
        raise InvalidParameterError("Every song has a tag already", corpus.name, "name songs with --ids FILE")
    skipped = 0
    if ids is None and fitted.content is not None:
        chosen = fitted.content.placed(fitted.embedding, everyone := chosen, table)
        skipped = len(everyone) - len(chosen)
    entries: list[dict[str, Any]] = []
    for start in range(0, len(chosen), BLOCK):
        progress(Progress("Tagging", start / len(chosen)))
        part = chosen[start : start + BLOCK]
        for ident, tags in zip(part, best_tags(corpus, model, fitted.tag_scores(part, table), n), strict=True):
            entries.append({"id": ident, "tags": [{"tag": tag, "score": round(score, 6)} for tag, score in tags]})
    return AutotagSummary(model.info.id, entries, skipped)


def best_tags(
    corpus: Corpus, model: models.Model, scores: NDArray[np.float32], n: int = TAGS
) -> list[list[tuple[str, float]]]:
    """Return the n best tags of each song with their scores; blocked tags are left out.

    Args:
        corpus: The corpus.
        model: The content model.
        scores: float32 (songs, tags) from `ContentRecommender.tag_scores`.
        n: Tags per song.
    """
    scores = _current(model, scores)
    rulings = corpus.rulings.get(Kind.TAG)
    if rulings is not None:
        scores[:, rulings.blocked] = -np.inf
    best = np.argsort(-scores, axis=1, kind="stable")[:, :n]
    labels = [corpus.vocab(Kind.TAG).label_list(columns) for columns in best]
    return [
        [(tag, float(score)) for tag, score in zip(tags, row[columns], strict=True) if np.isfinite(score)]
        for tags, row, columns in zip(labels, scores, best, strict=True)
    ]


def _current(model: models.Model, scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores of the tags of today, where experts merged or split some after the training."""
    if isinstance(model.recommender, TranslatedRecommender):
        return model.recommender.translate_scores(scores)
    return scores


def write(path: Path, summary: AutotagSummary) -> None:
    """Write the tags as JSON."""
    output_files.write_whole(path, orjson.dumps(summary.entries, option=orjson.OPT_INDENT_2))
