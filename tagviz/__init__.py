"""Show how tags, playlists and songs relate: recommendations with reasons, maps of tags, and evaluation.

The names below are the public library. They are loaded at the first use, so that `import tagviz` is quick:

    >>> import tagviz
    >>> corpus = tagviz.open_corpus("demo")
    >>> near = tagviz.neighbours(corpus, "tag:jazz", model="spectral", n=3)
    >>> near.labels
    ('Jazz', 'jazz music', 'saxophone')
    >>> query = tagviz.Query(title="late night jazz", tags=("chill",))
    >>> ranking = tagviz.recommend(corpus, query, kind="song", model="spectral")
    >>> len(ranking.keys), ranking.kind
    (20, <Kind.SONG: 'song'>)

`tagviz.train` makes a model of any method, `tagviz.evaluate` measures models on playlists that they have not seen, and
`tagviz.import_corpus` reads a corpus of your own. Modules below `tagviz` are documented too, but only what is named
here keeps its name and signature between minor versions.
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

# Threads of OpenMP (LightGBM, scikit-learn, torch) spin while they wait for one another, unless this is set before
# their library is loaded: on a laptop that does something else too, fitting then takes two to four times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Models are read from disk, never fetched: Hugging Face's libraries read these once, when they are imported.
os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
_MODULES = {
    "tagviz.errors": (
        "TagvizError",
        "SourceError",
        "NotFoundError",
        "NotReadyError",
        "InvalidParameterError",
        "StoreError",
        "Cancelled",
    ),
    "tagviz.types": ("Corpus", "Embedding", "Kind", "Query", "Ranking", "Reason", "TermMatch", "Vocab"),
    "tagviz.ranking": ("RankingOptions",),
    "tagviz.evaluation.report": ("EvalReport",),
    "tagviz.operations.models": ("Model",),
    "tagviz.store.workspace": ("Workspace",),
    "tagviz.library": (
        "list_corpora",
        "open_corpus",
        "import_corpus",
        "train",
        "open_model",
        "recommend",
        "neighbours",
        "evaluate",
        "summary",
    ),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

if TYPE_CHECKING:
    from tagviz.errors import Cancelled as Cancelled
    from tagviz.errors import InvalidParameterError as InvalidParameterError
    from tagviz.errors import NotFoundError as NotFoundError
    from tagviz.errors import NotReadyError as NotReadyError
    from tagviz.errors import SourceError as SourceError
    from tagviz.errors import StoreError as StoreError
    from tagviz.errors import TagvizError as TagvizError
    from tagviz.evaluation.report import EvalReport as EvalReport
    from tagviz.library import evaluate as evaluate
    from tagviz.library import import_corpus as import_corpus
    from tagviz.library import list_corpora as list_corpora
    from tagviz.library import neighbours as neighbours
    from tagviz.library import open_corpus as open_corpus
    from tagviz.library import open_model as open_model
    from tagviz.library import recommend as recommend
    from tagviz.library import summary as summary
    from tagviz.library import train as train
    from tagviz.operations.models import Model as Model
    from tagviz.ranking import RankingOptions as RankingOptions
    from tagviz.store.workspace import Workspace as Workspace
    from tagviz.types import Corpus as Corpus
    from tagviz.types import Embedding as Embedding
    from tagviz.types import Kind as Kind
    from tagviz.types import Query as Query
    from tagviz.types import Ranking as Ranking
    from tagviz.types import Reason as Reason
    from tagviz.types import TermMatch as TermMatch
    from tagviz.types import Vocab as Vocab

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    """Load a public name at its first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    public = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = public
    return public


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
