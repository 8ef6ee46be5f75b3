"""Names of clusters."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from tagviz.projection.cluster_labels import ClusterNaming, cluster_names

LEVEL = np.array([0, 0, 0, 1, 1], dtype=np.int32)
VECTORS = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1]], dtype=np.float32)
LABELS = ["rock", "Rock!", "metal", "jazz", "rare"]


def test_popular_members_name_a_cluster_and_spellings_count_once() -> None:
    naming = ClusterNaming(np.array([100, 90, 80, 50, 1]))
    # "Rock!" is "rock" in another spelling; "rare" is in fewer than a quarter of the playlists of "jazz"
    assert cluster_names([LEVEL], VECTORS, LABELS, naming) == (("rock · metal", "jazz"),)


def test_words_name_a_cluster_by_what_only_it_has() -> None:
    """In the second cluster both words weigh alike, but "all" is in the first as well."""
    weights = sp.csr_matrix(np.array([[3, 0], [3, 0], [3, 0], [3, 3], [3, 3]], dtype=np.float32))
    names = cluster_names([LEVEL], VECTORS, LABELS, ClusterNaming(word_weights=weights, words=("all", "own")))
    assert names[0][0] == "all"
    assert names[0][1].startswith("own")


def test_lengths_name_the_arrays_that_are_present() -> None:
    assert ClusterNaming().lengths() == {}
    naming = ClusterNaming(np.ones(3, dtype=np.int64), sp.csr_matrix((4, 2)))
    assert naming.lengths() == {"counts": 3, "word_weights": 4}
