"""The keeper's loop.

Would catch one that starts what nobody waits for any more, or ends before its scripts.
"""

import os
import socket
import subprocess
import sys

import pytest

from maestro_adapters.local.keeper.messages import Messages, pack

#: Runs the loop as a process that may block no signal and knows this package.
PROGRAM = "from maestro_adapters.local.keeper.main_loop import run; run()"


@pytest.fixture
def loop():
    """Starts a loop; gives our end of its socket, and its process."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=theirs)
        theirs.close()
        yield ours, process
        ours.close()
        assert process.wait() == 0


def script_in(folder, body):
    (folder / "a.sh").write_text("#!/bin/sh\n" + body)
    words = ("t", str(folder), str(folder / "a.sh"), "1", "a", "host=n", "1", "0", "")
    return pack(b"start", *map(os.fsencode, words))


def test_it_ends_where_nobody_ever_asks(loop):
    ours, process = loop
    ours.close()
    assert process.wait() == 0


def test_messages_that_come_in_pieces_are_obeyed_in_their_order(loop, tmp_path):
    ours, _ = loop
    data = pack(b"PATH=/bin") + pack(b"room", b"1") + script_in(tmp_path, "exit 3\n")
    for byte in data:
        ours.send(bytes([byte]))
    messages, found = Messages(), []
    while [word for word, *_ in found] != [b"started", b"ended"]:
        found += messages.feed(ours.recv(9999))
    assert found[1][2] == b"3"


def test_nothing_starts_for_one_that_is_gone(loop, tmp_path):
    ours, process = loop
    ours.sendall(pack(b"PATH=/bin") + pack(b"room", b"0") + script_in(tmp_path, "") + pack(b"sync"))
    assert ours.recv(9999)
    ours.close()
    assert process.wait() == 0
    assert os.listdir(tmp_path) == ["a.sh"]


def test_it_ends_with_its_last_script_and_not_before(loop, tmp_path):
    ours, process = loop
    os.mkfifo(tmp_path / "gate")
    script = script_in(tmp_path, "read -r x <gate; exit 6\n")
    ours.sendall(pack(b"PATH=/bin") + pack(b"room", b"1") + script)
    assert ours.recv(9999)
    ours.close()
    (tmp_path / "gate").write_text("\n")
    assert process.wait() == 0
    assert (tmp_path / ".attempt.1").read_text().endswith("end code=6\n")
