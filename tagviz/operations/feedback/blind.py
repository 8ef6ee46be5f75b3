"""Two models compared blind: their answers interleaved into one list."""

from __future__ import annotations

from dataclasses import replace

from tagviz.feedback import training_examples as training_examples
from tagviz.feedback.interleave import InterleavedList, team_draft
from tagviz.operations.feedback.queue import DEPTH
from tagviz.operations.feedback.record import feedback_context, verdict
from tagviz.operations.models import Model
from tagviz.operations.recommend import recommend
from tagviz.ranking import RankingOptions
from tagviz.store.feedback import Answer, Verdict, query_document
from tagviz.types import Corpus, Kind, Query


def interleaved(
    corpus: Corpus,
    models: tuple[Model, Model],
    query: Query,
    kind: Kind,
    n: int = DEPTH,
    rules: RankingOptions = RankingOptions(),
) -> list[tuple[InterleavedList, Verdict]]:
    """Draw one list from the answers of two models, with the verdict to be filled in for each place."""
    wanted = replace(query, n=n)
    answers = [recommend(corpus, model, wanted, kind, rules, reasons=False) for model in models]
    seed = int.from_bytes(query_document(query).encode()[-8:].rjust(8), "big") % (2**32)
    drawn = team_draft(answers[0].keys, answers[1].keys, n, seed)
    result = []
    for one in drawn:
        mine, other = models if one.side == 0 else models[::-1]
        ranking = answers[one.side]
        own = verdict(
            feedback_context(corpus, mine, query, kind), ranking, ranking.keys.index(one.key), "", Answer.NONE
        )
        result.append((one, replace(own, versus=other.ref)))
    return result
