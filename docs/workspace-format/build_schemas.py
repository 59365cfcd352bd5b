"""Makes the JSON Schemas of the workspace's files from the tables of `docs/workspace-format.md`.

    python docs/workspace-format/build_schemas.py          # writes schemas/*.schema.json
    python docs/workspace-format/build_schemas.py --check  # says which are out of date, exit 1

The page is the source: a heading ``#### record `Name` `` or ``#### row `Name` `` and the table of
fields below it define a type, the table under "Checking a workspace" says which file is made of
which. Needs the standard library only.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "workspace-format.md"
SCHEMAS = HERE / "schemas"

HEADING = re.compile(r"^#### (record|row) `([^`]+)`(?: \((free|columns|line)\))?$")
CELL_BORDER = re.compile(r"(?<!\\)\|")

DECODINGS = frozenset(
    {
        "CSV",
        "JSON",
        "JSON lines",
        "YAML",
        "anything",
        "empty",
        "journal",
        "lines",
        "msgpack",
        "msgpack stream",
    }
)

#: Behind the type of a field that a later minor version brought.
ABSENT = " or absent"

SIMPLE = {
    "str": {"type": "string"},
    "bool": {"type": "boolean"},
    "uint": {"type": "integer", "minimum": 0},
    "int": {"type": "integer"},
    "number": {"type": "number"},
    "null": {"type": "null"},
    "scalar": {"type": ["string", "number", "boolean"]},
    "any": {},
    # MessagePack's `bin`: a decoder turns it into text of hexadecimal digits before the check.
    "bin": {"type": "string", "pattern": "^(?:[0-9a-f]{2})+$"},
}


class PageError(Exception):
    """The page holds a table or a type that this program cannot read."""


@dataclass(frozen=True)
class Definition:
    """One record or row of the page.

    `note` says what is special: "free" ones may lack fields and hold others, a "line" of text
    may hold others, "columns" are those of a table.
    """

    name: str
    kind: str
    note: str | None
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckedFile:
    """One line of the table under "Checking a workspace"."""

    pattern: str
    decoded_as: str
    schema: str
    parts: tuple[str, ...]


def cells(line: str) -> list[str]:
    """Return the cells of a line of a Markdown table, with escaped bars restored."""
    return [cell.strip().replace(r"\|", "|") for cell in CELL_BORDER.split(line.strip())[1:-1]]


def read_page(text: str) -> tuple[dict[str, Definition], list[CheckedFile]]:
    """Find all definitions, by name, and the list of files."""
    definitions: dict[str, Definition] = {}
    files: list[CheckedFile] = []
    current: Definition | None = None
    for line in text.splitlines():
        if line.startswith("#"):
            heading = HEADING.match(line)
            current = None
            if heading:
                kind, name, note = heading.groups()
                if name in definitions:
                    raise PageError(f"`{name}` is defined twice")
                current = definitions[name] = Definition(name, kind, note)
            continue
        if not line.startswith("|"):
            continue
        row = cells(line)
        if row[0] == "field" or row[:2] == ["file", "decoded as"] or set(row[0]) <= {"-"}:
            continue
        if current is not None:
            current.fields[row[0]] = row[1]
        elif len(row) == 4 and row[0].startswith("`") and row[1] in DECODINGS:
            parts = tuple(re.findall(r"`([^`]+)`", row[3]))
            files.append(CheckedFile(row[0].strip("`"), row[1], row[2], parts))
    if not definitions or not files:
        raise PageError(f"{PAGE.name} has no tables")
    return definitions, files


def type_schema(text: str, definitions: dict[str, Definition]) -> dict[str, Any]:
    """Translate one type of the page's notation."""
    pattern = re.fullmatch(r"str /(.*)/(s?)", text)
    if pattern:
        return {"type": "string", "pattern": f"^(?:{widen(*pattern.groups())})$"}
    options = [option_schema(option.strip(), definitions) for option in text.split(" or ")]
    return options[0] if len(options) == 1 else {"anyOf": options}


def widen(expression: str, flag: str) -> str:
    """With the flag `s`, `.` also matches a line end (JSON Schema's expressions have no flags)."""
    return expression.replace(".*", r"[\s\S]*") if flag else expression


def option_schema(text: str, definitions: dict[str, Definition]) -> dict[str, Any]:
    """Translate a type without alternatives."""
    if text in SIMPLE:
        return dict(SIMPLE[text])
    if text.startswith("list of "):
        return {"type": "array", "items": option_schema(text[8:], definitions)}
    if text.startswith("map of "):
        return {
            "type": "object",
            "additionalProperties": option_schema(text[7:], definitions),
        }
    if text.startswith('"') and text.endswith('"'):
        return {"const": text[1:-1]}
    name = text.strip("`")
    if text == f"`{name}`" and name in definitions:
        return {"$ref": f"#/$defs/{name}"}
    raise PageError(f"unknown type: {text}")


def definition_schema(definition: Definition, definitions: dict[str, Definition]) -> dict[str, Any]:
    """Return the schema of a record (a map with just these fields) or a row (a list of just these)."""
    texts = {name: text.removesuffix(ABSENT) for name, text in definition.fields.items()}
    fields = {name: type_schema(text, definitions) for name, text in texts.items()}
    if definition.kind == "row":
        size = len(fields)
        return {
            "type": "array",
            "prefixItems": [{"title": name, **schema} for name, schema in fields.items()],
            "minItems": size - sum(text != texts[name] for name, text in definition.fields.items()),
            "maxItems": size,
        }
    if definition.note == "free":
        return {"type": "object", "properties": fields}
    return {
        "type": "object",
        "properties": fields,
        "required": [name for name, text in definition.fields.items() if text == texts[name]],
        "additionalProperties": {"type": "string"} if definition.note == "line" else False,
    }


def reachable(parts: tuple[str, ...], definitions: dict[str, Definition]) -> list[str]:
    """Return the definitions that a file's parts lead to, in the page's order."""
    found: set[str] = set()
    todo = list(parts)
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        for text in definitions[name].fields.values():
            todo += [other for other in re.findall(r"`(\w+)`", text) if other in definitions]
    return [name for name in definitions if name in found]


def build() -> dict[str, dict[str, Any]]:
    """All schemas, by file name."""
    definitions, files = read_page(PAGE.read_text(encoding="utf-8"))
    schemas = {}
    used: set[str] = set()
    for file in files:
        if not file.parts:
            continue
        names = reachable(file.parts, definitions)
        used.update(names)
        roots = [{"$ref": f"#/$defs/{name}"} for name in file.parts]
        schemas[f"{file.schema}.schema.json"] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": file.pattern,
            "description": f"Made from {PAGE.name} by {Path(__file__).name}; change the page.",
            **(roots[0] if len(roots) == 1 else {"oneOf": roots}),
            "$defs": {name: definition_schema(definitions[name], definitions) for name in names},
        }
    # Shapes that the page describes but no file consists of: the common header, the frame.
    lonely = set(definitions) - used - {"Header", "Frame"}
    if lonely:
        raise PageError(f"no file is made of {', '.join(sorted(lonely))}")
    return schemas


def main() -> int:
    """Write the schemas, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--check", action="store_true", help="change nothing, exit 1 on differences"
    )
    check = parser.parse_args().check
    stale = []
    for name, schema in build().items():
        path = SCHEMAS / name
        text = json.dumps(schema, indent=2) + "\n"
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text, encoding="utf-8")
    verb = "out of date" if check else "written"
    sys.stdout.write(f"{verb}: {', '.join(stale)}\n" if stale else "all up to date\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
