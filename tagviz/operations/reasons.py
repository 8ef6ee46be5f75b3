"""Why an item is in an answer."""

from __future__ import annotations

from tagviz.operations.models import Model
from tagviz.types import Corpus, Ints, Kind, QueryBatch, Reason


def reasons_of(
    corpus: Corpus, model: Model, asked: QueryBatch, kind: Kind, rows: Ints
) -> tuple[tuple[Reason, ...], ...]:
    """What the model says; of what the title itself names, only that."""
    reasons = model.recommender.explain(asked, kind, rows)
    if kind not in asked.named or not reasons:
        return reasons
    leading = asked.named[kind].indices[asked.named[kind].data >= 1.0].tolist()
    vocab = corpus.vocab(kind)
    return tuple(
        (Reason(vocab.key(int(row)), vocab.label(int(row)), 1.0),) if row in leading else own
        for row, own in zip(rows.tolist(), reasons, strict=True)
    )
