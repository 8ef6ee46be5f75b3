"""A corpus through a layer, models of one view answering for another, and what pages and commands then say."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import orjson
import pytest

from tagviz import asking
from tagviz.curate.answering import Translated, same_tags
from tagviz.curate.apply import curated, unknown
from tagviz.curate.layer import Act, Decision, Layer
from tagviz.errors import BadParameter, UnknownTerm
from tagviz.operations import answers, corpora, curation, maps, models
from tagviz.ranking import Rules, rank
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Query
from tests.corpora import checkerboard, make_corpus


def hops() -> Corpus:
    """Twelve lists; "hip hop", "hip-hop" and "hiphop" share them, "rap" is on all, "jazz" and "blues" on the others."""
    rows = [
        {"title": f"l{n}", "tags": [["hip hop", "hip-hop", "hiphop"][n % 3], "rap"], "songs": ["s1"]} for n in range(6)
    ]
    rows += [{"title": f"l{n}", "tags": ["jazz", "blues", "calm"][: 2 + n % 2], "songs": ["s2"]} for n in range(6, 12)]
    return make_corpus(rows, name="hops")


MERGE = Decision(Act.MERGE, ("hip-hop", "hiphop"), "hip hop")


def test_merged_tags_are_one_and_the_corpus_stays_as_it_came() -> None:
    raw = hops()
    before = raw.matrix(Kind.TAG).toarray().copy()
    seen = curated(raw, Layer((MERGE,)))
    vocab = seen.vocab(Kind.TAG)
    assert list(vocab.ids) == ["hip hop", "rap", "jazz", "blues", "calm"]
    assert seen.counts(Kind.TAG).tolist() == [6, 6, 6, 6, 3], "2 + 2 + 2 lists of three spellings are 6"
    assert vocab.find(["hiphop", "rap", "nothing"]).tolist() == [0, 1, -1]
    assert np.array_equal(raw.matrix(Kind.TAG).toarray(), before)
    assert len(seen) == len(raw)
    assert seen.fingerprint == f"{raw.fingerprint}+{Layer((MERGE,)).digest}"
    assert curated(raw, Layer()) is raw


def test_a_list_that_holds_two_spellings_holds_the_tag_once() -> None:
    raw = make_corpus([{"tags": ["a", "b", "c"]}])
    assert curated(raw, Layer((Decision(Act.MERGE, ("b",), "a"),))).matrix(Kind.TAG).toarray().tolist() == [[1.0, 1.0]]


def test_labels_facets_and_unknown_tags() -> None:
    layer = Layer(
        (
            Decision(Act.RENAME, ("rap",), "Rap!"),
            Decision(Act.FACET, ("jazz",), "genre"),
            Decision(Act.BLOCK, ("polka",)),
        )
    )
    seen = curated(hops(), layer)
    vocab = seen.vocab(Kind.TAG)
    assert vocab.label(vocab.row("rap")) == "Rap!"
    assert seen.facets[vocab.row("jazz")] == "genre"
    assert unknown(hops(), layer) == ["polka"]
    assert same_tags(seen, hops())
    assert asking.parse(Query(tags=("RAP",)), seen).readings[0][0].key == "tag:rap"


def test_a_target_that_a_later_version_lost_is_stood_for_by_its_most_common_spelling() -> None:
    raw = hops()
    seen = curated(raw, Layer((Decision(Act.MERGE, ("hip-hop", "hiphop", "rap"), "gone"),)))
    assert "rap" in seen.vocab(Kind.TAG).ids
    assert seen.vocab(Kind.TAG).row("hiphop") == seen.vocab(Kind.TAG).row("rap")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path)
    made.save_corpus(hops())
    made.save_corpus(checkerboard())
    return made


def tags(ws: Workspace, query: Query, name: str = "hops", model: str = "neighbours") -> list[str]:
    corpus = corpora.open_corpus(ws, name)
    found = answers.recommend(corpus, models.open_model(ws, corpus, model), query, Kind.TAG)
    return list(found.labels) if not found.fallback else []


def test_a_model_trained_before_answers_in_the_tags_of_today_and_again_as_before(ws: Workspace) -> None:
    before = tags(ws, Query(tags=("rap",)))
    assert before[:3] == ["hip hop", "hip-hop", "hiphop"]
    one = curation.add(ws, "hops", "merge", ["hip-hop", "hiphop"], "hip hop", "Ann", "spellings")
    assert tags(ws, Query(tags=("rap",)))[0] == "hip hop"
    assert not {"hip-hop", "hiphop"} & set(tags(ws, Query(tags=("rap",))))
    assert tags(ws, Query(tags=("hiphop",)))[0] == "rap", "an old spelling in a link still means the tag"
    corpus = corpora.open_corpus(ws, "hops")
    model = models.open_model(ws, corpus, "neighbours")
    assert isinstance(model.recommender, Translated)
    assert "+" not in model.info.fingerprint
    curation.undo(ws, "hops", one.id, "Bob")
    assert tags(ws, Query(tags=("rap",))) == before
    assert [(event.author, event.undone) for event in curation.history(ws, "hops")] == [("Ann", False), ("Bob", True)]


def test_translated_scores_are_the_best_of_the_spellings(ws: Workspace) -> None:
    raw = ws.open_corpus("hops")
    inner = models.open_model(ws, raw, "popularity").recommender
    seen = curated(raw, Layer((MERGE,)))
    asked = asking.parse(Query(tags=("jazz",)), seen)
    found = Translated(inner, raw, seen).score(asked, Kind.TAG)[0]
    plain = inner.score(asking.parse(Query(tags=("jazz",)), raw), Kind.TAG)[0]
    assert found.shape == (5,)
    assert found[0] == plain[[0, 2, 3]].max()
    assert found[2] == plain[raw.vocab(Kind.TAG).row("jazz")]


def test_blocked_is_never_answered_together_comes_first_apart_never(ws: Workspace) -> None:
    assert "rap" in tags(ws, Query(tags=("hip hop",)))
    curation.add(ws, "hops", "block", ["rap"], author="Ann")
    curation.add(ws, "hops", "together", ["jazz", "hip-hop"], author="Ann")
    curation.add(ws, "hops", "apart", ["jazz", "blues"], author="Ann")
    assert "rap" not in tags(ws, Query(tags=("hip hop",)))
    near = tags(ws, Query(tags=("jazz",)))
    assert near[0] == "hip-hop"
    assert "blues" not in near
    corpus = corpora.open_corpus(ws, "hops")
    asked = asking.of_rows(corpus, np.arange(len(corpus)), (Kind.TAG,))
    ranked = rank(models.open_model(ws, corpus, "popularity").recommender, asked, Kind.TAG, corpus, 6, Rules())
    assert corpus.vocab(Kind.TAG).row("rap") not in ranked.rows, "not by popularity either"


def test_neighbours_and_maps_follow(ws: Workspace) -> None:
    raw = corpora.open_corpus(ws, "checkerboard")
    model = models.open_model(ws, raw, "spectral")
    assert len(maps.open_map(ws, raw, model).vocab) == 16
    curation.add(ws, "checkerboard", "merge", ["t2", "t4"], "t0", "Ann")
    curation.add(ws, "checkerboard", "apart", ["t0", "t6"], author="Ann")
    seen = corpora.open_corpus(ws, "checkerboard")
    model = models.open_model(ws, seen, "spectral")
    near = answers.neighbours(seen, model, ["tag:t2"])
    assert not {"tag:t0", "tag:t2", "tag:t4", "tag:t6"} & set(near.keys)
    assert len(near.keys) == 16 - 4
    drawn = maps.open_map(ws, seen, model)
    assert len(drawn.vocab) == 14
    assert {"t2", "t4"}.isdisjoint(drawn.vocab.ids)
    again = models.train(ws, seen, "spectral")
    assert again.fingerprint == seen.fingerprint, "trained on the merged tags"
    assert models.open_model(ws, seen, "spectral").info.id == again.id, "and then answers before the older one"


def test_what_contradicts_or_is_unknown_is_refused(ws: Workspace) -> None:
    curation.add(ws, "hops", "block", ["rap"], author="Ann")
    for wrong in (("merge", ["rap"], "jazz"), ("block", ["rap"], "")):
        with pytest.raises(BadParameter):
            curation.add(ws, "hops", *wrong, author="Bob")
    with pytest.raises(UnknownTerm) as caught:
        curation.add(ws, "hops", "block", ["jaz"], author="Bob")
    assert "jazz" in str(caught.value)
    with pytest.raises(BadParameter):
        curation.add(ws, "hops", "block", ["jazz"], author="")
    with pytest.raises(UnknownTerm):
        curation.undo(ws, "hops", "ffff", "Ann")
    curation.add(ws, "hops", "rename", ["jazz"], "Jazz", "Ann")
    curation.add(ws, "hops", "rename", ["jazz"], "JAZZ", "Ann")
    with pytest.raises(BadParameter) as opposite:
        curation.add(ws, "hops", "rename", ["jazz"], "Cool jazz", "Bob")
    assert "Ann" in str(opposite.value)
    assert curation.layer(ws, "hops").effect.labels == {"jazz": "JAZZ"}
    assert len(curation.layer(ws, "hops")) == 3


def test_a_file_is_imported_with_its_conflicts_and_warnings_shown(ws: Workspace) -> None:
    curation.add(ws, "hops", "rename", ["rap"], "Rap", "Ann")
    text = "tagviz: 1\ndecisions:\n- rename: rap\n  as: RAP\n- block: [polka]\n  because: <b>no</b>\n- block: [calm]\n"
    looked = curation.import_layer(ws, "hops", text, "Bob", apply=False)
    assert len(curation.layer(ws, "hops")) == 1, "only looked at"
    done = curation.import_layer(ws, "hops", text, "Bob")
    assert [len(one.merged.conflicts) for one in (looked, done)] == [1, 1]
    assert [str(one) for one in done.merged.added] == ["block polka", "block calm"]
    assert any("polka" in line for line in done.warnings)
    assert any("markup" in line for line in done.warnings)
    assert curation.layer(ws, "hops").effect.labels == {"rap": "Rap"}
    before = curation.export_yaml(ws, "hops")
    curation.import_layer(ws, "hops", before.replace("- block: [calm]\n", "- block: [blues]\n"), "Bob", base=before)
    assert curation.layer(ws, "hops").effect.blocked == {"polka", "blues"}


def test_an_older_layer_is_found_by_its_digest(ws: Workspace) -> None:
    curation.add(ws, "hops", "merge", ["hiphop"], "hip hop", "Ann")
    then = corpora.info(ws, "hops").fingerprint
    curation.add(ws, "hops", "merge", ["hip-hop"], "hip hop", "Ann")
    assert len(corpora.open_corpus(ws, "hops", then).vocab(Kind.TAG)) == 6
    assert len(corpora.open_corpus(ws, "hops").vocab(Kind.TAG)) == 5
    assert len(corpora.open_corpus(ws, "hops", then.partition("+")[0]).vocab(Kind.TAG)) == 7, "as it came"
    with pytest.raises(UnknownTerm):
        corpora.open_corpus(ws, "hops", then[:-1] + "x")


def test_five_thousand_decisions_hardly_slow_a_query(tmp_path: Path) -> None:
    """A layer of 5,000 decisions adds at most a tenth to a query (twice that here, for a busy machine)."""
    chance = np.random.default_rng(42)
    rows = [{"tags": [f"t{t}" for t in chance.choice(12_000, 12, replace=False)], "songs": ["s"]} for _ in range(4_000)]
    ws = Workspace(tmp_path)
    ws.save_corpus(make_corpus(rows, name="big"))
    raw = ws.open_corpus("big")
    ids = list(raw.vocab(Kind.TAG).ids)
    decisions = [Decision(Act.MERGE, (ids[2 * n],), ids[2 * n + 1]) for n in range(1_000)]
    decisions += [Decision(Act.BLOCK, (ids[4_000 + n],)) for n in range(1_000)]
    decisions += [Decision(Act.RENAME, (ids[5_000 + n],), f"label {n}") for n in range(1_000)]
    decisions += [Decision(Act.APART, (ids[6_000 + n], ids[7_000 + n])) for n in range(1_000)]
    decisions += [Decision(Act.BROADER, (ids[8_000 + n],), ids[9_000 + n]) for n in range(1_000)]
    seen = curated(raw, Layer(tuple(decisions)))
    model = models.open_model(ws, raw, "neighbours")
    both = [(raw, model.recommender), (seen, Translated(model.recommender, raw, seen))]
    took: list[list[float]] = [[], []]
    for _ in range(15):
        for place, (corpus, recommender) in enumerate(both):
            asked = asking.parse(Query(tags=(ids[11_000], ids[11_001])), corpus)
            begun = time.process_time()
            rank(recommender, asked, Kind.TAG, corpus, 20)
            took[place].append(time.process_time() - begun)
    plain, layered = (float(np.median(part)) for part in took)
    assert layered < 1.2 * plain + 0.001, f"{1000 * plain:.2f} ms, with the layer {1000 * layered:.2f} ms"


def test_predict_and_the_evaluation_keep_to_it(ws: Workspace, tmp_path: Path) -> None:
    from tagviz.operations import verdicts

    curation.add(ws, "hops", "block", ["rap"], author="Ann")
    curation.add(ws, "hops", "merge", ["hip-hop", "hiphop"], "hip hop", "Ann")
    corpus = corpora.open_corpus(ws, "hops")
    questions, answers_file = tmp_path / "q.json", tmp_path / "r.json"
    questions.write_text('[{"id": 99, "plylst_title": "", "tags": ["hiphop"], "songs": [], "updt_date": ""}]')
    answers.predict(corpus, models.open_model(ws, corpus, "neighbours"), questions, answers_file)
    (told,) = orjson.loads(answers_file.read_bytes())
    assert told["tags"]
    assert not {"rap", "hip hop", "hip-hop", "hiphop"} & set(told["tags"])
    rows = [{"tags": [f"t{(n + at) % 9}" for at in range(5)]} for n in range(40)]
    ws.save_corpus(make_corpus(rows, name="rings"))
    curation.add(ws, "rings", "block", ["t0"], author="Ann")
    rings = corpora.open_corpus(ws, "rings")
    ident, report = verdicts.evaluate(ws, rings, ["popularity"])
    rows_of = report.rows["popularity", Kind.TAG]
    answered = {report.items[Kind.TAG].vocab.label(row) for row in rows_of[rows_of >= 0]}
    assert "t1" in answered
    assert "t0" not in answered
    assert verdicts.open_report(ws, rings.fingerprint, ident).labels_for(Kind.TAG) == ["popularity"]


def test_tags_kept_apart_are_no_spellings_of_each_other(ws: Workspace) -> None:
    def together() -> bool:
        corpus = corpora.open_corpus(ws, "hops")
        groups = answers.folding(ws, corpus).groups[Kind.TAG]
        rows = corpus.vocab(Kind.TAG).find(["hip hop", "hip-hop"])
        return bool(groups[rows[0]] == groups[rows[1]])

    assert together()
    curation.add(ws, "hops", "apart", ["hip hop", "hip-hop"], author="Ann")
    assert not together()
