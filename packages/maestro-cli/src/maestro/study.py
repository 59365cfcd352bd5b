"""A study: a handle on its folder, which reads it whenever it is asked something."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from maestro import asking, files, reading, waiting
from maestro.errors import in_our_words
from maestro.records import (
    Attempt,
    Change,
    Effect,
    Event,
    Explanation,
    Failure,
    Instance,
    Status,
    Step,
)
from maestro.results import Results, collected

if TYPE_CHECKING:
    from maestro_cli.study.workspace_view import StudyView

__all__ = ["Study"]

State = str | Iterable[str] | None
File = str | os.PathLike[str]


class Study:
    """A study in its folder. Get one by `maestro.open`, `maestro.run` or `maestro.find`.

    Where methods take `names`, these are names of steps or instances, ``*`` allowed; `where` has
    conditions on parameters, ``"TEMP>=300,N=2"`` or ``{"N": 2}``; `state` one or several states of
    instances. All must fit; none: all instances.

    Attributes:
        folder: Its absolute path.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __repr__(self) -> str:
        try:
            told = str(self.status())
        except Exception as error:  # a `repr` that fails hides what it is asked for
            told = f"{type(error).__name__}: {getattr(error, 'message', error)}"
        return f"<Study {told}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Study) and other.folder == self.folder

    def __hash__(self) -> int:
        return hash(self.folder)

    @property
    def name(self) -> str:
        """Its name."""
        return self._view("read").name

    @property
    def state(self) -> str:
        """Its state in a word: `Status.state`."""
        return self._view("read").state

    @in_our_words()
    def status(self) -> Status:
        """Return how it stands: state, counts, times, limits, conductor.

        >>> study.status().counts["finished"]
        7
        """
        return reading.status(self._view("show"))

    @in_our_words()
    def steps(self) -> list[Step]:
        """Return its steps in topological order.

        >>> [(step.name, step.instances, list(step.after)) for step in study.steps()]
        [('make', 3, []), ('post', 3, ['make']), ('collect', 1, ['post'])]
        """
        return reading.steps(self._view("show"))

    @in_our_words()
    def instances(
        self, *names: str, where: reading.Where = None, state: State = None
    ) -> list[Instance]:
        """Return instances as they stand.

        >>> [each.name for each in study.instances("make", where="N>1")]
        ['make_N.2', 'make_N.3']
        """
        study = self._view("show")
        return reading.rows(study, reading.selected(study, names, where, state))

    @in_our_words()
    def attempts(self, name: str) -> list[Attempt]:
        """Return the attempts at an instance that the journal still has, the first one first."""
        study = self._view("show")
        return reading.attempts(study, reading.selected(study, [name], None, None)[0])

    @in_our_words()
    def failures(self, *, log_lines: int = 10) -> list[Failure]:
        """Return what failed by its causes, the largest group first, each with the end of one log.

        >>> study.failures()
        []
        """
        return reading.failures(self._view("show"), log_lines)

    @in_our_words()
    def explain(self) -> Explanation:
        """Say how it stands, what holds it back, and what to do next: ``maestro why DIR``."""
        return reading.study_explanation(self._view("explain"))

    @in_our_words()
    def why(
        self, *names: str, where: reading.Where = None, state: State = None
    ) -> list[Explanation]:
        """Say of instances why they are in their states.

        >>> print(study.why("make_N.1")[0].name)
        make_N.1
        """
        study = self._view("explain")
        return reading.explanations(study, reading.selected(study, names, where, state))

    def history(self) -> list[Event]:
        """Return what was asked of it and what its conductors did, the oldest first.

        >>> [event.kind for event in study.history()][0]
        'opened'
        """
        with in_our_words():
            return reading.events(self._view("show"))

    def results(
        self,
        *names: str,
        where: reading.Where = None,
        state: State = None,
        rows: bool = False,
    ) -> Results:
        """Return what instances yielded, with their parameters: records for pandas or polars.

        Args:
            *names: Of steps or instances; none: of all steps that say what they yield.
            where: Conditions on parameters.
            state: Only instances in such a state.
            rows: A record for each row of a result that says ``rows: all``.

        Raises:
            StudyError: No step says what it yields.

        >>> [(each["N"], each["twice"]) for each in study.results()]
        [(1, 2), (2, 4), (3, 6)]
        """
        with in_our_words():
            return collected(
                self._view("show the results of"),
                names,
                where,
                state,
                rows=rows,
                everything=False,
            )

    @in_our_words()
    def records(self, *names: str, where: reading.Where = None, state: State = None) -> Results:
        """Return a record for each instance: parameters, state, run time, exit code, results if any.

        >>> len(study.records())
        7
        """
        return collected(self._view("show"), names, where, state, rows=False, everything=True)

    @in_our_words()
    def logs(self, name: str) -> list[Path]:
        """Return the output files of an instance, those of its latest attempt last.

        >>> print(study.logs("make_N.1")[-2].read_text().strip())
        making 1
        """
        study = self._view("show the logs of")
        return reading.logs(study, reading.selected(study, [name], None, None))

    @property
    def log(self) -> Path:
        """The conductor's log, JSON lines; it may not be there yet."""
        from maestro_conductor.app.conduct import log_path_of

        return log_path_of(self.folder, self.name)

    @in_our_words()
    def graph(
        self,
        form: Literal["text", "mermaid", "dot", "svg"] = "text",
        *,
        instances: bool = False,
        limit: int | None = None,
    ) -> str:
        """Draw its steps, or its instances, with their states.

        Args:
            form: As what.
            instances: Draw instances.
            limit: No more steps or instances than this; None: as many as the command draws.
        """
        return reading.picture(self._view("draw"), form, instances=instances, limit=limit)

    @in_our_words()
    def report(self, file: File, *, rows: int | None = None) -> Path:
        """Write one page about it: ``maestro report``, with at most so many `rows` in its table.

        >>> study.report("report.html").stat().st_size > 100_000
        True
        """
        return files.report(self.folder, file, rows=rows)

    @in_our_words()
    def archive(
        self,
        file: File | None = None,
        *,
        logs: bool = True,
        only: Sequence[str] = (),
        environment: bool = False,
        running: bool = False,
    ) -> Path:
        """Pack it into a file that can be unpacked elsewhere, and resumed there: ``maestro archive``.

        Args:
            file: ``.tar.zst`` or ``.tar.gz``, not there yet; None: in the current folder.
            logs: With what steps printed.
            only: Beside the records only what fits one of these patterns.
            environment: With the environment in which it was made.
            running: Also while it runs.
        """
        return files.archive(
            self.folder,
            file,
            logs=logs,
            only=only,
            environment=environment,
            running=running,
        )

    @in_our_words()
    def clean(
        self,
        *names: str,
        where: reading.Where = None,
        scratch: bool = True,
        logs: bool = False,
        dry: bool = False,
    ) -> dict[str, list[Path]]:
        """Delete what it no longer needs, and return that by what it is; its records stay.

        Args:
            *names: Of steps or instances, of which all but the records goes, or with `logs` those alone.
            where: Conditions on parameters, for the same.
            scratch: Core dumps, and folders of instances that it no longer has.
            logs: What steps printed.
            dry: Delete nothing.

        >>> study.clean(dry=True)
        {}
        """
        return files.clean(self.folder, names, where, scratch=scratch, logs=logs, dry=dry)

    @in_our_words()
    def wait(
        self,
        *,
        timeout: float | None = None,
        progress: Callable[[Status], object] | None = None,
        interval: float = 1.0,
    ) -> Status:
        """Wait until it goes on no more, and return how it stands then.

        Args:
            timeout: Seconds after which it is not waited for any longer; None: never.
            progress: Called with each new status; ``print`` will do.
            interval: Longest pause between two looks, in seconds.

        Raises:
            WaitTimeoutError: The time is over; the study goes on.

        >>> study.wait().ok
        True
        """
        return waiting.wait(self.folder, timeout=timeout, progress=progress, interval=interval)

    def follow(self, *, interval: float = 1.0, timeout: float | None = None) -> Iterator[Status]:
        """Yield how it stands: at once, after each change, and when it has ended."""
        import time

        with in_our_words():
            yield from waiting.follow(
                self.folder, interval=interval, timeout=timeout, sleep=time.sleep
            )

    @in_our_words()
    def resume(
        self,
        *names: str,
        where: reading.Where = None,
        throttle: int | None = None,
        rlimit: int | None = None,
        sleep: float | None = None,
        take_over: bool = False,
        on_end: str | None = None,
    ) -> Effect:
        """Have it go on, or start it: what failed, timed out or was cancelled runs again; or what is named.

        >>> study.resume().message
        'chain is FINISHED: there is nothing to resume'
        """
        limits = {"throttle": throttle, "rlimit": rlimit, "sleep": sleep}
        return asking.resume(self.folder, names, where, limits, take_over=take_over, on_end=on_end)

    @in_our_words()
    def cancel(self, *names: str, where: reading.Where = None) -> Effect:
        """Cancel it, or what is named and what waits for that."""
        return asking.cancel(self.folder, names, where)

    @in_our_words()
    def hold(self, *names: str, where: reading.Where = None) -> Effect:
        """Have nothing of it, or of what is named, begin until it is released."""
        return asking.part(self.folder, "hold", names, where)

    @in_our_words()
    def release(self, *names: str, where: reading.Where = None) -> Effect:
        """Let go what is held, or what of it is named."""
        return asking.part(self.folder, "release", names, where)

    @in_our_words()
    def skip(self, *names: str, where: reading.Where = None) -> Effect:
        """Count what is named as finished without running it."""
        return asking.part(self.folder, "skip", names, where)

    @in_our_words()
    def update(
        self,
        *,
        throttle: int | None = None,
        rlimit: int | None = None,
        sleep: float | None = None,
        local_slots: int | None = None,
        batch: Mapping[str, str | int | None] | None = None,
    ) -> Effect:
        """Give it other limits while it runs; None: unchanged, 0: no limit."""
        limits = {"throttle": throttle, "rlimit": rlimit, "sleep": sleep}
        return asking.update(self.folder, {**limits, "local_slots": local_slots, "batch": batch})

    @in_our_words()
    def amend(
        self,
        study_file: File | None = None,
        *,
        variables: Mapping[str, object] | None = None,
        pgen: File | None = None,
        pargs: Mapping[str, object] | None = None,
        only_new: bool = False,
        descendants: bool = True,
        dry: bool = False,
    ) -> Change:
        """Have it go on in another form: ``maestro amend``. One that does not run is started by `resume`.

        Args:
            study_file: The edited study file; None: the copy in its folder.
            variables: As `maestro.run` takes them; what is not given stays.
            pgen: The same.
            pargs: The same.
            only_new: What was changed stays as it ran.
            descendants: What comes after a changed one runs again, too.
            dry: Only return what would become of it.

        >>> study.amend(dry=True).effect
        'nothing'
        """
        return asking.amend(
            self.folder,
            study_file,
            variables=variables or {},
            pgen=pgen,
            pargs=pargs or {},
            only_new=only_new,
            descendants=descendants,
            dry=dry,
        )

    def _view(self, verb: str) -> StudyView:
        with in_our_words():
            return reading.view(self.folder, verb)
