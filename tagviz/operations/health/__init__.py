"""The state of a workspace: what in it is damaged, and its repair."""

from __future__ import annotations

from tagviz.operations.health.examine import Finding, Repair, examine
from tagviz.operations.health.repair import Done, repair

__all__ = ["Done", "Finding", "Repair", "examine", "repair"]
