"""Check that a graph holds what is needed to run it, whoever wrote it; pure.

The loop that reads 100 000 instances cannot look at every field of each. It collects what can be
judged for all of them at once; where something is wrong, the one record is looked at in full, so
that the refusal names instance, key and value.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from operator import itemgetter
from typing import NoReturn

from maestro_conductor.errors import FormatError
from maestro_conductor.workspace.field_checks import (
    CODES,
    COUNT,
    FILE,
    FLAG,
    LIST,
    MAP,
    NAME,
    TEXT,
    Checked,
    Place,
    Rules,
    is_amount,
    is_codes,
    is_count,
    is_inside,
    is_map,
    is_name,
    is_pause,
    is_rows,
    is_text,
    is_word,
    or_nil,
)

__all__ = [
    "check_head",
    "check_instance",
    "check_instances",
    "check_step",
    "get_fields",
    "refuse_instance",
]

_HEAD: Rules = {
    "name": NAME,
    "root": (or_nil(is_text), "a text, or nil"),
    "batch": MAP,
    "steps": COUNT,
    "instances": COUNT,
}
_BATCH: Rules = {
    "type": NAME,
    "shell": TEXT,
    **dict.fromkeys(("args", "allocation_args", "launcher_args"), MAP),
    "local_slots": (or_nil(is_count), "a whole number, or nil"),
    "user_throttle": (or_nil(is_count), "a whole number, or nil"),
    "launcher": (or_nil(is_text), "a text, or nil"),
    "array": FLAG,
}
_STEP: Rules = {
    "index": COUNT,
    "name": NAME,
    "first": COUNT,
    "count": COUNT,
    "resources": MAP,
    "failure": MAP,
}
_FAILURE: Rules = {
    "retries": COUNT,
    "retry_pause": (is_pause, "a number of seconds from 0 on"),
    "success_codes": CODES,
    "retry_codes": (or_nil(is_codes), "a list of whole numbers, or nil"),
    "restart_codes": CODES,
    "allow_failure": FLAG,
}
_AMOUNTS = "nodes procs gpus cores_per_task tasks_per_rs rs_per_node cpus_per_rs"
_WORDS = (
    "bind bind_gpus walltime reservation exclusive_allocation exclusive_launcher nested waitable"
    " priority qos requeue enforce_walltime"
)
_RESOURCES: Rules = {
    **dict.fromkeys(_AMOUNTS.split(), (is_amount, "a whole number, a text or nil")),
    **dict.fromkeys(_WORDS.split(), (is_word, "a single value or nil")),
    **dict.fromkeys(("allocation_args", "launcher_args"), MAP),
}
_INSTANCE: Rules = {
    "name": NAME,
    "workspace": (is_inside, "a relative path inside the workspace"),
    "parameters": (is_rows, "a list of rows of name, value and label"),
    "step": COUNT,
    "script": FILE,
    "label": FILE,
    "scheduled": FLAG,
    "command": TEXT,
    "restart": (or_nil(is_text), "a text, or nil"),
    "resources": (or_nil(is_map), "a map, or nil"),
    "needs": LIST,
    "groups": LIST,
}

_RESULT: Rules = {
    "file": (is_inside, "a relative path inside the folder of the instance"),
    "format": (is_word, "a word or nil"),
    "keys": (or_nil(is_rows), "a list of rows of name and path, or nil"),
    "pattern": (or_nil(is_text), "a text, or nil"),
    "rows": TEXT,
    "required": FLAG,
}

#: Takes the fields that the reading loop needs from an instance, in the order of `_INSTANCE`.
get_fields = itemgetter(*_INSTANCE)

#: One of these stands in any path that leads out, or into the folder of ours, among paths joined by
#: `\\n`. Looking for them is ten times as fast as looking at each path.
_ODD = ("/.", "\n.", "//", "\n/", "/\n", "\n\n", "\0")


def check_head(path: str, head: object) -> None:
    """Check the first record of a graph.

    Raises:
        FormatError: the text names key and value.
    """
    checked = Place(path, "the graph").check(head, _HEAD)
    Place(path, "the batch block").check(checked["batch"], _BATCH, all_there=False)


def check_step(path: str, index: int, first: int, found: object) -> Checked:
    """Check the record of a step, and return it.

    Args:
        path: of the file, for messages.
        index: place among the steps.
        first: number of instances of the steps before it.
        found: what stands there.

    Raises:
        FormatError: the text names step, key and value.
    """
    place = Place(path, f"step {index}")
    record = place.check(found, _STEP)
    place = Place(path, f"step {record['name']}")
    place.check(record["failure"], _FAILURE, all_there=False)
    place.check(record["resources"], _RESOURCES, all_there=False)
    _check_results(place, record)
    if record["index"] != index:
        place.refuse(
            "index", record["index"], f"and must be {index}, as steps stand in their order"
        )
    if record["first"] != first:
        place.refuse("first", record["first"], f"and must be {first}, behind the step before it")
    return record


def _check_results(place: Place, record: Checked) -> None:
    results = record.get("results")
    if results is None:
        return
    if not isinstance(results, list):
        place.refuse("results", results, "and must be a list of results")
    for number, result in enumerate(results):
        Place(place.path, f"result {number} of {place.what}").check(result, _RESULT)


def refuse_instance(path: str, index: int, record: object) -> NoReturn:
    """Say what is wrong with an instance with which something is.

    Raises:
        FormatError: always; the text names instance, key and value.
    """
    check_instance(path, index, record)
    raise FormatError(f"{path} is damaged at instance {index}: make the study anew")


def check_instance(path: str, index: int, found: object) -> None:
    """Look at all fields of an instance.

    Args:
        path: of the file, for messages.
        index: place among the instances.
        found: what stands there.

    Raises:
        FormatError: the text names instance, key and value.
    """
    place = Place(path, f"instance {index}")
    record = place.check(found, _INSTANCE)
    place = Place(path, f"instance {index} ({record['name']})")
    if record["resources"] is not None:
        place.check(record["resources"], _RESOURCES, all_there=False)
    _check_results(place, record)
    for number in record["needs"]:
        if type(number) is not int or not 0 <= number < index:
            place.refuse(
                "needs", record["needs"], "and may hold numbers of instances before it only"
            )
    for number in record["groups"]:
        if type(number) is not int or not 0 <= number < record["step"]:
            place.refuse(
                "groups", record["groups"], "and may hold numbers of steps before its own only"
            )


def check_instances(
    path: str,
    steps: Sequence[tuple[int, int]],
    names: Sequence[str],
    workspaces: Sequence[str],
    step_of: array[int],
) -> None:
    """Check what can only be seen of all instances together.

    Args:
        path: of the file, for messages.
        steps: (first, count) of each, in their order.
        names: of the instances.
        workspaces: their folders.
        step_of: the steps that they say they belong to.

    Raises:
        FormatError: names or folders are there twice, a folder is outside the workspace, or an
            instance stands among those of another step.
    """
    _refuse_twice(path, "name", names)
    _refuse_twice(path, "workspace", workspaces)
    _refuse_odd(path, names, workspaces)
    _refuse_misplaced(path, steps, names, step_of)


def _refuse_twice(path: str, key: str, values: Sequence[str]) -> None:
    if len(set(values)) == len(values):
        return
    seen: dict[str, int] = {}
    for index, value in enumerate(values):
        earlier = seen.setdefault(value, index)
        if earlier != index:
            Place(path, f"instance {index}").refuse(
                key, value, f"as that of instance {earlier} is already"
            )


def _refuse_odd(path: str, names: Sequence[str], workspaces: Sequence[str]) -> None:
    """Refuse names that are none, and folders that lead out of the workspace, or into ours."""
    odd_names = not {"", ".", ".."}.isdisjoint(names)
    try:
        odd_names = odd_names or "\0" in "".join(names)
        folders = "\n".join(["", *workspaces, ""]) if workspaces else ""
        odd_folders = any(each in folders for each in _ODD)
    except TypeError:
        odd_names = odd_folders = True
    for index, name in enumerate(names if odd_names else ()):
        if not is_name(name):
            Place(path, f"instance {index}").refuse("name", name, f"and must be {NAME[1]}")
    for index, workspace in enumerate(workspaces if odd_folders else ()):
        if not is_inside(workspace):
            Place(path, f"instance {index} ({names[index]})").refuse(
                "workspace", workspace, f"and must be {_INSTANCE['workspace'][1]}"
            )


def _refuse_misplaced(
    path: str, steps: Sequence[tuple[int, int]], names: Sequence[str], step_of: array[int]
) -> None:
    """Refuse instances that do not stand among those of their step."""
    if steps and sum(steps[-1]) != len(names):
        Place(path, f"step {len(steps) - 1}").refuse(
            "count", steps[-1][1], f"and the graph has {len(names)} instances"
        )
    expected = array("I")
    for number, (_, count) in enumerate(steps):
        expected.extend(array("I", [number]) * count)
    if expected != step_of:
        index = next(
            i for i, pair in enumerate(zip(expected, step_of, strict=True)) if len({*pair}) > 1
        )
        Place(path, f"instance {index} ({names[index]})").refuse(
            "step", step_of[index], f"but it stands among those of step {expected[index]}"
        )
