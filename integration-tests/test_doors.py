"""The door between conductor and adapters has the same shape on both sides, and on the page that documents it.

A fault here would be a field that one side writes and the other never reads, or one that an adapter's author
looks up on the page in vain. Types are compared as far as they are written: the page says `dict` where the
sides say what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, UnionType
from typing import NamedTuple, TypedDict, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from maestro_adapters import interface
from maestro_conductor.backends import protocol

#: Map → the heading below which the page has its table.
TABLES = {
    "OptionsMap": "`create(options)`",
    "Description": "`describe()`",
    "RequestMap": "The request",
    "Rendered": "`render(request)`",
    "JobMap": "`submit(jobs)`",
    "PollAnswer": "`poll(job_ids)`",
}
#: Map → the heading below which the page spells its forms out: `{"job": id, …}`.
FORMS = {
    "SubmitAnswer": "`submit(jobs)`",
    "CancelAnswer": "`cancel(job_ids)`",
    "FindAnswer": "`find(tokens)`",
}
#: Maps of which the page says once that a missing key is like None.
OPTIONAL = ("OptionsMap", "RequestMap")


class Field(NamedTuple):
    """A row of a table."""

    name: str
    types: frozenset[str]


def maps(module: ModuleType) -> dict[str, type]:
    """The maps that a module documents, by name."""
    return {
        name: getattr(module, name)
        for name in module.__all__
        if is_typeddict(getattr(module, name))
    }


def shape(of: type) -> dict[str, str]:
    """Field → type of a map, as text without the modules, and whether the field must be there."""
    required = of.__required_keys__  # type: ignore[attr-defined]
    return {
        name: re.sub(r"\b(?:\w+\.)+", "", name_of(hint))
        + ("" if name in required else " (optional)")
        for name, hint in get_type_hints(of).items()
    }


def name_of(hint: object) -> str:
    return hint.__qualname__ if isinstance(hint, type) and not get_args(hint) else str(hint)


def words(hint: object) -> Iterator[str]:
    """The words that the page has for a type."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        for part in get_args(hint):
            yield from words(part)
    elif hint is type(None):
        yield "None"
    elif is_typeddict(hint) or getattr(origin, "__name__", "") == "Mapping":
        yield "dict"
    elif origin is not None:
        (item,) = get_args(hint)
        yield f"list of {name_of(item)}"
    else:
        yield name_of(hint)


def section(page: str, heading: str) -> str:
    """What stands below a heading of the third level."""
    found = re.search(rf"^### {re.escape(heading)}\n(.*?)(?=^##)", page, re.MULTILINE | re.DOTALL)
    assert found, f"the page has no {heading}"
    return found[1]


def table(page: str, heading: str) -> list[Field]:
    """The rows of the first table of fields below a heading."""
    rows = re.search(
        r"^\| key \| type \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", section(page, heading), re.MULTILINE
    )
    assert rows, f"the page has no table of {heading}"
    fields = []
    for row in rows[1].splitlines():
        names, types = row.split(" | ")[:2]
        kinds = frozenset(types.strip().split(" or "))
        fields += [Field(name, kinds) for name in re.findall(r"`(\w+)`", names)]
    return fields


def forms(page: str, heading: str) -> set[str]:
    """The keys of the forms `{"key": …}` below a heading."""
    text = section(page, heading)
    keys = {
        key for form in re.findall(r"`(\{.*?\})`", text) for key in re.findall(r'"(\w+)": ', form)
    }
    if "or an error as in `submit`" in text:
        keys |= set(
            re.findall(
                r'"(\w+)": ', re.search(r'\{"error".*?\}', section(page, "`submit(jobs)`"))[0]
            )
        )
    return keys


def differences(page: str, name: str, of: type) -> list[str]:
    """Where the page's table and a map differ."""
    written = {field.name: field.types for field in table(page, TABLES[name])}
    hints = get_type_hints(of)
    found = [f"{key}: not on the page" for key in hints.keys() - written.keys()]
    found += [f"{key}: on the page alone" for key in written.keys() - hints.keys()]
    for key in written.keys() & hints.keys():
        here, there = frozenset(words(hints[key])), written[key]
        if name in OPTIONAL:
            here, there = here - {"None"}, there - {"None"}
        if here != there:
            found.append(f"{key}: {sorted(there)} on the page, {sorted(here)} in the code")
    return sorted(found)


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "adapters.md").read_text(encoding="utf-8")


SIDES = pytest.mark.parametrize("side", [interface, protocol], ids=["adapters", "conductor"])


def test_both_sides_know_the_same_maps():
    assert maps(interface).keys() == maps(protocol).keys()
    assert maps(interface).keys() == {*TABLES, *FORMS, "Refusal"}


@pytest.mark.parametrize("name", sorted(maps(interface)))
def test_both_sides_give_a_map_the_same_fields(name):
    assert shape(maps(interface)[name]) == shape(maps(protocol)[name])


@SIDES
@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_page_s_table_has_the_fields_of_the_map(page, side, name):
    assert differences(page, name, maps(side)[name]) == []


@SIDES
@pytest.mark.parametrize("name", sorted(FORMS))
def test_the_page_s_forms_have_the_fields_of_the_answer(page, side, name):
    assert forms(page, FORMS[name]) == set(get_type_hints(maps(side)[name]))


@pytest.mark.parametrize(
    "name", ["submit", "poll", "cancel", "find", "render", "describe", "close"]
)
def test_the_methods_take_and_give_the_same(name):
    def signature(side):
        hints = get_type_hints(getattr(side.Adapter, name))
        return {key: re.sub(r"\b(?:\w+\.)+", "", name_of(hint)) for key, hint in hints.items()}

    assert signature(interface) == signature(protocol)


class Grown(TypedDict, total=False):
    """Like `Description`, and not quite."""

    name: str
    suffix: str
    scheduled: str
    slots: int | None
    more: list[str]


def test_a_difference_is_seen(page):
    assert differences(page, "Description", Grown) == [
        "commands: on the page alone",
        "more: not on the page",
        "scheduled: ['bool'] on the page, ['str'] in the code",
    ]
    assert shape(Grown) != shape(maps(interface)["Description"])
    assert shape(Grown)["slots"] == "int | None (optional)"
