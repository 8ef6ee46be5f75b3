"""What there is to decide: proposals that fit what stands, and what a decision would change before it is taken."""

from __future__ import annotations

from dataclasses import dataclass

from tagviz.curation import suggestions as found
from tagviz.curation.decisions import Act, Decision, Overlay
from tagviz.curation.overlay import curated
from tagviz.curation.suggestions import Suggestion
from tagviz.curation.translation import TranslatedRecommender
from tagviz.errors import InvalidParameterError, TagvizError
from tagviz.operations import curation, items, models, recommend
from tagviz.operations.context import Context
from tagviz.operations.curation import overlay
from tagviz.types import Corpus, Kind, Query, Ranking, key_of

SORTS = ("spellings", "synonyms", "broader", "not music")
"""What can be proposed."""


def suggest(context: Context, corpus: Corpus, sort: str, model: models.Model | None = None) -> list[Suggestion]:
    """Proposals of one sort for a corpus as it is seen now, the strongest and most common first.

    What was decided and then undone is proposed no more, until it is reopened.

    model: for `synonyms`, whose space says what is alike (default: the corpus's spectral model). Raises
    InvalidParameterError
    for a sort that does not exist.
    """
    standing = curation.current_overlay(context, corpus.name)
    undone = overlay.rejected(curation.history(context, corpus.name))

    def fits(decision: Decision) -> bool:
        if decision.id in undone:
            return False
        try:
            curation.checked(standing, decision)
        except TagvizError:
            return False
        return True

    return found.rank_suggestions(_all(context, corpus, sort, model), fits)


def _all(context: Context, corpus: Corpus, sort: str, model: models.Model | None) -> list[Suggestion]:
    if sort == "spellings":
        return found.spellings(corpus, recommend.near_duplicates(context, corpus).groups[Kind.TAG])
    if sort == "broader":
        return found.hierarchy(corpus)
    if sort == "not music":
        return found.not_music(corpus)
    if sort != "synonyms":
        raise InvalidParameterError(
            f"Nothing is proposed as {sort!r}", f"sorts: {', '.join(SORTS)}", "choose one of these"
        )
    space = (model or models.open_model(context, corpus, "spectral")).embedding
    if space is None or Kind.TAG not in space.vocabs:
        space = models.open_model(context, corpus, "spectral").embedding
    if space is None:
        return []
    rows = corpus.vocab(Kind.TAG).find(list(space.vocabs[Kind.TAG].ids))
    return found.synonyms(corpus, space.of(Kind.TAG), rows, recommend.near_duplicates(context, corpus).groups[Kind.TAG])


@dataclass(frozen=True, eq=False)
class DecisionPreview:
    """What a decision would change. tags: how many there are before and after. counts.

    Playlists of each tag it names, before; merged: of what they become. before, after: the neighbours and the
    suggestions for its main tag. warnings: a line each.
    """

    decision: Decision
    tags: tuple[int, int]
    counts: dict[str, int]
    merged: int
    before: Ranking
    after: Ranking
    warnings: tuple[str, ...]


def preview(context: Context, name: str, decision: Decision, ref: str = "", n: int = 10) -> DecisionPreview:
    """What a decision would change, without taking it. Raises what `curation.add` raises for one that cannot be."""
    raw = context.workspace.open_corpus(name)
    standing = overlay.overlay_at(context, name)
    decision = curation.spelled(raw, decision)
    curation.known(raw, decision)
    after_layer = curation.checked(standing, decision)
    now, then = curated(raw, standing), curated(raw, after_layer)
    model = models.open_model(context, now, ref)
    learned = model.learned
    trained = overlay.open_curated(context, name, model.info.fingerprint)
    later = models.Model(model.info, TranslatedRecommender(learned, trained, then), model.variant)
    main = decision.target if decision.act in (Act.MERGE, Act.BROADER) else decision.tags[0]
    counts = now.counts(Kind.TAG)
    rows = now.vocab(Kind.TAG).find([*decision.tags, *([main] if main not in decision.tags else [])])
    named = [*decision.tags, *([main] if main not in decision.tags else [])]
    place = then.vocab(Kind.TAG).row(main, missing="skip")
    return DecisionPreview(
        decision=decision,
        tags=(len(now.vocab(Kind.TAG)), len(then.vocab(Kind.TAG))),
        counts={tag: int(counts[row]) if row >= 0 else 0 for tag, row in zip(named, rows, strict=True)},
        merged=0 if place < 0 else int(then.counts(Kind.TAG)[place]),
        before=_beside(now, model, decision, main, n),
        after=_beside(then, later, decision, main, n),
        warnings=tuple(curation.warnings(raw, Overlay((decision,)))),
    )


def _beside(corpus: Corpus, model: models.Model, decision: Decision, main: str, n: int) -> Ranking:
    """What is suggested beside a tag; of a block, beside the tag that it is most often found with."""
    if decision.act is Act.BLOCK:
        row = corpus.vocab(Kind.TAG).row(main, missing="skip")
        company = items.cooccurring_items(
            corpus, items.playlists_containing(corpus, Kind.TAG, row), Kind.TAG, 1, without=row
        )
        main = main if company.empty else str(company["key"].iloc[0]).partition(":")[2]
    if model.embedding is not None and _places(model, main):
        return items.neighbours(corpus, model, [key_of(Kind.TAG, main)], n=n)
    return recommend.recommend(corpus, model, Query(tags=(main,), n=n), Kind.TAG, reasons=False)


def _places(model: models.Model, tag: str) -> bool:
    """Whether a model's space holds a tag."""
    space = model.embedding
    return space is not None and Kind.TAG in space.vocabs and space.vocabs[Kind.TAG].row(tag, missing="skip") >= 0
