"""Make a JSON Schema of the shapes of the study file, for editors."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from maestro_spec.schema.study_file import STUDY
from maestro_spec.schema.types import (
    Anything,
    ByNode,
    Flag,
    IfKey,
    Key,
    ListOf,
    MapOf,
    Number,
    Record,
    Shape,
    Text,
    Value,
    Walltime,
    Whole,
    Word,
    is_droppable,
)

#: A value of JSON.
JsonValue: TypeAlias = (
    "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)

_TOKEN: dict[str, JsonValue] = {"type": "string", "pattern": r"\$\("}


def schema_text() -> str:
    """Return the JSON Schema (draft 7) as text."""
    return json.dumps(json_schema(), indent=2) + "\n"


def json_schema() -> dict[str, JsonValue]:
    """Return the JSON Schema (draft 7) of the study file."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "maestro study file",
        **_schema(STUDY),
    }


#: What says nothing, where that is left out.
_NOTHING: list[dict[str, JsonValue]] = [
    {"enum": [None, False, 0, ""]},
    {"type": "array", "maxItems": 0},
    {"type": "object", "maxProperties": 0},
]


def _schema(shape: Shape) -> dict[str, JsonValue]:
    said = _said(shape)
    return {"anyOf": [said, *_NOTHING]} if is_droppable(shape) else said


def _said(shape: Shape) -> dict[str, JsonValue]:
    if isinstance(shape, Record):
        return _record(shape)
    if isinstance(shape, ListOf):
        listed: dict[str, JsonValue] = {"type": "array", "items": _schema(shape.item)}
        if shape.minimum:
            listed["minItems"] = shape.minimum
        return listed | ({"uniqueItems": True} if shape.unique else {})
    if isinstance(shape, MapOf):
        return {"type": "object", "additionalProperties": _schema(shape.value)}
    if isinstance(shape, ByNode):
        options = (shape.scalar, shape.sequence, shape.mapping)
        return {"anyOf": [_schema(option) for option in options if option is not None]}
    if isinstance(shape, IfKey):
        return {"anyOf": [_schema(shape.then), _schema(shape.otherwise)]}
    if isinstance(shape, Anything):
        return {}
    return _single(shape)


def _single(shape: Text | Word | Whole | Number | Flag | Walltime | Value) -> dict[str, JsonValue]:
    if isinstance(shape, Text):
        types = ["string", *(["number"] if shape.convert else [])]
        types += ["boolean"] if shape.convert and not shape.droppable else []
        types += ["null"] if shape.nullable else []
        text: dict[str, JsonValue] = {"type": types[0] if len(types) == 1 else types}
        if not shape.blank:
            return text | {"pattern": r"\S"}
        return text if shape.empty else text | {"minLength": 1}
    if isinstance(shape, Word):
        words = [form for word in shape.words for form in (word, word.title(), word.upper())]
        options: list[dict[str, JsonValue]] = [{"enum": words}, *([_TOKEN] if shape.tokens else [])]
        if shape.numbers:
            low, high = shape.numbers
            options.append({"type": "number", "minimum": low, "maximum": high})
        return {"anyOf": options}
    if isinstance(shape, Whole):
        return _whole(shape)
    if isinstance(shape, Number):
        return {"type": "number"} | ({} if shape.minimum is None else {"minimum": shape.minimum})
    if isinstance(shape, Flag):
        return {"anyOf": [{"type": "boolean"}, _TOKEN]} if shape.tokens else {"type": "boolean"}
    if isinstance(shape, Walltime):
        return {"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer", "minimum": 0}]}
    return {"type": ["string", "number"], "minLength": 1} if shape.strict else {}


def _whole(shape: Whole) -> dict[str, JsonValue]:
    number: dict[str, JsonValue] = {"type": "integer", "minimum": shape.minimum}
    if shape.maximum is not None:
        number["maximum"] = shape.maximum
    options: list[dict[str, JsonValue]] = [number, {"type": "string", "pattern": r"^\s*[0-9]+\s*$"}]
    if shape.loose:
        return {"type": ["integer", "string"]}
    return {"anyOf": [*options, _TOKEN] if shape.tokens else options}


def _record(shape: Record) -> dict[str, JsonValue]:
    properties: dict[str, JsonValue] = {}
    for key in shape.keys:
        for name in _spellings(key):
            properties[name] = _schema(key.shape) | _about(key)
    kinds: JsonValue = ["object", "null"] if shape.nullable else "object"
    record: dict[str, JsonValue] = {"type": kinds, "properties": properties}
    required = [key.name for key in shape.keys if key.required]
    if required:
        record["required"] = required
    if shape.alternatives:
        record["oneOf"] = [{"required": list(keys)} for keys in shape.alternatives]
    if shape.others is not None:
        record["additionalProperties"] = _schema(shape.others)
    elif shape.closed and not shape.free:
        record["additionalProperties"] = False
    return record


def _about(key: Key) -> dict[str, JsonValue]:
    mark = " (an extension: maestrowf does not know it)" if key.ours else ""
    return {"description": key.help + mark} if key.help or mark else {}


def _spellings(key: Key) -> list[str]:
    """Return the key as it is named, and for ours the other spelling as well."""
    other = key.name.replace("_", " ") if "_" in key.name else key.name.replace(" ", "_")
    return [key.name, other] if key.ours and other != key.name else [key.name]
