"""Runs the keeper from its first moment to its last: waits, reads, and obeys.

When its input ends it starts nothing more, and ends with its last script. HUP, INT and TERM are blocked by
who starts it, from its first moment on; what a terminal sends goes to another session.
"""

from __future__ import annotations

import os
import select
import signal
import time

from maestro_adapters.local.keeper.files import FileDebts
from maestro_adapters.local.keeper.keeper import Keeper
from maestro_adapters.local.keeper.messages import Messages
from maestro_adapters.local.keeper.outbox import Outbox
from maestro_adapters.local.keeper.script_queue import ScriptQueue
from maestro_adapters.local.keeper.spawn import Children
from maestro_adapters.local.keeper.starter import Starter

__all__ = ["run"]


def run(socket: int = 0) -> None:
    """Keep scripts until there are no more, and nobody asks for any.

    Args:
        socket: to the program that asks.
    """
    woken, wake = os.pipe()
    for descriptor in (woken, wake):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    messages = Messages()
    requests: list[list[bytes]] = []
    while not requests:
        data = _read(socket)
        if not data:
            return
        requests = messages.feed(data)
    environment = dict(entry.split(b"=", 1) for entry in requests.pop(0) if entry)
    os.set_blocking(socket, False)
    queue, debts, outbox = ScriptQueue(), FileDebts(), Outbox(socket)
    keeper = Keeper(Starter(environment, debts).start, Children(), queue, debts, outbox)
    poll = select.poll()
    poll.register(woken, select.POLLIN)
    poll.register(socket, select.POLLIN)
    signal.signal(signal.SIGIO, signal.SIG_IGN)  # a script may open a log while a lease is tried
    is_asked = True
    while is_asked or keeper.is_busy:
        for request in requests:
            keeper.obey(*request)
        requests = []
        if outbox.due is not None and outbox.due <= time.monotonic():
            outbox.send()
        if is_asked:
            poll.modify(socket, select.POLLIN | (select.POLLOUT if outbox.is_blocked else 0))
        ready = dict(poll.poll(_wait_time(keeper.retry_at, outbox.due)))
        if ready.get(socket, 0) & ~select.POLLOUT:
            while data := _read(socket):
                requests += messages.feed(data)
            if data is not None:  # nobody is there any more, so nothing starts
                poll.unregister(socket)
                is_asked = False
                requests = []
                queue.clear()
        if woken in ready:  # only now, so that nothing starts for one that is gone
            os.read(woken, 4096)
            keeper.reap()
        if keeper.retry_at is not None and keeper.retry_at <= time.monotonic():
            keeper.try_again()


def _read(socket: int) -> bytes | None:
    """Read what was sent; nothing: the other side has ended. None: it has not sent more yet."""
    try:
        return os.read(socket, 65536)
    except BlockingIOError:
        return None
    except OSError:  # the other side ended, and had not read everything
        return b""


def _wait_time(*moments: float | None) -> float | None:
    """Return how long to wait, in ms, until the first of these steady times; None: for ever."""
    times = [at for at in moments if at]
    return max(0.0, (min(times) - time.monotonic()) * 1000) + 1 if times else None
