"""What is proposed, with its evidence, what a decision would change, and what it does to the metrics."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tagviz.curation.decisions import Act, resolve
from tagviz.curation.suggestions import Suggestion, hierarchy
from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.operations import corpora, curation
from tagviz.operations.context import Context
from tagviz.operations.curation import impact, suggestions
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus
from tests.corpora import make_corpus


def lists() -> Corpus:
    """Sixty lists of ten listeners in three worlds. "hip hop" and "hip-hop" share the lists of the first;
    "금" and "gold" are on like lists and never together; "seen live" is on anything."""
    rows = []
    for n in range(60):
        world = n % 3
        tags = [["hip hop", "rock", "gold"][world], ["rap", "guitar", "metal"][world]]
        tags += [["beats", "loud", "shiny"][world]]
        if world == 0 and n % 2:
            tags[0] = "hip-hop"
        if world == 0 and n % 4 == 0:
            tags.append("trap")
        if world == 2 and n % 2:
            tags[0] = "금"
        if n % 5 == 0:
            tags.append("seen live")
        songs = [f"s{world}{at}" for at in range(8) if at != n % 8]
        rows.append({"title": f"list {n}", "tags": tags, "songs": songs, "group": f"u{n % 10}"})
    return make_corpus(rows, name="lists")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path)
    made.save_corpus(lists())
    return made


def said(found: list[Suggestion]) -> list[str]:
    return [str(one.decision) for one in found]


def test_every_sort_is_proposed_with_its_evidence(ws: Workspace) -> None:
    corpus = corpora.open_corpus(Context(ws), "lists")
    assert said(suggestions.suggest(Context(ws), corpus, "spellings")) == ["merge hip-hop → hip hop"]
    (live,) = suggestions.suggest(Context(ws), corpus, "not music")
    assert (str(live.decision), live.playlists) == ("block seen live", 12)
    assert "written like" in live.evidence
    alike = suggestions.suggest(Context(ws), corpus, "synonyms")
    assert any({"gold", "금"} == {*one.decision.tags, one.decision.target} for one in alike)
    assert all("meet on 0" in one.evidence for one in alike)
    with pytest.raises(InvalidParameterError):
        suggestions.suggest(Context(ws), corpus, "nonsense")


def test_subsumption_by_hand() -> None:
    # "low" is on 10 lists, 8 of them with "high", which is on 20 of 40: share 0.8, the other way round 0.4 / lift 1.6
    rows = (
        [{"tags": ["low", "high"]}] * 8 + [{"tags": ["low"]}] * 2 + [{"tags": ["high"]}] * 12 + [{"tags": ["x"]}] * 18
    )
    assert said(hierarchy(make_corpus(rows))) == [], "not three times steeper, and lift below 2"
    rows = [{"tags": ["low", "high"]}] * 9 + [{"tags": ["low"]}] + [{"tags": ["high"]}] * 21 + [{"tags": ["x"]}] * 69
    (one,) = hierarchy(make_corpus(rows))  # 9 of 10 against 9 of 30; lift 0.9 / 0.3 = 3
    assert str(one.decision) == "broader low → high"
    assert (one.strength, one.playlists) == (pytest.approx(0.9), 10)
    assert "90%" in one.evidence
    assert "30%" in one.evidence


def test_what_was_rejected_or_undone_is_proposed_no_more(ws: Workspace) -> None:
    corpus = corpora.open_corpus(Context(ws), "lists")
    (live,) = suggestions.suggest(Context(ws), corpus, "not music")
    curation.reject(Context(ws), "lists", live.decision, "ann")
    assert suggestions.suggest(Context(ws), corpus, "not music") == []
    assert len(curation.current_overlay(Context(ws), "lists")) == 0
    taken = curation.add(Context(ws), "lists", resolve("merge", ["hip-hop"], "hip hop", "ann"))
    assert suggestions.suggest(Context(ws), corpora.open_corpus(Context(ws), "lists"), "spellings") == []
    curation.undo(Context(ws), "lists", taken.id, "ann")
    assert suggestions.suggest(Context(ws), corpora.open_corpus(Context(ws), "lists"), "spellings") == []


def test_what_was_rejected_is_proposed_again_once_it_is_reopened_or_withdrawn(ws: Workspace) -> None:
    context, corpus = Context(ws), corpora.open_corpus(Context(ws), "lists")
    (live,) = suggestions.suggest(context, corpus, "not music")
    curation.reject(context, "lists", live.decision, "ann")
    curation.reopen(context, "lists", live.decision.id, "bob")
    assert suggestions.suggest(context, corpus, "not music") == [live]
    with pytest.raises(NotFoundError, match="is turned down"):
        curation.reopen(context, "lists", live.decision.id, "bob")
    assert curation.reject_all(context, "lists", [live.decision, live.decision], "ann")
    assert suggestions.suggest(context, corpus, "not music") == []
    curation.withdraw(context, "lists", [live.decision.id], "ann")
    assert suggestions.suggest(context, corpus, "not music") == [live]
    stored, refused = curation.add_all(
        context, "lists", [resolve("merge", ["hip-hop"], "hip hop", "ann"), resolve("block", ["nowhere"], "", "ann")]
    )
    assert [one.tags for one in stored] == [("hip-hop",)]
    assert "nowhere" in str(refused[0][1])
    curation.withdraw(context, "lists", [stored[0].id, "unknown"], "ann")
    assert len(curation.current_overlay(context, "lists")) == 0
    assert suggestions.suggest(context, corpora.open_corpus(context, "lists"), "spellings")


def test_a_preview_changes_nothing_and_says_what_would(ws: Workspace) -> None:
    seen = suggestions.preview(Context(ws), "lists", resolve(Act.MERGE, ["hip-hop"], "hip hop"), "neighbours", n=20)
    assert seen.tags == (13, 12)
    assert seen.counts == {"hip-hop": 10, "hip hop": 10}
    assert seen.merged == 20
    assert "hip-hop" in seen.before.labels
    assert "hip-hop" not in seen.after.labels
    assert len(curation.current_overlay(Context(ws), "lists")) == 0


def test_the_effect_on_metrics_is_measured_on_the_same_questions(ws: Workspace) -> None:
    rows = [{**row, "tags": [*row["tags"], "music"]} for row in _rows(lists())]
    ws.save_corpus(make_corpus(rows, name="longer"))
    merge = impact.measure_impact(Context(ws), "longer", [resolve(Act.MERGE, ["hip-hop"], "hip hop")])
    nothing = impact.measure_impact(Context(ws), "longer", [resolve(Act.RENAME, ["rock"], "Rock")])
    assert merge.questions == nothing.questions > 5
    before, after, low, high = nothing.metrics["ndcg"]
    assert (before, low, high) == (after, 0.0, 0.0), "a label changes no answer"
    before, after, low, high = merge.metrics["ndcg"]
    assert low <= after - before <= high
    assert after > before, "the two spellings of one tag no longer hide each other"


def _rows(corpus: Corpus) -> list[dict[str, object]]:
    from tagviz.types import Kind

    tags, songs = corpus.matrix(Kind.TAG), corpus.matrix(Kind.SONG)
    ids, names = np.asarray(corpus.vocab(Kind.TAG).ids), np.asarray(corpus.vocab(Kind.SONG).ids)
    return [
        {"title": title, "tags": list(ids[tags[[n]].indices]), "songs": list(names[songs[[n]].indices]), "group": group}
        for n, (title, group) in enumerate(zip(corpus.playlists["title"], corpus.playlists["group"], strict=True))
    ]
