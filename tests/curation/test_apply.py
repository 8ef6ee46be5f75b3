"""A corpus through a layer, models of one view answering for another, and what pages and commands then say."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import orjson
import pytest

from tagviz.curation.decisions import Act, Decision, Overlay, resolve
from tagviz.curation.overlay import curated
from tagviz.curation.translation import TranslatedRecommender
from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.operations import corpora, curation, models, recommend
from tagviz.operations.context import Context
from tagviz.query import parser
from tagviz.ranking import RankingOptions, rank
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


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path)
    made.save_corpus(hops())
    made.save_corpus(checkerboard())
    return made


def tags(ws: Workspace, query: Query, name: str = "hops", model: str = "neighbours") -> list[str]:
    corpus = corpora.open_corpus(Context(ws), name)
    found = recommend.recommend(corpus, models.open_model(Context(ws), corpus, model), query, Kind.TAG)
    return list(found.labels) if not found.fallback else []


def test_blocked_is_never_answered_together_comes_first_apart_never(ws: Workspace) -> None:
    assert "rap" in tags(ws, Query(tags=("hip hop",)))
    curation.add(Context(ws), "hops", resolve("block", ["rap"], author="Ann"))
    curation.add(Context(ws), "hops", resolve("together", ["jazz", "hip-hop"], author="Ann"))
    curation.add(Context(ws), "hops", resolve("apart", ["jazz", "blues"], author="Ann"))
    assert "rap" not in tags(ws, Query(tags=("hip hop",)))
    near = tags(ws, Query(tags=("jazz",)))
    assert near[0] == "hip-hop"
    assert "blues" not in near
    corpus = corpora.open_corpus(Context(ws), "hops")
    asked = parser.batch_of_rows(corpus, np.arange(len(corpus)), (Kind.TAG,))
    ranked = rank(
        models.open_model(Context(ws), corpus, "popularity").recommender, asked, Kind.TAG, corpus, 6, RankingOptions()
    )
    assert corpus.vocab(Kind.TAG).row("rap") not in ranked.rows, "not by popularity either"


def test_what_contradicts_or_is_unknown_is_refused(ws: Workspace) -> None:
    curation.add(Context(ws), "hops", resolve("block", ["rap"], author="Ann"))
    for wrong in (("merge", ["rap"], "jazz"), ("block", ["rap"], "")):
        with pytest.raises(InvalidParameterError):
            curation.add(Context(ws), "hops", resolve(*wrong, author="Bob"))
    with pytest.raises(NotFoundError) as caught:
        curation.add(Context(ws), "hops", resolve("block", ["jaz"], author="Bob"))
    assert "jazz" in str(caught.value)
    with pytest.raises(InvalidParameterError):
        curation.add(Context(ws), "hops", resolve("block", ["jazz"], author=""))
    with pytest.raises(NotFoundError):
        curation.undo(Context(ws), "hops", "ffff", "Ann")
    curation.add(Context(ws), "hops", resolve("rename", ["jazz"], "Jazz", "Ann"))
    curation.add(Context(ws), "hops", resolve("rename", ["jazz"], "JAZZ", "Ann"))
    with pytest.raises(InvalidParameterError) as opposite:
        curation.add(Context(ws), "hops", resolve("rename", ["jazz"], "Cool jazz", "Bob"))
    assert "Ann" in str(opposite.value)
    assert curation.current_overlay(Context(ws), "hops").effect.labels == {"jazz": "JAZZ"}
    assert len(curation.current_overlay(Context(ws), "hops")) == 3


def test_a_file_is_imported_with_its_conflicts_and_warnings_shown(ws: Workspace) -> None:
    curation.add(Context(ws), "hops", resolve("rename", ["rap"], "Rap", "Ann"))
    text = "tagviz: 1\ndecisions:\n- rename: rap\n  as: RAP\n- block: [polka]\n  because: <b>no</b>\n- block: [calm]\n"
    looked = curation.import_decisions(Context(ws), "hops", curation.DecisionFile(text), "Bob", apply=False)
    assert len(curation.current_overlay(Context(ws), "hops")) == 1, "only looked at"
    done = curation.import_decisions(Context(ws), "hops", curation.DecisionFile(text), "Bob")
    assert [len(one.merged.conflicts) for one in (looked, done)] == [1, 1]
    assert [str(one) for one in done.merged.added] == ["block polka", "block calm"]
    assert any("polka" in line for line in done.warnings)
    assert any("markup" in line for line in done.warnings)
    assert curation.current_overlay(Context(ws), "hops").effect.labels == {"rap": "Rap"}
    before = curation.export_yaml(Context(ws), "hops")
    curation.import_decisions(
        Context(ws),
        "hops",
        curation.DecisionFile(before.replace("- block: [calm]\n", "- block: [blues]\n"), base=before),
        "Bob",
    )
    assert curation.current_overlay(Context(ws), "hops").effect.blocked == {"polka", "blues"}


def test_an_older_layer_is_found_by_its_digest(ws: Workspace) -> None:
    curation.add(Context(ws), "hops", resolve("merge", ["hiphop"], "hip hop", "Ann"))
    then = corpora.info(Context(ws), "hops").fingerprint
    curation.add(Context(ws), "hops", resolve("merge", ["hip-hop"], "hip hop", "Ann"))
    assert len(corpora.open_corpus(Context(ws), "hops", then).vocab(Kind.TAG)) == 6
    assert len(corpora.open_corpus(Context(ws), "hops").vocab(Kind.TAG)) == 5
    assert len(corpora.open_corpus(Context(ws), "hops", then.partition("+")[0]).vocab(Kind.TAG)) == 7, "as it came"
    with pytest.raises(NotFoundError):
        corpora.open_corpus(Context(ws), "hops", then[:-1] + "x")


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
    seen = curated(raw, Overlay(tuple(decisions)))
    model = models.open_model(Context(ws), raw, "neighbours")
    both = [(raw, model.recommender), (seen, TranslatedRecommender(model.recommender, raw, seen))]
    took: list[list[float]] = [[], []]
    for _ in range(15):
        for place, (corpus, recommender) in enumerate(both):
            asked = parser.parse(Query(tags=(ids[11_000], ids[11_001])), corpus)
            begun = time.process_time()
            rank(recommender, asked, Kind.TAG, corpus, 20)
            took[place].append(time.process_time() - begun)
    plain, layered = (float(np.median(part)) for part in took)
    assert layered < 1.2 * plain + 0.001, f"{1000 * plain:.2f} ms, with the layer {1000 * layered:.2f} ms"


def test_predict_and_the_evaluation_keep_to_it(ws: Workspace, tmp_path: Path) -> None:
    from tagviz.operations import evaluation

    curation.add(Context(ws), "hops", resolve("block", ["rap"], author="Ann"))
    curation.add(Context(ws), "hops", resolve("merge", ["hip-hop", "hiphop"], "hip hop", "Ann"))
    corpus = corpora.open_corpus(Context(ws), "hops")
    questions, answers_file = tmp_path / "q.json", tmp_path / "r.json"
    questions.write_text('[{"id": 99, "plylst_title": "", "tags": ["hiphop"], "songs": [], "updt_date": ""}]')
    recommend.predict(corpus, models.open_model(Context(ws), corpus, "neighbours"), questions, answers_file)
    (told,) = orjson.loads(answers_file.read_bytes())
    assert told["tags"]
    assert not {"rap", "hip hop", "hip-hop", "hiphop"} & set(told["tags"])
    rows = [{"tags": [f"t{(n + at) % 9}" for at in range(5)]} for n in range(40)]
    ws.save_corpus(make_corpus(rows, name="rings"))
    curation.add(Context(ws), "rings", resolve("block", ["t0"], author="Ann"))
    rings = corpora.open_corpus(Context(ws), "rings")
    ident, report = evaluation.evaluate(Context(ws), rings, ["popularity"])
    rows_of = report.rows["popularity", Kind.TAG]
    answered = {report.items[Kind.TAG].vocab.label(row) for row in rows_of[rows_of >= 0]}
    assert "t1" in answered
    assert "t0" not in answered
    assert evaluation.open_report(Context(ws), rings.fingerprint, ident).labels_for(Kind.TAG) == ["popularity"]


def test_tags_kept_apart_are_no_spellings_of_each_other(ws: Workspace) -> None:
    def together() -> bool:
        corpus = corpora.open_corpus(Context(ws), "hops")
        groups = recommend.near_duplicates(Context(ws), corpus).groups[Kind.TAG]
        rows = corpus.vocab(Kind.TAG).find(["hip hop", "hip-hop"])
        return bool(groups[rows[0]] == groups[rows[1]])

    assert together()
    curation.add(Context(ws), "hops", resolve("apart", ["hip hop", "hip-hop"], author="Ann"))
    assert not together()
