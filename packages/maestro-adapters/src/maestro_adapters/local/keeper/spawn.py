"""Starts the processes of scripts, and asks for their ends."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Mapping

__all__ = ["TOO_MANY", "Children", "interpreter", "spawn"]

#: What passes: of processes, memory or files there are too many for now.
TOO_MANY = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)

#: Exit codes of a shell for what it cannot execute (POSIX, "Exit Status for Commands").
_NOT_FOUND, _NOT_EXECUTABLE = 127, 126
#: A file system that fails: that says nothing of a script on it.
_DISK_FAILS = (
    errno.EIO,
    errno.ESTALE,
    errno.ETIMEDOUT,
    errno.ESHUTDOWN,
    errno.ENOSPC,
    errno.EDQUOT,
)
#: A script must not inherit what its ancestors ignore: Python SIGPIPE, a `nohup` SIGHUP, …
_DEFAULT_ACTION = sorted(set(map(int, signal.valid_signals())) - {signal.SIGKILL, signal.SIGSTOP})


def spawn(script: bytes, environment: Mapping[bytes, bytes], streams: tuple[int, int, int]) -> int:
    """Start a script, or what says in its place that it cannot be; returns the process id.

    The interpreter is started by its name, as the kernel does for ``#!``: so a script that another
    thread has just written cannot be "busy" (ETXTBSY), nor need its file system allow execution.

    Args:
        script: its path.
        environment: all of it.
        streams: descriptors of its standard input, output and error.

    Raises:
        OSError: there are too many processes or files (`TOO_MANY`), the disk fails, or there is no
            such script: its folder was moved or deleted, which says nothing of what it would do.
    """
    words = [script]
    try:
        words = [*interpreter(script), script]
        try:
            return _start(words, environment, streams)
        except OSError as error:
            if error.errno != errno.ENOEXEC:
                raise
            return _start([b"/bin/sh", script], environment, streams)
    except OSError as error:
        is_missing = error.errno == errno.ENOENT and error.filename == script
        if is_missing or error.errno in (*TOO_MANY, *_DISK_FAILS):
            raise
        code = _NOT_FOUND if error.errno == errno.ENOENT else _NOT_EXECUTABLE
        message = b"%b: %b" % (b" ".join(words), os.strerror(error.errno or 0).encode())
        say = b'printf "%s\\n" "$1" >&2; exit "$2"'
        words = [b"/bin/sh", b"-c", say, b"sh", message, b"%d" % code]
        return _start(words, {b"PATH": os.defpath.encode()}, streams)  # the other may be too big


def interpreter(script: bytes) -> list[bytes]:
    """Read what the first line of a script says it is run with: at most one argument, as in Linux."""
    file = os.open(script, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        line = os.read(file, 4096).split(b"\n", 1)[0]
    finally:
        os.close(file)
    return line[2:].strip().split(None, 1) if line.startswith(b"#!") else []


class Children:
    """The children of this process, all of which are scripts."""

    def next_end(self) -> tuple[int, int] | None:
        """Return the process id and the exit code, as a shell gives it, of a script that has ended.

        It stays a zombie until `take`, where the system lets it.
        """
        if hasattr(os, "waitid"):
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if found is None:
                return None
            by_signal = found.si_code != os.CLD_EXITED
            return found.si_pid, found.si_status + (128 if by_signal else 0)
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return None
        code = os.waitstatus_to_exitcode(status)
        return pid, 128 - code if code < 0 else code

    def take(self, pid: int) -> None:
        """Let go of a script that has ended: its exit code is written down."""
        if hasattr(os, "waitid"):
            os.waitpid(pid, 0)


def _start(
    words: list[bytes], environment: Mapping[bytes, bytes], streams: tuple[int, int, int]
) -> int:
    start = os.posix_spawn if b"/" in words[0] else os.posix_spawnp
    return start(
        words[0],
        words,
        environment,
        file_actions=[(os.POSIX_SPAWN_DUP2, ours, theirs) for theirs, ours in enumerate(streams)],
        setsid=True,
        setsigmask=(),
        setsigdef=_DEFAULT_ACTION,
    )
