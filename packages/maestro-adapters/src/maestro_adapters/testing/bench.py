"""Does what a caller of an adapter does, for tests: renders, writes, submits, and waits."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

import attrs

from maestro_adapters.interface import (
    Adapter,
    FindAnswer,
    JobMap,
    PollAnswer,
    RequestMap,
    SubmitAnswer,
)
from maestro_adapters.job import states
from maestro_adapters.script import attempt_file

__all__ = ["Bench", "RunningJob", "check", "check_begun", "check_builtin"]

_PAUSE = 0.1  # s between two polls of a scheduler that cannot notify


@attrs.frozen
class RunningJob:
    """A job that was submitted.

    Attributes:
        key, token: of the submission.
        id: the adapter's, None where it was refused.
        workspace: its folder.
        answer: what `submit` said.
    """

    key: str
    token: str
    id: str
    workspace: Path
    answer: SubmitAnswer

    @property
    def attempt(self) -> attempt_file.Attempt | None:
        """Read its attempt file."""
        return attempt_file.read(self.workspace / ".attempt.1")

    @property
    def output(self) -> bytes:
        """Read its standard output so far."""
        return b"".join(path.read_bytes() for path in sorted(self.workspace.glob("*.out")))


class Bench:
    """A caller of an adapter: renders, writes, submits, and waits for something to happen.

    Args:
        adapter: under test.
        folder: for workspaces; the jobs must be able to reach it.
        patience: s to wait for anything.
        request: fields of every request.
    """

    def __init__(
        self,
        adapter: Adapter,
        folder: Path,
        patience: float,
        request: Mapping[str, object] | None = None,
    ) -> None:
        self.adapter = adapter
        self.folder = folder
        self.patience = patience
        self._request = dict(request or {})
        self._study = f"{os.getpid():06x}{time.time_ns() % 16**6:06x}"
        self._count = 0

    def submit(
        self,
        *requests: Mapping[str, object],
        before: Callable[[Path], object] | None = None,
        forget: bool = False,
    ) -> list[RunningJob]:
        """Submit requests in one call; each gets a workspace of its own unless it names one.

        Args:
            requests: their fields; ``folder`` names the workspace, ``scripts`` a folder for the
                script, which otherwise lies in the workspace.
            before: called with each workspace before the submission.
            forget: hand back nothing of what `render` prepared.
        """
        jobs = [self._job(request, before) for request in requests]
        for job in jobs if forget else ():
            del job["prepared"]
        answers = self.adapter.submit(jobs)
        check_builtin(answers)
        check(
            set(answers) == {job["key"] for job in jobs}, f"submit answers for every key: {answers}"
        )
        check_begun(answers)
        return [
            RunningJob(
                job["key"],
                job["token"],
                answers[job["key"]].get("job", ""),
                Path(job["request"]["workspace"]),
                answers[job["key"]],
            )
            for job in jobs
        ]

    def _job(self, fields: Mapping[str, object], before: Callable[[Path], object] | None) -> JobMap:
        self._count += 1
        given = dict(fields)
        workspace = self.folder / str(given.pop("folder", f"job-{self._count}"))
        workspace.mkdir(exist_ok=True)
        scripts = Path(str(given.pop("scripts", workspace)))
        base = {"name": "job", "description": "of the contract", **self._request, **given}
        request = cast("RequestMap", {**base, "workspace": str(workspace)})
        if before is not None:
            before(workspace)
        texts = self.adapter.render(request)
        check_builtin(texts)
        script = scripts / texts["script_name"]
        script.write_bytes(texts["script"].encode(errors="surrogateescape"))
        script.chmod(0o755)
        return {
            "key": f"k{self._count}",
            "token": f"m{self._study}.{self._count}.1",
            "attempt": 1,
            "script": str(script),
            "request": request,
            "prepared": texts.get("prepared"),
            "exclude_nodes": [],
        }

    def poll(self, jobs: Sequence[RunningJob]) -> dict[str, PollAnswer]:
        """Ask the adapter about these jobs; its answers by their keys."""
        answers = self.adapter.poll([job.id for job in jobs])
        check_builtin(answers)
        check(set(answers) == {job.id for job in jobs}, f"poll answers for every id: {answers}")
        return {job.key: answers[job.id] for job in jobs}

    def find(self, adapter: Adapter, tokens: Sequence[str]) -> Mapping[str, FindAnswer]:
        """Look for tokens until the scheduler answers about all of them."""
        answers: dict[str, FindAnswer] = {}

        def answered() -> bool:
            answers.update(adapter.find(tokens))
            return not any("error" in answer for answer in answers.values())

        self.eventually(answered)
        check_builtin(answers)
        check_begun(answers)
        return answers

    def wait(
        self, jobs: Sequence[RunningJob], *, until: Callable[[PollAnswer], bool]
    ) -> list[PollAnswer]:
        """Poll until something holds of every job's answer; the answers, in the jobs' order."""
        deadline = time.monotonic() + self.patience
        while True:
            answers = self.poll(jobs)
            if all(until(answer) for answer in answers.values()):
                return [answers[job.key] for job in jobs]
            if time.monotonic() > deadline:
                left = [answer for answer in answers.values() if not until(answer)]
                raise AssertionError(
                    f"{len(left)} jobs did not get there in {self.patience} s: {left[:3]}"
                )
            self._pause()

    def ends(self, jobs: Sequence[RunningJob]) -> list[PollAnswer]:
        """Wait for the ends of jobs."""
        return self.wait(jobs, until=lambda answer: answer["state"] in states.FINAL)

    def started(self, jobs: Sequence[RunningJob]) -> None:
        """Wait until every job runs and its script has created a file ``ready``."""
        self.wait(jobs, until=lambda answer: answer["state"] != states.PENDING)
        self.eventually(lambda: all((job.workspace / "ready").exists() for job in jobs))

    def eventually(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds of the world outside."""
        deadline = time.monotonic() + self.patience
        while not condition():
            check(time.monotonic() < deadline, f"this did not come about in {self.patience} s")
            time.sleep(0.02)

    def _pause(self) -> None:
        wake = self.adapter.wake_fd()
        if wake is None:
            time.sleep(_PAUSE)
        else:
            select.select([wake], [], [], self.patience)


def check(condition: object, message: str) -> None:
    """Assert, and say what happened; plain ``assert`` tells none outside of test modules."""
    if not condition:
        raise AssertionError(message)


def check_begun(answers: Mapping[str, SubmitAnswer] | Mapping[str, FindAnswer]) -> None:
    """See that a job that `submit` or `find` tells of waits or runs; its end is for `poll` to tell."""
    begun = {answer["state"] for answer in answers.values() if "job" in answer}
    check(begun <= {states.PENDING, states.RUNNING}, f"the end is for poll to tell: {begun}")


def check_builtin(value: object) -> None:
    """See that nothing but builtin types crosses the interface."""
    if type(value) is dict:
        for key, item in value.items():
            check(type(key) is str, f"a key of another type than str: {key!r}")
            check_builtin(item)
    elif type(value) is list:
        for item in value:
            check_builtin(item)
    else:
        allowed = (str, int, float, bool, bytes, type(None))
        check(type(value) in allowed, f"{value!r} is a {type(value).__name__}")
