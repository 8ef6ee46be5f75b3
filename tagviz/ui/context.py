"""The context of a page: the chosen corpus and model."""

from __future__ import annotations

from dataclasses import dataclass

from tagviz.operations.corpora import CorpusInfo
from tagviz.ui import cache


@dataclass(frozen=True)
class PageContext:
    """The corpus and the model that are chosen in the side bar.

    Attributes:
        corpus: The corpus.
        model: The model: a method's or a model's id, with `:variant` for a variant.
    """

    corpus: CorpusInfo
    model: str

    @property
    def model_key(self) -> cache.ModelKey:
        """The key under which results are cached."""
        return self.with_model(self.model)

    def with_model(self, ref: str) -> cache.ModelKey:
        """Return the key of the same corpus with another model."""
        fingerprint = self.corpus.fingerprint
        return cache.ModelKey(self.corpus.name, fingerprint, cache.resolved(fingerprint, ref))

    @property
    def names(self) -> tuple[str, str]:
        """Name and fingerprint of the corpus."""
        return self.corpus.name, self.corpus.fingerprint
