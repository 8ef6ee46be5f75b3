"""Decisions on tags in words."""

from __future__ import annotations

from tagviz.curation.decisions import Act, Decision
from tagviz.ui import formatting
from tagviz.ui.i18n import N_, _

ACTS = {
    Act.MERGE: N_("Merge into one tag"),
    Act.SPLIT: N_("Split into separate tags"),
    Act.BLOCK: N_("Never recommend"),
    Act.TOGETHER: N_("Recommend together"),
    Act.APART: N_("Never recommend together"),
    Act.RENAME: N_("Rename"),
    Act.FACET: N_("Set the facet"),
    Act.BROADER: N_("Set the parent tag"),
}
"""What can be decided."""

TARGETS = {
    Act.MERGE: N_("Tag that remains"),
    Act.RENAME: N_("New name"),
    Act.FACET: N_("Facet"),
    Act.BROADER: N_("Parent tag"),
}
"""Label of the target of a decision that needs one."""

SENTENCES = {
    Act.MERGE: N_("Merge {tags} into “{target}”"),
    Act.SPLIT: N_("Split {tags} into separate tags"),
    Act.BLOCK: N_("Never recommend {tags}"),
    Act.TOGETHER: N_("Recommend {tags} together"),
    Act.APART: N_("Never recommend {tags} together"),
    Act.RENAME: N_("Rename {tags} to “{target}”"),
    Act.FACET: N_("Set the facet of {tags} to “{target}”"),
    Act.BROADER: N_("Set the parent tag of {tags} to “{target}”"),
}


def sentence(decision: Decision) -> str:
    """Return a decision as a sentence, not escaped."""
    tags = formatting.listing([_("“{typed}”").format(typed=formatting.one_line(tag, 40)) for tag in decision.tags])
    return _(SENTENCES[decision.act]).format(tags=tags, target=formatting.one_line(decision.target, 40))
