"""The encoding of a text file: charset-normalizer's candidates, checked against the letters that each would give.

charset-normalizer alone takes short Shift-JIS for cp949, cp1252 for cp1250 and one umlaut for Big5; every candidate
is therefore scored by how much of the decoded text is what the encoding's languages are written in.
"""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import regex

from tagviz.errors import InvalidParameterError, SourceError
from tagviz.sources.files import BOM, read_bytes

PIECE = 2**20
_EVIDENCE_BYTES = 200_000
_DOUBLE_BYTE = ("cp949", "cp932", "euc_jp", "gb18030", "big5")
_CENTRAL_EUROPE = {"Czech", "Polish", "Hungarian", "Slovak", "Croatian", "Slovene", "Romanian"}
_SINGLE_BYTE = {
    "cp1251": "Cyrillic",
    "koi8_r": "Cyrillic",
    "mac_cyrillic": "Cyrillic",
    "iso8859_5": "Cyrillic",
    "cp1253": "Greek",
    "iso8859_7": "Greek",
    "cp1255": "Hebrew",
    "cp1256": "Arabic",
    "tis_620": "Thai",
    "cp874": "Thai",
}
_TITLES = {
    "cp949": "Korean",
    "cp932": "Japanese (Shift-JIS)",
    "euc_jp": "Japanese",
    "gb18030": "Chinese",
    "big5": "Chinese",
}
_HANGUL = r"[가-힣]"
_KANA = r"[ぁ-ゖァ-ヺー]"
_HALF_KANA = r"[\uFF61-\uFF9F]"
_HAN = r"\p{Han}"
_ODD = r"(?V1)[\p{Co}\p{Cn}\p{Cc}--[\t\n\r]]"
_HIGH_RUN = rb"[\x80-\xff]+"
_SIGN_IN_WORD = r"\p{Ll}[¡-¿×÷]\p{Ll}|(?<!\w)[¢-¿][\p{Ll}ó]|\p{Ll}[³¹¿](?!\w)"
"""What a word of Western Europe does not hold, and Polish or Czech read as cp1252 does: zażółć → za¿ó³æ."""
_MAC_LETTER = r"[áàâäãåçéèêëíìîïñóòôöõúùûüÄÅÇÉÑÖÜßæøœ]"
_CASE_IN_WORD = r"\p{Ll}[ŠŽŸ‡†‹›•™](?=\p{Ll}|\b)|[ŠŽŸ‡†‹›•™]\p{Ll}"
"""Capitals and signs within words, which Mac letters become when they are read as cp1252: Müde → MŸde."""
_TYPOGRAPHY = "‘’“”–—…€•"


@dataclass(frozen=True)
class Encoding:
    """How a file's bytes are read. mixed: `name` is for the lines that are no UTF-8; others beside them are."""

    name: str
    why: str
    mixed: bool = False


def check_encoding(name: str) -> str:
    """The codec's own name. Raises InvalidParameterError for one that does not exist or is no text encoding."""
    try:
        codec = codecs.lookup(name)
        "a".encode(codec.name)
    except (LookupError, TypeError, ValueError, UnicodeError) as error:
        raise InvalidParameterError(
            f"There is no encoding {name[:40]!r}",
            "such as utf-8, utf-16, cp949, shift_jis, cp1252, latin-1",
            "correct it",
        ) from error
    return codec.name


def detect_encoding(path: Path, wanted: str = "", limit: int = 0) -> Encoding:
    """The encoding of a file; `wanted` overrides. Only the first `limit` bytes are looked at, where that is given.

    Raises SourceError where the wanted encoding does not fit, naming the first byte that does not.
    """
    if wanted:
        name = check_encoding(wanted)
        _check_fits(path, name, limit)
        return Encoding(name, "as asked")
    with path.open("rb") as file:
        head = file.read(4096)
    if head[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"):
        return Encoding("utf_32", "its byte order mark")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Encoding("utf_16", "its byte order mark")
    if head.startswith(BOM):
        if _first_break(path, "utf-8-sig", limit) is None:
            return Encoding("utf-8-sig", "its byte order mark")
    elif b"\x1b$B" in head or b"\x1b$@" in head:
        return Encoding("iso2022_jp", "its escape sequences switch to Japanese letters")
    elif wide := _utf16_without_mark(head):
        if _first_break(path, wide, limit) is None:
            return Encoding(wide, "every other byte is zero")
    elif _first_break(path, "utf-8", limit) is None:
        return Encoding("utf-8", "all bytes are valid UTF-8")
    return _legacy(_evidence(path, limit))


def decode(content: bytes, encoding: Encoding) -> str:
    """The whole text. Bytes that fit nowhere become U+FFFD."""
    if not encoding.mixed:
        return content.decode(encoding.name, "replace")
    lines = content.removeprefix(BOM).splitlines(keepends=True)
    return "".join(_line(line, encoding.name) for line in lines)


def open_text(path: Path, encoding: Encoding, size: int) -> IO[str]:
    """A text stream of the file's first `size` bytes, so that a file that still grows is read up to where it was."""
    if encoding.mixed:
        with path.open("rb") as file:
            return io.StringIO(decode(file.read(size), encoding), newline="")
    return io.TextIOWrapper(io.BufferedReader(_Bounded(path, size), PIECE), encoding.name, "replace", newline="")


class _Bounded(io.RawIOBase):
    """The first `size` bytes of a file."""

    def __init__(self, path: Path, size: int) -> None:
        self._file, self._left = path.open("rb"), size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)[: self._left]  # type: ignore[arg-type]
        count = self._file.readinto(view)
        self._left -= count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def read_decoded(path: Path, wanted: str = "") -> tuple[str, Encoding]:
    """A small text file, whole, and the encoding it was in."""
    content = read_bytes(path)
    encoding = detect_encoding(path, wanted)
    return decode(content, encoding).removeprefix("\ufeff"), encoding


def odd_lines(path: Path, encoding: Encoding) -> list[str]:
    """Of a mixed file the lines that are no UTF-8, as they are read."""
    if not encoding.mixed:
        return []
    lines = path.read_bytes().removeprefix(BOM).splitlines()
    return [_line(line, encoding.name) for line in lines if not _is_utf8(line)]


def _line(line: bytes, name: str) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode(name, "replace")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _first_break(path: Path, name: str, limit: int) -> int | None:
    """Byte offset of the first piece that does not decode; a character cut by the limit does not count."""
    decoder = codecs.getincrementaldecoder(name)()
    offset = 0
    with path.open("rb") as file:
        while block := file.read(min(PIECE, limit - offset) if limit else PIECE):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                return max(0, offset + error.start)
            offset += len(block)
        if not limit or offset < limit:
            try:
                decoder.decode(b"", True)
            except UnicodeDecodeError:
                return offset
    return None


def _check_fits(path: Path, name: str, limit: int) -> None:
    place = _first_break(path, name, limit)
    if place is not None:
        raise SourceError(
            f"{path.name!r} is not in {name}", f"byte {place:,} does not fit", "leave --encoding out, or name another"
        )


def _utf16_without_mark(head: bytes) -> str:
    """utf_16_le or utf_16_be where one half of the bytes are mostly zero and the other half hardly ever."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if odd / half > 0.3 and even / half < 0.05:
        return "utf_16_le"
    return "utf_16_be" if even / half > 0.3 and odd / half < 0.05 else ""


def _evidence(path: Path, limit: int) -> tuple[bytes, bool]:
    """Lines that are neither ASCII nor UTF-8, and whether others are proper multi-byte UTF-8."""
    gathered: list[bytes] = []
    size, proper, seen = 0, False, 0
    with path.open("rb") as file:
        for line in file:
            seen += len(line)
            if limit and seen > limit:
                break
            if line.isascii():
                continue
            if _is_utf8(line):
                proper = True
            elif size < _EVIDENCE_BYTES:
                gathered.append(line)
                size += len(line)
            elif proper:
                break
    return b"".join(gathered), proper


def _legacy(evidence: tuple[bytes, bool]) -> Encoding:
    content, mixed = evidence
    from charset_normalizer import from_bytes

    matches = list(from_bytes(content, enable_fallback=False))
    guessed = [match.encoding for match in matches]
    scores = {name: score for name in _DOUBLE_BYTE if (score := _double_byte_score(content, name)) is not None}
    single = _single_byte(content, matches[0].encoding if matches else "", matches[0].language if matches else "")
    best = max(scores, key=lambda name: (scores[name], name in guessed), default="")
    if best and scores[best] > _single_byte_score(content, single):
        name, why = best, f"its bytes are {_TITLES[best]} letters"
    else:
        name, why = single, f"its bytes are letters of {single}"
    return Encoding(name, why + ("; other lines are UTF-8" if mixed else ""), mixed)


def _double_byte_score(content: bytes, name: str) -> float | None:
    """0 … 1: how much of what is not ASCII is common in the encoding's language; None where it does not decode."""
    try:
        decoded = content.decode(name)
    except UnicodeDecodeError:
        return None
    letters = [char for char in decoded if ord(char) > 127]
    if not letters or regex.search(_ODD, decoded):
        return None
    shown = "".join(letters)
    hangul, kana, han = (
        len(regex.findall(_HANGUL, shown)),
        len(regex.findall(_KANA, shown)),
        len(regex.findall(_HAN, shown)),
    )
    if name == "cp949":
        common = sum(1 for char in regex.findall(_HANGUL, shown) if _encodes(char, "euc_kr"))
        good = common + 0.2 * (hangul - common)
    elif name in ("cp932", "euc_jp"):
        good = kana + 0.9 * han if kana else 0.5 * han
        good -= 0.5 * len(regex.findall(_HALF_KANA, shown))
    else:
        common = sum(
            1 for char in regex.findall(_HAN, shown) if _encodes(char, "gb2312" if name == "gb18030" else "big5")
        )
        good = 0.85 * common - kana
    # a letter of two bytes between Latin letters is more likely an accented letter and its neighbour
    caught = len(regex.findall(r"[A-Za-z][^\x00-\x7f](?=[A-Za-z])", decoded))
    return max(0.0, (good - caught) / len(letters))


def _encodes(char: str, name: str) -> bool:
    try:
        return len(char.encode(name)) == 2
    except UnicodeEncodeError:
        return False


def _single_byte(content: bytes, guessed: str, language: str) -> str:
    """The single-byte encoding of the text: cp1252 unless its letters speak for another alphabet."""
    if guessed in _SINGLE_BYTE and max(map(len, regex.findall(_HIGH_RUN, content)), default=0) > 2:
        return guessed
    if guessed in ("cp1250", "iso8859_2") and language in _CENTRAL_EUROPE and len(content) > 200:
        return guessed
    western = content.decode("cp1252", "replace")
    signs = len(regex.findall(_SIGN_IN_WORD, western))
    if signs > 1 and not regex.search(_SIGN_IN_WORD, content.decode("cp1250", "replace")):
        return "cp1250"
    high = sum(byte > 0x7F for byte in content)
    mac = len(regex.findall(_MAC_LETTER, content.decode("mac_roman"))) > 0.7 * high
    if mac and len(regex.findall(_CASE_IN_WORD, western)) > 1:
        return "mac_roman"
    return "latin-1" if "\ufffd" in western else "cp1252"


def _single_byte_score(content: bytes, name: str) -> float:
    """0 … 1: how many bytes beyond ASCII become letters within words, or quotation marks and dashes."""
    decoded = content.decode(name, "replace")
    high = [at for at, char in enumerate(decoded) if ord(char) > 127]
    good = 0.0
    for at in high:
        char = decoded[at]
        if char in _TYPOGRAPHY:
            good += 0.8
        elif char.isalpha():
            beside = decoded[max(0, at - 1) : at] + decoded[at + 1 : at + 2]
            plain = any(other.isascii() and other.isalpha() for other in beside)
            alphabet = name in _SINGLE_BYTE
            # an accented letter has plain letters beside it; two in a row are rare
            good += 0.9 if plain or alphabet else 0.45 if len(high) < 3 or not beside.strip() else 0.2
    return good / max(1, len(high))
