"""Verdicts as lessons of the next training: playlists of what was right, hard negatives of what was wrong."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.feedback import training_examples as training_examples
from tagviz.feedback.adjustment import FeedbackMatrix
from tagviz.operations import corpora, feedback, models, recommend
from tagviz.operations.context import Context
from tagviz.query import parser
from tagviz.recommenders.candidates import Candidates, member_features, score_candidates, stack
from tagviz.recommenders.validation import Questions
from tagviz.store.feedback import Answer, Verdict
from tagviz.store.workspace import Workspace
from tagviz.training import FeedbackExamples
from tagviz.types import Corpus, Kind, Query
from tests.corpora import checkerboard

QUERY = Query(tags=("t0", "t2"))


def say(ws: Workspace, key: str, answer: Answer, reviewer: str = "ann", rank: int = 1, query: Query = QUERY) -> None:
    told_ = Verdict(reviewer, "checkerboard", "f", "m", "f", query, Kind.TAG, key, rank, 0.5, answer)
    feedback.record_feedback(Context(ws), told_)


def votes(corpus: Corpus, signs: dict[str, list[float]]) -> dict[Kind, FeedbackMatrix]:
    batch = parser.batch_from_lists(corpus, [""], [["t0", "t2"]], [[]])
    rows = [(corpus.vocab(Kind.TAG).row(tag), sign) for tag, all_ in signs.items() for sign in all_]
    item, sign = np.array([row for row, _ in rows]), np.array([value for _, value in rows], dtype=np.float32)
    half = np.full(len(rows), 0.5, dtype=np.float32)
    return {Kind.TAG: FeedbackMatrix(batch, np.zeros(len(rows), dtype=np.int32), item, sign, half)}


def tags_of(corpus: Corpus, row: int) -> set[str]:
    return set(map(str, corpus.vocab(Kind.TAG).ids[corpus.matrix(Kind.TAG)[row].indices]))


def test_a_question_with_what_was_right_is_a_playlist_more() -> None:
    corpus = checkerboard()
    found = training_examples.examples_from(corpus, votes(corpus, {"t1": [1], "t3": [-1], "t4": [1, -1], "t0": [1]}))
    assert found is not None
    assert found.verdicts == 2, "who contradict each other say nothing, nor does what was asked itself"
    taught = training_examples.augment_corpus(corpus, training_examples.arrays(found))
    assert len(taught) == len(corpus) + 1
    assert tags_of(taught, len(corpus)) == {"t0", "t1", "t2"}
    assert taught.fingerprint == corpus.fingerprint
    assert taught.playlists["id"].is_unique
    assert dict(taught.playlists.dtypes) == dict(corpus.playlists.dtypes)


def test_nothing_right_is_nothing_to_learn() -> None:
    corpus = checkerboard()
    assert training_examples.examples_from(corpus, {}) is None
    assert training_examples.examples_from(corpus, votes(corpus, {"t3": [-1]})) is None


def test_training_with_verdicts_is_another_model_that_says_so_and_opens_again(ws: Workspace) -> None:
    corpus = corpora.open_corpus(Context(ws), "checkerboard")
    assert feedback.collect_examples(Context(ws), corpus) is None
    plain = models.train(Context(ws), corpus, "neighbours")
    say(ws, "tag:t1", Answer.RIGHT)
    say(ws, "tag:t4", Answer.WRONG)
    say(ws, "tag:gone", Answer.RIGHT)
    lessons = feedback.collect_examples(Context(ws), corpus)
    taught = models.train(Context(ws), corpus, "neighbours", options=models.TrainOptions(examples=lessons))
    assert taught.id != plain.id
    assert (plain.verdicts, taught.verdicts) == (0, 2)
    assert (
        models.train(Context(ws), corpus, "neighbours", options=models.TrainOptions(examples=lessons)).id == taught.id
    )
    before = recommend.recommend(corpus, models.open_model(Context(ws), corpus, plain.id), QUERY, Kind.TAG)
    after = recommend.recommend(corpus, models.open_model(Context(ws), corpus, taught.id), QUERY, Kind.TAG)
    assert "tag:t1" not in before.keys[:3]
    assert after.keys.index("tag:t1") < 3
    say(ws, "tag:t1", Answer.NONE)
    assert feedback.collect_examples(Context(ws), corpus) is None, "what was taken back teaches no more"
    again = recommend.recommend(corpus, models.open_model(Context(ws), corpus, taught.id), QUERY, Kind.TAG)
    assert again.keys == after.keys, "a model keeps what it has learned"


@pytest.mark.parametrize("method", ["popularity", "cooccurrence", "ease", "factors", "spectral", "word2vec"])
def test_methods_open_again_as_they_were_taught(ws: Workspace, method: str) -> None:
    corpus = corpora.open_corpus(Context(ws), "checkerboard")
    say(ws, "tag:t1", Answer.RIGHT)
    info = models.train(
        Context(ws),
        corpus,
        method,
        options=models.TrainOptions(examples=feedback.collect_examples(Context(ws), corpus)),
    )
    assert recommend.recommend(corpus, models.open_model(Context(ws), corpus, info.id), QUERY, Kind.TAG).keys


def test_best_is_told_what_was_wrong_and_nothing_of_what_nobody_judged() -> None:
    corpus = checkerboard()
    asked = parser.batch_from_lists(corpus, [""], [["t0"]], [[]])
    shape = (1, len(corpus.vocab(Kind.TAG)))

    def only(row: int) -> sp.csr_matrix:
        return sp.csr_matrix((np.ones(1, dtype=np.float32), ([0], [row])), shape=shape)

    rows = np.array([[1, 2, 3, -1]], dtype=np.int32)
    found = Candidates(rows, np.zeros((1, 4, 1), dtype=np.float32), np.zeros((1, 4, 0), dtype=np.float32))
    questions = Questions(asked, {Kind.TAG: only(1)}, np.array(["a"]))
    one = member_features(found, questions, only(3), Kind.TAG)
    assert one.hits.tolist() == [[True, False, False, False]]
    assert one.known is not None
    assert one.known.tolist() == [[True, False, True, False]]
    assert one.partial.tolist() == [True]
    both = stack([score_candidates(found, questions, Kind.TAG), one])
    assert both.partial.tolist() == [False, True]
    assert both.select(np.array([1])).take(np.array([[2, 0]])).partial.tolist() == [False]


def test_best_is_trained_with_lessons(ws: Workspace) -> None:
    corpus = corpora.open_corpus(Context(ws), "checkerboard")
    say(ws, "tag:t1", Answer.RIGHT)
    say(ws, "tag:t4", Answer.WRONG)
    lessons = feedback.collect_examples(Context(ws), corpus)
    assert isinstance(lessons, FeedbackExamples)
    info = models.train(
        Context(ws), corpus, "best", {"folds": 2, "dimensions": 8}, options=models.TrainOptions(examples=lessons)
    )
    model = models.open_model(Context(ws), corpus, info.id)
    assert recommend.recommend(corpus, model, QUERY, Kind.TAG).keys


def test_a_taught_model_and_another_may_be_asked_the_same_questions(ws: Workspace) -> None:
    corpus = corpora.open_corpus(Context(ws), "checkerboard")
    plain = models.open_model(Context(ws), corpus, models.train(Context(ws), corpus, "neighbours").id)
    say(ws, "tag:t1", Answer.RIGHT, query=Query(title="a title that no playlist has", tags=("t0",)))
    info = models.train(
        Context(ws),
        corpus,
        "neighbours",
        options=models.TrainOptions(examples=feedback.collect_examples(Context(ws), corpus)),
    )
    asked = parser.batch_from_lists(corpus, ["odd list 1"], [["t1"]], [[]])
    alone = models.open_model(Context(ws), corpus, info.id).recommender.score(
        parser.batch_from_lists(corpus, ["odd list 1"], [["t1"]], [[]]), Kind.TAG
    )
    assert plain.recommender.score(asked, Kind.TAG).any()
    np.testing.assert_array_equal(
        models.open_model(Context(ws), corpus, info.id).recommender.score(asked, Kind.TAG), alone
    )
