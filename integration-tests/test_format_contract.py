"""The page, the schemas and the files that real runs leave say the same.

Golden workspaces are kept as they were left by a run (see `golden/README.md`); that
`regenerate` there makes valid ones again is what the test of a fresh run shows.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest

import workspace_files as files

GOLDEN = sorted(path for path in (files.FORMAT / "golden").iterdir() if path.is_dir())

#: Retyping replaces a field by each of these that the page does not allow for it.
OTHER_TYPES: list[Any] = ["\x00 no such text", -1, 1.5, True, None, ["", {}], {"": []}]


def golden_files() -> list[Any]:
    return [
        pytest.param(decoded, id=f"{root.name}/{decoded.path.relative_to(root)}")
        for root in GOLDEN
        for decoded in files.decode_workspace(root)
        if (files.SCHEMAS / f"{decoded.file.schema}.schema.json").exists()
    ]


def test_the_schemas_are_those_of_the_page() -> None:
    for name, schema in files.build_schemas().build().items():
        assert json.loads((files.SCHEMAS / name).read_text(encoding="utf-8")) == schema


def test_there_are_golden_workspaces() -> None:
    assert GOLDEN


@pytest.mark.parametrize("decoded", golden_files())
def test_golden_files_follow_the_page(decoded: files.Decoded) -> None:
    assert decoded.documents
    assert decoded.problems() == []


def places(document: Any, name: str, path: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any, Any]]:
    """Every field of a document of that definition: definition, path of the parent, field."""
    definition = files.page()[0][name]
    for position, (field, kind) in enumerate(definition.fields.items()):
        key = position if definition.kind == "row" else field
        if position >= len(document) if definition.kind == "row" else field not in document:
            continue  # of a `free` record or a later version; the schema has seen the rest
        yield name, path, key
        value = document[key]
        inner = [other for other in files.page()[0] if f"`{other}`" in kind]
        if not inner or value is None or isinstance(value, str | int | float):
            continue
        if kind.startswith("map of "):
            for name_inside, element in value.items():
                yield from places(element, inner[0], (*path, key, name_inside))
        elif "list of " in kind:
            for index, element in enumerate(value):
                yield from places(element, inner[0], (*path, key, index))
        else:
            yield from places(value, inner[0], (*path, key))


def part_of(document: Any, file: Any) -> str:
    """The definition that a document is of."""
    definitions = files.page()[0]
    if len(file.parts) == 1:
        return file.parts[0]
    for name in file.parts:
        constants = {
            field: kind.strip('"')
            for field, kind in definitions[name].fields.items()
            if kind.startswith('"') and " or " not in kind
        }
        if constants and all(document.get(field) == value for field, value in constants.items()):
            return name
    raise AssertionError(f"no part of {file.pattern} has the constants of {document}")


def parent_of(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def one_place_each(decoded: files.Decoded) -> Iterator[tuple[int, str, Any, Any]]:
    """The first place of every field of every definition in a file."""
    seen = set()
    for number, document in enumerate(decoded.documents):
        for name, path, key in places(document, part_of(document, decoded.file)):
            if (name, key) not in seen:
                seen.add((name, key))
                yield number, name, path, key


def fields_of_log_lines(decoded: files.Decoded) -> None:
    """The same for the log, whose schema comes from the conductor's list of events."""
    validator = files.validator(decoded.file.schema)
    accepted = []
    for line in {document["event"]: document for document in decoded.documents}.values():
        for field in line:
            without = {name: value for name, value in line.items() if name != field}
            needed = field in required_fields(validator.schema, line["event"])
            if needed and validator.is_valid(without):
                accepted.append(f"{line['event']}.{field} deleted")
            if validator.is_valid(line | {field: ["no such value"]}):
                accepted.append(f"{line['event']}.{field} retyped")
        if validator.is_valid(line | {"surprise": 1}):
            accepted.append(f"{line['event']} with an unknown field")
    assert accepted == []


def required_fields(schema: dict[str, Any], event: str) -> list[str]:
    """What each line of an event has; at least what `docs/log-events.md` says every line has."""
    [found] = [one for one in schema["oneOf"] if one["properties"]["event"]["const"] == event]
    assert {"timestamp", "level", "event", "study", "workspace"} <= set(found["required"])
    return list(found["required"])


@pytest.mark.parametrize("decoded", golden_files())
def test_a_field_that_is_missing_or_of_another_type_is_found(decoded: files.Decoded) -> None:
    if decoded.file.decoded_as == "JSON lines":
        fields_of_log_lines(decoded)
        return
    accepted = []
    changed = 0
    for number, name, path, key in one_place_each(decoded):
        definition = files.page()[0][name]
        validator = files.validator(decoded.file.schema, name)
        parent = parent_of(decoded.documents[number], path)
        assert validator.is_valid(parent)
        without = copy.deepcopy(parent)
        del without[key]
        changed += 1
        kind = list(definition.fields.values())[key] if isinstance(key, int) else None
        kind = kind or definition.fields[key]
        may_lack = definition.note == "free" or "absent" in kind
        if validator.is_valid(without) and not may_lack:
            accepted.append(f"{name}.{key} deleted")
        if kind == "any":
            continue  # nothing is of a wrong type there
        refused = 0
        for other in OTHER_TYPES:
            retyped = copy.deepcopy(parent)
            retyped[key] = other
            refused += not validator.is_valid(retyped)
        changed += 1
        # Each type of the page's notation excludes at least these many of the other ones.
        if refused < 3:
            accepted.append(f"{name}.{key} retyped")
    assert changed
    assert accepted == []


def test_every_definition_of_the_page_occurs_in_a_golden_file() -> None:
    definitions = files.page()[0]
    # Requests are gone once they are read: vectors/requests.json has them. `Header` and `Frame`
    # describe what the decoder takes apart.
    expected = set(definitions) - {"Header", "Frame", "Update", "Request", "AmendRequest"}
    found = {
        name
        for root in GOLDEN
        for decoded in files.decode_workspace(root)
        if decoded.file.parts
        for document in decoded.documents
        for name, _, _ in places(document, part_of(document, decoded.file))
    }
    assert expected - found == set()


def test_the_requests_of_the_vectors() -> None:
    vectors = json.loads((files.FORMAT / "vectors" / "requests.json").read_text(encoding="utf-8"))
    for schema, cases in vectors["good"].items():
        for case in cases:
            assert files.validator(schema).is_valid(case), case
    for schema, cases in vectors["bad"].items():
        for case in cases:
            assert not files.validator(schema).is_valid(case), case


def test_the_frames_of_the_vectors() -> None:
    vectors = json.loads((files.FORMAT / "vectors" / "framing.json").read_text(encoding="utf-8"))
    header = bytes.fromhex(vectors["header"]["hex"])
    assert msgpack.unpackb(header) == vectors["header"]["value"]
    whole = header + b"".join(bytes.fromhex(frame["hex"]) for frame in vectors["frames"])
    bodies = [frame["body"] for frame in vectors["frames"]]
    assert files.decode_journal(whole) == (vectors["header"]["value"], bodies)
    good = vectors["bad_tails"]["good"]
    start = header + b"".join(bytes.fromhex(frame["hex"]) for frame in vectors["frames"][:good])
    for tail in vectors["bad_tails"]["tails"]:
        damaged = start + bytes.fromhex(tail["hex"])
        assert files.decode_journal(damaged)[1] == bodies[:good], tail["what"]


@pytest.mark.parametrize("study", ["hello_bye_parameterized", "funnel", "linear"])
def test_what_a_run_leaves_follows_the_page(study: str, tmp_path: Path, maestro: Any) -> None:
    root = tmp_path / "study"
    sample = files.REPOSITORY / "samples" / f"{study}.yaml"
    result = maestro("run", "-fg", "-y", "-o", str(root), str(sample))
    assert result.returncode == 0, result.stderr
    decoded = list(files.decode_workspace(root))
    assert [problem for file in decoded for problem in file.problems()] == []
    left = {file.file.pattern for file in decoded}
    checked = {
        file.file.pattern
        for file in decoded
        if file.file.decoded_as in ("msgpack", "msgpack stream", "journal")
        and all("crc" in document for document in file.documents if "record" in document)
        and "crc" in file.documents[0]
    }
    summed = ("spec", "parameters", "graph", "run", "journal", "conductor")
    assert checked == {f".maestro/{name}.msgpack" for name in summed}
    not_left = {".study.update.lock", ".cancel.lock", ".maestro/requests/*.json", "*.txt"}
    not_left |= {"meta/amendments/*.yaml", ".maestro/answers/*", ".maestro/claimed/*"}
    not_left |= {".maestro/on-end.json"}
    assert left == {file.pattern for file in files.page()[1]} - not_left


def test_what_an_amendment_leaves_follows_the_page(tmp_path: Path, maestro: Any) -> None:
    root = tmp_path / "study"
    sample = files.REPOSITORY / "samples" / "hello_bye_parameterized.yaml"
    assert maestro("run", "-fg", "-y", "-o", str(root), str(sample)).returncode == 0
    copy = root / sample.name
    copy.write_text(copy.read_text().replace("Bye, ", "So long, "))
    for command in (["amend", "-y"], ["resume", "-fg"]):
        result = maestro(*command, str(root))
        assert result.returncode == 0, result.stderr
    decoded = list(files.decode_workspace(root))
    assert [problem for file in decoded for problem in file.problems()] == []
    (journal,) = (file for file in decoded if file.file.decoded_as == "journal")
    header, *records = journal.documents
    (amended,) = (record for record in records if record.get("kind") == "amended")
    assert header["amendment"] == amended["amendment"]
    assert header["requires"] == ["amended"]
    (graph,) = (file for file in decoded if file.file.pattern == ".maestro/graph.msgpack")
    assert graph.documents[0]["amendment"] == header["amendment"]
    assert "meta/amendments/*.yaml" in {file.file.pattern for file in decoded}
