"""The job request: a builtin map of the interface, checked and with the defaults put in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from maestro_adapters.errors import RequestError
from maestro_adapters.launcher import from_template
from maestro_adapters.options import AdapterOptions

__all__ = ["JobRequest", "parse_request"]


@attrs.frozen(kw_only=True)
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
    args: Mapping[str, Any] = attrs.field(factory=dict)
    allocation_args: Mapping[str, Any] = attrs.field(factory=dict)
    launcher_args: Mapping[str, Any] = attrs.field(factory=dict)
    shell: str = "/bin/bash"
    launcher: str | None = None
    default_nodes: int | None = None
    default_procs: int | None = None
    default_gpus: int | None = None

    def templated_launcher(self, nodes: int | None, procs: int | None) -> str:
        """The launcher by the study's template; an empty text where there is no template."""
        if self.launcher is None:
            return ""
        values = {
            "nodes": nodes,
            "procs": procs,
            "cores_per_task": self.cores_per_task,
            "gpus": self.gpus,
        }
        return from_template(self.launcher, values)


_INTEGERS = (
    "nodes",
    "procs",
    "gpus",
    "cores_per_task",
    "tasks_per_rs",
    "rs_per_node",
    "cpus_per_rs",
    "default_nodes",
    "default_procs",
    "default_gpus",
)
_TEXTS = (
    "restart",
    "bind",
    "bind_gpus",
    "walltime",
    "queue",
    "bank",
    "reservation",
    "qos",
    "shell",
)
_FLAGS = (
    "scheduled",
    "enforce_walltime",
    "exclusive_allocation",
    "exclusive_launcher",
    "nested",
    "waitable",
    "requeue",
)
#: Zero of these means something; zero nodes or tasks is another way to say nothing.
_ZERO_COUNTS = frozenset({"gpus", "default_gpus"})
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def parse_request(request: Mapping[str, Any], options: AdapterOptions | None = None) -> JobRequest:
    """Read a request and put the adapter's defaults in.

    Args:
        request: as in the table of ``docs/adapters.md``; a missing key is like None, an unknown
            one is ignored.
        options: of the adapter.

    Raises:
        RequestError: a value cannot be used, or one that every job needs is missing.
    """
    options = options or AdapterOptions()
    fields: dict[str, Any] = {}
    for key in _INTEGERS:
        fields[key] = _integer(key, request.get(key))
    for key in _TEXTS:
        value = request.get(key)
        fields[key] = None if value is None or value == "" else str(value)
    for key in _FLAGS:
        fields[key] = _flag(key, request.get(key))
    for key in ("name", "workspace", "command"):
        if not request.get(key):
            raise RequestError(f"the request has no {key}")
        fields[key] = str(request[key])
    fields["label"] = str(request.get("label") or fields["name"])
    fields["description"] = str(request.get("description") or "")
    fields["priority"] = request.get("priority")

    for key in ("queue", "bank", "reservation", "qos", "shell"):
        fields[key] = fields[key] or getattr(options, key)
    for key in ("allocation_args", "launcher_args"):
        fields[key] = {**getattr(options, key), **(request.get(key) or {})}
    fields["args"] = dict(options.args)
    fields["launcher"] = options.launcher
    fields["step_nodes"], fields["step_procs"] = fields["nodes"], fields["procs"]
    if fields["scheduled"] is not False:
        for key in ("nodes", "procs", "gpus"):
            if fields[key] is None:
                fields[key] = fields[f"default_{key}"]

    optional = ("nested", "waitable")
    return JobRequest(
        **{key: value for key, value in fields.items() if value is not None or key in optional}
    )


def _integer(key: str, value: object) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RequestError(f"{key} is {value!r}: give a whole number, 0 or more")
    return value if value or key in _ZERO_COUNTS else None


def _flag(key: str, value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _WORDS:
        return _WORDS[value.strip().lower()]
    raise RequestError(f"{key} is {value!r}: say true or false")
