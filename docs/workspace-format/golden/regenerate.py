"""Makes the golden workspaces anew: runs the studies and keeps what they leave.

See the README beside this file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from maestro_conductor.workspace import conductor_lock
from maestro_conductor.workspace.graph_file import read_graph
from maestro_conductor.journal import compact
from maestro_conductor.journal.replay import load
from maestro_conductor.workspace.run_file import read_run

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parents[2] / "samples"
WORK = Path("/tmp/maestro-golden")  # noqa: S108 - the golden files hold this path
MAESTRO = Path(sys.executable).with_name("maestro")

#: What `meta/environment.yaml` shows: nothing of the machine that the files are made on, but one
#: variable that has to be left out.
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/home/someone",
    "LANG": "C.UTF-8",
    "SITE_TOKEN": "a secret",
    **{name: os.environ[name] for name in ("SLURM_CONF",) if name in os.environ},
}


def maestro(*arguments: str, expect: int | None = 0) -> str:
    """Runs a command, and stops everything if it ends otherwise than expected (None: as it likes)."""
    result = subprocess.run(
        [MAESTRO, *arguments], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    if expect is not None and result.returncode != expect:
        sys.exit(f"maestro {' '.join(arguments)}: {result.returncode}\n{result.stderr}")
    return result.stdout


def states(root: Path) -> dict[str, str]:
    """The state of each instance, by name."""
    study = json.loads(maestro("status", "--json", str(root), expect=None))
    return {step["name"]: step["state"] for step in study["steps"]}


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Looks until it is so, for a minute at most."""
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"waited in vain: {what}")
        time.sleep(0.2)


def make_git_repository() -> None:
    """A repository with a tag, to be cloned."""
    git = ["git", "-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    source = WORK / "tools.git"
    subprocess.run([*git, "init", "-q", source], check=True)
    (source / "README").write_text("tools\n", encoding="utf-8")
    for command in (["add", "."], ["commit", "-q", "-m", "tools"], ["tag", "v1"]):
        subprocess.run([*git, "-C", source, *command], check=True)


def scheduled(root: Path, study: Path) -> None:
    """A waiting job is cancelled, resumed and cancelled again."""

    def waiting() -> bool:
        return states(root)["waits"] == "PENDING" and states(root)["runs"] == "FINISHED"

    def over() -> bool:
        return states(root)["waits"] == "CANCELLED"

    maestro("run", "-y", "-s", "1", "-o", str(root), str(study))
    for again in (True, False):
        wait_until(waiting, "a job that waits")
        maestro("cancel", "-y", str(root))
        wait_until(over, "a cancelled job")
        wait_until(lambda: not is_live(root), "a conductor that ends")
        if again:
            maestro("resume", str(root), "--step", "waits")


def is_live(root: Path) -> bool:
    """Whether a conductor works on the study."""
    return conductor_lock.holder(root) is not None


def compact_journal(root: Path) -> None:
    """Compacts a journal, as the conductor does when it has grown."""
    graph, run = read_graph(root), read_run(root)
    state, reader = load(root, graph, run)
    compact(reader.path, state, reader.sequence, int(time.time() * 1000))


def keep(root: Path, name: str) -> None:
    """Copies a workspace to the golden ones."""
    shutil.rmtree(HERE / name, ignore_errors=True)
    shutil.copytree(root, HERE / name)


def run_and_keep(name: str, study: Path, expect: int = 0) -> None:
    """Runs a study to its end."""
    maestro("run", "-fg", "-y", "-o", str(WORK / name), str(study), expect=expect)
    keep(WORK / name, name)


def main() -> None:
    """Runs all studies."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir()
    make_git_repository()
    # From copies: the files show where their study came from, and that is no one's checkout.
    studies = WORK / "studies"
    shutil.copytree(HERE / "studies", studies)
    shutil.copy(SAMPLES / "hello_bye_parameterized.yaml", studies)
    run_and_keep("hello", studies / "hello_bye_parameterized.yaml")
    run_and_keep("background", studies / "background.yaml")
    run_and_keep("everything", studies / "everything.yaml", expect=2)
    compact_journal(WORK / "everything")
    keep(WORK / "everything", "compacted")
    scheduled(WORK / "scheduled", studies / "scheduled.yaml")
    keep(WORK / "scheduled", "scheduled")


if __name__ == "__main__":
    main()
