"""Changes of files for benchmarks/fuzz.py: of their bytes, of what is packed in them, and of the values in JSON."""

from __future__ import annotations

import gzip
import io
import json
import random
import struct
import warnings
import zipfile
import zlib
from contextlib import suppress
from typing import Any

PIECES = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r", b"\n\n", b"\t", b'"', b"'", b",", b";", b"|", b"{",
    b"}", b"[", b"]", b"[[[[[[[[" * 200, b'{"a":' * 300, b"null", b"NaN", b"-1", b"1e400", b"9" * 400, b"true",
    b"\\u0000", b"\\ud800", b"=1+1", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"!!python/object:os.system", b"*a",
    b"&a", b"../../x", b"%00", b"0x", "비오는날".encode(), "é".encode("latin-1"), b"2019-99-99", b"-0", b"\x1f\x8b",
    b"PK\x03\x04", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"PAR1", b"\x93NUMPY\x01\x00",
    b"inf", b"-inf", b"0000-00-00", b"1e-400", b"#EXTM3U", b"<?xml version='1.0' encoding='utf-7'?>", b"@prefix",
    "\u2028".encode(), "\ufdfa".encode() * 40, b"a" * 70_000, b"%s%n{0}", b"\x1b[2J", b"\\N{DASH}", b"O", b"|O",
)  # fmt: skip
"""Bytes at which readers trip."""
ODD_VALUES: tuple[Any, ...] = (
    None, True, "", "\ud800", "\x00", "a" * 5000, -1, 0, 2**31, 2**63, -(2**63) - 1, 10**30, 1.5, float("nan"),
    float("inf"), [], {}, [None], {"": None}, "NaN", "1e400", "=1+1", "../../x", [[[[[[[[]]]]]]]], {"id": {"id": {}}},
    [1, "a", None, {}], "9" * 400, "2019-99-99",
)  # fmt: skip
"""Values that stand where others are expected."""
ODD_NAMES = ("", "CON", "a" * 300, "../x", "x/../../y", "\x00", "-rf", "ф", "a\\b", "C:x", "./a", " ", "x.npy/", "a\n")


def changed(content: bytes, chance: random.Random) -> bytes:
    """A file with one change: of what is packed in it, of a value, or of its bytes."""
    if chance.random() < 0.4:
        with suppress(Exception):  # what cannot be unpacked or parsed is changed byte by byte
            return _within(content, chance)
    return _bytes_changed(content, chance)


def _within(content: bytes, chance: random.Random) -> bytes:
    if content.startswith(b"\x1f\x8b"):
        return gzip.compress(changed(gzip.decompress(content), chance), 1, mtime=0)
    if content.startswith(b"PK\x03\x04"):
        return _zip_changed(content, chance)
    if content.startswith(b"PAR1"):
        return _footer_changed(content, chance)
    lines = content.split(b"\n")
    at = chance.randrange(len(lines))
    try:
        return json.dumps(_value_changed(json.loads(content), chance)).encode()
    except ValueError:
        lines[at] = json.dumps(_value_changed(json.loads(lines[at]), chance)).encode()
        return b"\n".join(lines)


def _zip_changed(content: bytes, chance: random.Random) -> bytes:
    """One member changed, renamed, doubled, left out, or with another kind of packing than it says."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(target, "w") as after,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        members = before.infolist()
        chosen, way = chance.choice(members), chance.choice(("content", "content", "content", "name", "twice", "none"))
        for member in members:
            name, inside = member.filename, before.read(member)
            if member is chosen and way == "none":
                continue
            if member is chosen and way == "content":
                inside = changed(inside, chance)
            if member is chosen and way == "name":
                name = chance.choice(ODD_NAMES) + chance.choice(("", name))
            after.writestr(
                zipfile.ZipInfo(name or "x"), inside, chance.choice((zipfile.ZIP_STORED, member.compress_type))
            )
            if member is chosen and way == "twice":
                after.writestr(zipfile.ZipInfo(name), inside)
    packed = target.getvalue()
    if chance.random() < 0.1:  # the flag of a password, or an unknown packing, in the list of members
        at = packed.rfind(b"PK\x01\x02") + chance.choice((8, 10))
        packed = packed[:at] + struct.pack("<H", chance.choice((1, 99))) + packed[at + 2 :]
    return packed


def _footer_changed(content: bytes, chance: random.Random) -> bytes:
    """A byte of Parquet's footer, or its length."""
    length = int.from_bytes(content[-8:-4], "little")
    if chance.random() < 0.2:
        return (
            content[:-8] + struct.pack("<I", chance.choice((0, 1, length - 1, length + 1, 2**31, 2**32 - 1))) + b"PAR1"
        )
    at = len(content) - 8 - chance.randint(1, max(1, length))
    return content[:at] + chance.randbytes(1) + content[at + 1 :]


def _value_changed(value: Any, chance: random.Random) -> Any:
    """A document with an odd value in one place."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(list(value))
        if chance.random() < 0.1:
            return {**value, chance.choice(("", "\ud800", "id", "tags", name * 2)): value[name]}
        return {**value, name: _value_changed(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        return [*value[:at], _value_changed(value[at], chance), *value[at + 1 :]]
    return chance.choice(ODD_VALUES)


def _bytes_changed(content: bytes, chance: random.Random) -> bytes:
    at, end = sorted((chance.randint(0, len(content)), chance.randint(0, len(content))))
    end = min(end, at + chance.choice((1, 2, 8, 64, 100_000)))
    match chance.randrange(8):
        case 0 if content:
            at = min(at, len(content) - 1)
            return content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]
        case 1:
            return content[:at] + content[end:]
        case 2:
            return content[:end] + content[at:end] * chance.choice((1, 3, 50)) + content[end:]
        case 3:
            return content[:at]
        case 4:
            return content[:at] + chance.randbytes(chance.choice((1, 4, 30))) + content[end:]
        case 5 if chance.random() < 0.05:
            return zlib.compress(content)
        case _:
            return content[:at] + chance.choice(PIECES) + content[chance.choice((at, end)) :]
