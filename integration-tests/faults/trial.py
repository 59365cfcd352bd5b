"""One try of the fault matrix: its folder, its study, and the processes that are started in it.

The study's commands write to a file outside of the workspace when they begin and when they end, so
that what happened is known whatever becomes of the workspace.
"""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from maestro_conductor.workspace.conductor_lock import holder
from waiting import ended_within, wait_until

#: s; no busy machine needs them.
PATIENCE = 60
#: kB of memory that no process of ours needs.
MOST_MEMORY = 200_000

#: Takes root's right to read and write everywhere from a command and its children.
UNPRIVILEGED = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []

#: Marks all processes of a try, in their environments.
_MARK = "MAESTRO_FAULT_TRIAL"


@attrs.define(eq=False)
class Started:
    """A process of a try.

    Attributes:
        said: the file with what it printed.
    """

    name: str
    process: subprocess.Popen[bytes]
    said: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process.returncode is None and not ended_within(self.pid, 0)

    def within(self, seconds: float) -> bool:
        """Let time pass; gives whether it ended meanwhile."""
        return self.process.returncode is not None or ended_within(self.pid, seconds)

    def wait_until_it_catches(self, number: int) -> None:
        """Wait until a signal of this number does not end it by itself, or it has ended."""
        bit = 1 << (number - 1)

        def caught() -> bool:
            with contextlib.suppress(OSError):  # it is being taken away
                for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
                    word, _, value = line.partition(":")
                    if word in ("SigCgt", "SigIgn") and int(value, 16) & bit:
                        return True
            return not self.alive

        wait_until(caught, f"that {self.name} catches {signal.Signals(number).name}")

    def send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)


@attrs.define(eq=False)
class Trial:
    """A try, and what was violated in it.

    Args:
        folder: of its own; made.
        root: the workspace; None: a folder in it.

    Attributes:
        outside: a folder that nothing may change.
        witness: what the commands say: ``begin TOKEN``, ``end TOKEN CODE``.
        violations: what was found so far.
        prefix: words before each command of ours.
        patience: s in which each process ends, and what follows of it comes about.
    """

    folder: Path
    root: Path = attrs.field()
    violations: list[str] = attrs.Factory(list)
    prefix: list[str] = attrs.Factory(list)
    patience: float = PATIENCE
    _started: list[Started] = attrs.Factory(list)

    @root.default
    def _default_root(self) -> Path:
        return self.folder / "w"

    def __attrs_post_init__(self) -> None:
        for path in (self.outside, self.home, self.folder / "said"):
            path.mkdir(parents=True, exist_ok=True)
        (self.outside / "file").write_text("of another study\n")
        (self.outside / "folder").mkdir(exist_ok=True)
        self.witness.touch()
        self.witness.chmod(0o666)

    @property
    def outside(self) -> Path:
        return self.folder / "outside"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def witness(self) -> Path:
        return self.folder / "ran"

    @property
    def said(self) -> Iterator[tuple[str, str]]:
        """What each process printed, by its name."""
        for started in self._started:
            yield started.name, started.said.read_text(errors="replace")

    def violated(self, what: str) -> None:
        self.violations.append(what)

    # -- processes --

    def start(
        self,
        name: str,
        command: Sequence[object],
        *,
        environment: Mapping[str, str] | None = None,
        first: Callable[[], None] | None = None,
        terminal: bool = False,
    ) -> Started:
        """Start a command of ours.

        Args:
            name: for messages.
            command: its words.
            environment: over that of the try.
            first: done in the process before the command.
            terminal: its output is one.
        """
        said = self.folder / "said" / f"{len(self._started)}-{name}"
        with contextlib.ExitStack() as stack:
            output: Any = stack.enter_context(said.open("wb"))
            if terminal:
                output = _terminal(said)
                stack.callback(os.close, output)
            process = subprocess.Popen(
                [*self.prefix, *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.home,
                env=self._environment() | (environment or {}),
                preexec_fn=first,
            )
        started = Started(name, process, said)
        self._started.append(started)
        return started

    def end(self, started: Started, codes: Iterable[int]) -> int | None:
        """Wait for a process; one that hangs is killed, which violates what is promised.

        Args:
            started: the process.
            codes: exit codes that are as documented; -n: signal n.
        """
        process = started.process
        if process.returncode is not None:
            return process.returncode
        hangs = not ended_within(process.pid, self.patience)
        if hangs:
            self.violated(
                f"hang: {started.name} did not end in {self.patience} s; {_where(process.pid)}"
            )
            process.kill()
        _, status, usage = os.wait4(process.pid, 0)
        code = process.returncode = os.waitstatus_to_exitcode(status)
        if hangs:
            return None
        if code not in set(codes):
            self.violated(f"exit code: {started.name} gave {code}, and said {_tail(started.said)}")
        if usage.ru_maxrss > MOST_MEMORY:
            self.violated(f"memory: {started.name} took {usage.ru_maxrss} kB")
        return code

    def run(self, name: str, command: Sequence[object], codes: Iterable[int]) -> int | None:
        """Start a command of ours, and wait for it."""
        return self.end(self.start(name, command), codes)

    def conductor(self, *more: object) -> list[object]:
        return [sys.executable, "-m", "maestro_conductor", self.root, "--no-logstdout", *more]

    def maestro(self, *words: object) -> list[object]:
        return [sys.executable, "-m", "maestro_cli", *words]

    def settle(self) -> None:
        """Wait until no conductor runs, and none is about to: a killed `maestro` may have started one."""

        def runs() -> bool:
            words = " ".join(self.alive().values())
            return holder(self.root) is not None or "maestro_conductor" in words

        try:
            wait_until(lambda: not runs(), patience=self.patience)
        except AssertionError:
            self.violated(f"hang: a conductor still runs after {self.patience} s")
            self.kill_all()

    def resume(self, ends: Collection[int] = (2,)) -> None:
        """Run again what failed or was cancelled; what was asked for before has its effect first.

        Args:
            ends: exit codes with which the study may end.
        """
        words = self.maestro("resume", "-fg", self.root)
        if self.run("resume", words, {*ends, 3}) == 3:
            self.run("another resume", words, ends)

    def alive(self) -> dict[int, str]:
        """All processes of this try, with their command lines."""
        mark = os.fsencode(f"{_MARK}={self.folder}") + b"\0"
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    if mark in (entry / "environ").read_bytes():
                        words = (entry / "cmdline").read_bytes().split(b"\0")
                        found[int(entry.name)] = b" ".join(words).decode(errors="replace").strip()
        return found

    def kill_all(self) -> None:
        """Kill all processes of this try."""
        for pid in self.alive():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for started in self._started:
            if started.process.returncode is None:
                started.process.kill()
                started.process.wait()
        wait_until(lambda: not self.alive(), "the end of what was killed")

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            _MARK: str(self.folder),
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
            "COLUMNS": "120",
            "TERM": "dumb",
            "PYTHONDONTWRITEBYTECODE": "1",
        }


def _terminal(said: Path) -> int:
    """A terminal; what is shown there goes to a file. Gives the descriptor of its end for others."""
    ours, theirs = pty.openpty()

    def copy() -> None:
        with said.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while data := os.read(ours, 4096):
                file.write(data)
        os.close(ours)

    threading.Thread(target=copy, daemon=True).start()
    return theirs


def _tail(path: Path) -> str:
    return repr(path.read_text(errors="replace")[-300:])


def _where(pid: int) -> str:
    """Where a process hangs, as far as the kernel tells."""
    try:
        fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]).split()
        return f"state {fields[0]} in {Path(f'/proc/{pid}/wchan').read_text() or '?'}"
    except OSError:
        return "it is gone"
