"""Good files of every kind that is read, and hard ones, for benchmarks/fuzz.py; all are made here."""

from __future__ import annotations

import gzip
import io
import json
import re
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
Files = Mapping[str, bytes]
TURTLE = b"""@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:tagviz:jazz> a skos:Concept ; skos:prefLabel "jazz" ; skos:altLabel "Jazz music" ;
  skos:broader <urn:tagviz:music> .
<urn:tagviz:music> a skos:Concept ; skos:prefLabel "music"@en .
"""
RDF = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:skos="http://www.w3.org/2004/02/skos/core#"><skos:Concept rdf:about="urn:a"><skos:prefLabel>jazz</skos:prefLabel>
 <skos:altLabel xml:lang="de">Jazzmusik</skos:altLabel></skos:Concept></rdf:RDF>"""


@cache
def examples() -> dict[str, Files]:
    """The example files of docs/formats.md; those in one folder belong together."""
    groups: dict[str, dict[str, bytes]] = {}
    for name, text in EXAMPLE.findall((ROOT / "docs" / "formats.md").read_text(encoding="utf-8")):
        group = name.rpartition("/")[0] or name
        groups.setdefault(group, {})[name.rpartition("/")[2]] = text.encode()
    return dict(groups)


@cache
def tables() -> dict[str, Files]:
    """Tables that are no text, and packed ones."""
    import pandas as pd

    frame = pd.DataFrame(
        {"title": ["rainy", "sunny"], "tags": ["jazz, slow", "pop"], "date": ["2019-01-02", "2020-05-06"]}
    )
    lists = frame.assign(tags=[["jazz", "slow"], ["pop"]], date=pd.to_datetime(frame["date"]), likes=[1, 2])
    text = frame.to_csv(index=False).encode()
    made: dict[str, Files] = {}
    with TemporaryDirectory() as folder:
        frame.to_parquet(Path(folder) / "t.parquet")
        lists.to_parquet(Path(folder) / "lists.parquet", compression="gzip", row_group_size=1)
        made |= {path.name: {path.name: path.read_bytes()} for path in Path(folder).iterdir()}
    return made | {
        "t.xlsx": {"t.xlsx": workbook([["title", "tags", "n"], ["rainy", "jazz, slow", 3], ["sunny", "pop", 4.5]])},
        "t.csv.gz": {"t.csv.gz": gzip.compress(text, mtime=0)},
        "t.zip": {"t.zip": zipped({"one/t.csv": text})},
        "two.zip": {"two.zip": zipped({"a.csv": text, "b.csv": text})},
    }


def workbook(rows: list[list[str | float]], cell: str = "") -> bytes:
    """A workbook of one sheet; `cell`: XML of one more row."""

    def written(value: str | float) -> str:
        kind = ' t="inlineStr"><is><t>{}</t></is></c>' if isinstance(value, str) else "><v>{}</v></c>"
        return "<c" + kind.format(value)

    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    body = "".join(f"<row>{''.join(map(written, row))}</row>" for row in rows) + cell
    head = '<?xml version="1.0"?>'
    return zipped({
        "[Content_Types].xml": head + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'{head}<Relationships xmlns="{package}"><Relationship Id="r1" Type="{relations}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{head}<workbook {space} xmlns:r="{relations}"><sheets><sheet name="S" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{head}<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"{head}<worksheet {space}><sheetData>{body}</sheetData></worksheet>",
    })  # fmt: skip


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """A zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def tarred(files: Mapping[str, bytes]) -> bytes:
    """A tar of these files."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def npy(array: np.ndarray) -> bytes:  # type: ignore[type-arg]
    """An array as a .npy file."""
    target = io.BytesIO()
    np.save(target, array)
    return target.getvalue()


def npz(**arrays: np.ndarray) -> bytes:  # type: ignore[type-arg]
    """Arrays as an .npz file."""
    return zipped({f"{name}.npy": npy(array) for name, array in arrays.items()})


def safetensors(header: object, data: bytes = b"", length: int | None = None) -> bytes:
    """A file of tensors; `length`: what it says of its header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def vectors() -> dict[str, Files]:
    """Files of vectors."""
    one = np.ones(2, "<f4").tobytes()
    words, numbers = np.array(["jazz", "rock"]), np.eye(2, dtype=np.float32)
    tensor = {"v": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}
    metadata = {**tensor, "__metadata__": {"words": '["jazz", "rock"]'}}
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }\n"
    huge = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header) + 8) + header % b"9" * 9
    return {
        "text": {"v.txt": b"2 3\njazz 1 2 3\nrock 4 5 6\n"},
        "negative": {"v.txt": b"-2 -3\njazz 1 2 3\n"},
        "huge header": {"v.bin": b"99999999999 99999\njazz " + one},
        "digits": {"v.txt": "² ³\njazz 1 2 3\n".encode()},
        "long number": {"v.txt": b"9" * 5000 + b" 3\njazz 1 2 3\n"},
        "glove": {"v.txt": b"jazz 1 2 3\nrock 4 5 6\n"},
        "tsv": {"v.tsv": b"1\t2\t3\n4\t5\t6\n", "metadata.tsv": b"jazz\nrock\n"},
        "csv": {"v.csv": b"tag,0,1\njazz,1,2\nrock,3,4\n"},
        "lists": {"v.csv": b'tag,vector\njazz,"[1, 2]"\nrock,"[3, 4]"\n'},
        "json": {"v.json": b'{"jazz": [1, 2, 3], "rock": [4, 5, 6]}'},
        "deep": {"v.json": b"[" * 50_000},
        "npz": {"v.npz": npz(words=words, vectors=numbers)},
        "numbers": {"v.npz": npz(ids=np.arange(2), vectors=numbers)},
        "objects": {"v.npz": npz(words=np.array(["a", None], dtype=object), vectors=numbers)},
        "huge array": {"v.npz": zipped({"vectors.npy": huge, "words.npy": npy(words)})},
        "npy": {"v.npy": npy(numbers), "v.txt": b"jazz\nrock\n"},
        "npy words": {"v.npy": npy(numbers), "words.npy": npy(words)},
        "broken words": {"v.npy": npy(numbers), "words.npy": npy(words)[:9]},
        "safetensors": {"v.safetensors": safetensors(metadata, numbers.tobytes())},
        "tensors": {"v.safetensors": safetensors({"a": {**tensor["v"], "shape": [4]}}, numbers.tobytes())},
        "tensor words": {"v.safetensors": safetensors(tensor, numbers.tobytes()), "words.npy": npy(words)[:40]},
        "tensor length": {"v.safetensors": safetensors(tensor, numbers.tobytes(), 2**63)},
        "deep tensor": {"v.safetensors": safetensors(b'{"a":' * 20_000)},
        "no tensor": {"v.safetensors": safetensors({"v": []})},
        "binary": {"v.bin": b"2 2\njazz " + one + b"\nrock " + one},
    }


def features() -> dict[str, Files]:
    """Numbers per song: tables, arrays, archives of spectrograms."""
    sound = npy(np.random.default_rng(1).normal(size=(48, 200)).astype(np.float16))
    return {
        "csv": {"f.csv": b"track_id,tempo,energy\nt1,120,0.5\nt2,90,0.7\n"},
        "json": {"f.jsonl": b'{"id": "a", "x": 1, "y": 2}\n{"id": "b", "x": 2, "y": 5}\n'},
        "npz": {"f.npz": npz(ids=np.array(["a", "b"]), x=np.array([[1.0, 2], [3, 5]]), columns=np.array(["p", "q"]))},
        "xlsx": {"f.xlsx": workbook([["id", "tempo"], ["a", 1.5], ["b", 2.5]])},
        "tar": {"f.tar": tarred({"1.npy": sound, "2.npy": sound[:500], "../3.npy": sound, "x": b""})},
        "folder": {"1.npy": sound, "2.npy": sound},
    }


def hard() -> dict[str, Files]:
    """Files of playlists that trip readers, large ones among them."""
    head = b"title,tags\n"
    sheet: list[list[str | float]] = [["title", "tags"], ["a", "x"]]
    deep = b"[" * 100_000 + b"]" * 100_000
    xspf = b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    return {
        "one line": {"t.csv": head + b"a," + b"x" * 10_000_000},
        "one line of json": {"t.json": b'[{"title": "' + b"y" * 10_000_000 + b'"}]'},
        "one quote": {"t.csv": head + b'a,"' + b"x,y\n" * 500_000},
        "many columns": {"t.csv": b",".join(b"c%d" % at for at in range(6000)) + b"\n" + b"1," * 6000},
        "many tags": {"t.jsonl": b'{"title": "a", "tags": [' + b'"x",' * 200_000 + b'"y"]}\n'},
        "deep json": {"t.json": b'[{"title": ' + deep + b"}]"},
        "deep lines": {"t.jsonl": b'{"tags": ' + b'{"a":' * 1000 + b"1" + b"}" * 1000 + b"}\n"},
        "deep list cell": {"t.csv": head + b'a,"' + b"[" * 3000 + b"]" * 3000 + b'"\n'},
        "huge numbers": {"t.jsonl": b'{"tags": ["x"], "likes": %s, "date": %s}\n' % (b"9" * 400, b"9" * 30)},
        "no numbers": {"t.jsonl": b'{"title": "a", "tags": ["x"], "likes": NaN, "id": Infinity}\n'},
        "surrogates": {"t.jsonl": b'{"title": "\\ud800", "tags": ["\\udfff", "x"], "songs": ["\\ud800\\ud800"]}\n'},
        "nul": {"t.csv": b"ti\x00tle,tags\na\x00,x\x00y\n"},
        "dates": {"t.csv": b"title,tags,date\na,x,-999999-01-01\nb,y,9999-12-31T23:59:59+14:00\nc,z,1e300\n"},
        "numbers as dates": {"t.csv": b"title,tags,date\na,x,99999999999999999999\nb,y,-1\nc,z,inf\n"},
        "binary m3u": {"t.m3u8": b"#EXTM3U\n#EXTINF:999999999999999999999999," + bytes(range(256)) * 20},
        "entities": {"t.xspf": xspf + b"<playlist><title>&b;</title><trackList/></playlist>"},
        "outer entity": {"t.xspf": xspf.replace(b'"aaaaaaaaaa"', b'SYSTEM "/etc/hosts"') + b"<p>&a;</p>"},
        "deep xml": {"t.xspf": b"<playlist>" + b"<a>" * 50_000},
        "cut gz": {"t.csv.gz": gzip.compress(head + b"a,b\n" * 1000)[:-20]},
        "bomb": {"t.csv.gz": gzip.compress(b"0" * 80_000_000)},
        "names": {"t.zip": zipped({"\x07/\u202e.csv": head + b"a,x\n", "CON.csv": head, "a" * 200 + ".csv": head})},
        "long name": {"t.zip": zipped({"b" * 300 + ".csv": head + b"a,x\n"})},
        "name of bytes": {"t.zip": zipped({"x.csv": head + b"a,x\n"}).replace(b"x.csv", b"\xff\x00.cv")},
        "file as folder": {"t.zip": zipped({"a": b"x", "a/b.csv": head})},
        "odd cells": {"t.xlsx": workbook(sheet, '<row><c t="e"><v>#REF!</v></c><c t="d"><v>x</v></c></row>')},
        "far cell": {"t.xlsx": workbook(sheet, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')},
        "wrong cell": {"t.xlsx": workbook(sheet, '<row r="99999999999"><c r="A0"><v>1e999</v></c></row>')},
        "shared text": {"t.xlsx": workbook(sheet, '<row><c t="s"><v>99999999</v></c></row>')},
        "dates of excel": {"t.xlsx": workbook([["title", "date"], ["a", 1e308], ["b", -1], ["c", 2958466]])},
    }  # fmt: skip


def decisions() -> dict[str, Files]:
    """Files of decisions that trip readers."""
    entry = "tagviz: 1\ndecisions:\n- block: [a]\n"
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    return {
        "bomb": {"d.yaml": ("tagviz: 1\n" + bomb).encode()},
        "surrogate": {"d.yaml": b'tagviz: 1\ndecisions:\n- block: ["\\uD800"]\n'},
        "nul": {"d.yaml": b'tagviz: 1\ndecisions:\n- block: ["\\0"]\n  by: "\\x00"\n'},
        "time": {"d.yaml": f"{entry}  at: 0001-01-01T00:00:00+14:00\n".encode()},
        "keys": {"d.yaml": b"tagviz: 1\n? [a, b]\n: c\ndecisions: [{? {a: b} : c}]\n"},
        "merge key": {"d.yaml": b"tagviz: 1\n<<: [1, 2]\ndecisions: []\n"},
        "documents": {"d.yaml": f"{entry}---\n{entry}".encode()},
        "deep": {"d.yaml": b"tagviz: 1\ndecisions: " + b"[" * 3000},
        "cycle": {"d.yaml": b"tagviz: 1\ndecisions:\n- broader: [a]\n  under: b\n- broader: [b]\n  under: a\n"},
        "long": {"d.yaml": b"tagviz: 1\ndecisions:\n- block: [" + b"x" * 1_000_000 + b"]\n"},
    }


def graphs() -> dict[str, Files]:
    """SKOS files, some of which trip readers."""
    triple = b'<urn:a> <http://www.w3.org/2004/02/skos/core#prefLabel> "a" .'
    return {
        "turtle": {"d.ttl": TURTLE},
        "xml": {"d.rdf": RDF},
        "triples": {"d.nt": triple + b"\n"},
        "entities": {"d.rdf": b"<!DOCTYPE r [<!ENTITY a 'b'>]>" + RDF},
        "one line": {"d.ttl": TURTLE + triple * 20_000},
        "nested": {"d.ttl": TURTLE + b"<urn:a> <urn:b> " + b"[ <urn:c> " * 2000},
        "lists": {"d.ttl": TURTLE + b"<urn:a> <urn:b> " + b"(" * 2000},
        "address": {"d.ttl": TURTLE + b"<http://[::bad> <urn:b> <urn:\\ud800> ."},
        "cycle": {"d.ttl": TURTLE + b"<urn:tagviz:music> skos:broader <urn:tagviz:jazz> ."},
        "languages": {"d.ttl": TURTLE + b'<urn:x> skos:prefLabel "a"@en-' + b"x" * 300 + b' , "\\uD800"@ko .'},
    }


ACCESS = b"""default = "viewer"
[roles]
admin = ["kim@example.com"]
[groups]
trainer = ["team"]
[corpora]
inner = ["team"]
[quotas]
running_jobs = 1
"""
EVENT = b'{"pick": {"row": 3, "add": true}, "selection": {"polygon": [[0, 0], [1, 0], [1, 1]], "turn": [0, 0]}}'
REQUESTS: tuple[dict[str, Any], ...] = (
    {"path": "/ready", "headers": {"host": "localhost:8501"}},
    {"path": "/map/files/0123456789abcdef01234567.bin", "headers": {"host": "localhost", "range": "bytes=0-5"}},
    {"path": "/metrics", "headers": {"host": "127.0.0.1", "x-forwarded-for": "1.2.3.4"}},
    {"path": "/login", "method": "POST", "query": "next=/x", "body": "token=abc", "headers": {
        "host": "localhost", "origin": "http://localhost", "content-type": "application/x-www-form-urlencoded"}},
    {"path": "/Judge", "query": "at=tag:jazz&x=%ff", "headers": {"host": "localhost", "cookie": "tagviz_token=x"}},
    {"path": "/map/bundle-0.js", "method": "HEAD", "headers": {"host": "[::1]:8501", "origin": "null"}},
)  # fmt: skip
PAGES: tuple[dict[str, Any], ...] = (
    {"page": 0, "title": "rainy night", "corpus": "demo"},
    {"page": 1, "item": "tag:jazz", "target": "tag:rock", "n_neighbors": "5", "view": "1,2,3", "facet": ["genre"]},
    {"page": 2, "title": "jazz", "tag": ["jazz"], "n": "10", "date": "2015-01-01", "reading": ["a→tag:b"]},
    {"page": 3, "k": "5", "drilldown": "similarity|best|0|0", "question": "1", "metric": "ndcg", "analogy": ["jazz"]},
    {"page": 4, "tab": "tune", "method": "word2vec", "tuned_method": "factors", "metric": "ndcg"},
    {"page": 5, "corpus": "demo", "model": "spectral"},
    {"page": 6, "order": "rare", "kind": "song", "compare": "popularity", "me": "Ann"},
    {"page": 7, "suggestions": "synonyms", "tag": ["jazz"]},
    {"page": 8, "change": "gone"},
    {"page": 9, "item": "song:1"},
)  # fmt: skip
COMMANDS = (
    b"recommend\ndemo\n--model\nspectral\n--title\nrainy night\n-n\n3",
    b"neighbours\ndemo\n--model\nspectral\n--key\ntag:jazz\n-n\n3\n--json",
    b"recommend\ndemo\n--model\npopularity\n--tag\njazz\n--date\n2015-01-01",
    b"models\ndemo\n--json",
    b"profile\ndemo",
    b"jobs\nlist",
)
