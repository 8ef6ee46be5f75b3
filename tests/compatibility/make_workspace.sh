#!/usr/bin/env bash
# Writes the workspace that tests/compatibility checks, with version 0.1.0 of tagviz: run it in a checkout of the commit
# before 0.2.0's first one. What it wrote is kept as data beside it and is never written anew by a newer version.
set -euo pipefail
export TAGVIZ_HOME="${1:?name the folder to write}" TAGVIZ_THREADS=1
here=$(mktemp -d)
python - "$here" <<'PY'
import csv, random, sys
from pathlib import Path

rng = random.Random(7)
worlds = {
    "jazz": (["jazz", "Jazz", "smooth", "late night", "piano"], [f"j{n}" for n in range(12)]),
    "metal": (["metal", "heavy", "loud", "guitar", "메탈"], [f"m{n}" for n in range(12)]),
    "summer": (["summer", "pop", "dance", "여름", "été"], [f"s{n}" for n in range(12)]),
}
for name, count in (("first", 80), ("second", 96)):
    with (Path(sys.argv[1]) / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["id", "title", "tags", "songs", "date", "group", "likes"])
        for number in range(count):
            title, (tags, songs) = rng.choice(list(worlds.items()))
            out.writerow([number, f"{title} for {rng.choice(['friends', 'work', 'me'])}",
                          "|".join(rng.sample(tags, 4)), "|".join(rng.sample(songs, 6)),
                          f"20{10 + number % 10}-0{1 + number % 9}-15", f"listener {number % 16}", number % 7])
PY
cat > "$here/answers.py" <<'PY'
import json, subprocess, sys


def asked(*words: str) -> dict:
    done = subprocess.run([sys.executable, "-m", "tagviz", *words, "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def recommended() -> dict:
    question = ["--tag", "smooth", "--kind", "tag", "-n", "5"]
    models = [one["model"] for one in asked("models", "old")["models"]]
    return {model: asked("recommend", "old", "--model", model, *question)["items"] for model in models}
PY
export PYTHONPATH="$here:$PWD"
t() { python -m tagviz "$@"; }
t import "$here/first.csv" --name old
t train old --method popularity; t train old --method neighbours; t train old --method cooccurrence; t train old --method ease
t train old --method factors --set factors=8
t train old --method word2vec --set vector_size=8 epochs=3
t train old --method spectral --set dimensions=8
t train old --method spectral --set dimensions=8 variant=rooted
t train old --method fusion --set dimensions=8 folds=2 questions=50
t train old --method best --set dimensions=8 folds=2 questions=50 trees=5
t train old --method sentence
t project old --model spectral; t project old --model spectral --set neighbours=5
t evaluate old --model neighbours popularity -k 5
python -c "import answers, json; json.dump({'models': answers.asked('models', 'old')['models'], 'recommended': answers.recommended()}, open('$here/before.json', 'w'))"
t import "$here/second.csv" --name old
t train old --method spectral --set dimensions=8
t curate add old merge Jazz --to jazz --by Ada --because "one spelling"
t curate add old block loud --by Ada
t monitor limits old --set new_amber=0.3 new_red=0.6
t monitor run old --limit 30 || true
t tune old --method neighbours --trials 2
t train old --method neighbours --set k=7 --background
python -m tagviz.worker --idle 1 || true
python - <<'PY'
from tagviz.operations import answers, corpora, feedback, models
from tagviz.store.workspace import Marks, Workspace
from tagviz.types import Kind, Query

ws = Workspace.default()
corpus = corpora.open_corpus(ws, "old")
model = models.open_model(ws, corpus, "spectral")
query = Query(title="jazz for work", tags=("smooth",))
ranking = answers.recommend(corpus, model, query, Kind.TAG)
feedback.give(ws, feedback.verdict(corpus, model, query, ranking, 0, "Ada", "right"))
feedback.give(ws, feedback.verdict(corpus, model, query, ranking, 1, "Ada", "wrong"))
models.mark(ws, model.info, Marks(title="House model", note="kept for the demo", pinned=True))
PY
# What the same questions must be answered with by every later version.
python - "$here/before.json" <<'PY'
import json, os, sqlite3, sys
from pathlib import Path

from answers import asked, recommended

home = Path(os.environ["TAGVIZ_HOME"])
expected = {
    "corpora": asked("corpora")["corpora"],
    "before": json.loads(Path(sys.argv[1]).read_text()),
    "models": asked("models", "old")["models"],
    "recommended": recommended(),
    "projections": sorted(str(path.relative_to(home / "projections")) for path in home.glob("projections/*/*.json")),
    "reports": sorted(str(path.relative_to(home / "reports")) for path in home.glob("reports/*/*.json")),
    "jobs": [{key: one[key] for key in ("job", "kind", "state")} for one in asked("jobs")["jobs"]],
    "decisions": asked("curate", "list", "old"),
    "feedback": asked("feedback", "summary", "old"),
    "monitor": asked("monitor", "history", "old"),
    "limits": asked("monitor", "limits", "old"),
}
(home / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False, sort_keys=True))
for path in home.glob("*.db"):
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
PY
rm -r "$here"
(cd "$TAGVIZ_HOME" && rm -rf ./*.db-* ./*.lock ./*.log && zip -q -X -r "$OLDPWD/tests/compatibility/workspace_0.1.0.zip" .)
