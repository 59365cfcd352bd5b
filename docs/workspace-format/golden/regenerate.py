"""Makes the golden workspaces of the present version anew: does what their studies live through.

See the README beside this file.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from maestro_conductor.workspace import conductor_lock
from maestro_conductor.workspace.on_end_file import write_on_end

HERE = Path(__file__).resolve().parent
WORK = Path("/tmp/maestro-golden")  # noqa: S108 - the golden files hold this path
MAESTRO = Path(sys.executable).with_name("maestro")

#: What `meta/environment.yaml` shows: nothing of the machine that the files are made on, but one
#: variable that has to be left out.
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/home/someone",
    "LANG": "C.UTF-8",
    "SITE_TOKEN": "a secret",
}


def maestro(*arguments: str, expect: int = 0) -> str:
    """Runs a command, and stops everything if it ends otherwise than expected."""
    result = subprocess.run(
        [MAESTRO, *arguments],
        env=ENVIRONMENT,
        cwd=WORK,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != expect:
        sys.exit(f"maestro {' '.join(arguments)}: {result.returncode}\n{result.stderr}")
    return result.stdout


def states(root: Path) -> dict[str, str]:
    """The state of each instance, by name."""
    study = json.loads(maestro("status", "--json", str(root)))
    return {step["name"]: step["state"] for step in study["steps"]}


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Looks until it is so, for a minute at most."""
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"waited in vain: {what}")
        time.sleep(0.2)


def refuse(root: Path) -> None:
    """Makes a request that cannot be done, as a program of somebody else would."""
    request = {"request": "hold", "steps": ["nowhere"]}
    folder = root / ".maestro/requests"
    (folder / ".wrong.tmp").write_text(json.dumps(request), encoding="utf-8")
    (folder / ".wrong.tmp").rename(folder / "wrong.json")
    wait_until((root / ".maestro/answers/wrong.json").exists, "an answer")


def stop(root: Path) -> None:
    """Ends the conductor, which leaves the study as it is."""
    holder = conductor_lock.holder(root)
    assert holder
    os.kill(holder.pid, signal.SIGTERM)
    wait_until(lambda: conductor_lock.holder(root) is None, "a conductor that leaves")


def keep(root: Path, name: str) -> None:
    """Copies a workspace to the golden ones."""
    shutil.rmtree(HERE / name, ignore_errors=True)
    shutil.copytree(root, HERE / name)


def main() -> None:
    """Lives through it."""
    shutil.rmtree(WORK, ignore_errors=True)
    # From copies: the files show where their study came from, and that is no one's checkout.
    shutil.copytree(HERE / "studies", WORK / "studies")
    root = WORK / "life"
    maestro("run", "-y", "-s", "1", "-o", str(root), str(WORK / "studies/life.yaml"))
    wait_until(lambda: states(root)["mesh"] == "RUNNING", "a step that runs")
    maestro("hold", str(root), "collect")
    maestro("release", str(root), "collect")
    maestro("hold", str(root), "simulate")
    maestro("cancel", "-y", str(root), "--step", "collect", "--where", "N=3")
    maestro("update", "--throttle", "3", str(root))
    refuse(root)
    (WORK / "studies/go").touch()
    wait_until(lambda: states(root)["mesh"] == "FINISHED", "a step that ends")
    stop(root)
    # Of the next conductor, which takes it away when the study has ended.
    write_on_end(root, 'echo "$MAESTRO_STATE" >> /tmp/maestro-golden/told')
    keep(root, "held")

    copy = root / "life.yaml"
    changed = copy.read_text(encoding="utf-8").replace("[1, 2, 3]", "[1, 2, 3, 4]")
    copy.write_text(changed, encoding="utf-8")
    maestro("amend", "-y", str(root))
    maestro("skip", str(root), "check")
    maestro("resume", str(root))
    maestro("release", str(root), "simulate")
    wait_until(lambda: conductor_lock.holder(root) is None, "the end")
    keep(root, "amended")


if __name__ == "__main__":
    main()
