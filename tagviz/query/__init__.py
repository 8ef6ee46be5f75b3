"""Understanding what a person types: names of things in the corpus, phrases, and what is to be avoided."""

from __future__ import annotations

from tagviz.query.interpretation import interpret
from tagviz.query.mentions import Candidate, Interpretation, Mention, Role
from tagviz.query.names import MentionKind

__all__ = ["Candidate", "Interpretation", "Mention", "MentionKind", "Role", "interpret"]
