"""Lists in cells of a table.

One separator for a whole column; lists as Python, JSON, numpy, Hive or Postgres write them; objects with counts or
scores.
"""

from __future__ import annotations

import ast
import html
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import regex

from tagviz.sources.findings import Findings

SEPARATORS = ("|", ";", ",", "\n", "\t", "、", "，", "；", "\x02", "\x01", " / ", "/", "•", "·", "~", "^", "::")
"""What may stand between the entries of a text cell, most telling first."""
NULLS = frozenset(("", "nan", "none", "null", "<na>", "n/a", "na", "nat", "#n/a", "\\n"))
EXCEL_ERRORS = frozenset(("#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#N/A"))
_NAMED = ("name", "tag", "label", "title", "value", "text", "genre", "term", "#text")
_SCORED = ("score", "count", "weight", "confidence", "n", "freq", "frequency", "votes")
_IDENTS = ("id", "uri", "track_id", "song_id", "track_uri", "trackUri", "isrc")
_WRAPPED = regex.compile(
    r"(?:np\.)?(?:array|list|set|frozenset|tuple|dict|Counter|OrderedDict|defaultdict)"
    r"\((?:<class '\w+'>,\s*)?(?P<body>[\[{(].*[\]})])?(?:,\s*dtype=[^)]*)?\)",
    regex.DOTALL,
)
_NUMPY_TEXT = regex.compile(r"""np\.str_\(('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)""")
_SHORTENED = regex.compile(r"""['"\d]\s*\.\.\.\s*['"\d]""")
_CALLED = regex.compile(
    r"(?:c|list|(?:\w+\.)*(?:WrappedArray|ArrayBuffer|ArraySeq|Array|List|Vector|Seq|Set))\((?P<body>.*)\)",
    regex.DOTALL,
)
"""Lists as R and Scala print them: `c("a", "b")`, `WrappedArray(a, b)`."""
_RECORD = regex.compile(r"""\b[A-Z]\w*\((?P<body>\w+=(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^'"()])*)\)""")
"""A record as Spark and Python's named tuples print it: `Row(tag='rock', count=3)`."""
_FIELD = regex.compile(r"""(\w+)=('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^,]*)""")
_LITERAL = regex.compile(r"""'.*'|".*"|-?\d+(?:\.\d+)?|None|True|False""", regex.DOTALL)
_SCORED_TEXT = regex.compile(
    r"(?P<tag>.*?\S)(?:\s*(?:[:=]|->|\()\s*(?P<score>-?\d+(?:\.\d+)?)\)?|\s+(?P<percent>\d+(?:\.\d+)?)\s*%)"
)
_QUOTED = regex.compile(r"""(?:[bu])?'(?:[^'\\]|\\.)*'|(?:[bu])?"(?:[^"\\]|\\.)*\"""", regex.DOTALL)
_BETWEEN = regex.compile(r"[\s,]*")
_ENTITY = regex.compile(r"&(?:amp|quot|lt|gt|apos|nbsp|#\d{2,5}|#x[0-9a-fA-F]{2,4});")
_SECOND_HASH = regex.compile(r"\S\s*#\S")
_CLOSING = {"[": "]", "{": "}", "(": ")"}


@dataclass(frozen=True)
class Entry:
    """One entry of a list: what it says, a score where it has one, and what is known of a song beside its id."""

    text: str
    score: float | None = None
    name: str = ""
    artists: tuple[str, ...] = ()
    album: str = ""


@dataclass
class CellForm:
    """How the cells of a column are cut: the separator of plain text, and whether # in front of every entry goes.

    scored: every entry has its score behind it, such as `rock:100`. shortened: lists that numpy wrote with `...`.
    """

    separator: str = ""
    hashes: bool = False
    scored: bool = False
    forms: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    shortened: int = 0

    def described(self) -> str:
        """Such as `text between "|"` or `Python lists`."""
        names = [name for name, _ in self.forms.most_common(3)]
        if self.separator and "text" in names:
            shown = {"#": "hash signs"}.get(self.separator, _shown(self.separator))
            names[names.index("text")] = f"text between {shown}"
        return ", ".join("one entry a cell" if name == "text" else name for name in names)


def is_null(value: Any) -> bool:
    """Whether a cell says that there is nothing."""
    if value is None or value != value:  # NaN
        return True
    return isinstance(value, str) and (len(value) < 8 or value.isspace()) and value.strip().casefold() in NULLS


def unescape(text: str) -> str:
    """HTML entities as characters ("r&amp;b" → "r&b"); markup stays."""
    return html.unescape(text) if _ENTITY.search(text) else text


def is_bracketed(text: str) -> bool:
    """Whether a cell is written as a list, set, tuple or object."""
    stripped = text.strip()
    if stripped[:1] in _CLOSING and stripped.endswith(_CLOSING[stripped[0]]):
        return True
    return stripped.endswith(")") and bool(_WRAPPED.fullmatch(stripped) or _CALLED.fullmatch(stripped))


def choose_form(
    cells: Iterable[Any], what: str, findings: Findings, wanted: str = "", marks: Sequence[str] = SEPARATORS
) -> CellForm:
    """One separator for all text cells of a column; asked where different cells speak for different ones."""
    texts = [unescape(cell).strip() for cell in cells if isinstance(cell, str) and not is_null(cell)]
    plain = [text for text in texts if not is_bracketed(text)]
    if wanted:
        return _form({"\\n": "\n", "\\t": "\t", "blank": " ", "none": ""}.get(wanted, wanted), plain)
    tagged = bool(plain) and all(text.startswith("#") for text in plain)
    if tagged and any(map(_SECOND_HASH.search, plain)) and not any(mark in text for text in plain for mark in "|;,"):
        return CellForm("#", True)
    holding = {mark: {at for at, text in enumerate(plain) if mark in text} for mark in marks}
    if holding.get("/") and len(holding["/"]) < 0.5 * len(plain):
        holding["/"] = set()  # "drum/bass" is one tag where most cells hold no slash
    present = [mark for mark in marks if holding[mark]]
    if not present:
        _ask_blanks(plain, what, findings)
        return _form("", plain)
    best = present[0]
    for mark in present[1:]:
        alone = holding[mark] - holding[best]
        if len(alone) >= 2 and len(alone) > len(holding[best]) * 0.5 and mark in "|;,\n\t":
            findings.ask(
                f"separator:{what}",
                f"{what}: {len(holding[best]):,} cells hold {_shown(best)} and {len(alone):,} others {_shown(mark)};"
                " which stands between the entries?",
                {_shown(one): ("separator", _typed(one)) for one in (best, mark)},
                f"add --set separator='{best}' or --set separator='{mark}'",
            )
            break
    return _form(best, plain)


def _form(separator: str, plain: Sequence[str]) -> CellForm:
    """The form of text cells that are cut at a separator ("" for one entry a cell)."""
    pieces = (text.split(separator) if separator else [text] for text in plain)
    parts = [part.strip() for cut in pieces for part in cut if part.strip()]
    hashes = bool(parts) and all(part.startswith("#") and len(part) > 1 for part in parts)
    return CellForm(separator, hashes, len(parts) > 1 and all(map(_SCORED_TEXT.fullmatch, parts)))


def _ask_blanks(plain: Sequence[str], what: str, findings: Findings) -> None:
    """Words between blanks are one entry ("late night jazz") or several: asked where most cells have many of them."""
    cells = [tuple(text.split()) for text in dict.fromkeys(plain)]
    long = [words for words in cells if len(words) > 2]
    if len(cells) < 3 or 2 * len(long) < len(cells):
        return
    findings.ask(
        f"separator:{what}",
        f"{what} has cells such as {' '.join(long[0])[:60]!r}: is this one entry, or one a word?",
        {"one entry": ("separator", "none"), "one a word": ("separator", "blank")},
        "add --set separator=none (one entry) or --set separator=blank (one a word)",
    )


def _typed(mark: str) -> str:
    """A separator as a person types it."""
    return {"\n": "\\n", "\t": "\\t"}.get(mark, mark)


def _shown(mark: str) -> str:
    named = {"\n": "line breaks", "\t": "tabs", " ": "blanks", "\x01": "control signs", "\x02": "control signs"}
    return named.get(mark, f'"{mark}"')


def entries(cell: Any, form: CellForm) -> list[Entry]:
    """The entries of one cell."""
    if isinstance(cell, list | tuple | set):
        form.forms["lists"] += 1
        return _of_list(list(cell), form)
    if isinstance(cell, dict):
        form.forms["objects"] += 1
        return _of_object(cell, form)
    if is_null(cell):
        return []
    if isinstance(cell, bool):
        form.skipped += 1
        return []
    if isinstance(cell, int | float):
        form.forms["numbers"] += 1
        return [Entry(as_text(cell))]
    text = unescape(str(cell)).strip()
    if is_bracketed(text):
        listed = _bracketed(_NUMPY_TEXT.sub(r"\1", text), form)
        if listed is not None:
            return listed
    form.forms["text"] += 1
    parts = [part.strip() for part in text.split(form.separator)] if form.separator else [text]
    if form.hashes:
        parts = [part.lstrip("#").strip() for part in parts]
    return [_scored(part) if form.scored else Entry(part) for part in parts if not is_null(part)]


def _scored(part: str) -> Entry:
    match = _SCORED_TEXT.fullmatch(part)
    return Entry(match["tag"], float(match["score"] or match["percent"])) if match else Entry(part)


def as_text(value: Any) -> str:
    """A value as text: 12.0 is "12"."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def _bracketed(text: str, form: CellForm) -> list[Entry] | None:
    """The entries of a cell in brackets; None where it is only text that happens to stand in them."""
    if match := _WRAPPED.fullmatch(text):
        text = match["body"] or "[]"
    elif match := _CALLED.fullmatch(text):
        text = f"[{match['body']}]"
    if "(" in text:
        text = _RECORD.sub(_as_object, text)
    try:
        content = orjson.loads(text)
        form.forms["JSON"] += 1
        return _of_object(content, form) if isinstance(content, dict) else _of_list(content, form)
    except orjson.JSONDecodeError:
        pass
    body = text[1:-1].strip()
    if _SHORTENED.search(body):
        form.shortened += 1
        body = regex.sub(r"\s\.\.\.\s", " ", body)
    quoted = _QUOTED.findall(body)
    if quoted and not _BETWEEN.sub("", _QUOTED.sub("", body)):
        # checked before Python's own reading, which joins 'a' 'b' to "ab"
        form.forms["numpy" if "," not in _QUOTED.sub("", body) and len(quoted) > 1 else "Python lists"] += 1
        return [Entry(word) for part in quoted if not is_null(word := _unquoted(part))]
    try:
        content = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        content = None
    if isinstance(content, dict):
        form.forms["Python objects"] += 1
        return _of_object(content, form)
    if isinstance(content, list | tuple | set | frozenset):
        form.forms["Python lists"] += 1
        return _of_list(list(content), form)
    if text[0] == "(":
        return None
    parts = _split_outside_quotes(body) if "," in body else body.split() if _numeric(body) else [body]
    form.forms["lists without quotes"] += 1
    listed = [part for raw in parts if not is_null(part := _unquoted(raw.strip()))]
    scored = text[0] == "{" and all(map(_SCORED_TEXT.fullmatch, listed))  # a map as Hive and Spark write it
    return [_scored(part) if scored else Entry(part) for part in listed]


def _as_object(record: regex.Match[str]) -> str:
    """A printed record as Python writes an object."""
    fields = _FIELD.findall(record["body"])
    return (
        "{"
        + ", ".join(f"{name!r}: {value if _LITERAL.fullmatch(value) else repr(value)}" for name, value in fields)
        + "}"
    )


def _split_outside_quotes(body: str) -> list[str]:
    parts = regex.findall(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'(?=\s*(?:,|$))|[^,]*)\s*(?:,|$)""", body)
    return [part for part in parts if part]


def _numeric(body: str) -> bool:
    return all(regex.fullmatch(r"-?[\d.]+", part) for part in body.split())


def _unquoted(part: str) -> str:
    bare = part[1:] if regex.match(r"""[bu]['"]""", part) else part
    if len(bare) >= 2 and bare[0] == bare[-1] and bare[0] in "'\"":
        try:
            word = ast.literal_eval(bare)
            return word if isinstance(word, str) else bare[1:-1]
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return bare[1:-1]
    return part


def _of_list(values: list[Any], form: CellForm) -> list[Entry]:
    listed: list[Entry] = []
    for value in values:
        if isinstance(value, dict):
            entry = entry_of(value)
            if entry:
                listed.append(entry)
            else:
                form.skipped += 1
        elif isinstance(value, list | tuple):
            if len(value) == 2 and isinstance(value[0], str) and (score := _number(value[1])) is not None:
                listed.append(Entry(value[0], score))
            else:
                listed += _of_list(list(value), form)
        elif isinstance(value, bool):
            form.skipped += 1
        elif not is_null(value):
            listed.append(Entry(as_text(value)))
    return listed


def _of_object(value: dict[Any, Any], form: CellForm) -> list[Entry]:
    """An object of tag → score, or one that holds the list under `items`, `data`, `tag` …, or one entry."""
    for name in ("items", "data", "tracks", "tags", "tag", "list", "results"):
        inner = value.get(name)
        if isinstance(inner, list):
            return _of_list(inner, form)
    if (entry := entry_of(value)) and any(name in value for name in (*_IDENTS, *_NAMED)):
        return [entry]
    scored = [(str(key), _number(score)) for key, score in value.items()]
    if scored and all(score is not None for _, score in scored):
        return [Entry(key, score) for key, score in scored]
    form.skipped += bool(value)
    return []


def entry_of(value: dict[str, Any]) -> Entry | None:
    """One entry from an object: its id or name, its score, and a song's name, artists and album."""
    inner = value.get("track") or value.get("song") or value.get("item")
    if isinstance(inner, dict):
        value = inner
    name = next((str(value[key]) for key in _NAMED if isinstance(value.get(key), str | int)), "")
    name = name or next((str(value[key]) for key in ("track_name", "trackName", "song_name") if value.get(key)), "")
    ident = next((as_text(value[key]) for key in _IDENTS if isinstance(value.get(key), str | int)), "")
    score = next((number for key in _SCORED if (number := _number(value.get(key))) is not None), None)
    artists = value.get("artists") or value.get("artist") or value.get("artist_name") or value.get("artistName") or ()
    names = [artists] if isinstance(artists, str | dict) else list(artists) if isinstance(artists, list) else []
    called = tuple(str(one.get("name", "")) if isinstance(one, dict) else str(one) for one in names)
    album = value.get("album") or value.get("album_name") or value.get("albumName") or ""
    album = album.get("name", "") if isinstance(album, dict) else album
    if not (ident or name):
        return None
    return Entry(ident or name, score, name, tuple(filter(None, called)), str(album))


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
