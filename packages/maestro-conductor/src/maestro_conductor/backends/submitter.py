"""Submit attempts: write their scripts, and give them to an adapter."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from pathlib import Path

from maestro_conductor.backends.protocol import Adapter, JobMap, SubmitAnswer
from maestro_conductor.backends.script_writer import ScriptWriter
from maestro_conductor.core.instructions import Submission
from maestro_conductor.errors import ConductorError
from maestro_conductor.workspace.attempt_file import void_attempt
from maestro_conductor.workspace.paths import GRAPH

__all__ = ["Answer", "OwnRefusal", "Submitter", "file_trouble", "withdrawn"]


class OwnRefusal(SubmitAnswer, total=False):
    """Why an attempt was not submitted, where that is not for the adapter to say.

    Attributes:
        files: the workspace cannot be written for now.
        withdrawn: it should not start any more.
    """

    files: bool
    withdrawn: bool


#: An instance, its attempt, and what became of its submission.
Answer = tuple[int, int, SubmitAnswer]

#: Trouble of the file system that may pass: waiting makes sense, failing the step does not.
_PASSING = frozenset(
    {
        errno.EACCES,
        errno.ENOENT,  # somebody deletes, or moves, the study's folder at this moment
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


class Submitter:
    """Submit attempts.

    Args:
        writer: writes their scripts.
    """

    def __init__(self, writer: ScriptWriter) -> None:
        self._writer = writer

    def submit(self, adapter: Adapter, jobs: Sequence[Submission], *, sync: bool) -> list[Answer]:
        """Write the scripts of attempts, and submit those of which they could be written.

        Args:
            adapter: which runs them.
            jobs: the attempts.
            sync: the scripts must survive a crash of this machine.

        Returns:
            For each job its instance, its attempt, and the adapter's answer or an `OwnRefusal`.
        """
        ready: list[tuple[Submission, JobMap]] = []
        refused: list[Answer] = []
        for job in jobs:
            prepared, refusal = self._try_to_prepare(job, sync=sync)
            if prepared is not None:
                ready.append((job, prepared))
            else:
                refused.append((job.instance, job.attempt, refusal))
        return refused + _submit(adapter, ready)

    def _try_to_prepare(self, job: Submission, *, sync: bool) -> tuple[JobMap | None, OwnRefusal]:
        try:
            return self._prepare(job, sync=sync), {}
        except (OSError, ValueError, ConductorError) as error:
            return None, _refusal(error)

    def _prepare(self, job: Submission, *, sync: bool) -> JobMap:
        """Return what ``submit`` of an adapter takes."""
        written = self._writer.write(job.instance, sync=sync)
        if job.attempt > 1:
            # Whatever became of it, the attempt before this one must never start from now on.
            void_attempt(Path(written.request["workspace"]), "", job.attempt - 1)
        script = written.restart if job.restart else written.script
        if script is None:
            raise ValueError("it is to be restarted, and has no restart script")
        return {
            "key": str(job.instance),
            "token": job.token,
            "attempt": job.attempt,
            "script": script,
            "request": written.request,
            "prepared": written.prepared,
            "exclude_nodes": [],
        }


def _submit(adapter: Adapter, ready: Sequence[tuple[Submission, JobMap]]) -> list[Answer]:
    if not ready:
        return []
    answers: Mapping[str, SubmitAnswer]
    try:
        answers = adapter.submit([job_map for _, job_map in ready])
    except Exception as error:  # a plugin's own code; nothing is known of what it did
        failure: SubmitAnswer = {"error": f"{adapter.name}: {error!r}", "unknown": True}
        answers = {job_map["key"]: failure for _, job_map in ready}
    missing: SubmitAnswer = {"error": "the adapter gave no answer", "unknown": True}
    return [
        (job.instance, job.attempt, answers.get(job_map["key"], missing)) for job, job_map in ready
    ]


def withdrawn(reason: str) -> OwnRefusal:
    """Return the answer for an attempt that was withdrawn before it was submitted, or started."""
    return {"error": reason, "transient": True, "withdrawn": True}


def file_trouble(answers: Sequence[tuple[int, int, Mapping[str, object]]]) -> str | None:
    """Return why the workspace cannot be written, by answers to a submission; None: it can."""
    troubles = [answer["error"] for _, _, answer in answers if answer.get("files")]
    return str(troubles[0]) if troubles else None


def _refusal(error: Exception) -> OwnRefusal:
    """Return the answer for an attempt that went wrong before the adapter was asked."""
    if isinstance(error, OSError):
        graph = str(error.filename).endswith(GRAPH)
        verb = "read" if graph else "write"
        message = f"cannot {verb} {error.filename or 'its script'}: {error.strerror or error}"
        passing = graph or error.errno in _PASSING
        return {"error": message, "transient": passing, "files": passing}
    return {"error": str(error), "transient": False}
