"""What the name of a column says about it: names that data sets use, and headers that exporters translate.

Exportify and TuneMyMusic translate their headers, made of few words ("Nombre de la canción", "トラック名"), so
that a lexicon of words covers all their languages.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

import regex

NAMES: Mapping[str, str] = {
    "id": "id|_id|playlistid|pid|plylstid|playlist|playlisturi|playlisturl|sessionid|clipid|filename|documentid|docid",
    "title": "title|playlisttitle|playlistname|plylsttitle|name|titel|titulo|titre|titolo|제목|タイトル|标题|標題",
    "tags": "tags|tag|genres|genre|toptags|keywords|keyword|tagvalue|tagname|hashtags|hashtag"
    "|genretop|labels|label|태그|タグ",
    "songs": "songs|songids|songid|song|tracks|trackids|trackid|track|items|itemids|itemidlist|itemid|item"
    "|movieid|bookid|productid|trackuri|uri|spotifyid|appleid|youtubeid|deezerid|tidalid"
    "|spotifytrackuri|spotifyuri|songuri|recordingmbid|recordingmsid|traid|videoid|musicid",
    "song_name": "songname|trackname|songtitle|tracktitle|traname|mastermetadatatrackname|recordingname|곡명|노래|曲名",
    "artist": "artist|artists|artistname|artistnames|artname|performer|band|creator|mastermetadataalbumartistname",
    "album": "album|albumname|albumtitle|release|releasename|mastermetadataalbumalbumname",
    "date": "date|updtdate|updated|updatedat|modified|modifiedat|created|createdat|datetime|timestamp|time|ts|endtime"
    "|playedat|listenedat|utctime|uts|scrobbledat|datum|fecha|날짜|日付",
    "group": "group|owner|listener|user|userid|username|usermboxsha1|usersha1|besitzer|proprietaire|propietario"
    "|proprietario|eigenaar|agare|사용자",
    "likes": "likes|likecnt|likecount|followers|numfollowers|likecounts|좋아요",
    "weight": "weight|rating|plays|playcount|playcounts|listens|scrobbles|implicit|interactions|totalartistplays",
    "score": "score|tagscore|confidence|tagweight|tagcount|relevance",
}
"""Names by role, without case, accents, blanks and punctuation; the first that a table has is taken."""

SINGULAR = ("tag", "genre", "label", "keyword", "mood", "hashtag", "tagvalue", "tagname", "genretop")
"""Names of columns that hold one tag a row, where rows are joined."""
ARTIST_IDS = ("artistid", "artistids", "artid", "artistmbid", "musicbrainzartistid", "artisturi")
ALBUM_IDS = ("albumid", "albumids", "releasembid", "albumuri")
NUMBERED = regex.compile(
    r"(?:(?:tag|genre|label|keyword)s?|태그|장르|タグ|ジャンル)(?:[ _./-]?\d+|\[\d+\])", regex.IGNORECASE
)
"""Names of columns that hold one tag each, such as tag1 … tagN."""

_WORDS: Mapping[str, str] = {
    "playlist": "playlist playlists playlista playlisty lista listareproduccion listadereproduccion listadelecture"
    " listedelecture wiedergabeliste afspeellijst spellista spellistans spellistan calmalistesi listaodtwarzania"
    " プレイリスト 플레이리스트 재생목록 播放列表 播放清單 歌单 歌單 плейлист плейлиста λιστααναπαραγωγης قائمةالتشغيل",
    "track": "track tracks song songs titel titre titres titulo chanson morceau piste cancion pista tema traccia brano"
    " canzone faixa musica nummer lat latens laten parca sarki utwor utworu piosenka трек трека песня песни композиция"
    " κομματιου κομματι トラック 曲 楽曲 트랙 곡 노래 曲目 歌曲 单曲 單曲 歌 الاغنية اغنية",
    "artist": "artist artists artista artistas artisti artiste artistes artiest artiesten kunstler interpret interprete"
    " interpreten sanatci artysta artysty wykonawca wykonawcy исполнитель исполнителя артист артиста καλλιτεχνη"
    " καλλιτεχνης アーティスト 歌手 아티스트 가수 艺人 藝人 艺术家 藝術家 الفنان الفنانين",
    "album": "album albums albumul albumet albumets albumu альбом альбома αλμπουμ アルバム 앨범 专辑 專輯 الالبوم",
    "genre": "genre genres genero generos genere generi genrer gatunek gatunki tur turleri жанр жанры ειδη ειδος"
    " ジャンル 장르 流派 曲风 曲風 انواع",
    "id": "uri uris id ids link رابط روابط",
    "name": "name names namen nom noms nombre nombres nome nomi nomes naam namn adi ad nazwa название имя ονομα 名 名称"
    " 名稱 이름 명 اسم اسماء",
}  # fmt: skip
_FILLERS = "of the der des du de d la le l les del dell della do da dos das van het en s n te τα ων (s)"
_MEANINGS: Mapping[frozenset[str], str] = {
    frozenset(words.split()): role
    for words, role in (
        ("playlist name", "title"), ("playlist", "title"), ("playlist id", "id"),
        ("track name", "song_name"), ("track id", "songs"), ("track", "songs"),
        ("artist name", "artist"), ("artist", "artist"), ("album name", "album"), ("album", "album"),
        ("genre", "tags"), ("artist genre", "tags"), ("album genre", "tags"),
    )
}  # fmt: skip
LONGEST_NAME = 200
"""Characters of a column's name: what is longer is data, whatever line it stands in."""
_TAIL = regex.compile(r"(?:[,:#].*|\s*\([^()]*\)|\s*\[[^\[\]]*\])$")
_KANA_MARKS = "\u3099\u309a"


def plain(name: str) -> str:
    """A column's name without case, accents, blanks and punctuation."""
    folded = unicodedata.normalize("NFKD", name[:LONGEST_NAME].casefold().replace("ß", "ss").replace("ı", "i"))
    bare = "".join(char for char in folded if not unicodedata.combining(char) or char in _KANA_MARKS)
    return "".join(char for char in unicodedata.normalize("NFC", bare) if char.isalnum())


def short(name: str) -> str:
    """A name's part before a comma, colon, # or brackets at its end: "tags, free" → tags, "Date#me" → date."""
    return plain(_TAIL.sub("", name[:LONGEST_NAME]))


_BY_NAME = {name: role for role, names in reversed(list(NAMES.items())) for name in names.split("|")}


def known_name(name: str) -> str:
    """The role that a column's name speaks for; "" for none, and for what is too long for a name."""
    if len(name) > LONGEST_NAME:
        return ""
    for form in (plain(name), short(name), plain(name.rsplit(".", 1)[-1])):
        if form in _BY_NAME:
            return _BY_NAME[form]
        if form in ARTIST_IDS or form in ALBUM_IDS:
            return "songs"
    return "tags" if NUMBERED.fullmatch(name.strip()) else translated(name)


@lru_cache(maxsize=2**12)
def translated(name: str) -> str:
    """The role of a header in any of the exporters' languages; "" unless it is made of known words only."""
    return _MEANINGS.get(concepts(name), "")


@lru_cache(maxsize=2**12)
def concepts(name: str) -> frozenset[str]:
    """What the words of a header speak of, such as artist and genre; empty where one of them is not known."""
    match = _lexicon().fullmatch(plain(name))
    return frozenset(concept for concept in _WORDS if match and match.captures(concept))


@cache
def _lexicon() -> regex.Pattern[str]:
    """One or more known words in a row, the longer ones first."""
    groups = [
        f"(?P<{concept}>{'|'.join(sorted(map(plain, words.split()), key=len, reverse=True))})"
        for concept, words in _WORDS.items()
    ]
    return regex.compile(f"(?:{'|'.join(groups)}|{'|'.join(map(plain, _FILLERS.split()))})+")
