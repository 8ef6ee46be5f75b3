"""Cache for values that several views derive from the same report."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from tagviz.evaluation.report import EvalReport

P = ParamSpec("P")
R = TypeVar("R")


def per_report(
    function: Callable[Concatenate[EvalReport, P], R],
) -> Callable[Concatenate[EvalReport, P], R]:
    """Compute a function of a report once per report and arguments.

    The values are kept as long as the report and go with it.

    Args:
        function: Takes a report and hashable arguments; callers must not change what it returns.

    Returns:
        The function with a cache.
    """
    cache: WeakKeyDictionary[EvalReport, dict[Any, R]] = WeakKeyDictionary()

    @wraps(function)
    def cached(report: EvalReport, /, *args: P.args, **kwargs: P.kwargs) -> R:
        of_report = cache.setdefault(report, {})
        key = (args, tuple(sorted(kwargs.items())))
        if key not in of_report:
            of_report[key] = function(report, *args, **kwargs)
        return of_report[key]

    return cached
