"""Checks of what an adapter says of itself and renders; no job runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from maestro_adapters.interface import Adapter, RequestMap
from maestro_adapters.testing.bench import check, check_builtin

__all__ = ["check_description", "check_launchers_fit", "check_scripts"]


def check_description(adapter: Adapter) -> None:
    """See that `describe` has its keys, and the adapter one name."""
    answer = adapter.describe()
    check_builtin(answer)
    check(
        {"name", "suffix", "scheduled", "slots", "commands"} <= set(answer),
        f"keys are missing: {answer}",
    )
    check(answer["name"] == adapter.name, f"two names: {answer['name']!r} and {adapter.name!r}")
    check(answer["suffix"].startswith("."), f"a suffix starts with a dot: {answer['suffix']!r}")


def check_scripts(adapter: Adapter, fields: Mapping[str, object], workspace: str) -> None:
    """See that scripts are interpreter, directives, an empty line, and the command.

    Args:
        adapter: under test.
        fields: of every request.
        workspace: of the job; nothing is written there.
    """
    own = {"name": "a_b", "label": "a b", "workspace": workspace, "shell": "/bin/sh"}
    commands = {"command": "echo one\necho two", "restart": "echo again"}
    request = cast("RequestMap", {**fields, **own, **commands})
    texts = adapter.render(request)
    check_builtin(texts)
    suffix = adapter.describe()["suffix"]
    script, restart = texts["script"], texts["restart"] or ""
    check(script.startswith("#!/bin/sh\n"), f"first line: {script!r}")
    check(script.endswith("\n\necho one\necho two\n"), f"command: {script!r}")
    check(restart.endswith("\n\necho again\n"), f"restart: {restart!r}")
    names = (texts["suffix"], texts["script_name"], texts["restart_name"])
    check(names == (suffix, f"a_b{suffix}", f"a b.restart{suffix}"), f"names: {names}")
    check(texts == adapter.render(request), "rendering is pure")


def check_launchers_fit(adapter: Adapter, workspace: str) -> None:
    """See that a sum of launchers beyond the request is a `ValueError` that says so."""
    command = "$(LAUNCHER)[2p] a & $(LAUNCHER)[3p] b"
    try:
        adapter.render({"name": "a", "workspace": workspace, "command": command, "procs": 4})
    except ValueError as error:
        check("5" in str(error) and "4" in str(error), f"the message names both sums: {error}")
    else:
        raise AssertionError("5 procs were given out of 4")
    adapter.render({"name": "a", "workspace": workspace, "command": command, "procs": 5})
