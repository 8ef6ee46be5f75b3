"""All metrics of an evaluation: their stored names, titles, meanings and order. Formulas are in docs/metrics.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Group = Literal["accuracy", "arena", "beyond"]


@dataclass(frozen=True)
class Metric:
    """A metric as tables, figures, texts and commands present it.

    Attributes:
        name: Stored name: column of tables, key of documents, value of arguments.
        title: Name on screen.
        heading: Name in narrow tables; `{k}` stands for the depth.
        sentence: Meaning in plain words, without a capital and a full stop.
        group: "accuracy": one value per question from its first k items. "arena": by the rule of the Kakao Arena, 100
            songs and 10 tags whatever k is. "beyond": one value per model, of its lists as a whole.
        better: Which values are better; "neither" where a metric only describes.
        main: Whether the evaluation's main table shows it.
        tunable: Whether a hyperparameter search can maximise it.
    """

    name: str
    title: str
    heading: str
    sentence: str
    group: Group
    better: Literal["higher", "lower", "neither"] = "higher"
    main: bool = False
    tunable: bool = False


_ALL = (
    Metric("precision", "Precision", "P@{k}", "share of the suggestions that are right", "accuracy", main=True),
    Metric(
        "recall",
        "Recall",
        "R@{k}",
        "share of the hidden items that are found",
        "accuracy",
        main=True,
        tunable=True,
    ),
    Metric("f1", "F1", "F1@{k}", "precision and recall in one number", "accuracy", main=True),
    Metric(
        "ndcg",
        "nDCG",
        "nDCG@{k}",
        "right suggestions count more when they come first; 1 is perfect",
        "accuracy",
        main=True,
    ),
    Metric(
        "ndcg_cut",
        "nDCG, cut at k",
        "nDCG'@{k}",
        "nDCG where finding as many hidden items as the list can hold is perfect",
        "accuracy",
    ),
    Metric(
        "hit",
        "Hit rate",
        "Hit@{k}",
        "share of the questions with at least one right suggestion",
        "accuracy",
        tunable=True,
    ),
    Metric(
        "mrr",
        "MRR",
        "MRR@{k}",
        "1 divided by the rank of the first right suggestion",
        "accuracy",
        tunable=True,
    ),
    Metric("song_ndcg", "Song nDCG@100", "song nDCG@100", "nDCG of the first 100 songs", "arena", tunable=True),
    Metric("tag_ndcg", "Tag nDCG@10", "tag nDCG@10", "nDCG of the first 10 tags", "arena", tunable=True),
    Metric(
        "arena",
        "Arena score",
        "Arena",
        "0.85 times the nDCG of 100 songs plus 0.15 times the nDCG of 10 tags",
        "arena",
        main=True,
        tunable=True,
    ),
    Metric("coverage", "Coverage", "Coverage", "share of all items that are suggested at least once", "beyond"),
    Metric("novelty", "Novelty", "Novelty", "how rare the suggestions are, in bits", "beyond"),
    Metric(
        "popularity",
        "Popularity",
        "Popularity",
        "mean share of training playlists that contain a suggestion",
        "beyond",
        "neither",
    ),
    Metric(
        "popularity_lift",
        "Popularity lift",
        "Popularity lift",
        "how much more popular the suggestions are than the hidden items; 0 is as popular",
        "beyond",
        "lower",
    ),
    Metric("tail_share", "From the tail", "Tail share", "share of the suggestions from the rarest items", "beyond"),
    Metric("diversity", "Variety in a list", "Diversity", "how different the suggestions of one list are", "beyond"),
    Metric(
        "calibration",
        "Calibration",
        "Calibration",
        "how far the genres of the suggestions are from those shown; 0 is best",
        "beyond",
        "lower",
    ),
)

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _ALL}
"""Metrics by name, in the order in which they are shown."""


def names_of(wanted: Callable[[Metric], bool]) -> tuple[str, ...]:
    """Return the names of some metrics, in the registry's order.

    Args:
        wanted: Says whether a metric belongs.
    """
    return tuple(name for name, metric in METRICS.items() if wanted(metric))


ACCURACY = names_of(lambda metric: metric.group == "accuracy")
"""Metrics with one value per question, from its first k items."""
ARENA = names_of(lambda metric: metric.group == "arena")
"""Metrics by the Arena's rule."""
BEYOND = names_of(lambda metric: metric.group == "beyond")
"""Metrics of a model's lists as a whole."""
MAIN = names_of(lambda metric: metric.main)
"""Metrics of the main table."""
PER_QUESTION = names_of(lambda metric: metric.main and metric.group == "accuracy")
"""Those of them with one value per question."""
TUNABLE = names_of(lambda metric: metric.tunable)
"""Metrics that a hyperparameter search can maximise."""


def titles(names: tuple[str, ...] = ()) -> dict[str, str]:
    """Return titles by name.

    Args:
        names: Metrics wanted; none: all.
    """
    return {name: METRICS[name].title for name in names or METRICS}


def explained(names: tuple[str, ...]) -> str:
    """Return what some metrics mean, one sentence each: "Coverage: share of …. Novelty: how rare …."."""
    return " ".join(f"{METRICS[name].title}: {METRICS[name].sentence}." for name in names)
