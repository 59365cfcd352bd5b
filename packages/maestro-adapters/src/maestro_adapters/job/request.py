"""Reads a job request: the map of the interface, checked and with the defaults put in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from maestro_adapters.errors import RequestError
from maestro_adapters.job.launcher_template import from_template
from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.words import word

__all__ = ["JobRequest", "parse_request", "read_keys", "require"]


# One is made of every job: without slots that takes half as long.
@attrs.frozen(kw_only=True, slots=False)
class JobRequest:
    """What one job asks for; the table is in ``docs/adapters.md``.

    Texts that are None were not said. `nodes`, `procs` and `gpus` of a scheduled job have the
    study's defaults in them already; `default_procs` tells whether there was one, `step_nodes` and
    `step_procs` what the step itself says.

    Attributes:
        gpus: GPUs per node; 0: none, although the study's default says otherwise.
        walltime: as written.
        launcher: template that replaces the adapter's own launcher.
        args, allocation_args, launcher_args: free options, the request's over the adapter's.
    """

    name: str
    label: str
    description: str = ""
    workspace: str
    command: str
    restart: str | None = None
    scheduled: bool = True
    nodes: int | None = None
    procs: int | None = None
    gpus: int | None = None
    step_nodes: int | None = None
    step_procs: int | None = None
    cores_per_task: int | None = None
    tasks_per_rs: int | None = None
    rs_per_node: int | None = None
    cpus_per_rs: int | None = None
    bind: str | None = None
    bind_gpus: str | None = None
    walltime: str | None = None
    enforce_walltime: bool = False
    queue: str | None = None
    bank: str | None = None
    reservation: str | None = None
    qos: str | None = None
    exclusive_allocation: bool = False
    exclusive_launcher: bool = False
    nested: bool | None = None
    waitable: bool | None = None
    priority: str | float | None = None
    requeue: bool = False
    args: Mapping[str, object] = attrs.field(factory=dict)
    allocation_args: Mapping[str, object] = attrs.field(factory=dict)
    launcher_args: Mapping[str, object] = attrs.field(factory=dict)
    shell: str = "/bin/bash"
    launcher: str | None = None
    default_nodes: int | None = None
    default_procs: int | None = None
    default_gpus: int | None = None

    def templated_launcher(self, nodes: int | None, procs: int | None) -> str:
        """Fill in the study's template of a launcher; an empty text where there is none."""
        if self.launcher is None:
            return ""
        values = {
            "nodes": nodes,
            "procs": procs,
            "cores_per_task": self.cores_per_task,
            "gpus": self.gpus,
        }
        return from_template(self.launcher, values)


def parse_request(
    request: Mapping[str, object],
    options: AdapterOptions | None = None,
    keys: Iterable[str] | None = None,
) -> JobRequest:
    """Read a request and put the adapter's defaults in.

    Args:
        request: as in the table of ``docs/adapters.md``; a missing key is like None, an unknown
            one is ignored.
        options: of the adapter.
        keys: those that are read; None: all.

    Raises:
        RequestError: a value cannot be used, or one that every job needs is missing.
    """
    options = options or AdapterOptions()
    # Any: each value has the type that the reader of its key gives it.
    fields: dict[str, Any] = {"args": options.args, "launcher": options.launcher}
    for key in ("queue", "bank", "reservation", "qos", "shell"):
        fields[key] = getattr(options, key)
    fields.update(read_keys(request, _READERS if keys is None else keys))
    require(fields, "name", "workspace", "command")
    fields.setdefault("label", fields["name"])
    for key in ("allocation_args", "launcher_args"):
        fields[key] = {**getattr(options, key), **fields.get(key, {})}
    fields["step_nodes"], fields["step_procs"] = fields.get("nodes"), fields.get("procs")
    if fields.get("scheduled", True):
        for key in ("nodes", "procs", "gpus"):
            fields.setdefault(key, fields.get(f"default_{key}"))
    return JobRequest(**fields)


def read_keys(request: Mapping[str, object], keys: Iterable[str]) -> dict[str, Any]:
    """Read some keys of a request, for who needs no more of it; one that says nothing is left out.

    Raises:
        RequestError: one of these values cannot be used.
    """
    fields: dict[str, Any] = {}  # as in `parse_request`
    for key in keys:
        value = request.get(key)
        if value is not None and (said := _READERS[key](key, value)) is not None:
            fields[key] = said
    return fields


def require(fields: Mapping[str, object], *keys: str) -> None:
    """See that a request said what every job needs.

    Raises:
        RequestError: it did not.
    """
    for key in keys:
        if key not in fields:
            raise RequestError(f"the request has no {key}")


# How a value is read that is not None; None: it says nothing.


def _text(_key: str, value: object) -> str | None:
    return str(value) or None


def _count(key: str, value: object) -> int | None:
    """Read a number of which zero says nothing."""
    return _whole_number(key, value) or None


def _whole_number(key: str, value: object) -> int | None:
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        value = int(text) if text.isdecimal() else value
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RequestError(f"{key} is {value!r}: give a whole number, 0 or more")
    return value


def _flag(key: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _WORDS:
        return _WORDS[value.strip().lower()]
    raise RequestError(f"{key} is {value!r}: say true or false")


def _options(key: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise RequestError(f"{key} is {value!r}: give a map from options to values")
    return value


def _anything(_key: str, value: object) -> object:
    return value


_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_READERS: Mapping[str, Callable[[str, object], object]] = {
    **dict.fromkeys(("name", "label", "description", "workspace", "command", "restart"), _text),
    **dict.fromkeys(("bind", "bind_gpus", "walltime", "queue", "bank"), word),
    **dict.fromkeys(("reservation", "qos", "shell"), word),
    **dict.fromkeys(("nodes", "procs", "cores_per_task", "default_nodes", "default_procs"), _count),
    **dict.fromkeys(("tasks_per_rs", "rs_per_node", "cpus_per_rs"), _count),
    **dict.fromkeys(("gpus", "default_gpus"), _whole_number),  # 0: none, whatever the default
    **dict.fromkeys(("scheduled", "enforce_walltime", "requeue", "nested", "waitable"), _flag),
    **dict.fromkeys(("exclusive_allocation", "exclusive_launcher"), _flag),
    **dict.fromkeys(("allocation_args", "launcher_args"), _options),
    "priority": _anything,
}
