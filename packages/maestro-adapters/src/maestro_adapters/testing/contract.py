r"""The contract of an adapter as tests, for ours and for anybody's.

Subclass `AdapterContract` in a test module, give it a pytest fixture `make_adapter` that creates
adapters of one scheduler, and say what differs:

    class TestMine(AdapterContract):
        waits = {"allocation_args": {"h": None}}  # a job that asks for this stays in the queue

        @pytest.fixture
        def make_adapter(self):
            return lambda: create({})

The tests run real jobs, of a few seconds in all. Nothing here imports pytest.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs

from maestro_adapters.interface import Adapter
from maestro_adapters.job import states
from maestro_adapters.script import driver
from maestro_adapters.testing.bench import Bench, RunningJob, check, check_begun, check_builtin
from maestro_adapters.testing.script_checks import (
    check_description,
    check_launchers_fit,
    check_scripts,
)

__all__ = ["AdapterContract", "Bench", "RunningJob"]

MakeAdapter = Callable[[], Adapter]

#: Folder names that end up in quotes, in directives and in the arguments of commands.
ODD_NAMES = (
    "a b",
    "it's",
    'say "hi"',
    "$HOME `x` \\n",
    "line\nfeed",
    "žluťoučký 東京",
    "-rf *",
    "%j%A!",
)


class AdapterContract:
    """Checks what every adapter must do; see the module's text for how to use it.

    Attributes:
        patience: s to wait for anything that a job does.
        request: fields of every request: what a small job needs to be accepted.
        waits: fields of a request that keep a job in the queue; None: a job that fills all slots
            does that for the next one.
        overrunning: fields of a request that let a job exceed its walltime soon.
        unknown_id: an id that the scheduler never gave.
        many: how many jobs are submitted at once.
        odd_names: names of folders that jobs run in.
    """

    patience = 60.0
    request: Mapping[str, object] = {"procs": 1}
    waits: Mapping[str, object] | None = None
    overrunning: Mapping[str, object] = {"walltime": "0.3s", "enforce_walltime": True}
    unknown_id = "999999999"
    many = 500
    odd_names: Sequence[str] = ODD_NAMES

    def bench(self, adapter: Adapter, folder: Path) -> Bench:
        """Make what the tests work with."""
        return Bench(adapter, folder, self.patience, self.request)

    def hasten(self, adapter: Adapter, job: RunningJob) -> None:
        """Let a job's walltime end sooner, where the scheduler can be told to."""

    def test_describes_itself(self, make_adapter: MakeAdapter) -> None:
        """`describe` has its keys, and the adapter's one name."""
        adapter = make_adapter()
        check_description(adapter)
        adapter.close()

    def test_renders_scripts(self, make_adapter: MakeAdapter, tmp_path: Path) -> None:
        """Interpreter, directives, an empty line, the command; names with the adapter's suffix."""
        adapter = make_adapter()
        check_scripts(adapter, self.request, str(tmp_path))
        adapter.close()

    def test_a_launcher_that_does_not_fit_is_refused(
        self, make_adapter: MakeAdapter, tmp_path: Path
    ) -> None:
        """Check that a sum of allocations beyond the request is a `ValueError` that says so."""
        adapter = make_adapter()
        check_launchers_fit(adapter, str(tmp_path))
        adapter.close()

    def test_a_job_runs_and_finishes(self, make_adapter: MakeAdapter, tmp_path: Path) -> None:
        """In its workspace, with its token, its output where it belongs, its end in the attempt file."""
        bench = self.bench(make_adapter(), tmp_path)
        (job,) = bench.submit({"command": 'echo "$MAESTRO_TOKEN"; pwd; echo gone wrong >&2'})
        check(job.answer["state"] in (states.PENDING, states.RUNNING), f"submitted: {job.answer}")
        (end,) = bench.ends([job])
        check(end["state"] == states.FINISHED, f"it ended well: {end}")
        check(end["exit_code"] in (0, None), f"exit code: {end}")
        check(
            job.attempt is not None and job.attempt.exit_code == 0, f"attempt file: {job.attempt}"
        )
        check(job.output == f"{job.token}\n{job.workspace}\n".encode(), f"output: {job.output!r}")
        errors = b"".join(path.read_bytes() for path in job.workspace.glob("*.err"))
        check(b"gone wrong" in errors, f"errors: {errors!r}")
        bench.adapter.close()

    def test_a_job_that_fails_tells_its_exit_code(
        self, make_adapter: MakeAdapter, tmp_path: Path
    ) -> None:
        """To `poll`, where the scheduler knows it, and in the attempt file in any case."""
        bench = self.bench(make_adapter(), tmp_path)
        (job,) = bench.submit({"command": "exit 3"})
        (end,) = bench.ends([job])
        check(end["state"] == states.FAILED, f"it failed: {end}")
        check(end["exit_code"] in (3, None), f"exit code: {end}")
        check(
            job.attempt is not None and job.attempt.exit_code == 3, f"attempt file: {job.attempt}"
        )
        bench.adapter.close()

    def test_a_job_that_runs_too_long_is_timed_out(
        self, make_adapter: MakeAdapter, tmp_path: Path
    ) -> None:
        """Check that a walltime that is enforced ends in TIMEDOUT."""
        bench = self.bench(make_adapter(), tmp_path)
        (job,) = bench.submit({"command": ": >ready; sleep 600", **self.overrunning})
        bench.eventually((job.workspace / "ready").exists)
        self.hasten(bench.adapter, job)
        (end,) = bench.ends([job])
        check(end["state"] == states.TIMEDOUT, f"it was timed out: {end}")
        bench.adapter.close()

    def test_cancels_a_waiting_job(self, make_adapter: MakeAdapter, tmp_path: Path) -> None:
        """Check that it never runs, nor makes an attempt file."""
        bench = self.bench(make_adapter(), tmp_path)
        blockers: list[RunningJob] = []
        if self.waits is None:
            slots = bench.adapter.describe()["slots"]
            blockers = bench.submit({"command": ": >ready; sleep 600", "procs": slots})
            bench.started(blockers)
        (job,) = bench.submit({"command": ": >ran", **(self.waits or {})})
        (answer,) = bench.poll([job]).values()
        check(answer["state"] == states.PENDING, f"it waits: {answer}")
        self._cancel(bench, [job])
        (end,) = bench.ends([job])
        check(end["state"] == states.CANCELLED, f"it was cancelled: {end}")
        if blockers:
            self._cancel(bench, blockers)
            bench.ends(blockers)
        check(not (job.workspace / "ran").exists(), "a cancelled job ran")
        check(job.attempt is None, f"a cancelled job made its attempt file: {job.attempt}")
        bench.adapter.close()

    def test_cancels_a_running_job(self, make_adapter: MakeAdapter, tmp_path: Path) -> None:
        """Its script stops; a second cancel of an ended job is no error."""
        bench = self.bench(make_adapter(), tmp_path)
        (job,) = bench.submit({"command": "echo $$ >pid; : >ready; sleep 600 && : >went-on"})
        bench.started([job])
        self._cancel(bench, [job])
        (end,) = bench.ends([job])
        check(end["state"] == states.CANCELLED, f"it was cancelled: {end}")
        check(not (job.workspace / "went-on").exists(), "its script went on")
        self._cancel(bench, [job])  # a job that has ended counts as cancelled
        bench.adapter.close()

    def _cancel(self, bench: Bench, jobs: Sequence[RunningJob]) -> None:
        answers = bench.adapter.cancel([job.id for job in jobs])
        check_builtin(answers)
        check(answers == {job.id: {"cancelled": True} for job in jobs}, f"cancel: {answers}")

    def test_an_unknown_id_is_not_found(self, make_adapter: MakeAdapter, tmp_path: Path) -> None:
        """At once, or after a few rounds in which nobody knew the job."""
        bench = self.bench(make_adapter(), tmp_path)
        (known,) = bench.submit({"command": "true"})
        unknown = attrs.evolve(known, id=self.unknown_id, key="unknown")
        ends = bench.ends([known, unknown])
        check([end["state"] for end in ends] == [states.FINISHED, states.NOTFOUND], f"ends: {ends}")
        bench.adapter.close()

    def test_finds_a_job_by_its_token(self, make_adapter: MakeAdapter, tmp_path: Path) -> None:
        """With the adapter that submitted it, and with one that knows nothing of it."""
        bench = self.bench(make_adapter(), tmp_path)
        (job,) = bench.submit(
            {"command": ": >ready; while [ ! -e go ]; do sleep 0.05; done; exit 4"}
        )
        bench.started([job])
        other = f"{job.token}9"
        for adapter in (bench.adapter, make_adapter()):
            answers = bench.find(adapter, [job.token, other])
            check_begun(answers)
            check(answers[other] == {"absent": True}, f"nobody has this token: {answers}")
            found = answers[job.token]
            check(found.get("job") == job.id, f"found by its token: {found}, submitted as {job.id}")
            (state,) = adapter.poll([job.id]).values()
            check(state["state"] == states.RUNNING, f"it runs: {state}")
        (job.workspace / "go").touch()
        stranger = Bench(adapter, tmp_path, self.patience)
        for watcher in (stranger, bench):
            (end,) = watcher.ends([job])
            check(
                (end["state"], end["exit_code"] in (4, None)) == (states.FAILED, True),
                f"end: {end}",
            )
            check_begun(watcher.adapter.find([job.token]))
            watcher.adapter.close()

    def test_many_jobs_run_once_each(self, make_adapter: MakeAdapter, tmp_path: Path) -> None:
        """Submit and poll all at once; check that each has its own id and exit code."""
        bench = self.bench(make_adapter(), tmp_path)
        jobs = bench.submit(
            *({"command": f"echo {number} >>out; exit {number % 2}"} for number in range(self.many))
        )
        check(len({job.id for job in jobs}) == self.many, "every job has an id of its own")
        ends = bench.ends(jobs)
        for number, (job, end) in enumerate(zip(jobs, ends, strict=True)):
            expected = states.FAILED if number % 2 else states.FINISHED
            check(end["state"] == expected, f"job {number}: {end}")
            check((job.workspace / "out").read_text() == f"{number}\n", f"job {number} ran once")
        bench.adapter.close()

    def test_an_attempt_that_was_declared_void_runs_nothing(
        self, make_adapter: MakeAdapter, tmp_path: Path
    ) -> None:
        """Check that the attempt file decides, whatever the scheduler does."""
        bench = self.bench(make_adapter(), tmp_path)
        (job,) = bench.submit(
            {"command": ": >ran"},
            before=lambda folder: (folder / ".attempt.1").write_text("void\n"),
        )
        (end,) = bench.ends([job])
        check(end["state"] == states.FAILED, f"it did not finish: {end}")
        check(end["exit_code"] in (None, driver.ALREADY_STARTED), f"exit code: {end}")
        check(not (job.workspace / "ran").exists(), "a void attempt ran")
        bench.adapter.close()

    def test_a_script_in_a_temporary_folder(
        self, make_adapter: MakeAdapter, tmp_path: Path
    ) -> None:
        """Check that it need not be there any more, nor on another host, when its scheduler starts the job."""
        bench = self.bench(make_adapter(), tmp_path)
        scripts = tmp_path / "scripts"
        scripts.mkdir()
        (job,) = bench.submit({"command": "pwd; exit 4", "scripts": scripts})
        if bench.adapter.describe()["scheduled"]:
            shutil.rmtree(scripts)
        bench.ends([job])
        check(job.attempt is not None and job.attempt.exit_code == 4, f"attempt: {job.attempt}")
        check(job.output == f"{job.workspace}\n".encode(), f"output: {job.output!r}")
        bench.adapter.close()

    def test_what_was_prepared_may_be_forgotten(
        self, make_adapter: MakeAdapter, tmp_path: Path
    ) -> None:
        """Check that a caller that kept nothing of it can submit the request alone."""
        bench = self.bench(make_adapter(), tmp_path)
        (job,) = bench.submit({"command": "exit 5"}, forget=True)
        bench.ends([job])
        check(job.attempt is not None and job.attempt.exit_code == 5, f"attempt: {job.attempt}")
        bench.adapter.close()

    def test_output_is_bytes(self, make_adapter: MakeAdapter, tmp_path: Path) -> None:
        """Output that is no UTF-8 reaches the file as it is."""
        bench = self.bench(make_adapter(), tmp_path)
        (job,) = bench.submit({"command": r"printf '\377\000\200 end\n'"})
        (end,) = bench.ends([job])
        check(end["state"] == states.FINISHED, f"it ended well: {end}")
        check(job.output == b"\xff\x00\x80 end\n", f"output: {job.output!r}")
        bench.adapter.close()

    def test_any_folder_will_do(self, make_adapter: MakeAdapter, tmp_path: Path) -> None:
        """Blanks, quotes, line ends, letters of any script."""
        bench = self.bench(make_adapter(), tmp_path)
        requests = [{"command": "pwd; echo $0", "folder": name} for name in self.odd_names]
        jobs = bench.submit(*requests)
        for job, end in zip(jobs, bench.ends(jobs), strict=True):
            check(end["state"] == states.FINISHED, f"in {job.workspace}: {end}, {job.answer}")
            check(job.output.startswith(f"{job.workspace}\n".encode()), f"output: {job.output!r}")
        bench.adapter.close()
