"""What benchmarks/quality.py measured, as a section of docs/benchmarks.md: a summary, then tables by data set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Cells = Sequence[Mapping[str, Any]]

SEEN = 3
"""Splits 1 to SEEN make the tables; later ones were drawn when all choices were made, and stand apart."""
COMBINERS = ("best", "fusion")
TITLES = {
    "word2vec:context": "word2vec tuned: context",
    "word2vec:playlists": "word2vec tuned: playlists",
    "word2vec:mean": "word2vec tuned: mean",
    "word2vec melon:voting": "Word2Vec as published: voting",
    "word2vec melon:mean": "Word2Vec as published: mean",
    "sentence:playlists": "sentence, off the shelf: playlists",
    "sentence:items": "sentence, off the shelf: items",
    "taught:playlists": "sentence, taught here: playlists",
    "taught:items": "sentence, taught here: items",
}
ABOUT = """\
`{command}` asks every question through the same scorer (`tagviz/evaluate`); a second run only does what is missing.

- **Splits**: a tenth of the playlists is asked about, the rest is trained on; whole listeners or artists are on one
  side. Three splits (seeds 1 to 3), at most 3,000 questions each.
- **Measures**: *combined* is the Kakao Arena's .85 · nDCG of 100 songs + .15 · nDCG of 10 tags; where tags are all
  there is, nDCG@10.
- **±** is half of a 95 % interval: bootstrap over listeners or artists, or the spread of the splits, whichever is
  larger. Differences are *paired*: both methods answered the same questions.
- **Masks** of the lists: *official* always shows the title, as the organisers' script does; *real* shows none beside
  songs, as their files turned out.
- **Settings**: every member's settings, and the members themselves, were searched on validation playlists cut from
  the training side of split 1, never by looking at its test side (the other splits cut the same playlists anew). The
  fusion's weights and the re-ranker learn inside each fit, from playlists of its own training side. One thing is not
  clean: what the re-ranker is shown and how many candidates it gets was decided while its result on the test side of
  split 1 of the lists was in sight. {fresh}
- **Peers** run with their libraries' own defaults, on songs and tags together: implicit 0.7 (item–item by cosine and
  BM25 with 100 neighbours; ALS) and RecTools 0.19 (EASE; it multiplies with the transpose of the weights that it has
  solved for, so the same weights used as in the paper are shown too, as *mended*). LensKit was not tried.
- **Word2Vec as published** is the recipe that this project began with: preset `melon`, asked by voting or by mean."""


@dataclass(frozen=True)
class Section:
    """One data set under one mask: its heading, the measure that counts, the goal if there is one, and its cells."""

    title: str
    main: str
    cells: Cells
    goal: float = 0.0
    peers: frozenset[str] = field(default_factory=frozenset)

    def of(self, method: str) -> Cells:
        return [cell for cell in self.cells if cell["cell"]["method"] == method and "error" not in cell]

    @property
    def methods(self) -> list[str]:
        """Best first."""
        names = dict.fromkeys(cell["cell"]["method"] for cell in self.cells if "error" not in cell)
        return sorted(names, key=lambda name: -mean(self.values(name)))

    def values(self, method: str, measure: str = "", case: str = "") -> list[list[float]]:
        """Mean and standard error per split."""
        found = [cell["measures"].get(case, {}).get(measure or self.main) for cell in self.of(method)]
        return [value for value in found if value]

    def strongest(self, methods: Iterable[str]) -> str:
        """Of the methods measured on most splits, the one of the highest mean; "" for none."""
        wanted = set(methods)
        known = [name for name in self.methods if name in wanted]
        return max(known, key=lambda name: len(self.of(name)), default="")

    def difference(self, method: str, other: str) -> str:
        """How much better one method is than another on the splits that both have answered."""
        theirs = {cell["cell"]["seed"]: cell for cell in self.of(other)}
        pairs = [(cell, theirs[cell["cell"]["seed"]]) for cell in self.of(method) if cell["cell"]["seed"] in theirs]
        found = []
        for one, two in pairs:
            drawn = [np.array(each.get("resampled", [])) for each in (one, two)]
            error = float(np.std(drawn[0] - drawn[1])) if len(drawn[0]) == len(drawn[1]) > 0 else 0.0
            found.append([one["measures"][""][self.main][0] - two["measures"][""][self.main][0], error])
        return pooled(found, "+.4f")


def mean(values: list[list[float]]) -> float:
    return float(np.mean([value for value, _ in values])) if values else float("-inf")


def pooled(values: list[list[float]], form: str = ".4f") -> str:
    """Mean over the splits ± half the 95 % interval, the larger of what the questions and what the splits say."""
    if not values:
        return "–"
    within = np.sqrt(np.sum(np.square([error for _, error in values]))) / len(values)
    between = np.std([value for value, _ in values], ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    half = 1.96 * max(within, between)
    return f"{mean(values):{form}} ± {half:.4f}" if half > 0 else f"{mean(values):{form}}"


def section(parts: Sequence[Section], sentence: Section, command: str) -> str:
    """All of it, in Markdown. sentence: the data set whose sentence models are compared."""
    kept = [_only(part, range(1, SEEN + 1)) for part in parts]
    kept = [part for part in kept if part.cells]
    fresh = [part for part in (_only(part, range(SEEN + 1, 100)) for part in parts) if part.cells]
    told = (
        "Splits that nobody had looked at then are below the summary." if fresh else "No untouched split was measured."
    )
    lines = ["## How good the answers are", "", ABOUT.format(command=command, fresh=told), "", *_summary(kept)]
    lines += _taught(_only(sentence, range(1, SEEN + 1)))
    for part in fresh:
        lines += _untouched(part)
    for part in kept:
        lines += _details(part)
    return "\n".join(lines)


def _only(part: Section, seeds: range) -> Section:
    return Section(part.title, part.main, [c for c in part.cells if c["cell"]["seed"] in seeds], part.goal, part.peers)


def _summary(parts: Sequence[Section]) -> list[str]:
    rows, apart = [], []
    for part in parts:
        single = part.strongest(
            name for name in part.methods if name not in (*COMBINERS, *part.peers) and "melon" not in name
        )
        peer = part.strongest(part.peers)
        others = [
            "fusion" if part.of("fusion") else "",
            single,
            peer,
            part.strongest(name for name in part.methods if "melon" in name),
        ]
        goal = f"≥ {part.goal:.3f}" if part.goal else "–"
        most = len({cell["cell"]["seed"] for cell in part.cells})
        rows.append(
            [part.title, part.main, goal, f"**{pooled(part.values('best'))}**"]
            + [f"{pooled(part.values(name))} ({_with_splits(part, name, most)})" if name else "–" for name in others]
        )
        apart.append([part.title, *(part.difference("best", name) if name else "–" for name in others)])
    names = ["fusion", "best single method", "best peer", "Word2Vec as published"]
    return [
        "### In short",
        "",
        *_drawn(["data set", "measure", "goal", "best", *names], rows),
        "",
        "How much better `best` is, paired:",
        "",
        *_drawn(["data set", *(f"than {name}" for name in names)], apart),
        "",
    ]


def _taught(part: Section) -> list[str]:
    rows = []
    for way in ("items", "playlists"):
        before, after = part.values(f"sentence:{way}"), part.values(f"taught:{way}")
        if before and after:
            rows.append([way, pooled(before), pooled(after), f"{mean(after) / mean(before):.1f} ×"])
    if not rows:
        return []
    head = [
        "asked for the nearest",
        "MiniLM off the shelf",
        "taught on the corpus",
        "ratio (goal, items: 3 ×)",
    ]
    return [f"The sentence model on {part.title}, {part.main}:", "", *_drawn(head, rows), ""]


def _untouched(part: Section) -> list[str]:
    seeds = sorted({cell["cell"]["seed"] for cell in part.cells})
    rows = [[title(name), pooled(part.values(name)), part.difference("best", name)] for name in part.methods]
    which = f"{part.title}, splits {', '.join(map(str, seeds))}, drawn after everything was chosen:"
    return [which, "", *_drawn(["method", part.main, "best is better by"], rows), ""]


def _details(part: Section) -> list[str]:
    good = [cell for cell in part.cells if "error" not in cell]
    questions = int(np.mean([cell["questions"] for cell in good]))
    splits = len({cell["cell"]["seed"] for cell in good})
    lines = [f"### {part.title}", "", f"{splits} splits of about {questions:,} questions.", ""]
    cases = [case for case in dict.fromkeys(case for cell in good for case in cell["measures"]) if case]
    cases = cases if len(cases) > 1 else []
    more = [name for name in ("song nDCG", "tag nDCG") if any(part.values(m, name) for m in part.methods)]
    lines += _drawn(
        ["method", part.main, *more, *cases],
        (
            [_with_splits(part, name, splits), pooled(part.values(name))]
            + [_short(part.values(name, measure)) for measure in more]
            + [_short(part.values(name, case=case)) for case in cases]
            for name in part.methods
        ),
    )
    for kind in ("song", "tag"):
        measures = [f"{kind} {name}@{k}" for k in (5, 10) for name in ("precision", "recall", "f1")]
        if any(part.values(name, measures[0]) for name in part.methods):
            lines += ["", f"<details><summary>Precision, recall and F1 of {kind}s</summary>", ""]
            lines += _drawn(
                ["method", *(name.partition(" ")[2].replace("f1", "F1") for name in measures)],
                ([title(name), *(_short(part.values(name, m)) for m in measures)] for name in part.methods),
            )
            lines += ["", "</details>"]
    lines += [
        "",
        "<details><summary>Costs: one thread, the split that other work on the machine disturbed least</summary>",
        "",
    ]
    lines += _drawn(
        ["method", "fit, s", "one question, ms", "questions a second", "peak memory, MB"],
        ([title(name), *_costs(part.of(name))] for name in part.methods),
    )
    failed = {cell["cell"]["method"]: cell["error"] for cell in part.cells if "error" in cell}
    return [*lines, "", "</details>", "", *(f"- {title(name)}: {error}" for name, error in failed.items())]


def _costs(cells: Cells) -> list[str]:
    """Of the split that other work on the machine disturbed least."""
    least = {key: min(cell[key] for cell in cells) for key in ("fit_seconds", "query_ms", "memory_mb")}
    speed = max(cell["questions_per_second"] for cell in cells)
    return [f"{least['fit_seconds']:,.1f}", f"{least['query_ms']:,.1f}", f"{speed:,.0f}", f"{least['memory_mb']:,.0f}"]


def _short(values: list[list[float]]) -> str:
    """Like `pooled`, with three digits."""
    value, _, half = pooled(values).partition(" ± ")
    return f"{float(value):.3f} ± {float(half or 0):.3f}" if values else value


def _with_splits(part: Section, method: str, splits: int) -> str:
    known = len(part.of(method))
    return title(method) if known == splits else f"{title(method)}, {known} of {splits} splits"


def title(method: str) -> str:
    """How a method is called in the tables."""
    return TITLES.get(method, method.replace(":", ": "))


def _drawn(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [list(head), ["---"] * len(head), *(list(row) for row in rows)]
    return ["| " + " | ".join(line) + " |" for line in lines]
