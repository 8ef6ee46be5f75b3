"""What benchmarks/quality.py measured, as a section of docs/benchmarks/quality.md: a summary, then tables by data set.

Tables of a data set are written anew only if every row that stands there is at hand on as many splits; otherwise they
stay, and what is at hand is told apart from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, takewhile
from typing import Any

import numpy as np

Cells = Sequence[Mapping[str, Any]]

SEEN = 3
"""Splits 1 to SEEN make the tables; later ones were drawn when all choices were made, and stand apart."""
IN_SHORT = "In short"
COMBINERS = ("best", "fusion")
TITLES = {
    "word2vec:context": "word2vec tuned: context",
    "word2vec:playlists": "word2vec tuned: playlists",
    "word2vec:mean": "word2vec tuned: mean",
    "word2vec melon:voting": "Word2Vec as published: voting",
    "word2vec melon:mean": "Word2Vec as published: mean",
    "sentence:playlists": "sentence, as published: playlists",
    "sentence:items": "sentence, as published: items",
    "taught:playlists": "sentence, fine-tuned: playlists",
    "taught:items": "sentence, fine-tuned: items",
}
ABOUT = """\
`{command}` asks every question through the same scorer (`tagviz/evaluation`). A second run only measures what is
missing. Its results are stored in `benchmarks/results/quality`. Tables with numbers older than that folder stay as they
are until all of their rows have been measured again.

- **Splits**: a tenth of the playlists become questions, the rest is for training; all playlists of a listener or artist
  are on one side. Three splits (seeds 1 to 3), at most 3,000 questions each.
- **Measures**: *combined* is the Kakao Arena's .85 · nDCG of 100 songs + .15 · nDCG of 10 tags; for corpora of tags
  only, nDCG@10.
- **±** is half of a 95 % interval: bootstrap over listeners or artists, or the spread of the splits, whichever is
  larger. Differences are *paired*: both methods answered the same questions.
- **Masks** of the lists: *official* always shows the title, as the organisers' script does; *real* shows no title
  together with songs, as in their files.
- **Settings**: the members of the fusion and their settings were searched on validation playlists from
  the training side of split 1, never on its test side (the other splits divide the same playlists differently). The
  fusion's weights and the re-ranker are trained inside each fit, on playlists of its own training side. One exception:
  the features of the re-ranker and its number of candidates were chosen while its result on the test side of
  split 1 of the lists was known. {fresh}
- **Peers** run with their libraries' own defaults, on songs and tags together: implicit 0.7 (item–item by cosine and
  BM25 with 100 neighbours; ALS) and RecTools 0.19 (EASE; it multiplies with the transpose of its
  weights, so the same weights used as in the paper are shown too, as *mended*). LensKit was not tried.
- **Word2Vec as published** is the recipe of the original work: preset `melon`, strategy voting or mean."""


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


def section(parts: Sequence[Section], sentence: Section, command: str, earlier: str = "") -> str:
    """All of it, in Markdown. sentence: the data set whose sentence models are compared. earlier: what the page says
    now, from which all is kept that the cells at hand do not cover."""
    told = _blocks(earlier)
    seen = [_only(part, range(1, SEEN + 1)) for part in parts]
    fresh = [part for part in (_only(part, range(SEEN + 1, 100)) for part in parts) if part.cells]
    whole = {part.title for part in seen if part.cells and _covered(part, told.get(part.title, []))}
    again = [part for part in seen if part.cells and part.title not in whole]
    about = ABOUT.format(
        command=command,
        fresh="Splits 4 and later were first used after all choices." if fresh else "No untouched split was measured.",
    )
    lines = ["## Quality", "", about, "", *_summary(seen, whole, told.get(IN_SHORT, []))]
    lines += _taught(_only(sentence, range(1, SEEN + 1)), sentence.title in whole, told.get(IN_SHORT, []))
    seeds = sorted({cell["cell"]["seed"] for part in fresh for cell in part.cells})
    lines += _apart(
        f"Untouched splits {' and '.join(map(str, seeds))}",
        "First used after all choices (the same playlists, divided differently)",
        fresh,
    )
    lines += _apart("Measured again", "Splits 1 to 3, newer than the tables below", again)
    for part in seen:
        lines += _details(part) if part.title in whole else told.get(part.title, [])
    return "\n".join(lines)


def summary(text: str) -> str:
    """The short tables of a section, for docs/benchmarks.md; "" where the section has none."""
    return "\n".join(_blocks(text).get(IN_SHORT, [])[1:]).strip()


def _blocks(text: str) -> dict[str, list[str]]:
    """Heading of the third rank → its lines and those below it, up to the next one."""
    found: dict[str, list[str]] = {}
    here: list[str] = []
    for line in text.splitlines():
        if line.startswith("### "):
            here = found.setdefault(line.removeprefix("### "), [])
        here.append(line)
    return {heading: [*"\n".join(lines).rstrip().splitlines(), ""] for heading, lines in found.items()}


def _covered(part: Section, standing: Sequence[str]) -> bool:
    """Whether the cells at hand have every row of the tables that stand there, on as many splits."""
    known = {title(name): len(part.of(name)) for name in part.methods}
    count = next((int(line.split()[0]) for line in standing if " splits of about " in line), 0)
    drawn = list(dropwhile(lambda line: not line.startswith("| method"), standing))[2:]
    for line in takewhile(lambda line: line.startswith("| "), drawn):
        row = line.removeprefix("| ").partition(" | ")[0]
        name, _, some = row.rpartition(", ") if row.endswith(f" of {count} splits") else (row, "", f"{count}")
        if known.get(name, 0) < int(some.split()[0]):
            return False
    return True


def _only(part: Section, seeds: range) -> Section:
    return Section(part.title, part.main, [c for c in part.cells if c["cell"]["seed"] in seeds], part.goal, part.peers)


def _summary(parts: Sequence[Section], whole: Collection[str], standing: Sequence[str]) -> list[str]:
    rows, apart = [], []
    for part in parts:
        if part.title not in whole:
            kept = [line[2:-2].split(" | ") for line in standing if line.startswith(f"| {part.title} |")]
            rows += kept[:1]
            apart += kept[1:]
            continue
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
        f"### {IN_SHORT}",
        "",
        *_drawn(["data set", "measure", "goal", "best", *names], rows),
        "",
        "How much better `best` is, paired:",
        "",
        *_drawn(["data set", *(f"than {name}" for name in names)], apart),
        "",
    ]


def _taught(part: Section, whole: bool, standing: Sequence[str]) -> list[str]:
    first = f"The sentence model on {part.title}, {part.main}:"
    if not whole:
        return list(standing[standing.index(first) :]) if first in standing else []
    rows = []
    for way in ("items", "playlists"):
        before, after = part.values(f"sentence:{way}"), part.values(f"taught:{way}")
        if before and after:
            rows.append([way, pooled(before), pooled(after), f"{mean(after) / mean(before):.1f} ×"])
    if not rows:
        return []
    head = [
        "nearest",
        "MiniLM as published",
        "fine-tuned on the corpus",
        "ratio (target, items: 3 ×)",
    ]
    return [first, "", *_drawn(head, rows), ""]


def _apart(heading: str, about: str, parts: Sequence[Section]) -> list[str]:
    """A table of its own for cells that are not in the others."""
    rows = []
    for part in parts:
        for name in part.methods:
            seeds = sorted({cell["cell"]["seed"] for cell in part.of(name)})
            better = part.difference("best", name) if name != "best" else "–"
            values = [part.title, ", ".join(map(str, seeds)), title(name), part.main]
            rows.append([*values, pooled(part.values(name)), better])
    if not rows:
        return []
    head = ["data set", "splits", "method", "measure", "measured", "best is better by"]
    return [f"### {heading}", "", f"{about}:", "", *_drawn(head, rows), ""]


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
