"""An opened model."""

from __future__ import annotations

from dataclasses import dataclass

from tagviz.curation.translation import TranslatedRecommender
from tagviz.feedback import training_examples as training_examples
from tagviz.store.workspace import ModelInfo
from tagviz.types import Embedding, Recommender


@dataclass(frozen=True, eq=False)
class Model:
    """An opened model: what is known of it, in which way it is asked, and its embedding where it has one."""

    info: ModelInfo
    recommender: Recommender
    variant: str = ""

    @property
    def embedding(self) -> Embedding | None:
        """The embedding of the model; None where the method has none."""
        return getattr(self.recommender, "embedding", None)

    @property
    def learned(self) -> Recommender:
        """The recommender as it was fitted, in the tags of the corpus as it was then."""
        return self.recommender.inner if isinstance(self.recommender, TranslatedRecommender) else self.recommender

    @property
    def ref(self) -> str:
        """What opens this model in this variant again."""
        return f"{self.info.id}:{self.variant}" if self.variant else self.info.id
