"""Follow two values through the code, and write the modules they cross into docs/architecture.md.

    python scripts/walks.py           # writes the lists
    python scripts/walks.py --check   # changes nothing; exit 1 where the page is not up to date

Both run a study on four commands of a scheduler that this script brings, and look at each call of a
function of ours. A module meets the value where a function in it takes or returns it, alone or within
a list, a map or a frozen record, and is crossed where it also gives it to another module. One that
only answers is asked on the way. The value is one that nothing else in the study has.
A walk that crosses more modules than its bound fails, with or without `--check`.

Needs the packages, and nothing else.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path, PurePath
from types import FrameType
from typing import Any

import attrs

from maestro_conductor.runtime.progress import Progress

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/architecture.md"
BEGIN, END = "<!-- walks: made by scripts/walks.py -->\n", "<!-- end of walks -->\n"
#: The instance that is followed, and the throttle. As many instances come before it.
MARK = 977
PACKAGES = {"spec", "graph", "adapters", "conductor", "cli"}
#: What takes the value and passes nothing on towards the end of the walk.
BESIDE = {
    "what it is made of": ("maestro_conductor.model.",),
    "opened by": (".regular_files",),
    "checked by": (
        "workspace.graph_checks",
        "workspace.field_checks",
        "workspace.checksums",
        "workspace.inside",
    ),
    "looked after, should it fail, by": ("batch.command_errors", "batch.submit_breaker"),
    "asked whether it is to end of": ("core.cancellation",),
    "kept in the journal by": ("maestro_conductor.journal.", "runtime.journal_commit"),
    "told to the log by": ("observers.record_logger", "observers.log_writer"),
    "told to onlookers by": ("runtime.housekeeping", "runtime.progress"),
    "told to the user by": ("maestro_cli.ui.",),
}

_SBATCH = """#!/bin/sh
cd "$(dirname "$0")/.." || exit 1
n=4001; until mkdir "job.$n" 2>/dev/null; do n=$((n + 1)); done
cat >"job.$n/script"; job=$PWD/job.$n/script
for word; do case $word in --chdir=*) cd "${word#--chdir=}" || exit 1 ;; esac; done
SLURM_JOB_ID=$n sh "$job" >/dev/null 2>&1 &
echo $n
"""
_ANSWERS = {"sbatch": _SBATCH, "squeue": "#!/bin/sh\n", "sacct": "#!/bin/sh\n"}


@attrs.define
class Walk:
    """The modules that meet a value, in the order in which it reaches them.

    Attributes:
        marks: the value's forms: a whole number, and a text.
        name: text that is the value's also where another contains it, as a path does.
        last: module where the walk ends, however early it is reached, too.
        met: the modules, as a set with an order.
        given: which module gave it to which by a call.
    """

    marks: frozenset[object]
    last: str
    name: str = "\0"
    met: dict[str, None] = attrs.Factory(dict)
    given: set[tuple[str, str]] = attrs.Factory(set)

    def profile(self, frame: FrameType, event: str, arg: object) -> None:
        """Look at a call or a return; for `sys.setprofile`."""
        if event not in ("call", "return") or frame.f_code.co_filename.startswith("<"):
            return
        module = frame.f_globals.get("__name__", "")
        if not _is_ours(module):
            return
        if event == "call":
            giver = _module(frame.f_back)
            if (giver, module) in self.given and not module.endswith(self.last):
                return
            code = frame.f_code
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            if self.holds([frame.f_locals.get(name) for name in names], 5):
                self.given.add((giver, module))
                self._note(module)
        elif module not in self.met and self.holds(arg, 4):
            self._note(module)

    def _note(self, module: str) -> None:
        if module.endswith(self.last):
            self.met.pop(module, None)
        self.met[module] = None

    def crossed(self) -> list[str]:
        """Return the modules that pass the value on to another one, and the last."""
        givers = {giver for giver, taker in self.given if giver != taker and beside(taker) is None}
        return [
            module
            for module in self.met
            if beside(module) is None and (module in givers or module.endswith(self.last))
        ]

    def asked(self) -> list[str]:
        """Return those that take the value and answer, and pass it on to nobody."""
        crossed = self.crossed()
        return [m for m in self.met if beside(m) is None and m not in crossed]

    def holds(self, value: Any, depth: int) -> bool:
        """Return whether the value is, or has in it, one that is followed."""
        kind = type(value)
        if kind is int:
            return value in self.marks
        if kind is str:
            return value in self.marks or self.name in value
        if isinstance(value, PurePath):
            return self.holds(str(value), depth)
        if depth == 0:
            return False
        if kind is dict:
            return len(value) < 100 and any(
                self.holds(item, depth - 1) for pair in value.items() for item in pair
            )
        if isinstance(value, (list, tuple, set, frozenset)):
            return len(value) < 100 and any(self.holds(item, depth - 1) for item in value)
        if kind is argparse.Namespace:
            return any(self.holds(item, depth - 1) for item in vars(value).values())
        if _is_record(kind):
            return any(
                self.holds(getattr(value, field.name, None), depth - 1)
                for field in attrs.fields(kind)
            )
        return False

    @contextlib.contextmanager
    def followed(self) -> Iterator[None]:
        """Follow in this thread, and in those that it starts."""
        threading.setprofile(self.profile)
        sys.setprofile(self.profile)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)


def _module(frame: FrameType | None) -> str:
    """Return the module of ours in which a call was made."""
    while frame is not None:
        name: str = frame.f_globals.get("__name__", "")
        if _is_ours(name) and not frame.f_code.co_filename.startswith("<"):
            return name
        frame = frame.f_back
    return ""


def _is_ours(module: str) -> bool:
    return module.partition(".")[0].partition("_")[2] in PACKAGES


def _is_record(kind: type) -> bool:
    return attrs.has(kind) and kind.__setattr__ is not object.__setattr__


def instance_walk() -> Walk:
    """Follow an instance from `graph.msgpack` through `sbatch` to `status.csv`."""
    from maestro_conductor import conduct
    from maestro_conductor.testing.workspace import StepPlan, make_workspace

    with _folder() as folder:
        go = folder / "go"
        steps = [
            StepPlan("first", ["true"] * 600),
            StepPlan("second", ["true"] * (MARK - 601), funnels=["first"]),
            StepPlan("gate", [f"until [ -e {go} ]; do sleep 0.1; done"], funnels=["second"]),
            StepPlan("followed", needs=["gate"], resources={"procs": 1}),
        ]
        batch = {"type": "slurm", "local_slots": 8}
        root = make_workspace(folder / "study", steps, batch=batch, run={"sleep": 1})
        conduct(root, observer=_leave_at_the_gate)
        go.touch()
        walk = Walk(frozenset({MARK}), "status_csv", "followed")
        with walk.followed():
            code = conduct(root)
        if code:
            raise SystemExit(f"the study ended with {code}")
    return walk


def _leave_at_the_gate(progress: Progress) -> None:
    """End the conductor by a signal once all that come before the gate have ended."""
    if progress.counts.get("FINISHED") == MARK - 1:
        os.kill(os.getpid(), signal.SIGTERM)


def throttle_walk() -> Walk:
    """Follow `maestro update --throttle` from the command line to the next start."""
    from maestro_cli.app import main
    from maestro_conductor import conduct
    from maestro_conductor.testing.workspace import StepPlan, make_workspace

    with _folder() as folder:
        go = folder / "go"
        steps = [
            StepPlan("one", [f"until [ -e {go} ]; do sleep 0.1; done"] * 3, resources={"procs": 1})
        ]
        settings = {"throttle": 1, "sleep": 1}
        root = make_workspace(folder / "study", steps, batch={"type": "slurm"}, run=settings)
        walk = Walk(frozenset({MARK, str(MARK)}), "throttle")
        started = threading.Event()
        codes: list[int] = []

        def run() -> None:
            codes.append(conduct(root, ready=started.set))

        with walk.followed():
            study = threading.Thread(target=run)
            study.start()
            started.wait()
            with contextlib.redirect_stdout(io.StringIO()):
                codes.append(main(["update", str(root), "--throttle", str(MARK)]))
            go.touch()
            study.join()
        if codes != [0, 0]:
            raise SystemExit(f"the study or the update ended with {codes}")
    return walk


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        commands = Path(name, "bin")
        commands.mkdir()
        for command, text in _ANSWERS.items():
            path = commands / command
            path.write_text(text, encoding="utf-8")
            path.chmod(0o755)
        before = os.environ["PATH"]
        os.environ["PATH"] = f"{commands}:{before}"
        try:
            yield Path(name)
        finally:
            os.environ["PATH"] = before


def beside(module: str) -> str | None:
    """Return what a module is beside the way, or None where it is on it."""
    for what, names in BESIDE.items():
        if any(module.endswith(name) or module.startswith(name) for name in names):
            return what
    return None


def purpose(module: str) -> str:
    """Return the first sentence of what a module says of itself."""
    path = ROOT / "packages" / module.partition(".")[0].replace("_", "-") / "src"
    text = (path / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
    said = " ".join((ast.get_docstring(ast.parse(text)) or "").partition("\n\n")[0].split())
    return said.partition(". ")[0].rstrip(".")


def listing(title: str, bound: int, walk: Walk) -> str:
    """Return a walk as the page shows it."""
    crossed, asked = walk.crossed(), walk.asked()
    lines = [f"**{title}**: {len(crossed)} modules, at most {bound}.", ""]
    lines += [f"{number}. `{name}`: {purpose(name)}" for number, name in enumerate(crossed, 1)]
    groups = {"asked on the way": asked}
    groups |= {what: [name for name in walk.met if beside(name) == what] for what in BESIDE}
    told = [
        f"{what} " + ", ".join(f"`{name}`" for name in sorted(names))
        for what, names in groups.items()
        if names
    ]
    return "\n".join([*lines, "", f"Not counted: {'; '.join(told)}."])


def main() -> int:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    arguments = parser.parse_args()
    walks = [
        ("An instance from `graph.msgpack` through `sbatch` to `status.csv`", 25, instance_walk()),
        (
            "`maestro update --throttle` from the command line to the next start",
            12,
            throttle_walk(),
        ),
    ]
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    lists = "\n\n".join(listing(title, bound, walk) for title, bound, walk in walks)
    new = f"\n{lists}\n\n"
    failed = False
    for title, bound, walk in walks:
        count = len(walk.crossed())
        if count > bound:
            print(f"{title}: {count} modules, more than {bound}", file=sys.stderr)
            failed = True
    # Threads may reach two modules in either order: the same modules are the same walk.
    if sorted(map(_unnumbered, old.splitlines())) != sorted(map(_unnumbered, new.splitlines())):
        if arguments.check:
            print(f"{PAGE.name} is not up to date: python scripts/walks.py", file=sys.stderr)
            failed = True
        else:
            PAGE.write_text(f"{before}{BEGIN}{new}{END}{after}", encoding="utf-8")
    return int(failed)


def _unnumbered(line: str) -> str:
    return line.partition(". ")[2] if line[:1].isdigit() else line


if __name__ == "__main__":
    sys.exit(main())
