"""A Melon-shaped corpus of any size, written as the exact files of the Kakao Arena, for tests and benchmarks of size.

Everything in it is invented. At scale 1 its counts are those that the Melon Playlist Dataset publishes (Ferraro et al.
2021, "Melon Playlist Dataset", arXiv:2102.00201, and the challenge's own description); `check` compares them.

How it is made, so that a good method can find something: songs lie in one order, scenes inside topics, and an artist's
songs stand together. A playlist has a topic and a few scenes; each of its songs comes from its scenes, from its topic,
or from anywhere, by popularity. Tags lie in the same topics; titles are made from the playlist's tags.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError
from tagviz.types import Progress, ProgressCallback, no_progress

TRAIN, VAL, TEST = 115_071, 23_015, 10_740
SONGS, USED_SONGS, TAGS, ARTISTS, PAIRS = 707_989, 649_091, 30_652, 107_824, 5_904_718
"""Published sizes at scale 1."""

CASES = (("songs", 0.42), ("songs+tags", 0.39), ("tags+title", 0.11), ("title", 0.08))
"""What the challenge's val and test playlists showed, and how often."""

MOODS = (
    "비오는 눈오는 잔잔한 신나는 우울한 설레는 달달한 몽환적인 청량한 따뜻한 차가운 외로운 행복한 슬픈 "
    "나른한 힘나는 편안한 감성적인 빛나는 조용한 시원한 포근한 그리운 아련한 경쾌한 세련된 어두운 밝은 "
    "자유로운 느긋한 뜨거운 깊은 맑은 흐린 부드러운 강렬한 상큼한 쓸쓸한 위로가되는 사랑스러운 추억의 숨은 "
    "나만아는 요즘 오래된 새로운 최고의 혼자듣는 함께듣는 잠들기전 퇴근후 주말의 월요일의 금요일의 새해의 "
    "봄바람 여름밤 가을길 겨울밤 새벽"
).split()
SCENES = (
    "날 밤 아침 오후 저녁 새벽 카페 드라이브 산책 운동 공부 여행 바다 하늘 숲 도시 골목 버스 지하철 "
    "기차 비행기 캠핑 파티 데이트 이별 사랑 고백 첫눈 봄 여름 가을 겨울 명절 크리스마스 휴식 수면 명상 "
    "요가 독서 요리 청소 출근 퇴근 회식 노래방 발라드 힙합 알앤비 재즈 인디 록 댄스 트로트 클래식 "
    "뉴에이지 일렉트로니카 하우스 포크 소울 보사노바"
).split()
ENDINGS = ("", "음악", "노래", "감성", "모음", "추천", "힐링", "팝송", "곡")
FRAMES = ("{} 듣기 좋은 {}", "{} {} 모음", "{}에 어울리는 {}", "♥ {} ♥ {}", "[{}] {} 추천", "{} 그리고 {}", "{}엔 {}")
SYLLABLES = "가나다라마바사아자하도로모보소오호루무부수우유리미비시이지히은연진민현서윤채".strip()


@dataclass(frozen=True)
class Shape:
    """The sizes of a generated corpus. scale: 1.0 is the published size; seed: everything follows from it."""

    scale: float = 1.0
    seed: int = 42

    def __post_init__(self) -> None:
        if not 0.0005 <= self.scale <= 20:
            raise InvalidParameterError(
                f"Scale {self.scale:g} is out of range", "0.0005 to 20 was expected", "1.0 is Melon's size"
            )

    def of(self, published: int, least: int = 1) -> int:
        return max(least, round(published * self.scale))


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Items in the order of scenes inside topics, with the cumulative popularity from which ranges are drawn."""

    cumulative: NDArray[np.float64]
    topic_edges: NDArray[np.int64]
    scene_edges: NDArray[np.int64]

    def draw(self, random: np.random.Generator, first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int64]:
        """One item from each range first … last−1, by popularity."""
        low = np.where(first > 0, self.cumulative[first - 1], 0.0)
        high = self.cumulative[last - 1]
        drawn = np.searchsorted(self.cumulative, low + random.random(len(first)) * (high - low), side="right")
        return np.clip(drawn, first, last - 1)


def generate(out: Path, shape: Shape = Shape(), progress: ProgressCallback = no_progress) -> dict[str, int]:
    """Write train, val and test.json, song_meta.json, genre_gn_all.json and answers/ into `out`; returns counts."""
    random = np.random.default_rng(shape.seed)
    out.mkdir(parents=True, exist_ok=True)
    topics = max(4, round(180 * min(1.0, shape.scale**0.5)))
    scenes = max(3, round(12 * min(1.0, shape.scale**0.25)))
    songs = _catalogue(random, shape.of(SONGS, 200), topics, scenes, flat=200 / SONGS)
    tags = _catalogue(
        random, min(shape.of(TAGS, 80), len(MOODS) * len(SCENES) * len(ENDINGS)), topics, 1, flat=5 / TAGS
    )
    tag_names = _tag_names(random, len(tags.cumulative))
    progress(Progress("Song metadata", 0.05))
    issued = _write_songs(random, out, songs, shape, progress)
    counts = {"songs": len(songs.cumulative), "tags": len(tags.cumulative)}
    start = 0
    for name, published in (("train", TRAIN), ("val", VAL), ("test", TEST)):
        size = shape.of(published, 20)
        progress(Progress(f"Playlists of {name}.json", 0.5 + 0.5 * start / (size + start)))
        playlists = _playlists(random, range(start, start + size), songs, tags, tag_names, issued)
        if name == "train":
            _write(out / "train.json", playlists)
        else:
            (out / "answers").mkdir(exist_ok=True)
            questions, answers = _masked(random, list(playlists))
            _write(out / f"{name}.json", questions)
            _write(out / "answers" / f"{name}.json", answers)
        counts[name] = size
        start += size
    return counts


@dataclass(frozen=True)
class Statistic:
    """One number of a generated corpus beside the published one at its scale."""

    name: str
    published: float
    generated: float


def check(folder: Path, scale: float) -> list[Statistic]:
    """The basic statistics of a generated folder, counted from its files, beside the published ones times `scale`."""
    import orjson

    playlists = orjson.loads((folder / "train.json").read_bytes())
    train = len(playlists)
    for name in ("val", "test"):
        hidden = {row["id"]: row for row in orjson.loads((folder / "answers" / f"{name}.json").read_bytes())}
        for row in orjson.loads((folder / f"{name}.json").read_bytes()):
            answer = hidden[row["id"]]
            playlists.append({**row, "songs": row["songs"] + answer["songs"], "tags": row["tags"] + answer["tags"]})
    pairs = sum(len(row["songs"]) for row in playlists)
    songs = {song for row in playlists for song in row["songs"]}
    tags = {tag for row in playlists for tag in row["tags"]}
    return [
        Statistic("training playlists", TRAIN * scale, train),
        Statistic("playlists", (TRAIN + VAL + TEST) * scale, len(playlists)),
        Statistic("songs used", USED_SONGS * scale, len(songs)),
        Statistic("tags", TAGS * scale, len(tags)),
        Statistic("playlist–song pairs", PAIRS * scale, pairs),
        Statistic("songs per playlist", PAIRS / (TRAIN + VAL + TEST), pairs / len(playlists)),
    ]


def _catalogue(random: np.random.Generator, size: int, topics: int, scenes: int, flat: float) -> Catalogue:
    """`size` items in `topics` × `scenes` ranges of uneven length.

    Popularity is Zipf–Mandelbrot over all of them, its head flattened over the share `flat` of the items.
    """
    weights = random.gamma(1.5, size=topics * scenes) + 0.05
    edges = np.concatenate([[0], np.round(np.cumsum(weights) / weights.sum() * size).astype(np.int64)])
    edges = np.maximum.accumulate(np.minimum(np.maximum(edges, np.arange(len(edges)) * (size >= len(edges))), size))
    popularity = (1.0 + flat * size + random.permutation(size)) ** -0.9
    return Catalogue(np.cumsum(popularity), edges[::scenes], edges)


def _tag_names(random: np.random.Generator, count: int) -> list[str]:
    """Different Korean tags; those that stand near each other share a word, so that topics read alike."""
    grid = np.arange(len(MOODS) * len(SCENES) * len(ENDINGS))
    picked = np.sort(random.choice(grid, size=count, replace=False))
    moods, rest = np.divmod(picked, len(SCENES) * len(ENDINGS))
    places, endings = np.divmod(rest, len(ENDINGS))
    return [MOODS[m] + SCENES[s] + ENDINGS[e] for m, s, e in zip(moods, places, endings, strict=True)]


def _names(random: np.random.Generator, count: int, longest: int) -> list[str]:
    letters = np.array(list(SYLLABLES))
    lengths = random.integers(2, longest + 1, size=count)
    drawn = letters[random.integers(0, len(letters), size=int(lengths.sum()))]
    return ["".join(part) for part in np.split(drawn, np.cumsum(lengths)[:-1])]


def _write_songs(
    random: np.random.Generator, out: Path, songs: Catalogue, shape: Shape, progress: ProgressCallback
) -> NDArray[np.datetime64]:
    """song_meta.json and genre_gn_all.json; returns each song's issue date (NaT unknown)."""
    import orjson

    size = len(songs.cumulative)
    artists = shape.of(ARTISTS, 40)
    artist_of = np.sort(np.minimum((artists * random.beta(1.0, 1.0, size)).astype(np.int64), artists - 1))
    artist_names = _names(random, artists, 5)
    song_names = _names(random, size, 8)
    albums = artist_of * 8 + random.integers(0, 8, size)
    days = (20 * 365 * random.beta(3.0, 1.2, size)).astype(np.int64)
    issued = np.datetime64("2000-04-01") + days
    unknown = random.random(size) < 0.01
    issued[unknown] = np.datetime64("NaT")
    mains = [f"GN{number:02d}00" for number in range(1, 31)]
    details = [f"GN{number:02d}{part:02d}" for number in range(1, 31) for part in range(1, 9)][:224]
    names = {code: SCENES[n % len(SCENES)] for n, code in enumerate(mains)}
    names |= {code: f"{SCENES[n // 8 % len(SCENES)]} {MOODS[n % len(MOODS)]}" for n, code in enumerate(details)}
    _store(out / "genre_gn_all.json", orjson.dumps(names, option=orjson.OPT_SORT_KEYS))
    scene_of = np.searchsorted(songs.scene_edges, np.arange(size), side="right") - 1
    detail_of = (scene_of * 7 + (random.random(size) < 0.2)) % len(details)
    text = np.where(unknown, "00000000", np.char.replace(np.datetime_as_string(issued, unit="D"), "-", ""))

    def records() -> Iterator[dict[str, Any]]:
        for number in range(size):
            code = details[detail_of[number]]
            artist = int(artist_of[number])
            yield {
                "song_gn_dtl_gnr_basket": [code] if number % 11 else [],
                "issue_date": str(text[number]),
                "album_name": None if number % 997 == 0 else artist_names[artist] + " " + SYLLABLES[albums[number] % 8],
                "album_id": int(albums[number]),
                "artist_id_basket": [artist],
                "song_name": song_names[number],
                "song_gn_gnr_basket": [code[:4] + "00"],
                "artist_name_basket": [artist_names[artist]],
                "id": number,
            }
            if number % 50_000 == 0:
                progress(Progress("Song metadata", 0.05 + 0.45 * number / size))

    _write(out / "song_meta.json", records())
    return issued


def _playlists(
    random: np.random.Generator,
    numbers: range,
    songs: Catalogue,
    tags: Catalogue,
    tag_names: list[str],
    issued: NDArray[np.datetime64],
) -> Iterator[dict[str, Any]]:
    count, topics = len(numbers), len(songs.topic_edges) - 1
    per_topic = (len(songs.scene_edges) - 1) // topics
    shares = (1.0 + np.arange(topics)) ** -0.7
    topic = random.choice(topics, size=count, p=shares / shares.sum())
    own_scenes = topic[:, None] * per_topic + random.integers(0, per_topic, size=(count, 3))
    wanted = np.clip(np.round(np.exp(random.normal(3.44, 0.85, count))), 5, 200).astype(np.int64)
    owner = np.repeat(np.arange(count), (wanted * 1.15).astype(np.int64) + 1)
    where = random.random(len(owner))
    scene = own_scenes[owner, random.integers(0, 3, len(owner))]
    first = np.where(where < 0.6, songs.scene_edges[scene], songs.topic_edges[topic[owner]])
    last = np.where(where < 0.6, songs.scene_edges[scene + 1], songs.topic_edges[topic[owner] + 1])
    anywhere = (where > 0.88) | (last <= first)
    first, last = np.where(anywhere, 0, first), np.where(anywhere, len(songs.cumulative), last)
    song_lists = _distinct(owner, songs.draw(random, first, last), count)
    tag_count = np.clip(random.geometric(0.2, count), 1, 11)
    tag_owner = np.repeat(np.arange(count), tag_count)
    tag_first, tag_last = tags.topic_edges[topic[tag_owner]], tags.topic_edges[topic[tag_owner] + 1]
    generic = (random.random(len(tag_owner)) < 0.25) | (tag_last <= tag_first)
    tag_first, tag_last = np.where(generic, 0, tag_first), np.where(generic, len(tag_names), tag_last)
    tag_lists = _distinct(tag_owner, tags.draw(random, tag_first, tag_last), count)
    likes = np.minimum(random.pareto(0.8, count) * 4, 50_000).astype(np.int64)
    earliest = np.datetime64("2008-01-01") + (12.3 * 365 * random.beta(2.2, 1.0, count)).astype(np.int64)
    frames = random.integers(0, len(FRAMES), count)
    for number in range(count):
        held = song_lists[number][: wanted[number]]
        words = [tag_names[tag] for tag in tag_lists[number]]
        dates = issued[held]
        newest = np.fmax.reduce(dates, initial=np.datetime64("2000-01-01"))
        day = max(earliest[number], newest) if number % 33 else earliest[number]
        yield {
            "tags": words,
            "id": numbers[number],
            "plylst_title": "" if number % 61 == 0 else FRAMES[frames[number]].format(words[0], words[-1]),
            "songs": held.tolist(),
            "like_cnt": int(likes[number]),
            "updt_date": f"{day} 12:00:00.000",
        }


def _distinct(owner: NDArray[np.int64], items: NDArray[np.int64], count: int) -> list[NDArray[np.int64]]:
    """The items of each owner, each once, in the order drawn."""
    order = np.lexsort((items, owner))
    repeated = np.zeros(len(owner), dtype=bool)
    repeated[order[1:]] = (owner[order[1:]] == owner[order[:-1]]) & (items[order[1:]] == items[order[:-1]])
    kept_owner, kept = owner[~repeated], items[~repeated]
    return np.split(kept, np.searchsorted(kept_owner, np.arange(1, count)))


def _masked(
    random: np.random.Generator, playlists: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Questions and answers: half of what is shown of a kind stays, the title only where no songs are shown."""
    names = [name for name, _ in CASES]
    drawn = random.choice(len(names), size=len(playlists), p=[share for _, share in CASES])
    questions, answers = [], []
    for playlist, case in zip(playlists, drawn, strict=True):
        name = names[case]
        songs = random.permutation(playlist["songs"]).tolist()
        tags = random.permutation(playlist["tags"]).tolist()
        song_half = len(songs) // 2 if "songs" in name else 0
        tag_half = max(1, len(tags) // 2) if "tags" in name else 0
        title = playlist["plylst_title"] if "title" in name else ""
        questions.append({**playlist, "songs": songs[:song_half], "tags": tags[:tag_half], "plylst_title": title})
        answers.append({"id": playlist["id"], "songs": songs[song_half:], "tags": tags[tag_half:]})
    return questions, answers


def _write(path: Path, records: Any) -> None:
    """A JSON list, one record a line, streamed to a temporary file and renamed."""
    import orjson

    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(b"[")
        for number, record in enumerate(records):
            file.write(b",\n" if number else b"\n")
            file.write(orjson.dumps(record))
        file.write(b"\n]\n")
    part.replace(path)


def _store(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
