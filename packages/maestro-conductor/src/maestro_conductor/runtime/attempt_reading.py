"""Read what became of an attempt from its attempt file, and from the processes of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from maestro_conductor.core.events import AttemptFileRead
from maestro_conductor.core.instructions import ReadAttemptFile
from maestro_conductor.errors import FormatError
from maestro_conductor.model.graph import ResultRecord
from maestro_conductor.runtime.context import RunContext
from maestro_conductor.workspace.attempt_file import AttemptFile, read_attempt, void_attempt
from maestro_conductor.workspace.paths import GRAPH
from maestro_conductor.workspace.result_files import missing_result

__all__ = ["AttemptReader"]


class AttemptReader:
    """Read attempt files, as the conductor of one machine can judge them.

    Args:
        context: of the run.
        host: name of this machine.
        boot: its boot id.
        results_of: gives the files that hold what an instance yields; raises as `GraphFile.results_of`.
    """

    def __init__(
        self,
        context: RunContext,
        host: str,
        boot: str,
        results_of: Callable[[int], Sequence[ResultRecord]],
    ) -> None:
        self._context = context
        self._root: Path | None = context.root
        self._results_of = results_of
        self._host = host
        self._boot = boot

    def follow(self, root: Path | None) -> None:
        """Read where the workspace was moved to; None: it was deleted, and nothing can start there."""
        self._root = root

    def read(self, item: ReadAttemptFile) -> AttemptFileRead:
        """Return what became of an attempt. Trouble with the file is an answer."""
        root, workspace = self._root, self._context.graph.workspaces[item.instance]
        try:
            if root is None:
                found = AttemptFile("void")
            elif item.void:
                found = void_attempt(root, workspace, item.attempt)
            else:
                found = read_attempt(root / workspace, item.attempt)
        except OSError as error:
            return _unknown(item, f"cannot read its attempt file: {error.strerror}")
        detail = None
        if root is not None and found.fate == "absent" and _is_deleted(root, workspace):
            found = AttemptFile("deleted")
            detail = "its folder was deleted"
        if found.fate == "started":
            here = (found.host, found.boot) == (self._host, self._boot)
            doubt = _doubt(found) if here else None
            if doubt is not None:
                return _unknown(item, doubt)
            detail = f"ended without a trace on {found.host or 'an unknown host'}"
            if not here and found.host == self._host:
                detail = f"{self._host} was started anew meanwhile"
        try:
            lacks = self._lacks(root, item.instance, found.fate)
        except (OSError, FormatError) as error:
            return _unknown(item, f"cannot look for its results: {error}")
        return AttemptFileRead(
            item.instance,
            item.attempt,
            found.fate,
            found.exit_code,
            found.started,
            found.ended,
            detail,
            lacks,
        )

    def _lacks(self, root: Path | None, instance: int, fate: str) -> str | None:
        """Return why an instance has failed though its command succeeded; None: nothing is missing.

        Raises:
            OSError: it cannot be told for now.
            FormatError: the graph is no longer as it was written.
        """
        graph = self._context.graph
        step = graph.steps[graph.step_of[instance]]
        if root is None or fate in ("void", "deleted") or not step.requires_results:
            return None
        wanted = [each["file"] for each in self._results_of(instance) if each["required"]]
        return missing_result(root, graph.workspaces[instance], wanted)


def _is_deleted(root: Path, workspace: str) -> bool:
    """Tell whether the folder of an instance is not there, and the study is in its place."""
    return not os.path.lexists(root / workspace) and (root / GRAPH).exists()


def _unknown(item: ReadAttemptFile, why: str) -> AttemptFileRead:
    return AttemptFileRead(item.instance, item.attempt, "error", detail=why)


def _doubt(found: AttemptFile) -> str | None:
    """Return why an attempt of this host may still get an end; None: it will not."""
    if _shows_processes():
        if found.keeper is not None and _is_keeper(found.keeper):
            return f"process {found.keeper}, which keeps it, has not said how it ended"
        return None
    for pid in (found.pid, found.keeper):
        if pid is not None and _is_alive(pid):
            return f"process {pid} may still run it, which this system does not tell"
    return None


def _shows_processes() -> bool:
    """Tell whether this system shows what a process is (Linux); else a process id has to do."""
    return Path("/proc/self/environ").exists()


def _is_keeper(pid: int) -> bool:
    """Tell whether a process lives that will write the ends of the scripts it started.

    See "The attempt file" on the workspace format page.
    """
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"\0maestro-keeper\0")
    except OSError:
        return False


def _is_alive(pid: int) -> bool:
    """Tell whether a process lives, or what it left in the group that it led."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
