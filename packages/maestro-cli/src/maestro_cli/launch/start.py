"""Start a study's conductor, in this process or in the background."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

__all__ = ["StartOptions", "Started", "call_on_end", "check_log", "start"]


class StartOptions(NamedTuple):
    """How a study is started.

    Attributes:
        foreground: Run it here, until it has ended.
        log_level: Least level that is logged, 1 to 5.
        logpath: Another file for the log.
        talkative: Show progress in the foreground.
        take_over: Take the study from a conductor on another host.
        on_end: Command that is called at the study's end; None: the one that was given before.
    """

    foreground: bool
    log_level: int
    logpath: str | None
    talkative: bool
    take_over: bool = False
    on_end: str | None = None


class Started(NamedTuple):
    """What came of a start.

    Attributes:
        pid: Of the conductor in the background; None: there is none, or it has ended already.
        exit_code: Of the study that ran in the foreground; None: it did not.
    """

    pid: int | None = None
    exit_code: int | None = None


def check_log(options: StartOptions) -> None:
    """Make sure that the log can be written where it is wanted.

    Raises:
        maestro_conductor.errors.ConductorError: It cannot.
    """
    if options.logpath:
        from maestro_cli.study.folders import absolute
        from maestro_conductor.observers.log_file import check_log_path

        check_log_path(absolute(options.logpath))


def call_on_end(root: Path, command: str | None) -> None:
    """Have a command called at the end of a study, in place of the one before; None: as it is.

    Raises:
        OSError: That cannot be written.
    """
    if command is not None:
        from maestro_conductor.workspace.on_end_file import write_on_end

        write_on_end(root, command)


def start(root: Path, study: str, options: StartOptions) -> Started:
    """Start a conductor for a workspace; in the foreground, wait for the study's end.

    Args:
        root: The workspace.
        study: The study's name.
        options: How it is started.

    Raises:
        LaunchError: It did not come alive in the background.
    """
    if options.foreground:
        from maestro_cli.launch.foreground import conduct_here

        code = conduct_here(
            root,
            debug_level=options.log_level,
            logpath=options.logpath,
            talkative=options.talkative,
            take_over=options.take_over,
        )
        return Started(exit_code=code)
    from maestro_cli.launch.detach import start_conductor

    pid = start_conductor(
        root,
        study,
        debug_level=options.log_level,
        logpath=options.logpath,
        more=["--take-over"] if options.take_over else [],
    )
    return Started(pid=pid)
