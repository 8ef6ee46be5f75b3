"""What each kind of job takes.

Arguments are stored as JSON in the database: a field may be added with a default, never renamed.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from tagviz.evaluation.split import Mask, Protocol, SplitSpec
from tagviz.operations import corpora
from tagviz.operations.context import Context
from tagviz.operations.models import tuning
from tagviz.operations.registry import FINE_TUNED
from tagviz.types import Corpus


class JobArgs(BaseModel):
    """Arguments of a job. Unknown names are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CorpusArgs(JobArgs):
    """Arguments of a job on one version of a corpus.

    Attributes:
        corpus: Name of the corpus.
        version: Fingerprint of the version; empty for the newest.
    """

    corpus: str = ""
    version: str = ""

    def open(self, context: Context) -> Corpus:
        """The corpus of these arguments."""
        return corpora.open_corpus(context, self.corpus, self.version)


class ImportArgs(JobArgs):
    """Arguments of an import: a path, the corpus's name, the format, and options of its reader."""

    path: str
    name: str | None = None
    format: str = "auto"
    options: dict[str, Any] | None = None
    from_dashboard: bool = False


class TrainArgs(CorpusArgs):
    """Arguments of a training; `start` is the model to continue from, `watch` keys whose neighbours are shown."""

    method: str = FINE_TUNED
    values: dict[str, Any] | None = None
    seed: int | None = None
    force: bool = False
    start: str = ""
    verdicts: bool = False
    watch: tuple[str, ...] = ()


class FineTuneArgs(TrainArgs):
    """Arguments of a fine-tuning; `out` is a folder into which the sentence model is written as well."""

    out: str = ""


class TuneArgs(CorpusArgs):
    """Arguments of a search for settings; `until` is the number of trials after which it ends."""

    method: str
    trials: int = 30
    metric: str = ""
    protocol: str = ""
    case: str = ""
    seed: int = 42
    give_up: bool = False
    fixed: dict[str, Any] | None = None
    until: int | None = None

    @property
    def objective(self) -> tuning.Objective:
        """What the search maximises."""
        return tuning.Objective(self.metric, self.protocol, self.case, self.seed)

    @property
    def search(self) -> tuning.Search:
        """The search."""
        return tuning.Search(self.objective, self.trials, self.until, self.fixed, self.give_up)


class ProjectArgs(CorpusArgs):
    """Arguments of a map; `start` is a model whose map the new one is aligned with, possibly of another corpus."""

    model: str = ""
    kind: str = "tag"
    values: dict[str, Any] | None = None
    previews: bool = False
    start: str = ""
    start_corpus: str = ""
    start_version: str = ""


class SplitArgs(CorpusArgs):
    """Arguments that say how a corpus is split for an evaluation; see `SplitSpec`."""

    protocol: Protocol = "tags"
    mask: Mask = "real"
    by_group: bool = True
    seed: int = 42
    share: float = 0.2
    limit: int | None = None

    @property
    def spec(self) -> SplitSpec:
        """How the corpus is split."""
        return SplitSpec(self.protocol, self.mask, self.by_group, self.seed, self.share, self.limit)


class EvaluateArgs(SplitArgs):
    """Arguments of an evaluation of several models."""

    models: tuple[str, ...]


class LeakageArgs(SplitArgs):
    """Arguments of the measurement of how much a random split flatters."""

    model: str


class ImpactArgs(CorpusArgs):
    """Arguments of the measurement of what a decision on tags changes."""

    act: str
    tags: tuple[str, ...]
    target: str = ""
    model: str = "neighbours"


class MonitorArgs(CorpusArgs):
    """Arguments of a monitoring run; `evaluate` trains the default model on both versions."""

    evaluate: bool = True
    limit: int | None = None
