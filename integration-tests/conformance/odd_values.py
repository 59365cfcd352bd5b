"""Every key of the batch block and of a step's `run` × every odd value × every adapter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import yaml

KINDS = ("local", "slurm", "lsf", "flux")

#: As they are written in the file; the first one is nothing at all.
VALUES = (
    *("", "''", "'  '", "0", "'0'", "-1", "1.5", "5", "017", "yes", "false", "soon"),
    *("24:00:00", "[]", "[a]", "{}", "{a: 1}"),
)
KEYS = {
    "batch": (
        *("type", "shell", "host", "bank", "queue", "nodes", "procs", "gpus", "reservation"),
        *("qos", "uri", "flux_uri", "version", "args", "allocation_args", "launcher_args"),
    ),
    "run": (
        *("cmd", "depends", "restart", "pre", "post", "nodes", "procs", "gpus"),
        *("cores per task", "tasks per rs", "rs per node", "cpus per rs", "bind", "bind gpus"),
        *("walltime", "reservation", "exclusive", "nested", "waitable", "priority", "qos"),
    ),
}
#: Those that maestrowf does not know.
OUR_KEYS = {
    "batch": ("launcher", "local_slots", "array", "user_throttle"),
    "run": (
        *("retries", "retry pause", "exit codes", "allow failure", "requeue", "enforce walltime"),
        *("allocation_args", "launcher_args"),
    ),
}
_PLACE = "the-odd-value"


@attrs.frozen
class Odd:
    """One key with one odd value.

    Attributes:
        kind: the scheduler.
        section: `batch` or `run`.
        value: as it is written.
    """

    kind: str
    section: str
    key: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.section}: {self.key}: {self.value}"

    def text(self) -> str:
        """A study that is right but for this value."""
        batch: dict[str, Any] = {"type": self.kind}
        if self.kind != "local":
            batch |= {"host": "h", "bank": "b", "queue": "q"}
        run: dict[str, Any] = {
            "cmd": "$(LAUNCHER) ./a",
            "restart": "$(LAUNCHER) ./b",
            "nodes": 2,
            "procs": 2,
            "walltime": "00:10:00",
        }
        steps = {"full": run}
        if self.kind != "flux":  # maestrowf writes directives for Flux's local steps, too
            steps["serial"] = {"cmd": "echo hi", "walltime": "5"}
        if self.kind in ("slurm", "flux"):
            # The batch block's nodes and procs matter. For LSF maestrowf needs both in the step.
            steps["tasks"] = {"cmd": "echo tasks", "procs": 3, "walltime": "5"}
            steps["nodes"] = {"cmd": "echo nodes", "nodes": 3, "walltime": "5"}
        (batch if self.section == "batch" else run)[self.key] = _PLACE
        study = {
            "description": {"name": "odd", "description": "d"},
            "batch": batch,
            "study": [
                {"name": name, "description": "does it", "run": run} for name, run in steps.items()
            ],
        }
        return yaml.safe_dump(study, sort_keys=False).replace(_PLACE, self.value)

    def write(self, folder: Path) -> Path:
        """Write the study; its file."""
        folder.mkdir(parents=True)
        path = folder / "study.yaml"
        path.write_text(self.text(), encoding="utf-8")
        return path


def table(keys: dict[str, tuple[str, ...]]) -> Iterator[Odd]:
    """Each of these keys with each value on each adapter."""
    for kind in KINDS:
        for section, names in keys.items():
            for key in names:
                for value in VALUES:
                    yield Odd(kind, section, key, value)
