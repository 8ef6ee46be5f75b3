"""Vectors made elsewhere become a model: looked at, kept, asked, judged and opened again; what is unsafe is refused."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from tagviz.errors import InvalidParameterError, NotReadyError, SourceError
from tagviz.operations import evaluation, models, recommend
from tagviz.operations.context import Context
from tagviz.operations.models import import_vectors
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Query
from tests.corpora import checkerboard


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "home")


@pytest.fixture
def corpus() -> Corpus:
    return checkerboard(half=40)


def write(path: Path, corpus: Corpus) -> Path:
    """Vectors for all tags but t15 by gensim: even ones point one way, odd ones another; and a word that is no tag."""
    from gensim.models import KeyedVectors

    tags = [tag for tag in corpus.vocab(Kind.TAG).ids if tag != "t15"]
    rng = np.random.default_rng(1)
    rows = [np.eye(4)[int(tag[1:]) % 2] + 0.1 * rng.random(4) for tag in tags]
    vectors = KeyedVectors(vector_size=4)
    vectors.add_vectors([*tags, "T0", "zebra"], np.array([*rows, np.ones(4), np.ones(4)], dtype=np.float32))
    vectors.save_word2vec_format(str(path), binary=path.suffix == ".bin")
    return path


@pytest.mark.parametrize("name", ["v.bin", "v.vec"])
def test_a_file_is_looked_at_kept_asked_and_judged(ws: Workspace, corpus: Corpus, tmp_path: Path, name: str) -> None:
    seen = import_vectors.preview(corpus, write(tmp_path / name, corpus))
    told = seen.described()
    assert told["matched"]["tag"] == 15
    assert told["missing_examples"] == ["zebra"]
    assert told["tags_without_vector_examples"] == ["t15"]
    assert told["ambiguous_examples"] == [{"key": "tag:t0", "words": ["t0", "T0"]}]
    for tag, near in zip(seen.samples["tag"], seen.samples["nearest"], strict=True):
        assert {int(other[1:]) % 2 for other in near.split(", ")} == {int(tag[1:]) % 2}
    assert models.list_models(Context(ws), corpus.fingerprint) == [], "a preview keeps nothing"

    info = import_vectors.keep(Context(ws), corpus, seen, title="from afar")
    assert (info.method, info.marks.title) == ("foreign", "from afar")
    assert import_vectors.keep(Context(ws), corpus, seen).id == info.id
    (tmp_path / name).unlink()  # what was accepted does not depend on the file any more
    for variant in ("", ":playlists", ":mean", ":voting", ":cluster"):
        model = models.open_model(Context(ws), corpus, info.id + variant)
        ranking = recommend.recommend(corpus, model, Query(tags=("t0", "t2", "t4"), n=4), Kind.TAG)
        assert all(int(key.removeprefix("tag:t")) % 2 == 0 for key in ranking.keys), variant
    with pytest.raises(InvalidParameterError, match="no variant 'context'"):
        models.open_model(Context(ws), corpus, f"{info.id}:context")
    _, report = evaluation.evaluate(Context(ws), corpus, [info.id, "popularity"])
    assert report.labels[0] == "from afar"


def test_vectors_are_not_trained(ws: Workspace, corpus: Corpus) -> None:
    with pytest.raises(NotReadyError, match="load the file"):
        models.train(Context(ws), corpus, "foreign")


class Bomb:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> object:
        return (os.mkdir, (str(self.path),))


@pytest.mark.parametrize("name", ["w.model", "w.bin", "w.npz"])
def test_what_could_run_code_is_refused_with_the_way_out_and_runs_nothing(
    corpus: Corpus, tmp_path: Path, name: str
) -> None:
    mark = tmp_path / "ran"
    if name == "w.npz":
        np.savez(tmp_path / name, keys=np.array([Bomb(mark)], dtype=object), vectors=np.ones((1, 2)), allow_pickle=True)
    else:
        (tmp_path / name).write_bytes(pickle.dumps(Bomb(mark)))
    with pytest.raises(SourceError) as refused:
        import_vectors.preview(corpus, tmp_path / name)
    assert not mark.exists()
    assert "save_word2vec_format" in str(refused.value) or "np.savez" in str(refused.value)
