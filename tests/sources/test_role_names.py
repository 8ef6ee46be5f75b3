"""Headers as exporters translate them: the role of each by the words that it is made of."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from tagviz.sources.role_names import LONGEST_NAME, known_name, plain

EXPORTIFY = {  # its columns in each language: uri, name, artists' uris, artists, album's uri, album, artists' genres
    "de": "Track-URI|Track-Name|Künstler-URI(s)|Künstlername(n)|Album-URI|Album-Name|Künstler-Genres",
    "el": "URI κομματιού|Όνομα κομματιού|URI καλλιτέχνη/ων|Όνομα/τα καλλιτέχνη|URI άλμπουμ|Όνομα άλμπουμ|Είδη καλλιτέχνη",
    "zh-Hans": "曲目 URI|曲目名称|艺人 URI|艺人名称|专辑 URI|专辑名称|艺人流派",
    "zh-Hant": "曲目 URI|曲目名稱|藝人 URI|藝人名稱|專輯 URI|專輯名稱|藝人曲風",
    "yue": "歌 Link|歌名|Artist Link|Artist 名|專輯 Link|專輯名|藝人曲風",
    "ar": "رابط الأغنية (URI)|اسم الأغنية|روابط الفنانين (URI)|أسماء الفنانين|رابط الألبوم (URI)|اسم الألبوم|أنواع الفنان",
    "ko": "트랙 URI|트랙 이름|아티스트 URI|아티스트 이름|앨범 URI|앨범 이름|아티스트 장르",
}  # fmt: skip
TUNE_MY_MUSIC = {  # track, artist, album, playlist
    "de": "Titelname|Künstlername|Album|Playlist-Name",
    "es": "Nombre de la pista|Nombre del artista|Álbum|Nombre de la lista de reproducción",
    "it": "Nome traccia|Nome artista|Album|Nome playlist",
    "ja": "トラック名|アーティスト名|アルバム|プレイリスト名",
    "ko": "트랙 이름|아티스트 이름|앨범|재생목록 이름",
    "nl": "Tracknaam|Artiestnaam|Album|Afspeellijstnaam",
    "pl": "Nazwa utworu|Nazwa artysty|Album|Nazwa playlisty",
    "ru": "Название трека|Имя исполнителя|Альбом|Название плейлиста",
    "zh": "歌曲名称|艺术家名称|专辑|播放列表名称",
}


@pytest.mark.parametrize("language", EXPORTIFY)
def test_exportify(language: str) -> None:
    roles = [known_name(name) for name in EXPORTIFY[language].split("|")]
    assert [role for at, role in enumerate(roles) if at not in (2, 4)] == [
        "songs", "song_name", "artist", "album", "tags",
    ]  # fmt: skip
    assert set(roles[2:5:2]) <= {"", "songs"}  # ids of artists and albums are never names


@pytest.mark.parametrize("language", TUNE_MY_MUSIC)
def test_tune_my_music(language: str) -> None:
    roles = [known_name(name) for name in TUNE_MY_MUSIC[language].split("|")]
    assert roles == ["song_name", "artist", "album", "title"]


@pytest.mark.parametrize(
    "name",
    ["Album-Künstlername(n)", "Track-Dauer (ms)", "專輯封面條 Link", "Hinzugefügt am", "Album Image URL", "Danceability",
     "アルバム発売日", "曲目编号", "Όνομα/τα καλλιτέχνη άλμπουμ", "songwriter", "idea"],
)  # fmt: skip
def test_other_columns_have_no_role(name: str) -> None:
    assert known_name(name) == ""


def test_what_follows_a_hash_or_stands_in_brackets_is_no_part_of_the_name() -> None:
    assert [known_name(name) for name in ("Date#ann", "tags (2)", "tags[0]", "태그1")] == [
        "date",
        "tags",
        "tags",
        "tags",
    ]


def test_a_text_too_long_for_a_name_is_none() -> None:
    assert known_name("tags") == "tags"
    assert known_name("tags, " + "0" * 10_000_000) == ""
    assert len(plain("0" * 10_000_000)) == LONGEST_NAME
