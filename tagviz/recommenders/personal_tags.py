"""Tags that say nothing of music: "seen live", "albums I own", "awesome"; and tags of one listener alone.

Zero-shot, without a list of tags: a tag is personal where both sentence models find it nearer to prototypes of what
people say about themselves than to prototypes of what they say about music (prototypical networks, Snell et al. 2017).

    z_minilm(d) + z_e5(d) ≥ THRESHOLD,  d = mean of the three largest cosines to PERSONAL − the same to MUSICAL

MiniLM reads English only, so that tags in other languages need STRICT of E5 alone; facets of the corpus decide where it
has any. Whether listeners who use a tag mean the same songs was tried and left out: "sad", "relaxing" and "dark" agree
as little as "awesome" does.
"""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from tagviz.recommenders.phrases import ENGLISH, MULTILINGUAL, english
from tagviz.recommenders.support import listeners
from tagviz.training import Encode
from tagviz.types import Corpus, Floats, Kind, readonly

PERSONAL = (
    *("seen live", "albums I own", "my favorites", "songs I love", "awesome", "favourite songs", "check out later"),
    *("best songs ever", "my music", "I like this", "great", "owned on vinyl", "amazing", "to listen", "my name"),
    *("rated 5 stars", "perfect", "lol", "bands I have seen", "love it"),
)
MUSICAL = (
    *(
        "jazz",
        "rock",
        "sad",
        "piano",
        "female vocalists",
        "80s",
        "german",
        "party",
        "rainy day",
        "hip hop",
        "soundtrack",
    ),
    *(
        "mellow",
        "guitar",
        "summer",
        "british",
        "experimental",
        "dark",
        "instrumental",
        "dance",
        "love songs",
        "romantic",
    ),
    *(
        "easy listening",
        "happy",
        "chillout",
        "beautiful",
        "sexy",
        "oldies",
        "ballad",
        "classic rock",
        "live",
        "workout",
    ),
    *("world music", "covers", "singer-songwriter", "worship", "anime"),
)
NEAREST = 3
"""Prototypes of each sort that a tag is compared with."""
THRESHOLD = 3.0
"""Sum of two standard scores: on the Last.fm lists' 621 tags of two listeners or more, 26 are above, two of them
wrongly ("great lyrics", "underrated" says something to some)."""
STRICT = 4.5
"""For tags that only E5 reads, twice its standard score."""
FACET = "personal"
FEWEST_LISTENERS = 2
"""A tag of fewer listeners counts for these only and is not answered to others."""

_found: WeakKeyDictionary[Corpus, NDArray[np.bool_]] = WeakKeyDictionary()


def personal(corpus: Corpus, encoder: Callable[[str], Encode]) -> NDArray[np.bool_]:
    """Which tags say nothing of music.

    Args:
        corpus: Whose tags.
        encoder: Name of a sentence model → what it says of texts.

    Returns:
        bool (tags,), kept as long as the corpus.
    """
    if corpus not in _found:
        if (corpus.facets == FACET).any():
            _found[corpus] = readonly(corpus.facets == FACET)
        else:
            _found[corpus] = readonly(_read(corpus, encoder))
    return _found[corpus]


def shared_tags(corpus: Corpus) -> list[str]:
    """The tags that are read: those of several listeners, since others are not answered anyway.

    None where facets decide.
    """
    if (corpus.facets == FACET).any():
        return []
    return corpus.vocab(Kind.TAG).label_list(np.flatnonzero(listeners(corpus) >= FEWEST_LISTENERS))


def _read(corpus: Corpus, encoder: Callable[[str], Encode]) -> NDArray[np.bool_]:
    rows, names = np.flatnonzero(listeners(corpus) >= FEWEST_LISTENERS), shared_tags(corpus)
    says_nothing = np.zeros(len(corpus.vocab(Kind.TAG)), dtype=bool)
    if len(rows) > 1:
        multilingual = _standard(encoder(MULTILINGUAL), names)
        both = np.array([english(name) for name in names], dtype=bool)
        sure = multilingual + _standard(encoder(ENGLISH), names)
        says_nothing[rows] = np.where(both, sure >= THRESHOLD, 2 * multilingual >= STRICT)
    return says_nothing


def _standard(encode: Encode, names: list[str]) -> Floats:
    vectors = encode(names)
    apart = _nearest(vectors, encode(PERSONAL)) - _nearest(vectors, encode(MUSICAL))
    return np.asarray((apart - apart.mean()) / max(float(apart.std()), 1e-9), dtype=np.float32)


def _nearest(vectors: Floats, prototypes: Floats) -> Floats:
    return np.asarray(np.sort(vectors @ prototypes.T, axis=1)[:, -NEAREST:].mean(axis=1), dtype=np.float32)


def private(corpus: Corpus) -> NDArray[np.bool_]:
    """Bool (tags,): tags of one listener, where the corpus knows listeners.

    Tags of one playlist elsewhere are kept, since nobody knows whose they are.
    """
    if not (corpus.playlists["group"] != "").any():
        return np.zeros(len(corpus.vocab(Kind.TAG)), dtype=bool)
    return np.asarray(listeners(corpus) < FEWEST_LISTENERS)
