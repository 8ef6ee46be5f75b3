"""What all visitors share: results by their arguments, computed once although several ask at the same moment.

Streamlit's own caches hash every argument and copy what they return, which took a tenth of a page's time. Here the
arguments are the key, and everybody gets the same object: for results that nobody changes.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import nullcontext
from functools import update_wrapper
from math import inf
from typing import Any, Generic, ParamSpec, TypeVar
from weakref import WeakSet

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from tagviz.ui.i18n import _

Arguments = ParamSpec("Arguments")
Outcome = TypeVar("Outcome")

_all: WeakSet[Shared[Any, Any]] = WeakSet()


class Shared(Generic[Arguments, Outcome]):
    """A function whose results are kept (see `shared`)."""

    def __init__(self, function: Callable[Arguments, Outcome], entries: int, ttl: float, spinner: str) -> None:
        update_wrapper(self, function)
        self._function = function
        self._entries = entries
        self._ttl = ttl
        self._spinner = spinner
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[float, Future[Outcome]]] = OrderedDict()
        _all.add(self)

    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Outcome:
        """Return the result, computed by this thread, by another one, or before."""
        key = (args, tuple(sorted(kwargs.items())))
        while True:
            with self._lock:
                known = self._kept.get(key)
                mine = known is None or time.monotonic() >= known[0]
                until, result = (inf, Future()) if mine or known is None else known
                self._kept[key] = until, result
                self._kept.move_to_end(key)
                while len(self._kept) > self._entries:
                    self._kept.popitem(last=False)
            if mine:
                return self._compute(key, result, args, kwargs)
            try:
                return result.result()
            except _Interrupted:
                continue  # whoever computed it left its page; now it is this thread's turn

    def _compute(self, key: Hashable, result: Future[Outcome], args: Any, kwargs: Any) -> Outcome:
        in_page = self._spinner and get_script_run_ctx(suppress_warning=True) is not None
        try:
            with st.spinner(_(self._spinner)) if in_page else nullcontext():
                computed = self._function(*args, **kwargs)
                with self._lock:
                    if self._kept.get(key, (0.0, None))[1] is result:
                        self._kept[key] = time.monotonic() + self._ttl, result
                result.set_result(computed)
                return computed
        except BaseException as error:
            if not result.done():
                self._forget(key, result)
                result.set_exception(error if isinstance(error, Exception) else _Interrupted())
            raise

    def _forget(self, key: Hashable, result: Future[Outcome]) -> None:
        with self._lock:
            if self._kept.get(key, (0.0, None))[1] is result:
                del self._kept[key]

    def clear(self) -> None:
        """Forget all results; what is being computed is not kept."""
        with self._lock:
            self._kept.clear()


class _Interrupted(Exception):
    """The page that computed a result was left meanwhile."""


def shared(
    entries: int, ttl: float = inf, spinner: str = ""
) -> Callable[[Callable[Arguments, Outcome]], Shared[Arguments, Outcome]]:
    """Wrap a function so that its newest results are kept.

    An error is not kept, but everybody who waited for this result gets it.

    Args:
        entries: Largest number of results; the one that was not used for longest goes first.
        ttl: Seconds for which a result is valid.
        spinner: What the page says meanwhile; "" for nothing.
    """
    return lambda function: Shared(function, entries, ttl, spinner)


def clear_all() -> None:
    """Forget all results of all functions."""
    for one in list(_all):
        one.clear()
