"""What people and clocks do wrong to decisions and verdicts: what was confirmed stands, and the message says why."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tagviz.errors import BadParameter, UnknownTerm
from tagviz.operations import answers, corpora, curation, feedback, models
from tagviz.store.verdicts import Answer, Verdict
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, Query
from tests.corpora import make_corpus

NAME = "checkerboard"
QUERY = Query(tags=("t0", "t2"))


def verdict(key: str, model: str = "gone-123456", answer: Answer = Answer.RIGHT, query: Query = QUERY) -> Verdict:
    return Verdict("ann", NAME, "f", model, "f", query, Kind.TAG, key, 1, 0.5, answer)


def test_verdicts_on_what_no_longer_exists_are_kept_counted_and_harmless(ws: Workspace) -> None:
    corpus = corpora.open_corpus(ws, NAME)
    model = models.open_model(ws, corpus, "neighbours")
    before = answers.recommend(corpus, model, QUERY, Kind.TAG).keys
    feedback.give(ws, verdict("tag:gone"), verdict("tag:t1", query=Query(tags=("gone too",))))
    assert len(feedback.standing(ws, NAME)) == 2
    assert feedback.summary(ws, NAME).by_model["model"].tolist() == ["gone-123456"]
    after = answers.recommend(corpus, feedback.heeding(ws, corpus, model), QUERY, Kind.TAG).keys
    assert after == before
    models.train(ws, corpus, "neighbours", lessons=feedback.lessons(ws, corpus))
    with pytest.raises(UnknownTerm, match="gone"):
        corpora.open_corpus(ws, "gone")


def test_a_verdict_on_a_deleted_models_answer_still_counts_for_others(ws: Workspace) -> None:
    corpus = corpora.open_corpus(ws, NAME)
    model = models.open_model(ws, corpus, "neighbours")
    told = answers.recommend(corpus, model, QUERY, Kind.TAG)
    feedback.give(ws, feedback.verdict(corpus, model, QUERY, told, 4, "ann", Answer.RIGHT))
    models.delete(ws, model.info)
    other = models.open_model(ws, corpus, "cooccurrence")
    heeding = feedback.heeding(ws, corpus, other)
    assert answers.recommend(corpus, heeding, QUERY, Kind.TAG).keys[0] == told.keys[4]


def test_opposite_decisions_are_refused_and_the_first_stands(ws: Workspace) -> None:
    curation.add(ws, NAME, "together", ["t0", "t1"], author="Ann", reason="siblings")
    curation.add(ws, NAME, "rename", ["t2"], "Two", author="Ann", reason="clearer")
    with pytest.raises(BadParameter) as caught:
        curation.add(ws, NAME, "apart", ["t1", "t0"], author="Bob")
    assert "belonging together" in caught.value.detail
    with pytest.raises(BadParameter) as caught:
        curation.add(ws, NAME, "rename", ["t2"], "Zwei", author="Bob")
    assert "Ann" in caught.value.title
    assert "clearer" in caught.value.detail
    with pytest.raises(BadParameter):
        curation.add(ws, NAME, "merge", ["t3"], "t3", author="Bob")
    assert [str(one.act) for one in curation.layer(ws, NAME)] == ["together", "rename"]


def test_a_circle_of_broader_tags_is_refused_with_its_way(ws: Workspace) -> None:
    for low, high in (("t0", "t1"), ("t1", "t2")):
        curation.add(ws, NAME, "broader", [low], high, author="Ann")
    with pytest.raises(BadParameter) as caught:
        curation.add(ws, NAME, "broader", ["t2"], "t0", author="Ann")
    assert "t0 → t1 → t2" in caught.value.detail
    with pytest.raises(BadParameter):
        curation.add(ws, NAME, "merge", ["t0"], "t2", author="Ann")
    assert len(curation.layer(ws, NAME)) == 2


@pytest.mark.parametrize(("tags", "into"), [(["t0"], "t1"), (["t1"], "t0")])
def test_a_blocked_tag_is_not_merged_and_no_merge_is_lost_to_a_block(ws: Workspace, tags: list[str], into: str) -> None:
    curation.add(ws, NAME, "block", ["t0"], author="Ann")
    with pytest.raises(BadParameter, match="contradicts") as caught:
        curation.add(ws, NAME, "merge", tags, into, author="Bob")
    assert "'t0' is blocked" in caught.value.detail
    corpus = corpora.open_corpus(ws, NAME)
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
    done = curation.import_layer(ws, NAME, text, "Ann")
    assert len(done.merged.added) == 2
    assert any("2 tags are not in" in line and "nowhere" in line for line in done.warnings)
    assert any("2 decisions hold markup" in line for line in done.warnings)
    kept = {one.reason for one in curation.layer(ws, NAME)}
    assert kept == {"<script>alert(1)</script>", "[click](javascript:alert(1))"}, "kept as the text that it is"
    assert curation.files.read(curation.export_yaml(ws, NAME)).digest == curation.layer(ws, NAME).digest
    seen = corpora.open_corpus(ws, NAME)
    assert "t1" not in seen.vocab(Kind.TAG).ids


def test_skos_with_unknown_tags_is_kept_and_told(ws: Workspace) -> None:
    text = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:a> skos:prefLabel "t0" ; skos:altLabel "t1", "nowhere" ; skos:broader <urn:b> . <urn:b> skos:prefLabel "t2" ."""
    looked = curation.import_layer(ws, NAME, text, "Ann", apply=False, file="tags.ttl")
    assert len(looked.merged.added) == 2
    assert len(curation.layer(ws, NAME)) == 0
    done = curation.import_layer(ws, NAME, text, "Ann", file="tags.ttl")
    assert any("1 tags are not in" in line and "nowhere" in line for line in done.warnings)
    assert {one.author for one in curation.layer(ws, NAME)} == {"Ann"}
    opposite = text.replace("skos:broader <urn:b> . <urn:b>", ". <urn:b> skos:broader <urn:a> ;")
    again = curation.import_layer(ws, NAME, opposite, "Bob", file="tags.ttl")
    assert ["circle" in one.why for one in again.merged.conflicts] == [True], "a circle with what stands is a conflict"


def test_skos_labels_find_tags_that_are_written_in_another_way(tmp_path: Path) -> None:
    ws = Workspace(tmp_path)
    rows = [{"tags": ["hip hop", "Hip-Hop", "rap", "r&b"]}, {"tags": ["rap", "r&b", "hip hop", "hiphop!"]}]
    ws.save_corpus(make_corpus(rows, name="spelled"))
    text = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:a> skos:prefLabel "HIP HOP" ; skos:altLabel "Hip-Hop", "Hip  Hop", "HIPHOP!", "RAP" ; skos:broader <urn:b> .
<urn:b> skos:prefLabel "Rap"@en ; skos:altLabel "rapping" . <urn:c> skos:prefLabel "R&B" ; skos:related <urn:b> ."""
    done = curation.import_layer(ws, "spelled", text, "Ann", file="tags.ttl")
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
    curation.add(ws, NAME, "rename", ["t0"], "first", author="Ann")
    feedback.give(ws, verdict("tag:t1", answer=Answer.WRONG))
    monkeypatch.setattr(time, "time", lambda: now - 10 * 365 * 86_400)
    curation.add(ws, NAME, "rename", ["t0"], "second", author="Ann")
    feedback.give(ws, verdict("tag:t1", answer=Answer.RIGHT))
    assert [one.answer for one in feedback.standing(ws, NAME)] == [Answer.RIGHT]
    assert curation.layer(ws, NAME).effect.labels == {"t0": "second"}
    assert len(feedback.summary(ws, NAME).by_week) == 1
    ident = curation.layer(ws, NAME).decisions[-1].id
    monkeypatch.setattr(time, "time", lambda: now + 50 * 365 * 86_400)
    curation.undo(ws, NAME, ident, "Ann")
    assert curation.layer(ws, NAME).effect.labels == {"t0": "first"}
