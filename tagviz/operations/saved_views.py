"""Views that people keep under a name: keep, list, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tagviz.access.roles import Permission
from tagviz.errors import InvalidParameterError
from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.store.saved_views import SavedView, SavedViewStore

LONGEST_NAME = 80
LONGEST_ADDRESS = 8000
"""Characters that the parameters of a view may have together."""
MOST = 200
"""Views of a person on a corpus."""


def keep(context: Context, name: str, corpus: str, page: str, params: Mapping[str, Sequence[str]]) -> SavedView:
    """Keep a view under a name; one of the same name is replaced.

    Args:
        context: The workspace, and who acts.
        name: The view's name.
        corpus: The corpus that it shows.
        page: The page's address below the server's root.
        params: The parameters of the address.

    Raises:
        InvalidParameterError: The name is empty, or the address too long.
    """
    access.check(context, Permission.VIEW, corpus)
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise InvalidParameterError("The view has no name", "the field is empty", "type a name for it")
    if sum(len(text) for texts in params.values() for text in texts) > LONGEST_ADDRESS:
        raise InvalidParameterError(
            "This view is too long to be kept", f"over {LONGEST_ADDRESS:,} characters", "select fewer items"
        )
    store = SavedViewStore(context.database)
    before = store.views(context.actor.name, corpus)
    for view in [*(view for view in before if view.name == name), *before[MOST - 1 :]]:
        store.remove(context.actor.name, view.id)
    return store.add(SavedView(name, context.actor.name, corpus, page, params))


def kept(context: Context, corpus: str) -> list[SavedView]:
    """Return the actor's views of a corpus, the newest first."""
    return SavedViewStore(context.database).views(context.actor.name, corpus) if context.has_database else []


def delete(context: Context, view: SavedView) -> None:
    """Delete a view of the actor."""
    SavedViewStore(context.database).remove(context.actor.name, view.id)


def restore(context: Context, view: SavedView) -> None:
    """Bring a deleted view back."""
    SavedViewStore(context.database).add(replace(view, person=context.actor.name))
