"""The keeper: a small process that starts scripts, waits for them, and writes down how they ended.

It outlives the program whose local jobs these are, so that no exit code is lost with that. A program
of its own, it is started by its path (``python -S process.py``) and imports next to nothing, so it
is ready after some 15 ms. What it does to a folder is "The attempt file" on the workspace format page.

Its standard input is a socket to that program: `pack` writes a message, and `Messages` reads them. The
first is the environment of all scripts (``NAME=VALUE …``), the others are:

==========  =====================================================================================
to keeper
``start``   token, workspace, script, attempt, label, facts for the start line, slots, whether the
            other side waits for the answer (1 or 0), s from its start on in which what it leaves in the
            background is waited for (empty: always)
``drop``    token: it must not start any more
``room``    slots that all scripts may fill; negative while others fill more than there are
``sync``    tell what you know
from keeper
``started`` token, process id of the script, s since 1970
``refused`` token, exit code of a driver that runs nothing, why
``waits``   token: there is no slot, or no room for another process in this system
``leaves``  process id, exit code, what it left in the background: ``name:pid,name:pid``
``ended``   process id, exit code as a shell gives it, s since 1970, what is left and was not waited for
``synced``  all that was known before was told
==========  =====================================================================================

A script has ended once no process of its session can write to its logs any more: who forgot a ``wait`` gets
what a ``wait`` would have given. That is asked by a lease (fcntl(2), F_SETLEASE): the kernel gives one for
reading only where nobody has the file open for writing. It costs some microseconds, so all processes are looked
at only where it is refused.

Scripts start in the order of the requests, the next as soon as it has room. While enough of them wait,
nothing depends on what is told, so it is told together: see `_BATCH`.

When its input ends it starts nothing more, and ends with its last script. HUP, INT and TERM are blocked by
who starts it, from its first moment on; what a terminal sends goes to another session.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import signal
import stat
import time
from collections import OrderedDict

TYPE_CHECKING = False
if TYPE_CHECKING:  # an import costs the keeper time
    from collections.abc import Callable

__all__ = [
    "ALREADY_STARTED",
    "CANNOT_START",
    "MARK",
    "Messages",
    "interpreter",
    "is_there",
    "may_be_written",
    "name_logs",
    "pack",
    "writers",
]

#: The last word of its command line.
MARK = "maestro-keeper"
#: Exit codes of a driver when nothing ran, see `maestro_adapters.script.driver`.
ALREADY_STARTED, CANNOT_START = b"75", b"73"

#: s between two tries to write an end, or to start a script in a system that is full.
_RETRY_INTERVAL = 1.0
#: s between two looks at what scripts left in the background.
_LOOK_INTERVAL = 0.1
#: s for which news is kept back, while more than half of the scripts that were asked for last wait.
_BATCH = 0.02
#: Exit codes of a shell for what it cannot execute (POSIX, "Exit Status for Commands").
_NOT_FOUND, _NOT_EXECUTABLE = 127, 126
#: What passes: of processes, memory or files there are too many for now.
TOO_MANY = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)
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
#: What opening tells of a pipe, a device, a folder, a link.
_NO_FILE = (errno.ENXIO, errno.EINVAL, errno.EISDIR, errno.ELOOP)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
_KINDS = (b"out", b"err")
#: For the log of a script whose command has ended and left something.
_LEFT = b"maestro: the command has ended with exit code %d; waiting for what it left in the background: %b\n"
_LENGTH = 4


def pack(*fields: bytes) -> bytes:
    """A message; no field holds a NUL."""
    content = b"\0".join(fields)
    return len(content).to_bytes(_LENGTH, "little") + content


class Messages:
    """Messages out of a stream of bytes."""

    def __init__(self) -> None:
        self._bytes = b""

    def feed(self, data: bytes) -> list[list[bytes]]:
        """The messages that are complete with these bytes, as lists of fields."""
        data = self._bytes + data if self._bytes else data
        messages = []
        begin = 0
        while len(data) - begin >= _LENGTH:
            end = begin + _LENGTH + int.from_bytes(data[begin : begin + _LENGTH], "little")
            if end > len(data):
                break
            messages.append(data[begin + _LENGTH : end].split(b"\0"))
            begin = end
        self._bytes = data[begin:]
        return messages


def name_logs(folder: bytes, label: bytes, attempt: bytes, pid: int) -> list[bytes]:
    """Give the logs of an attempt the names that hold its process id, which is known by now."""
    names = []
    for kind in _KINDS:
        name = b"%b/%b.%d.%b" % (folder, label, pid, kind)
        if os.path.lexists(name):  # an earlier attempt had the same process id
            name = b"%b/%b.%d.%b.%b" % (folder, label, pid, attempt, kind)
        _quietly(os.rename, _log(folder, attempt, kind), name)
        names.append(name)
    return names


def _log(folder: bytes, attempt: bytes, kind: bytes) -> bytes:
    return b"%b/.log.%b.%b" % (folder, attempt, kind)


class _Request:
    """A script that waits for a slot."""

    def __init__(self, *fields: bytes) -> None:
        self.token, self.workspace, self.script, self.attempt, self.label, self.facts = fields[:6]
        self.slots = int(fields[6])
        self.patience = float(fields[8] or "inf")


class _Script:
    """A script that runs, or whose command has ended and left something in the background.

    Attributes:
        attempt_file, path: its attempt file, open and by its path.
        slots: that it fills.
        logs: their paths.
        until: s, steady: what is left then is not waited for any longer.
        code: exit code; None: it runs.
        left: what its session still does: process id → name.
    """

    __slots__ = ("attempt_file", "code", "left", "logs", "path", "slots", "until")

    def __init__(self, attempt_file: int, path: bytes, slots: int, until: float) -> None:
        self.attempt_file, self.path, self.slots, self.until = attempt_file, path, slots, until
        self.logs: list[bytes] = []
        self.code: int | None = None
        self.left: dict[int, bytes] = {}

    def look(self, session: int) -> bool:
        """Whether something of its session can write to its logs; sees what."""
        if not any(map(may_be_written, self.logs)):
            self.left = {}
        elif not any(map(is_there, self.left)):
            self.left = writers(session, self.logs)
        return bool(self.left)

    def named(self) -> bytes:
        """What is left, as an attempt file has it."""
        return b",".join([b"%b:%d" % (name, pid) for pid, name in self.left.items()])


class Keeper:
    """The scripts that wait and those that run.

    Args:
        socket: where answers go.
        environment: of all scripts.

    Attributes:
        room: slots that all may fill.
        running: scripts by their process ids.
        leaving: those whose command has ended and left something in the background.
        unwritten: ends that could not be written yet, with their attempt files.
        leftovers: files of scripts that could not be started, to be deleted.
        unsent: answers that were not told yet.
        retry_at: s, steady: when to try again what could not be done; None: there is nothing.
        tell_at: s, steady: when to tell the answers; None: there are none.
    """

    def __init__(self, socket: int, environment: dict[bytes, bytes]) -> None:
        self._socket = socket
        self._environment = environment
        self._null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        #: By token. Its first entry is found at once, unlike a dict's from whose front much was taken.
        self._waiting: OrderedDict[bytes, _Request] = OrderedDict()
        #: So few wait that there should be more.
        self._few = 0
        self._used = 0
        self.room = 0
        self.running: dict[int, _Script] = {}
        self.leaving: dict[int, _Script] = {}
        self.unwritten: list[tuple[int, bytes, bytes]] = []
        self.leftovers: list[bytes] = []
        self.unsent = b""
        self.retry_at: float | None = None
        self.tell_at: float | None = None

    def obey(self, word: bytes, *fields: bytes) -> None:
        """Do what a message asks."""
        if word == b"start":
            request = _Request(*fields)
            self._waiting[request.token] = request
            self._few = len(self._waiting) // 2
            self.fill()
            if fields[7] == b"1":
                if request.token in self._waiting:
                    self._tell(b"waits", request.token)
                self.send()
        elif word == b"drop":
            self._waiting.pop(fields[0], None)
        elif word == b"room":
            self.room = int(fields[0])
            self.fill()
        elif word == b"sync":
            self.reap()
            self._tell(b"synced")
            self.send()

    def forget_waiting(self) -> None:
        """Start nothing more."""
        self._waiting.clear()

    def fill(self) -> None:
        """Start what has room, in its order."""
        while self._waiting:
            request = next(iter(self._waiting.values()))
            if self._used + request.slots > self.room:
                return
            now = time.time()
            try:
                pid = self._start(request, now)
            except OSError as error:
                code = ALREADY_STARTED if error.errno == errno.EEXIST else CANNOT_START
                if error.errno in TOO_MANY:
                    self._retry_later()
                    return
                why = os.strerror(error.errno or 0).encode()
                answer = b"refused", request.token, code, why
            else:
                answer = b"started", request.token, b"%d" % pid, b"%.3f" % now
            del self._waiting[request.token]
            self._tell(*answer)

    def _start(self, request: _Request, now: float) -> int:
        workspace, attempt = request.workspace, request.attempt
        path = b"%b/.attempt.%b" % (workspace, attempt)
        logs = [_log(workspace, attempt, kind) for kind in _KINDS]
        environment = {
            **self._environment,
            b"MAESTRO_TOKEN": request.token,
            b"MAESTRO_ATTEMPT": path,
        }
        os.chdir(workspace)
        made: list[tuple[int, bytes]] = []
        try:
            made.append((os.open(path, _CREATE | os.O_EXCL, 0o666), path))
            facts = b"start keeper=%d %b time=%d\n" % (os.getpid(), request.facts, now)
            _write(made[0][0], facts)
            for log in logs:
                made.append((_open_own(log), log))  # noqa: PERF401
            pid = self._spawn(request.script, environment, made[1][0], made[2][0])
        except OSError:
            for descriptor, name in made:
                os.close(descriptor)
                self._delete(name)
            raise
        finally:
            os.chdir(b"/")  # keep no file system busy
        (attempt_file, _), *opened = made
        until = time.monotonic() + request.patience
        self.running[pid] = running = _Script(attempt_file, path, request.slots, until)
        self._used += request.slots
        _quietly(_write, attempt_file, b"script pid=%d\n" % pid)
        running.logs = name_logs(workspace, request.label, attempt, pid)
        for descriptor, _ in opened:
            os.close(descriptor)
        return pid

    def _delete(self, path: bytes) -> None:
        """Where the disk does not let it, it is tried again: the file says that the script has begun."""
        try:
            os.unlink(path)  # noqa: PTH108 - bytes
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR):
                self.leftovers.append(path)
                self._retry_later()

    def _spawn(self, script: bytes, environment: dict[bytes, bytes], out: int, err: int) -> int:
        """Start a script, or what says in its place that it cannot be; gives the process id.

        The interpreter is started by its name, as the kernel does for ``#!``: so a script that another
        thread has just written cannot be "busy" (ETXTBSY), nor need its file system allow execution.
        """

        def spawn(*words: bytes) -> int:
            start = os.posix_spawn if b"/" in words[0] else os.posix_spawnp
            return start(
                words[0],
                words,
                environment,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, self._null, 0),
                    (os.POSIX_SPAWN_DUP2, out, 1),
                    (os.POSIX_SPAWN_DUP2, err, 2),
                ],
                setsid=True,
                setsigmask=(),
                setsigdef=_DEFAULT_ACTION,
            )

        words = [script]
        try:
            words = [*interpreter(script), script]
            try:
                return spawn(*words)
            except OSError as error:
                if error.errno != errno.ENOEXEC:
                    raise
                return spawn(b"/bin/sh", script)
        except OSError as error:
            if error.errno in (*TOO_MANY, *_DISK_FAILS):
                raise
            code = _NOT_FOUND if error.errno == errno.ENOENT else _NOT_EXECUTABLE
            message = b"%b: %b" % (b" ".join(words), os.strerror(error.errno or 0).encode())
            say = b'printf "%s\\n" "$1" >&2; exit "$2"'
            environment = {b"PATH": os.defpath.encode()}  # the other may be too big
            return spawn(b"/bin/sh", b"-c", say, b"sh", message, b"%d" % code)

    def reap(self) -> None:
        """Write the ends of the scripts that have ended, and tell them.

        A script stays a zombie until its end is written. Where this process is killed in between, the
        exit code is there for who becomes its parent.
        """
        while self.running:
            if hasattr(os, "waitid"):
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                if found is None:
                    return
                pid, code = found.si_pid, found.si_status
                if found.si_code != os.CLD_EXITED:
                    code += 128
            else:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                code = os.waitstatus_to_exitcode(status)
                code = 128 - code if code < 0 else code
            script = self.running.pop(pid)
            script.code = code
            if script.look(pid) and time.monotonic() < script.until:
                self._leave(pid, script)
            else:
                self._end(pid, script)
            if hasattr(os, "waitid"):
                os.waitpid(pid, 0)
            self.fill()

    def _leave(self, pid: int, script: _Script) -> None:
        """A command has ended, and its session goes on."""
        self.leaving[pid] = script
        code, left = script.code or 0, script.named()
        _quietly(_write, script.attempt_file, b"command code=%d left=%b\n" % (code, left))
        _quietly(_append, script.logs[-1], _LEFT % (code, left.replace(b",", b", ")))
        self._tell(b"leaves", b"%d" % pid, b"%d" % code, left)
        self._retry_later(_LOOK_INTERVAL)

    def _end(self, pid: int, script: _Script) -> None:
        code, left = script.code or 0, script.named()
        self._used -= script.slots
        line = b"end code=%d left=%b\n" % (code, left) if left else b"end code=%d\n" % code
        self._write_end(script.attempt_file, script.path, line)
        self._tell(b"ended", b"%d" % pid, b"%d" % code, b"%.3f" % time.time(), left)

    def _look_at_leaving(self) -> None:
        for pid, script in list(self.leaving.items()):
            if not script.look(pid) or time.monotonic() >= script.until:
                del self.leaving[pid]
                self._end(pid, script)
        if self.leaving:
            self._retry_later(_LOOK_INTERVAL)

    def _write_end(self, attempt_file: int, path: bytes, line: bytes) -> None:
        """A full disk has room again some time. A script that deleted the file gets a new one.

        Where it put something else there, a pipe say, only the answer tells how it ended.
        """
        try:
            _write(attempt_file, line)
            if os.fstat(attempt_file).st_nlink == 0:
                anew = _open_own(path)
                try:
                    _write(anew, line)
                finally:
                    os.close(anew)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ESTALE, *_NO_FILE):
                self.unwritten.append((attempt_file, path, line))
                self._retry_later()
                return
        os.close(attempt_file)

    def try_again(self) -> None:
        """Do what could not be done before."""
        self.retry_at = None
        unwritten, self.unwritten = self.unwritten, []
        for end in unwritten:
            self._write_end(*end)
        leftovers, self.leftovers = self.leftovers, []
        for path in leftovers:
            self._delete(path)
        self._look_at_leaving()
        self.fill()

    def _retry_later(self, interval: float = _RETRY_INTERVAL) -> None:
        at = time.monotonic() + interval
        self.retry_at = at if self.retry_at is None else min(at, self.retry_at)

    def _tell(self, *fields: bytes) -> None:
        self.unsent += pack(*fields)
        if len(self._waiting) <= self._few:
            self.tell_at = 0.0
        elif self.tell_at is None:
            self.tell_at = time.monotonic() + _BATCH

    def send(self) -> None:
        """Tell what the other side has room for."""
        try:
            self.unsent = self.unsent[os.write(self._socket, self.unsent) :]
        except BlockingIOError:
            pass
        except OSError:  # nobody is there any more
            self.unsent = b""
        self.tell_at = 0.0 if self.unsent else None


def _read(socket: int) -> bytes | None:
    """What was sent; nothing: the other side has ended. None: it has not sent more yet."""
    try:
        return os.read(socket, 65536)
    except BlockingIOError:
        return None
    except OSError:  # the other side ended, and had not read everything
        return b""


def _append(path: bytes, line: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        _write(file, line)
    finally:
        os.close(file)


def may_be_written(log: bytes) -> bool:
    """Whether somebody may have a file open for writing; False where there is no telling."""
    if not hasattr(fcntl, "F_SETLEASE"):  # not Linux
        return False
    try:
        file = os.open(log, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError:  # somebody does, or this file system has no leases
        return True
    else:
        return False
    finally:
        os.close(file)  # gives the lease back


def is_there(pid: int) -> bool:
    """Whether a process lives, or is a zombie."""
    return os.access(b"/proc/%d" % pid, os.F_OK)


def writers(session: int, logs: list[bytes]) -> dict[int, bytes]:
    """The processes of a session that have one of these files open: process id → name."""
    files = set()
    for log in logs:
        with _Quiet():
            files.add(_identity(log))
    found = {}
    for entry in os.listdir(b"/proc"):  # noqa: PTH208 (an import of pathlib costs the keeper time)
        if not entry.isdigit():
            continue
        folder = b"/proc/%b/" % entry
        with _Quiet():  # it has ended meanwhile, or is another user's
            with open(folder + b"stat", "rb") as file:  # noqa: PTH123
                name, _, rest = file.read().rpartition(b") ")
            state, _, _, its_session = rest.split(None, 4)[:4]
            if int(its_session) != session or state in (b"Z", b"X"):
                continue
            for number in os.listdir(folder + b"fd"):  # noqa: PTH208
                with _Quiet():  # this one was closed meanwhile; the others count
                    if _identity(folder + b"fd/" + number) in files:
                        found[int(entry)] = _word(name.partition(b"(")[2])
                        break
    return found


def _identity(path: bytes) -> tuple[int, int]:
    status = os.stat(path)  # noqa: PTH116
    return status.st_dev, status.st_ino


def _word(name: bytes) -> bytes:
    """A program's name as an attempt file has it."""
    return bytes(c if 32 < c < 127 and c not in b",:=" else ord("_") for c in name)


class _Quiet:
    """`contextlib.suppress` of OSError: importing that takes a millisecond."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, OSError)


def _open_own(path: bytes) -> int:
    """Open a file of ours at its end, or make it. What a script put there instead is not waited for.

    Raises:
        OSError: it cannot be opened, or is no file (one of `_NO_FILE`).
    """
    try:
        return os.open(path, _CREATE | os.O_APPEND | os.O_EXCL, 0o666)
    except FileExistsError:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
        file = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    os.set_blocking(file, True)
    return file


def _write(file: int, line: bytes) -> None:
    written = os.write(file, line)
    if written != len(line):  # the disk is full: no half a line may stand before the next one
        os.ftruncate(file, os.fstat(file).st_size - written)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _quietly(function: Callable[..., object], *arguments: object) -> None:
    try:  # noqa: SIM105 (an import of contextlib costs the keeper time)
        function(*arguments)
    except OSError:
        pass


def interpreter(script: bytes) -> list[bytes]:
    """What the first line of a script says it is run with: at most one argument, as in Linux."""
    file = os.open(script, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        line = os.read(file, 4096).split(b"\n", 1)[0]
    finally:
        os.close(file)
    return line[2:].strip().split(None, 1) if line.startswith(b"#!") else []


def main() -> None:
    """Keep scripts until there are no more, and nobody asks for any."""
    woken, wake = os.pipe()
    for descriptor in (woken, wake):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    messages = Messages()
    requests: list[list[bytes]] = []
    while not requests:
        data = _read(0)
        if not data:
            return
        requests = messages.feed(data)
    environment = dict(entry.split(b"=", 1) for entry in requests.pop(0) if entry)
    os.set_blocking(0, False)
    keeper = Keeper(0, environment)
    poll = select.poll()
    poll.register(woken, select.POLLIN)
    poll.register(0, select.POLLIN)
    signal.signal(signal.SIGIO, signal.SIG_IGN)  # a script may open a log while a lease is tried
    asked = True
    while asked or keeper.running or keeper.leaving or keeper.unwritten or keeper.leftovers:
        for request in requests:
            keeper.obey(*request)
        requests = []
        if keeper.tell_at is not None and keeper.tell_at <= time.monotonic():
            keeper.send()
        if asked:
            poll.modify(0, select.POLLIN | (select.POLLOUT if keeper.tell_at == 0.0 else 0))
        ready = dict(poll.poll(_patience(keeper)))
        if ready.get(0, 0) & ~select.POLLOUT:
            while data := _read(0):
                requests += messages.feed(data)
            if data is not None:  # nobody is there any more, so nothing starts
                poll.unregister(0)
                asked = False
                requests = []
                keeper.forget_waiting()
        if woken in ready:  # only now, so that nothing starts for one that is gone
            os.read(woken, 4096)
            keeper.reap()
        if keeper.retry_at is not None and keeper.retry_at <= time.monotonic():
            keeper.try_again()


def _patience(keeper: Keeper) -> float | None:
    """How long to wait, in ms, until something is to be done."""
    times = [at for at in (keeper.retry_at, keeper.tell_at) if at]
    return max(0.0, (min(times) - time.monotonic()) * 1000) + 1 if times else None


if __name__ == "__main__":
    main()
    os._exit(0)  # there is nothing to tidy up
