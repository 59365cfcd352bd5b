"""Turns announced attempts into jobs: folders, scripts, requests. The only module that writes scripts."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from maestro_conductor.backends.job_request import fill_in, make_job_request, step_request
from maestro_conductor.backends.protocol import Adapter
from maestro_conductor.core.instructions import Job
from maestro_conductor.errors import ConductorError
from maestro_conductor.model.settings import Run
from maestro_conductor.workspace.attempt_file import void_attempt
from maestro_conductor.workspace.graph_file import GraphFile
from maestro_conductor.workspace.paths import GRAPH

__all__ = ["Answer", "Submission", "file_trouble", "withdrawn"]

#: An instance, its attempt, and what ``submit`` answered or would have.
Answer = tuple[int, int, Mapping[str, Any]]

#: Trouble of the file system that may pass: waiting makes sense, failing the step does not.
_PASSING = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EDQUOT,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.EROFS,
        errno.ESTALE,
        errno.EAGAIN,
    }
)


class Submission:
    """Prepares and submits attempts.

    Attributes:
        scripts: folder that the scripts go to, in the layout of the workspace.
    """

    def __init__(self, graph: GraphFile, run: Run, root: Path, renderer: Adapter) -> None:
        """Prepare for a study.

        Args:
            graph: what is to be run.
            run: how.
            root: the workspace.
            renderer: the study's adapter; it writes the scripts of unscheduled steps, too.
        """
        self._graph = graph.graph
        self._records = graph
        self._renderer = renderer
        self._root = root
        self._weights: dict[int, int] = {}
        #: What the instances of a step have in common in their requests, by step and lane.
        self._common: dict[tuple[int, bool], dict[str, Any]] = {}
        self.scripts = _temporary_folder(run.study_id) if run.usetmp else root

    def weigh(self, instance: int) -> int:
        """Slots that an instance fills as a local job."""
        graph = self._graph
        step = graph.step_of[instance]
        own = graph.own_resources[instance]
        if not own and step in self._weights:
            return self._weights[step]
        try:
            request = self._request(self._records.instance(instance))
        except OSError:
            return 1  # the submission will meet it as well, and wait or say what is wrong
        try:
            weight = int(
                self._renderer.render({**request, "command": "", "restart": None})["slots"]
            )
        except ValueError:
            weight = 1  # the submission will say what is wrong with it
        weight = max(1, weight)
        if not own:
            self._weights[step] = weight
        return weight

    def submit(self, adapter: Adapter, jobs: Sequence[Job], *, sync: bool) -> list[Answer]:
        """Write the scripts of attempts and hand them over.

        Args:
            adapter: which runs them.
            jobs: the attempts.
            sync: the scripts must survive a crash of this machine.

        Returns:
            For each job its instance, its attempt, and the adapter's answer or one like it; with
            ``"files": True`` where the workspace cannot be written for now.
        """
        ready: list[tuple[Job, dict[str, Any]]] = []
        refused: list[Answer] = []
        for job in jobs:
            prepared, refusal = self._prepare(job, sync=sync)
            if prepared is not None:
                ready.append((job, prepared))
            else:
                refused.append((job.instance, job.attempt, refusal))
        return refused + _hand_over(adapter, ready)

    def write_scripts(self, instances: Sequence[int]) -> list[tuple[int, str | None]]:
        """Write the scripts of instances that are not to be run; gives what went wrong."""
        return [(instance, self._try_to_write(instance)) for instance in instances]

    def _try_to_write(self, instance: int) -> str | None:
        try:
            self._write(instance, sync=False)
        except (OSError, ValueError) as error:
            return str(error)
        return None

    def _prepare(self, job: Job, *, sync: bool) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """What ``submit`` takes, or None and a refusal."""
        try:
            request, scripts = self._write(job.instance, sync=sync)
            if job.attempt > 1:
                # Whatever became of it, the attempt before this one must never start from now on.
                void_attempt(Path(request["workspace"]), job.attempt - 1)
        except (OSError, ValueError, ConductorError) as error:
            return None, _refusal(error)
        prepared = {
            "key": str(job.instance),
            "token": job.token,
            "attempt": job.attempt,
            "script": scripts[1 if job.restart else 0],
            "request": request,
            "exclude_nodes": [],
        }
        return prepared, {}

    def _write(self, instance: int, *, sync: bool) -> tuple[dict[str, Any], list[str]]:
        """Write an instance's scripts; gives its request and the paths."""
        record = self._records.instance(instance)
        request = self._request(record)
        rendered = self._renderer.render(request)
        workspace = record["workspace"]
        self._make_folder(self._root, workspace)
        if self.scripts is not self._root:
            self._make_folder(self.scripts, workspace)
        folder = f"{self.scripts}/{workspace}"
        paths = [f"{folder}/{rendered['script_name']}"]
        _write_script(paths[0], rendered["script"], sync=sync)
        if rendered["restart"] is not None:
            paths.append(f"{folder}/{rendered['restart_name']}")
            _write_script(paths[1], rendered["restart"], sync=sync)
        return request, paths

    def _request(self, record: Mapping[str, Any]) -> dict[str, Any]:
        step = self._graph.steps[record["step"]]
        if record["resources"] is not None:
            return make_job_request(record, step.record, self._graph.batch, self._root)
        key = (step.index, record["scheduled"])
        if key not in self._common:
            self._common[key] = step_request(step.resources, self._graph.batch, key[1])
        return fill_in(self._common[key], record, step.record, self._root)

    def _make_folder(self, root: Path, workspace: str) -> None:
        path = f"{root}/{workspace}"
        try:
            os.mkdir(path)  # noqa: PTH102 - once per step; a Path costs as much again
        except FileExistsError:
            return
        except FileNotFoundError:
            Path(path).mkdir(parents=True, exist_ok=True)


def _hand_over(adapter: Adapter, ready: Sequence[tuple[Job, dict[str, Any]]]) -> list[Answer]:
    if not ready:
        return []
    answers: Mapping[str, Mapping[str, Any]]
    try:
        answers = adapter.submit([prepared for _, prepared in ready])
    except Exception as error:  # a plugin's own code; nothing is known of what it did
        failure = {"error": f"{adapter.name}: {error!r}", "unknown": True}
        answers = {prepared["key"]: failure for _, prepared in ready}
    missing = {"error": "the adapter gave no answer", "unknown": True}
    return [
        (job.instance, job.attempt, answers.get(prepared["key"], missing))
        for job, prepared in ready
    ]


def withdrawn(reason: str) -> dict[str, Any]:
    """The answer for an attempt that was taken back before it was submitted, or before it started."""
    return {"error": reason, "transient": True, "withdrawn": True}


def file_trouble(answers: Sequence[Answer]) -> str | None:
    """Why the workspace cannot be written, by the answers of a submission; None: it can."""
    troubles = [answer["error"] for _, _, answer in answers if answer.get("files")]
    return troubles[0] if troubles else None


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


def _refusal(error: Exception) -> dict[str, Any]:
    """An answer like an adapter's, for what went wrong before it was asked."""
    if isinstance(error, OSError):
        graph = str(error.filename).endswith(GRAPH)
        verb = "read" if graph else "write"
        message = f"cannot {verb} {error.filename or 'its script'}: {error.strerror or error}"
        passing = graph or error.errno in _PASSING
        return {"error": message, "transient": passing, "files": passing}
    return {"error": str(error), "transient": False}


def _temporary_folder(study_id: str) -> Path:
    """A folder for scripts that the next conductor on this host finds again."""
    path = Path(tempfile.gettempdir(), f"maestro-{os.getuid()}-{study_id}")
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise ConductorError(f"{path} belongs to somebody else; delete it, or set TMPDIR")
    return path
