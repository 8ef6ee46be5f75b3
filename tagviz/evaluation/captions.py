"""Sentences on figures and tables: how to read them, and what they say for the numbers at hand."""

from __future__ import annotations

from math import isfinite

import pandas as pd

from tagviz.evaluation import compare
from tagviz.evaluation.heatmaps import Instead, InsteadOne, Similarity
from tagviz.evaluation.metric_registry import BEYOND, PER_QUESTION, explained
from tagviz.evaluation.rank_histogram import RankHistogram
from tagviz.evaluation.report import EvalReport
from tagviz.types import Kind

READ_INTERVALS = "Thin bars: where the number would lie in 95 of 100 repetitions."
READ_TABLE = " ".join((explained(PER_QUESTION), READ_INTERVALS))
READ_SIMILARITY = (
    "Each row is a place in the list of suggestions, each column a hidden tag. Light: what we suggest means about the "
    "same as what people wrote. A light upper edge is good: the first suggestions are the closest."
)
READ_INSTEAD = (
    "Each row is a tag that people wrote and we hid, each column a tag that we suggested. Light on the diagonal: we "
    "suggest it ourselves. Light elsewhere: we suggest that tag instead; look whether it means the same."
)
READ_HISTOGRAM = (
    "Each bar says how many of the hidden items come at that place of our list; every playlist counts equally, so that "
    "“found” is the recall of the table. High bars on the left are good; the last bar holds what we did not find."
)

READ_BANDS = (
    "Head: the most frequent ones, which make up a third of all uses; middle: the next third; tail: all others. A "
    "model that is good in the head only repeats what is popular."
)
READ_BEYOND = explained(BEYOND)
READ_PAIRS = (
    "All models answer the same questions. The interval says where the difference would lie in 95 of 100 repetitions; "
    "p how often mere chance would give as much, corrected for the number of pairs. What may be chance is not called "
    "better."
)
READ_DIVERGENCE = (
    "Are tags that are near in the embedding also on the same playlists? 0 %: it explains no more than the tags' "
    "popularity does; 100 %: it explains exactly which tags occur together. Measured before anything is recommended."
)
READ_HUBS = (
    "A hub is near to many tags, so it is in many answers. Skewness near 0: all tags are neighbours about equally "
    "often; above 1: a few tags are neighbours of very many, and others of none."
)
READ_OWN_VECTOR = (
    "A playlist has a vector of its own, and its items have a mean vector. Where the two are far apart, its title and "
    "its content do not match."
)
READ_STABILITY = (
    "Two trainings that differ only in their seed: neighbours in both are reliable, the others depend on chance."
)
READ_HISTORY = (
    "These evaluations differ in what they asked or in the corpus: compare only those that asked the same questions."
)


def read_leak(method: str) -> str:
    """Return what the leak is and how it is measured, with the title of the method."""
    return (
        f"Other playlists of the same listener or artist give the answers away. Measured with {method} on both splits: "
        "whole listeners or artists held out, and playlists held out one by one."
    )


def leak_sentence(kind: Kind | str, by_group: float, at_random: float, leak: float) -> str:
    """Return a sentence on both splits, such as "A split at random flatters: nDCG of the tags would be 0.572 …".

    Args:
        kind: Kind of the items.
        by_group: nDCG with whole groups held out.
        at_random: nDCG with playlists held out one by one.
        leak: Share of the questions whose group was trained on.
    """
    groups = f"{share(leak)} of its questions come from listeners or artists that were trained on."
    random, grouped = f"{at_random:.3f}", f"{by_group:.3f}"
    if at_random <= by_group:
        no_gain = f"A split at random does not flatter here: nDCG of the {kind}s would be {random} instead of {grouped}"
        return f"{no_gain}; {groups}"
    if by_group <= 0:
        return f"A split at random flatters: nDCG of the {kind}s would be {random} instead of {grouped}; {groups}"
    gain = share(at_random / by_group - 1)
    return (
        f"A split at random flatters: nDCG of the {kind}s would be {random} instead of {grouped}, {gain} more; {groups}"
    )


def precision_sentence(precision: float, k: int, kind: Kind = Kind.TAG) -> str:
    """Return a precision in words: “Of the 5 tags we suggest, 1.6 are right”."""
    if k == 1:
        return f"The first {kind} we suggest is right {share(precision)} of the time."
    right = _short_number(precision * k)
    if right == "1":
        return f"Of the {k} {kind}s we suggest, 1 is right."
    return f"Of the {k} {kind}s we suggest, {right} are right."


def recall_sentence(recall: float, k: int, kind: Kind = Kind.TAG) -> str:
    """Return a recall in words: “The first 10 hold 42 % of the hidden tags”."""
    return f"The first {k} hold {share(recall)} of the hidden {kind}s."


def table_sentence(
    summary: pd.DataFrame, comparison: pd.DataFrame, k: int, kind: Kind = Kind.TAG, metric: str = "ndcg"
) -> str:
    """Return what the main table says: the best model, its precision, and the models that it cannot be told from.

    Args:
        summary: Frame as from `metrics.summary`.
        comparison: Frame as from `compare.compare`.
        k: Number of recommended items that count.
        kind: Kind of the items.
        metric: Metric by which the best is chosen.
    """
    known = summary.dropna(subset=[metric])
    if known.empty:
        return f"No question here hides {kind}s, so there is nothing to measure."
    best = known.iloc[int(known[metric].to_numpy().argmax())]
    sentence = f"{best['model']} is ahead. " + precision_sentence(float(best["precision"]), k, kind)
    if len(known) == 1:
        return precision_sentence(float(best["precision"]), k, kind)
    even = [
        other
        for other, outcome in compare.outcomes_for(comparison, str(best["model"])).items()
        if outcome != compare.BETTER
    ]
    if even:
        few = int(best["questions"])
        sentence += f" {few:,} questions are not enough to tell it from {_joined_with_or(even)}."
    else:
        sentence += " The lead is larger than chance would give."
    return sentence


def comparison_sentence(row: pd.Series, metric: str) -> str:
    """Return one pair of a comparison in words.

    Args:
        row: Row of a frame as from `compare.compare`.
        metric: Title of the metric.
    """
    a, b, outcome = row["a"], row["b"], row["outcome"]
    counts = f"{a} wins {row['wins']:,} questions, {b} {row['losses']:,}, {row['ties']:,} are even."
    if outcome == compare.SAME:
        return f"{a} and {b} answer equally well on every question."
    if outcome == compare.UNCLEAR:
        return f"{row['questions']:,} questions are not enough to tell {a} from {b}. {counts}"
    difference = f"{abs(row['difference']):.3f}"
    if outcome == compare.BETTER:
        return f"{a} is better than {b} by {difference} {metric}. {counts}"
    return f"{a} is worse than {b} by {difference} {metric}. {counts}"


def histogram_title(shape: RankHistogram, label: str) -> str:
    """Return a title for a rank histogram: "Half of the right tags come in the first 4"."""
    middle, kind = shape.median.get(label, float("inf")), shape.kind
    if shape.items == 0:
        return f"No hidden {kind}s here"
    if middle == 1:
        return f"Half of the right {kind}s come as the first"
    if isfinite(middle):
        return f"Half of the right {kind}s come in the first {middle:.0f}"
    return f"{share(shape.found.get(label, 0.0))} of the right {kind}s come in the first {shape.k}"


def similarity_title(shape: Similarity, k: int) -> str:
    """Return a title for a similarity heatmap, with the mean similarity of the closest suggestion."""
    if not isfinite(shape.best):
        return "Nothing to compare here"
    return f"Closest of our {k} to each hidden tag: similarity {shape.best:.2f}"


def instead_title(shape: Instead, k: int) -> str:
    """Return a title for the heatmap of confused tags, with the most frequent confusion."""
    if not len(shape.tags):
        return "No hidden tags here"
    right = float((shape.values.diagonal() * shape.counts).sum() / shape.counts.sum())
    mixed = shape.values.copy()
    for at in range(len(mixed)):
        mixed[at, at] = -1.0
    hidden, suggested = divmod(int(mixed.argmax()), mixed.shape[1])
    sentence = f"{share(right)} of these hidden tags are in our first {k}"
    if mixed[hidden, suggested] <= 0:
        return sentence
    instead = f"most often instead: “{shape.names[suggested]}” for “{shape.names[hidden]}”"
    return f"{sentence}; {instead}"


def instead_of_title(shape: InsteadOne) -> str:
    """Return a title for the heatmap of confused tags of one question."""
    found, rows, k = shape.found, len(shape.rows), len(shape.columns)
    sentence = f"{found} of the {rows} hidden tags are in our first {k}"
    if found == 1:
        sentence = f"1 of the {rows} hidden tags is in our first {k}"
    wrong = [name for name in shape.columns if name not in shape.rows]
    if not wrong or shape.found == len(shape.rows):
        return sentence
    first = f"instead of the others, first of all “{wrong[0]}”"
    return f"{sentence}; {first}"


def about(report: EvalReport) -> str:
    """Return a sentence on what was evaluated and how."""
    how = f"{report.protocol} protocol" + (f", {report.mask} mask" if report.protocol == "arena" else "")
    whole = "whole listeners or artists held out" if report.by_group else "playlists held out one by one"
    return (
        f"{len(report):,} questions on {report.corpus}, {report.playlists:,} playlists trained on; {how}, {whole}, "
        f"seed {report.seed}; {report.created[:10]}, corpus {report.fingerprint}, tagviz {report.version or '?'}."
    )


def share(fraction: float) -> str:
    """Return a share in per cent: 0.424 → "42 %", 0.004 → "0.4 %"."""
    percent = 100 * fraction
    return f"{percent:.0f} %" if percent >= 0.95 or percent == 0 else f"{percent:.1f} %"


def _short_number(number: float) -> str:
    text = f"{number:.1f}" if number < 10 else f"{number:.0f}"
    return text.removesuffix(".0")


def _joined_with_or(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
