"""Decodes the files of a workspace as `docs/workspace-format.md` says, without our packages.

What another program would have to do is done here once more, on purpose: the tests check the
packages' files against the page, not against the packages' own readers.
"""

from __future__ import annotations

import csv
import fnmatch
import functools
import importlib.util
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import msgpack
import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
FORMAT = REPOSITORY / "docs" / "workspace-format"
SCHEMAS = FORMAT / "schemas"


@functools.cache
def build_schemas() -> ModuleType:
    """The program that reads the format page."""
    spec = importlib.util.spec_from_file_location("build_schemas", FORMAT / "build_schemas.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["build_schemas"] = module
    spec.loader.exec_module(module)
    return module


@functools.cache
def page() -> tuple[dict[str, Any], list[Any]]:
    """All definitions of the page, by name, and its list of files."""
    text = build_schemas().PAGE.read_text(encoding="utf-8")
    definitions, files = build_schemas().read_page(text)
    return definitions, files


def _is_integer(_checker: object, value: object) -> bool:
    # JSON Schema takes 1.0 for an integer; MessagePack and the page do not.
    return isinstance(value, int) and not isinstance(value, bool)


@functools.cache
def validator(schema: str, definition: str | None = None) -> Any:
    """A validator for the schema of that name, or for one definition in it."""
    document = json.loads((SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8"))
    if definition is not None:
        document = {"$ref": f"#/$defs/{definition}", "$defs": document["$defs"]}
    base = jsonschema.Draft202012Validator
    checker = base.TYPE_CHECKER.redefine("integer", _is_integer)
    return jsonschema.validators.extend(base, type_checker=checker)(document)


@dataclass(frozen=True)
class Decoded:
    """One file of a workspace, decoded: the page's line about it, and the documents it holds."""

    path: Path
    file: Any
    documents: list[Any]

    def problems(self) -> list[str]:
        """What the schema finds wrong, in words."""
        if not (SCHEMAS / f"{self.file.schema}.schema.json").exists():
            return []
        return [
            f"{self.path.name}: document {number}: {error.message} at {error.json_path}"
            for number, document in enumerate(self.documents)
            for error in validator(self.file.schema).iter_errors(document)
        ]


#: What a workspace holds that belongs to people, not to the format: the study file and the pgen
#: file at the top, and what the steps made in their folders.
USERS_FILES = re.compile(r"[^/.][^/]*\.(ya?ml|py|csv)|(?!logs/|meta/|\.maestro/)[^.][^/]*/.+")


def line_about(relative: str) -> Any | None:
    """The page's line about a file, or None if the page does not know it."""
    for file in page()[1]:
        pattern = file.pattern.removeprefix("**/")
        anywhere = pattern != file.pattern
        name = relative.rsplit("/", 1)[-1] if anywhere else relative
        if name.count("/") == pattern.count("/") and fnmatch.fnmatchcase(name, pattern):
            return file
    return None


def decode_workspace(root: Path) -> Iterator[Decoded]:
    """All files that the format knows, decoded.

    Raises:
        AssertionError: a file that neither the format knows nor a step may have made.
    """
    for path in sorted(root.rglob("*")):
        if path.is_dir():
            continue
        relative = path.relative_to(root).as_posix()
        file = line_about(relative)
        if file is None:
            assert USERS_FILES.fullmatch(relative), f"the page does not know {relative}"
            continue
        yield Decoded(path, file, decode(path.read_bytes(), file.decoded_as))


def decode(content: bytes, decoded_as: str) -> list[Any]:
    """The documents in a file's content."""
    if decoded_as == "msgpack":
        return [
            readable(summed(msgpack.unpackb(content, unicode_errors="surrogateescape"), content))
        ]
    if decoded_as == "msgpack stream":
        stream = msgpack.Unpacker(io.BytesIO(content), unicode_errors="surrogateescape")
        documents, start = [], 0
        for document in stream:
            documents.append(readable(summed(document, content[start : stream.tell()])))
            start = stream.tell()
        return documents
    if decoded_as == "journal":
        header, frames = decode_journal(content)
        return [readable(document) for document in (header, *frames)]
    if decoded_as == "YAML":
        return [yaml.safe_load(content)]
    if decoded_as == "JSON":
        return [json.loads(content)]
    if decoded_as == "JSON lines":
        return [json.loads(line) for line in content.decode().splitlines()]
    if decoded_as == "CSV":
        return list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    if decoded_as == "lines":
        return list(attempt_lines(content.decode()))
    if decoded_as == "empty":
        assert content == b""
    return []


#: Files whose maps have checksums from version 1.1 on.
SUMMED = {
    "maestro-spec",
    "maestro-parameters",
    "maestro-graph",
    "maestro-run",
    "maestro-journal",
    "maestro-conductor",
}


def summed(document: Any, content: bytes) -> Any:
    """A map, once its checksum is found to be right; maps of version 1.0 have none."""
    if "crc" in document:
        start, crc = content[:-4], content[-4:]
        assert start.endswith(b"\xa3crc\xce")
        assert document["crc"] == int.from_bytes(crc, "big") == zlib.crc32(start)
    else:
        assert document.get("format") not in SUMMED or document["version"] == [1, 0]
    return document


def decode_journal(content: bytes) -> tuple[Any, list[Any]]:
    """The header and the bodies of all good frames, up to the first bad one."""
    stream = msgpack.Unpacker(io.BytesIO(content), max_buffer_size=len(content) or 1)
    header = stream.unpack()
    summed(header, content[: stream.tell()])
    expected = header["first"]
    bodies = []
    while True:
        try:
            frame = stream.unpack()
        except Exception:
            return header, bodies
        match frame:
            case [int(sequence), int(crc), bytes(body)] if sequence == expected and crc == (
                zlib.crc32(sequence.to_bytes(8, "big") + body)
            ):
                bodies.append(msgpack.unpackb(body, unicode_errors="surrogateescape"))
                expected += 1
            case _:
                return header, bodies


def attempt_lines(text: str) -> Iterator[dict[str, str]]:
    """The lines of an attempt file that have their line end."""
    for line in text.split("\n")[:-1]:
        word, *pairs = line.split(" ")
        yield {"word": word, **dict(pair.split("=", 1) for pair in pairs)}


def readable(value: Any) -> Any:
    """A decoded MessagePack value as JSON would have it: `bin` as hexadecimal text."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: readable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [readable(inner) for inner in value]
    return value
