"""Start a conductor in the background, and wait until it is alive.

It gets a session of its own and keeps nothing of this terminal, so it outlives the shell. It runs
in the same Python as we do, whatever the PATH is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from maestro_cli.errors import EXIT_OK, LaunchError
from maestro_cli.study.folders import absolute
from maestro_cli.ui.console import warn
from maestro_cli.ui.sanitize import shell_word
from maestro_conductor.workspace.regular_files import open_regular, stream_regular
from maestro_conductor.workspace.sharing import open_to_group

#: Lines of the conductor's output that a message repeats.
_TAIL_LINES = 8


def start_conductor(
    root: Path,
    study: str,
    *,
    debug_level: int = 2,
    logpath: str | None = None,
    more: Sequence[str] = (),
) -> int | None:
    """Start a conductor for a workspace, and wait until it holds the workspace.

    Args:
        root: The workspace.
        study: Its name; what the conductor prints goes to ``<study>.txt`` in the workspace.
        debug_level: Its ``-d``.
        logpath: Its ``-l``.
        more: Further options of the conductor.

    Returns:
        Its process id; None if it has ended already, as there was nothing to do.

    Raises:
        LaunchError: It did not come alive; the message has its own words.
    """
    from maestro_graph.parameters.naming import clean

    output = root / f"{clean(study)}.txt"
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "maestro_conductor", "--ready-fd", str(writer)]
    command += ["-d", str(debug_level), "--no-logstdout"]
    if logpath is not None:
        command += ["-l", str(absolute(logpath))]
    command += [*more, "--", str(root)]
    with open_to_group(root):
        descriptor = open_regular(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with os.fdopen(descriptor, "ab") as printed:
        begin = printed.tell()
        try:
            # The folder `/`, as `-m` puts the working folder on Python's path.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
                pass_fds=(writer,),
                cwd="/",
                env=_environment(),
            )
        except OSError as error:
            raise LaunchError(f"the conductor cannot be started: {error}") from error
        finally:
            os.close(writer)
    try:
        with open(reader, "rb") as pipe:  # noqa: PTH123 - a descriptor
            # The conductor writes `ready`, or `error: …`, and closes its end.
            told = pipe.read().decode(errors="replace").strip()
        if told == "ready":
            # Whoever lives on, a notebook say, takes its exit code, so that it leaves no zombie.
            threading.Thread(target=process.wait, daemon=True).start()
            return process.pid
        code = process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        warn(
            f"\nThe study does not run. It is ready; start it with: maestro resume {shell_word(root)}"
        )
        raise
    if code == EXIT_OK:
        return None
    with stream_regular(output) as written:
        written.seek(begin)
        said = written.read().decode(errors="replace").strip().splitlines()
    detail = "\n".join(f"  {line}" for line in said[-_TAIL_LINES:]) or "  (it said nothing)"
    raise LaunchError(
        f"the conductor did not start: it ended with exit code {code} and said\n{detail}",
        hint=f"the study is in {root}; once the cause is gone: maestro resume {shell_word(root)}",
    )


def _environment() -> dict[str, str]:
    """Return our environment, with a PYTHONPATH that means the same in another folder."""
    environment = dict(os.environ)
    search = environment.get("PYTHONPATH")
    if search:
        environment["PYTHONPATH"] = os.pathsep.join(
            str(absolute(entry)) for entry in search.split(os.pathsep)
        )
    return environment
