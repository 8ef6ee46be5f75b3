"""The Arena's files: questions, answers and results as JSON, and the score by the published rule.

Rule (Kakao Arena, Melon Playlist Continuation): 100 different songs and 10 different tags per question; nDCG of each
kind with the ideal over all hidden items; combined = .85 · song + .15 · tag. A question that hides nothing of a kind is
left out of that kind's mean and counted. Answer files of a corpus without songs hide none at all; then no songs are
expected.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tagviz.errors import SourceError
from tagviz.evaluation.metrics import ARENA_SONGS, ARENA_TAGS, arena_of, discounts, ideal
from tagviz.evaluation.split import Split
from tagviz.types import Corpus, Kind

Entry = Mapping[str, Any]
"""One playlist of a file: `id`, `songs`, `tags`, and in questions `plylst_title`, `updt_date`, `like_cnt`."""

MOST_NAMED = 5


@dataclass(frozen=True)
class ArenaScore:
    """The score of a file of results.

    Attributes:
        song: Mean nDCG of songs; None where no question hides any.
        tag: Mean nDCG of tags; None where no question hides any.
        score: .85 · song + .15 · tag; None unless both are known.
        questions: Number of questions answered.
        song_questions: Number of questions that hide songs.
        tag_questions: Number of questions that hide tags.
        warnings: Oddities that do not prevent a score, with ids.
    """

    song: float | None
    tag: float | None
    score: float | None
    questions: int
    song_questions: int
    tag_questions: int
    warnings: tuple[str, ...] = ()


def read(path: Path) -> list[dict[str, Any]]:
    """Read an Arena file.

    Args:
        path: The file.

    Raises:
        SourceError: If it is no list of objects with `id`, `songs` and `tags` lists.
    """
    try:
        document = json.loads(Path(path).read_bytes())
    except FileNotFoundError as error:
        raise SourceError("There is no such file", str(path), "check the path") from error
    except OSError as error:
        raise SourceError("The file cannot be read", f"{path}: {error.strerror}", "check the path") from error
    except RecursionError as error:
        raise SourceError(
            "The file is no Arena file", f"{path}: lists are nested too deeply", "write a JSON list of playlists"
        ) from error
    except ValueError as error:  # no UTF-8, no JSON, or a number of more digits than Python reads
        raise SourceError(
            "The file is no JSON", f"{path}: {error}", "write a JSON list of playlists in UTF-8"
        ) from error
    expected = 'a list of {"id": …, "songs": […], "tags": […]}'
    if not isinstance(document, list):
        raise SourceError("The file is no Arena file", f"{path}: expected {expected}", "check the file")
    for number, entry in enumerate(document):
        if (
            not isinstance(entry, dict)
            or not isinstance(entry.get("id"), int | str)
            or isinstance(entry.get("id"), bool)
        ):
            raise SourceError(
                "The file is no Arena file", f"{path}: entry {number} has no id; expected {expected}", "check the file"
            )
        for part in ("songs", "tags"):
            values = entry.setdefault(part, [])
            if not isinstance(values, list) or not all(isinstance(value, int | str) for value in values):
                raise SourceError(
                    "The file is no Arena file",
                    f"{path}: {part} of playlist {entry['id']} are no list of ids",
                    "check the file",
                )
    return document


def write(path: Path, entries: Sequence[Entry]) -> None:
    """Write entries as JSON in UTF-8, into a temporary file that is renamed."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_text(json.dumps(list(entries), ensure_ascii=False), encoding="utf-8", errors="surrogatepass")
    beside.replace(path)


def results(ids: Sequence[str], songs: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Return answers in the Arena's form, `[{"id", "songs": […], "tags": […]}]`.

    Args:
        ids: Ids of the questions; those that are numbers are written as numbers.
        songs: Recommended songs per question.
        tags: Recommended tags per question.
    """
    return [
        {"id": number(ident), "songs": [number(song) for song in these], "tags": list(those)}
        for ident, these, those in zip(ids, songs, tags, strict=True)
    ]


def number(ident: str) -> int | str:
    """Return an id as the Arena writes it: a number where the text is its plain spelling."""
    return int(ident) if ident.isascii() and ident.isdigit() and str(int(ident)) == ident else ident


def score(answers: Sequence[Entry], results: Sequence[Entry], songs: frozenset[str] | None = None) -> ArenaScore:
    """Score results against answers, both as read from files.

    Args:
        answers: Answers.
        results: Results.
        songs: Ids of the songs of a corpus, to warn of unknown ones.

    Raises:
        SourceError: With the ids, for answers twice, questions without results, results without questions, repeated
            items, other than 100 songs (none are expected where no answer hides songs) or 10 tags (none where no answer
            hides tags).
    """
    truth = _by_id(answers, "answers")
    results_by_id = _by_id(results, "results")
    _complain([i for i in truth if i not in results_by_id], "questions have no results", "answer every question")
    _complain([i for i in results_by_id if i not in truth], "results belong to no question", "leave them out")
    warnings = []
    means: dict[str, float | None] = {}
    counts: dict[str, int] = {}
    for part, wanted in (("songs", ARENA_SONGS), ("tags", ARENA_TAGS)):
        asked = any(entry[part] for entry in answers)
        _complain(
            [i for i, entry in results_by_id.items() if len(set(map(str, entry[part]))) < len(entry[part])],
            f"results repeat {part}",
            f"give each of the {part} once",
        )
        wrong = [i for i, entry in results_by_id.items() if len(entry[part]) != wanted]
        if asked:
            _complain(wrong, f"results do not hold {wanted} {part}", f"give exactly {wanted} {part} per question")
        elif any(results_by_id[i][part] for i in results_by_id):
            warnings.append(f"No answer hides {part}: the {part} of the results were not judged.")
        values = [_ndcg(truth[i][part], results_by_id[i][part]) for i in truth if truth[i][part]]
        means[part] = float(np.mean(values)) if values else None
        counts[part] = len(values)
        if asked and len(values) < len(truth):
            warnings.append(
                f"{len(truth) - len(values):,} of {len(truth):,} questions hide no {part} and do not count for them."
            )
    if songs is not None:
        unknown = Counter(str(song) for entry in results for song in entry["songs"] if str(song) not in songs)
        if unknown:
            warnings.append(f"{len(unknown):,} recommended songs are unknown to the corpus: {_some(list(unknown))}.")
    both = means["songs"] is not None and means["tags"] is not None
    return ArenaScore(
        song=means["songs"],
        tag=means["tags"],
        score=arena_of(means["songs"], means["tags"]) if both else None,  # type: ignore[arg-type]
        questions=len(truth),
        song_questions=counts["songs"],
        tag_questions=counts["tags"],
        warnings=tuple(warnings),
    )


def write_split(split: Split, out: Path) -> None:
    """Write a split as a folder in the Arena's form.

    The training side is train.json, song_meta.json, genre_gn_all.json and owners.json (to be imported with format
    melon); the questions are questions.json and answers.json.

    Args:
        split: The split.
        out: The folder.
    """
    out, train, questions = Path(out), split.train, split.questions
    frame = train.playlists
    write(out / "train.json", _entries(frame, _lists(train, Kind.SONG), _lists(train, Kind.TAG)))
    shown = questions.frame.assign(title=questions.titles, likes=0)
    songs, tags = (_ids(train, kind, questions.shown[kind]) for kind in (Kind.SONG, Kind.TAG))
    write(out / "questions.json", _entries(shown, songs, tags))
    nothing: list[list[str]] = [[]] * len(questions)
    hidden = [
        _ids(train, kind, questions.hidden[kind]) if kind in questions.hidden else nothing
        for kind in (Kind.SONG, Kind.TAG)
    ]
    write(out / "answers.json", results(questions.frame["id"].tolist(), *hidden))
    write(out / "song_meta.json", _songs(train))
    genres = train.vocab(Kind.GENRE)
    _write_object(
        out / "genre_gn_all.json", dict(zip(genres.ids, genres.label_list(np.arange(len(genres))), strict=True))
    )
    owned = frame[frame["group"] != ""]
    _write_object(
        out / "owners.json", {ident: number(group) for ident, group in zip(owned["id"], owned["group"], strict=True)}
    )


def _ndcg(truth: Sequence[Any], ranked: Sequence[Any]) -> float:
    wanted = set(map(str, truth))
    hit = np.array([str(item) in wanted for item in ranked], dtype=bool)
    return float((discounts(len(hit))[hit]).sum() / ideal(np.array(len(truth))))


def _by_id(entries: Sequence[Entry], what: str) -> dict[str, Entry]:
    entries_by_id = {str(entry["id"]): entry for entry in entries}
    if len(entries_by_id) < len(entries):
        twice = [ident for ident, times in Counter(str(entry["id"]) for entry in entries).items() if times > 1]
        _complain(twice, f"playlists are in the {what} more than once", "keep each once")
    return entries_by_id


def _complain(ids: Sequence[str], what: str, remedy: str) -> None:
    if ids:
        raise SourceError(f"{len(ids):,} {what}", f"ids {_some(ids)}", remedy)


def _some(ids: Sequence[str]) -> str:
    shown = ", ".join(str(ident)[:40] for ident in ids[:MOST_NAMED])
    return f"{shown} and {len(ids) - MOST_NAMED:,} more" if len(ids) > MOST_NAMED else shown


def _ids(corpus: Corpus, kind: Kind, matrix: Any) -> list[list[str]]:
    ids = corpus.vocab(kind).ids.to_numpy(dtype=object)
    parts = np.split(ids[matrix.indices], matrix.indptr[1:-1])
    return [part.tolist() for part in parts[: matrix.shape[0]]]  # of no rows, split still makes one part


def _lists(corpus: Corpus, kind: Kind) -> list[list[str]]:
    return _ids(corpus, kind, corpus.matrix(kind))


def _entries(frame: Any, songs: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    dates = frame["date"].dt.strftime("%Y-%m-%d %H:%M:%S.000").fillna("")
    rows = zip(frame["id"], frame["title"], dates, frame["likes"], songs, tags, strict=True)
    return [
        {
            "tags": list(those),
            "id": number(ident),
            "plylst_title": title,
            "songs": [number(song) for song in these],
            "like_cnt": int(likes),
            "updt_date": date,
        }
        for ident, title, date, likes, these, those in rows
    ]


def _songs(corpus: Corpus) -> list[dict[str, Any]]:
    frame = corpus.songs
    ids = corpus.vocab(Kind.SONG).ids
    genres = [[str(g) for g in row] for row in _linked(corpus, Kind.GENRE)]
    artists = _linked(corpus, Kind.ARTIST)
    dates = frame["date"].dt.strftime("%Y%m%d").fillna("00000000")
    rows = zip(ids, frame["name"], frame["album"], frame["artist"], dates, genres, artists, strict=True)
    return [
        {
            "id": number(ident),
            "song_name": name,
            "album_name": album,
            "artist_name_basket": [artist] if artist else [],
            "artist_id_basket": [number(one) for one in by],
            "issue_date": date,
            "song_gn_gnr_basket": [code for code in codes if code.endswith("00")],
            "song_gn_dtl_gnr_basket": [code for code in codes if not code.endswith("00")],
        }
        for ident, name, album, artist, date, codes, by in rows
    ]


def _linked(corpus: Corpus, kind: Kind) -> list[list[str]]:
    if kind not in corpus.song_links:
        return [[] for _ in range(len(corpus.vocab(Kind.SONG)))]
    return _ids(corpus, kind, corpus.song_links[kind])


def _write_object(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(dict(document), ensure_ascii=False), encoding="utf-8", errors="surrogatepass")
