"""Write the scripts of instances: what an adapter renders, into their folders."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from maestro_conductor.backends.job_request import JobRequests
from maestro_conductor.backends.protocol import Adapter, RequestMap
from maestro_conductor.errors import ConductorError
from maestro_conductor.model.graph import Graph
from maestro_conductor.workspace.folders import make_folder

__all__ = ["ScriptWriter", "WrittenScripts", "temporary_folder"]


@attrs.frozen
class WrittenScripts:
    """The scripts of an instance.

    Attributes:
        request: that they were rendered from.
        prepared: what the adapter wants to have back with them; None: nothing.
        script: path of the main script.
        restart: path of the restart script; None: there is none.
    """

    request: RequestMap
    prepared: Mapping[str, object] | None
    script: str
    restart: str | None


class ScriptWriter:
    """Write scripts.

    Args:
        graph: what is run.
        requests: of its instances.
        renderer: the study's adapter; it renders the scripts of unscheduled steps, too.
        root: the workspace.
        folder: where the scripts go, in the layout of the workspace; None: into the workspace.
    """

    def __init__(
        self,
        graph: Graph,
        requests: JobRequests,
        renderer: Adapter,
        root: Path,
        folder: Path | None = None,
    ) -> None:
        self._workspaces = graph.workspaces
        self._requests = requests
        self._renderer = renderer
        self._root = root
        self._folder = folder or root

    def write(self, instance: int, *, sync: bool) -> WrittenScripts:
        """Write an instance's scripts, each in the place of an older one.

        Args:
            instance: which.
            sync: they must survive a crash of this machine.

        Raises:
            OSError: they cannot be written, or the graph cannot be read.
            ValueError: the adapter cannot render them.
            ConductorError: the graph is damaged.
        """
        request = self._requests.read(instance)
        rendered = self._renderer.render(request)
        workspace = self._workspaces[instance]
        make_folder(self._root, workspace)
        if self._folder is not self._root:  # whoever tidies up there may have deleted all of it
            Path(self._folder, workspace).mkdir(parents=True, exist_ok=True)
        folder = f"{self._folder}/{workspace}"
        script = f"{folder}/{rendered['script_name']}"
        _write_script(script, rendered["script"], sync=sync)
        restart = None
        if rendered["restart"] is not None:
            restart = f"{folder}/{rendered['restart_name']}"
            _write_script(restart, rendered["restart"], sync=sync)
        return WrittenScripts(request, rendered.get("prepared"), script, restart)

    def write_all(self, instances: Sequence[int]) -> list[tuple[int, str | None]]:
        """Write the scripts of instances that are not run; return for each what went wrong."""
        return [(instance, self._try_to_write(instance)) for instance in instances]

    def _try_to_write(self, instance: int) -> str | None:
        try:
            self.write(instance, sync=False)
        except (OSError, ValueError) as error:
            return str(error)
        return None


def _write_script(path: str, text: str, *, sync: bool) -> None:
    """Write an executable script, replacing an older one: a shell may still be reading that."""
    content = text.encode("utf-8", "surrogateescape")
    target = path
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o777)
    except FileExistsError:
        folder, name = os.path.split(path)
        target = f"{folder}/.{name}.tmp"
        with contextlib.suppress(FileNotFoundError):  # one that a crash left, or a step put there
            Path(target).unlink()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(target, flags, 0o777)
    try:
        try:
            written = 0
            while written < len(content):
                written += os.write(descriptor, content[written:])
            if sync:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if target != path:
            Path(target).rename(path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(target).unlink()
        raise


def temporary_folder(study_id: str) -> Path:
    """Make a folder for scripts that the next conductor on this host finds again.

    Raises:
        ConductorError: there is one that belongs to somebody else.
    """
    import tempfile  # few studies want it, and it takes long to import

    path = Path(tempfile.gettempdir(), f"maestro-{os.getuid()}-{study_id}")
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise ConductorError(f"{path} belongs to somebody else; delete it, or set TMPDIR")
    return path
