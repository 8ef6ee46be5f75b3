"""What ranx says of questions from standard input, for tests: in a process of its own without numba's compiler, which
takes ranx a minute and a half on a fresh machine for values that the interpreter has at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

Lists = Sequence[tuple[set[int], list[int]]]


def ranx_reference(lists: Lists, metrics: Sequence[str]) -> Mapping[str, list[float]]:
    """Each metric of each question (the hidden items, and the answer), as ranx names it, such as ndcg@10."""
    asked = {"lists": [[sorted(truth), answer] for truth, answer in lists], "metrics": list(metrics)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.evaluation.ranx_reference"],
        input=json.dumps(asked),
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: Mapping[str, list[float]] = json.loads(done.stdout)
    return found


def _here() -> None:
    from ranx import Qrels, Run, evaluate

    asked = json.load(sys.stdin)
    names = [f"{number:09d}" for number in range(len(asked["lists"]))]  # ranx sorts
    both = dict(zip(names, asked["lists"], strict=True))
    qrels = Qrels({name: {str(item): 1 for item in truth} for name, (truth, _) in both.items()})
    run = Run({name: {str(item): 1.0 / (p + 1) for p, item in enumerate(answer)} for name, (_, answer) in both.items()})
    found = evaluate(qrels, run, asked["metrics"], return_mean=False, make_comparable=True)
    assert list(run.keys()) == names
    found = found if isinstance(found, dict) else {asked["metrics"][0]: found}
    print(json.dumps({metric: values.tolist() for metric, values in found.items()}))


if __name__ == "__main__":
    _here()
