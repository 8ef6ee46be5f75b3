"""What people and clocks do wrong to decisions and verdicts: what was confirmed stands, and the message says why."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tagviz.curation import yaml_io
from tagviz.curation.decisions import resolve
from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.operations import corpora, curation, feedback, models, recommend
from tagviz.operations.context import Context
from tagviz.store.feedback import Answer, Verdict
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, Query
from tests.corpora import make_corpus

NAME = "checkerboard"
QUERY = Query(tags=("t0", "t2"))


def verdict(key: str, model: str = "gone-123456", answer: Answer = Answer.RIGHT, query: Query = QUERY) -> Verdict:
    return Verdict("ann", NAME, "f", model, "f", query, Kind.TAG, key, 1, 0.5, answer)


def test_verdicts_on_what_no_longer_exists_are_kept_counted_and_harmless(ws: Workspace) -> None:
    corpus = corpora.open_corpus(Context(ws), NAME)
    model = models.open_model(Context(ws), corpus, "neighbours")
    before = recommend.recommend(corpus, model, QUERY, Kind.TAG).keys
    feedback.record_feedback(Context(ws), verdict("tag:gone"), verdict("tag:t1", query=Query(tags=("gone too",))))
    assert len(feedback.current_feedback(Context(ws), NAME)) == 2
    assert feedback.summarize(Context(ws), NAME).by_model["model"].tolist() == ["gone-123456"]
    after = recommend.recommend(corpus, feedback.adjusted_model(Context(ws), corpus, model), QUERY, Kind.TAG).keys
    assert after == before
    models.train(
        Context(ws),
        corpus,
        "neighbours",
        options=models.TrainOptions(examples=feedback.collect_examples(Context(ws), corpus)),
    )
    with pytest.raises(NotFoundError, match="gone"):
        corpora.open_corpus(Context(ws), "gone")


def test_a_verdict_on_a_deleted_models_answer_still_counts_for_others(ws: Workspace) -> None:
    corpus = corpora.open_corpus(Context(ws), NAME)
    model = models.open_model(Context(ws), corpus, "neighbours")
    told = recommend.recommend(corpus, model, QUERY, Kind.TAG)
    feedback.record_feedback(
        Context(ws),
        feedback.verdict(feedback.feedback_context(corpus, model, QUERY, told.kind), told, 4, "ann", Answer.RIGHT),
    )
    models.delete(Context(ws), model.info)
    other = models.open_model(Context(ws), corpus, "cooccurrence")
    heeding = feedback.adjusted_model(Context(ws), corpus, other)
    assert recommend.recommend(corpus, heeding, QUERY, Kind.TAG).keys[0] == told.keys[4]


def test_opposite_decisions_are_refused_and_the_first_stands(ws: Workspace) -> None:
    curation.add(Context(ws), NAME, resolve("together", ["t0", "t1"], author="Ann", reason="siblings"))
    curation.add(Context(ws), NAME, resolve("rename", ["t2"], "Two", author="Ann", reason="clearer"))
    with pytest.raises(InvalidParameterError) as caught:
        curation.add(Context(ws), NAME, resolve("apart", ["t1", "t0"], author="Bob"))
    assert "belonging together" in caught.value.detail
    with pytest.raises(InvalidParameterError) as caught:
        curation.add(Context(ws), NAME, resolve("rename", ["t2"], "Zwei", author="Bob"))
    assert "Ann" in caught.value.title
    assert "clearer" in caught.value.detail
    with pytest.raises(InvalidParameterError):
        curation.add(Context(ws), NAME, resolve("merge", ["t3"], "t3", author="Bob"))
    assert [str(one.act) for one in curation.current_overlay(Context(ws), NAME)] == ["together", "rename"]


def test_a_circle_of_broader_tags_is_refused_with_its_way(ws: Workspace) -> None:
    for low, high in (("t0", "t1"), ("t1", "t2")):
        curation.add(Context(ws), NAME, resolve("broader", [low], high, author="Ann"))
    with pytest.raises(InvalidParameterError) as caught:
        curation.add(Context(ws), NAME, resolve("broader", ["t2"], "t0", author="Ann"))
    assert "t0 → t1 → t2" in caught.value.detail
    with pytest.raises(InvalidParameterError):
        curation.add(Context(ws), NAME, resolve("merge", ["t0"], "t2", author="Ann"))
    assert len(curation.current_overlay(Context(ws), NAME)) == 2


@pytest.mark.parametrize(("tags", "into"), [(["t0"], "t1"), (["t1"], "t0")])
def test_a_blocked_tag_is_not_merged_and_no_merge_is_lost_to_a_block(ws: Workspace, tags: list[str], into: str) -> None:
    curation.add(Context(ws), NAME, resolve("block", ["t0"], author="Ann"))
    with pytest.raises(InvalidParameterError, match="contradicts") as caught:
        curation.add(Context(ws), NAME, resolve("merge", tags, into, author="Bob"))
    assert "'t0' is blocked" in caught.value.detail
    corpus = corpora.open_corpus(Context(ws), NAME)
    assert {"t0", "t1"} <= set(corpus.vocab(Kind.TAG).ids)


def test_a_file_with_unknown_tags_and_markup_is_kept_and_told(ws: Workspace) -> None:
    text = """tagviz: 1
decisions:
- merge: [nowhere, t1]
  into: t0
  because: <script>alert(1)</script>
- block: ["<img src=x onerror=alert(1)>"]
  because: "[click](javascript:alert(1))"
"""
    done = curation.import_decisions(Context(ws), NAME, curation.DecisionFile(text), "Ann")
    assert len(done.merged.added) == 2
    assert any("2 tags are not in" in line and "nowhere" in line for line in done.warnings)
    assert any("2 decisions hold markup" in line for line in done.warnings)
    kept = {one.reason for one in curation.current_overlay(Context(ws), NAME)}
    assert kept == {"<script>alert(1)</script>", "[click](javascript:alert(1))"}, "kept as the text that it is"
    assert (
        yaml_io.read(curation.export_yaml(Context(ws), NAME)).digest
        == curation.current_overlay(Context(ws), NAME).digest
    )
    seen = corpora.open_corpus(Context(ws), NAME)
    assert "t1" not in seen.vocab(Kind.TAG).ids


def test_skos_with_unknown_tags_is_kept_and_told(ws: Workspace) -> None:
    text = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:a> skos:prefLabel "t0" ; skos:altLabel "t1", "nowhere" ; skos:broader <urn:b> . <urn:b> skos:prefLabel "t2" ."""
    looked = curation.import_decisions(Context(ws), NAME, curation.DecisionFile(text, "tags.ttl"), "Ann", apply=False)
    assert len(looked.merged.added) == 2
    assert len(curation.current_overlay(Context(ws), NAME)) == 0
    done = curation.import_decisions(Context(ws), NAME, curation.DecisionFile(text, "tags.ttl"), "Ann")
    assert any("1 tags are not in" in line and "nowhere" in line for line in done.warnings)
    assert {one.author for one in curation.current_overlay(Context(ws), NAME)} == {"Ann"}
    opposite = text.replace("skos:broader <urn:b> . <urn:b>", ". <urn:b> skos:broader <urn:a> ;")
    again = curation.import_decisions(Context(ws), NAME, curation.DecisionFile(opposite, "tags.ttl"), "Bob")
    assert ["circle" in one.why for one in again.merged.conflicts] == [True], "a circle with what stands is a conflict"


def test_skos_labels_find_tags_that_are_written_in_another_way(tmp_path: Path) -> None:
    ws = Workspace(tmp_path)
    rows = [{"tags": ["hip hop", "Hip-Hop", "rap", "r&b"]}, {"tags": ["rap", "r&b", "hip hop", "hiphop!"]}]
    ws.save_corpus(make_corpus(rows, name="spelled"))
    text = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:a> skos:prefLabel "HIP HOP" ; skos:altLabel "Hip-Hop", "Hip  Hop", "HIPHOP!", "RAP" ; skos:broader <urn:b> .
<urn:b> skos:prefLabel "Rap"@en ; skos:altLabel "rapping" . <urn:c> skos:prefLabel "R&B" ; skos:related <urn:b> ."""
    done = curation.import_decisions(Context(ws), "spelled", curation.DecisionFile(text, "tags.ttl"), "Ann")
    assert {(str(one.act), one.tags, one.target) for one in done.merged.added} == {
        ("merge", ("hiphop!", "Hip-Hop"), "hip hop"),
        ("merge", ("rapping",), "rap"),
        ("broader", ("hip hop",), "rap"),
        ("together", ("rap", "r&b"), ""),
    }, "another way to write a tag is that tag; a label that is a concept of its own is not merged; nothing is renamed"
    assert [line for line in done.warnings if "rapping" in line]


def test_a_clock_that_jumps_changes_neither_verdicts_nor_decisions(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    curation.add(Context(ws), NAME, resolve("rename", ["t0"], "first", author="Ann"))
    feedback.record_feedback(Context(ws), verdict("tag:t1", answer=Answer.WRONG))
    monkeypatch.setattr(time, "time", lambda: now - 10 * 365 * 86_400)
    curation.add(Context(ws), NAME, resolve("rename", ["t0"], "second", author="Ann"))
    feedback.record_feedback(Context(ws), verdict("tag:t1", answer=Answer.RIGHT))
    assert [one.answer for one in feedback.current_feedback(Context(ws), NAME)] == [Answer.RIGHT]
    assert curation.current_overlay(Context(ws), NAME).effect.labels == {"t0": "second"}
    assert len(feedback.summarize(Context(ws), NAME).by_week) == 1
    ident = curation.current_overlay(Context(ws), NAME).decisions[-1].id
    monkeypatch.setattr(time, "time", lambda: now + 50 * 365 * 86_400)
    curation.undo(Context(ws), NAME, ident, "Ann")
    assert curation.current_overlay(Context(ws), NAME).effect.labels == {"t0": "first"}
