"""Tell what each file of a study is: a record, a log of a step, or something that a step left.

Reads the graph once.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from maestro_cli.study.workspace_view import StudyView

__all__ = ["Part", "Parts", "parts_of"]


class Part(enum.Enum):
    """What a file is to its study."""

    #: Without it the study cannot be followed, resumed or amended.
    RECORD = "record"
    #: What a step or the conductor printed.
    LOG = "log"
    #: Never leaves the machine unless that is asked for.
    ENVIRONMENT = "environment"
    #: Of the conductor that ran here, or of whoever was writing: means nothing elsewhere.
    LOCAL = "local"
    #: All else: results, scripts, what a generator file wrote.
    OTHER = "other"


#: Files of `.maestro/` that tell who runs a study here, and what is to be called at its end.
_HERE = frozenset({"lock", "conductor.msgpack", "on-end.json"})
_RECORDS = frozenset({"batch.info", "status.csv", ".status.lock", ".cancel.lock"})
_ENVIRONMENT = ("meta", "environment.yaml")


@frozen
class Parts:
    """Tells what files of a study are.

    Attributes:
        stems: instance's folder → what the names of its logs begin with.
        records: further files in the study's folder that are records.
        printed: the file with what its conductor printed.
    """

    stems: Mapping[str, tuple[str, ...]]
    records: frozenset[str]
    printed: str

    def of(self, path: str) -> Part:
        """Return what a file is.

        Args:
            path: relative to the study's folder.
        """
        words = path.split("/")
        if words[0] == ".maestro":
            return self._private(words[1:])
        if words[0] == "meta":
            return Part.ENVIRONMENT if tuple(words) == _ENVIRONMENT else Part.RECORD
        if words[0] == "logs" or path == self.printed:
            return Part.LOG
        if len(words) == 1 and (path in _RECORDS or path in self.records):
            return Part.RECORD
        folder, _, name = path.rpartition("/")
        stems = self.stems.get(folder)
        if stems is not None:
            if name.startswith(".attempt."):
                return Part.RECORD
            if name.startswith(stems) and name.endswith((".out", ".err")):
                return Part.LOG
        return Part.OTHER

    def _private(self, words: list[str]) -> Part:
        if words[-2:] == list(_ENVIRONMENT):
            return Part.ENVIRONMENT
        if len(words) == 1 and words[0] in _HERE:
            return Part.LOCAL
        if any(word.startswith(".") and word.endswith(".tmp") for word in words):
            return Part.LOCAL
        return Part.RECORD


def parts_of(study: StudyView) -> Parts:
    """Read what belongs to which instance of a study.

    Raises:
        maestro_conductor.errors.ConductorError: A file of it is damaged.
    """
    from maestro_conductor.workspace.graph_file import read_graph
    from maestro_conductor.workspace.paths import GRAPH, RUN
    from maestro_conductor.workspace.run_file import read_run_record
    from maestro_graph.parameters.naming import clean

    stems: dict[str, tuple[str, ...]] = {}

    def visit(record: Mapping[str, Any]) -> None:
        label, script = f"{record['label']}.", f"{record['script']}."
        stems[record["workspace"]] = (
            (label, ".log.") if label == script else (label, script, ".log.")
        )

    file = study.graph_file if os.path.lexists(study.root / study.graph_file) else GRAPH
    read_graph(study.root, file=file, visit=visit)
    names: set[str] = set()
    if Path(study.root, RUN).exists():
        run = read_run_record(study.root)
        names = {str(run.get(key) or "") for key in ("study_file", "pgen_file")}
    return Parts(stems, frozenset(names - {""}), f"{clean(study.name)}.txt")
