"""The numbers in plain words: what a figure or table shows, how to read it, what it says now."""

from __future__ import annotations

from math import isfinite

import pandas as pd

from tagviz.evaluate import compare
from tagviz.evaluate.heatmaps import Instead, InsteadOne, Similarity
from tagviz.evaluate.ranks import RankHistogram
from tagviz.evaluate.report import EvalReport
from tagviz.types import Kind

READ_TABLE = (
    "Precision: how many of the suggestions are right. Recall: how many of the hidden ones are found. F1: both in one "
    "number. nDCG: right ones count more when they come first; 1 is perfect. Thin bars: where the number would lie in "
    "95 of 100 repetitions."
)
READ_SIMILARITY = (
    "Each row is a place in the list of suggestions, each column a hidden tag. Light: what we suggest means about the "
    "same as what people wrote. A light upper edge is good: the first suggestions are the closest."
)
READ_INSTEAD = (
    "Each row is a tag that people wrote and we hid, each column a tag that we suggested. Light on the diagonal: we "
    "suggest it ourselves. Light elsewhere: we suggest that tag instead; look whether it means the same."
)
READ_HISTOGRAM = (
    "Each bar says how many of the hidden items come at that place of our list. High bars on the left are good; the "
    "last bar holds what we did not find."
)

READ_BANDS = (
    "Head: the most frequent ones, which make up a third of all uses; middle: the next third; tail: all others. A "
    "model that is good in the head only repeats what is popular."
)
READ_BEYOND = (
    "Coverage: share of all items that are suggested at least once. Novelty: how rare the suggestions are, in bits. "
    "Popularity lift: how much more popular than what was hidden. Tail share: suggestions from the tail. Diversity: "
    "how different the suggestions of one list are. Calibration: how far their genres are from those shown, 0 is best."
)
READ_PAIRS = (
    "All models answer the same questions. The interval says where the difference would lie in 95 of 100 repetitions; "
    "p how often mere chance would give as much, corrected for the number of pairs. What may be chance is not called "
    "better."
)
READ_DIVERGENCE = (
    "Two tags are near in the space; do they also stand on the same playlists? 0 %: the space knows no more than how "
    "popular each tag is; 100 %: it says exactly which tags go together. Measured before anything is recommended."
)
READ_HUBS = (
    "A hub is near to everything, so it turns up in many answers. Skewness near 0: tags are neighbours about equally "
    "often; above 1: a few are everywhere, and others nowhere."
)
READ_OWN_VECTOR = (
    "A playlist can be placed by what is said of it, or by what it holds. Where the two are far apart, its title says "
    "something else than its content."
)
READ_STABILITY = (
    "The same training with another seed: neighbours that stay are knowledge, neighbours that change are chance."
)
READ_HISTORY = (
    "These evaluations differ in what they asked or in the corpus: compare only those that asked the same questions."
)


def read_leak(method: str) -> str:
    """What is measured, with the title of the method that is asked."""
    return (
        f"Other playlists of the same listener or artist give the answers away. Measured with {method} on both splits: "
        "whole listeners or artists held out, and playlists held out one by one."
    )


def leak_sentence(kind: Kind | str, by_group: float, at_random: float, leak: float) -> str:
    """ "A split at random flatters: nDCG of the tags would be 0.572 instead of 0.396, 44 % more." """
    more = f", {share(at_random / by_group - 1)} more" if at_random > by_group > 0 else ""
    verb = "flatters" if at_random > by_group else "does not flatter here"
    return (
        f"A split at random {verb}: nDCG of the {kind}s would be {at_random:.3f} instead of {by_group:.3f}{more}; "
        f"{share(leak)} of its questions come from listeners or artists that were trained on."
    )


def precision_sentence(precision: float, k: int, kind: Kind = Kind.TAG) -> str:
    """ "Of the 5 tags we suggest, 1.6 are right." """
    right = precision * k
    if k == 1:
        return f"The first {kind} we suggest is right {share(precision)} of the time."
    return f"Of the {k} {kind}s we suggest, {_amount(right)} {'is' if _amount(right) == '1' else 'are'} right."


def recall_sentence(recall: float, k: int, kind: Kind = Kind.TAG) -> str:
    """ "The first 10 hold 42 % of the hidden tags." """
    return f"The first {k} hold {share(recall)} of the hidden {kind}s."


def table_sentence(
    summary: pd.DataFrame, comparison: pd.DataFrame, k: int, kind: Kind = Kind.TAG, metric: str = "ndcg"
) -> str:
    """What the table says now: the best model, what its number means, and from which models it cannot be told apart."""
    known = summary.dropna(subset=[metric])
    if known.empty:
        return f"No question here hides {kind}s, so there is nothing to measure."
    best = known.iloc[int(known[metric].to_numpy().argmax())]
    sentence = f"{best['model']} is ahead. {precision_sentence(float(best['precision']), k, kind)}"
    if len(known) == 1:
        return precision_sentence(float(best["precision"]), k, kind)
    even = [other for other, verdict in compare.verdicts(comparison, str(best["model"])).items() if verdict != "better"]
    if even:
        few = int(best["questions"])
        sentence += f" {few:,} questions are not enough to tell it from {_and(even)}."
    else:
        sentence += " The lead is larger than chance would give."
    return sentence


def comparison_sentence(row: pd.Series, metric: str) -> str:
    """One pair of a comparison in words."""
    a, b, verdict = row["a"], row["b"], row["verdict"]
    counts = f"{a} wins {row['wins']:,} questions, {b} {row['losses']:,}, {row['ties']:,} are even."
    if verdict == compare.SAME:
        return f"{a} and {b} answer equally well on every question."
    if verdict == compare.UNCLEAR:
        return f"{row['questions']:,} questions are not enough to tell {a} from {b}. {counts}"
    return f"{a} is {verdict} than {b} by {abs(row['difference']):.3f} {metric}. {counts}"


def histogram_title(shape: RankHistogram, label: str) -> str:
    """ "Half of the right tags come in the first 4" """
    middle, kind = shape.median.get(label, float("inf")), f"{shape.kind}s"
    if shape.items == 0:
        return f"No hidden {kind} here"
    if isfinite(middle):
        place = "first" if middle == 1 else f"first {middle:.0f}"
        return f"Half of the right {kind} come {'as the first' if middle == 1 else f'in the {place}'}"
    return f"{share(shape.found.get(label, 0.0))} of the right {kind} come in the first {shape.k}"


def similarity_title(shape: Similarity, k: int) -> str:
    """ "For each hidden tag, the closest of our 10 has similarity 0.74" """
    if not isfinite(shape.best):
        return "Nothing to compare here"
    return f"Closest of our {k} to each hidden tag: similarity {shape.best:.2f}"


def instead_title(shape: Instead, k: int) -> str:
    """ "46 % of the hidden tags are in our first 10; most often instead: “chill” for “chillout”" """
    if not len(shape.tags):
        return "No hidden tags here"
    right = float((shape.values.diagonal() * shape.counts).sum() / shape.counts.sum())
    mixed = shape.values.copy()
    for at in range(len(mixed)):
        mixed[at, at] = -1.0
    hidden, given = divmod(int(mixed.argmax()), mixed.shape[1])
    said = f"{share(right)} of these hidden tags are in our first {k}"
    if mixed[hidden, given] <= 0:
        return said
    return f"{said}; most often instead: “{shape.names[given]}” for “{shape.names[hidden]}”"


def instead_of_title(shape: InsteadOne) -> str:
    """ "2 of the 5 hidden tags are in our first 10; instead of the others, first of all “chill”" """
    said = f"{shape.found} of the {len(shape.rows)} hidden tags {'is' if shape.found == 1 else 'are'}"
    said += f" in our first {len(shape.columns)}"
    wrong = [name for name in shape.columns if name not in shape.rows]
    if not wrong or shape.found == len(shape.rows):
        return said
    return f"{said}; instead of the others, first of all “{wrong[0]}”"


def about(report: EvalReport) -> str:
    """One sentence on what was evaluated and how."""
    how = f"{report.protocol} protocol" + (f", {report.mask} mask" if report.protocol == "arena" else "")
    whole = "whole listeners or artists held out" if report.by_group else "playlists held out one by one"
    return (
        f"{len(report):,} questions on {report.corpus}, {report.playlists:,} playlists trained on; {how}, {whole}, "
        f"seed {report.seed}; {report.created[:10]}, corpus {report.fingerprint}, tagviz {report.version or '?'}."
    )


def share(value: float) -> str:
    """0.424 → "42 %", 0.004 → "0.4 %"."""
    percent = 100 * value
    return f"{percent:.0f} %" if percent >= 0.95 or percent == 0 else f"{percent:.1f} %"


def _amount(value: float) -> str:
    text = f"{value:.1f}" if value < 10 else f"{value:.0f}"
    return text.removesuffix(".0")


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
