"""What a keeper has yet to tell.

Would catch answers that are lost, told twice, or kept back for ever.
"""

import os
import socket

import pytest

from maestro_adapters.local.keeper.messages import Messages
from maestro_adapters.local.keeper.outbox import Outbox


@pytest.fixture
def sockets():
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def test_what_is_told_soon_is_sent_with_what_was_kept_back(sockets):
    ours, theirs = sockets
    outbox = Outbox(theirs.fileno(), clock=lambda: 7.0)
    assert outbox.due is None
    outbox.put(b"started", b"a", soon=False)
    assert outbox.due == 7.02
    assert not outbox.is_blocked
    outbox.put(b"ended", b"a", soon=True)
    assert outbox.due == 0.0
    outbox.send()
    assert outbox.due is None
    assert Messages().feed(ours.recv(99)) == [[b"started", b"a"], [b"ended", b"a"]]


def test_a_later_message_does_not_put_off_the_first(sockets):
    outbox = Outbox(sockets[1].fileno())
    outbox.put(b"a", soon=False)
    first = outbox.due
    outbox.put(b"b", soon=False)
    assert outbox.due == first


def test_a_slow_reader_gets_all_in_the_end(sockets):
    ours, theirs = sockets
    outbox = Outbox(theirs.fileno())
    sent = [[b"%d" % number, b"x" * 5000] for number in range(500)]
    for message in sent:
        outbox.put(*message, soon=True)
    outbox.send()
    assert outbox.is_blocked
    reader, found = Messages(), []
    while len(found) < len(sent):
        found += reader.feed(ours.recv(1 << 20))
        outbox.send()
    assert found == sent
    assert outbox.due is None


def test_where_nobody_is_there_any_more_nothing_is_kept(sockets):
    ours, theirs = sockets
    ours.close()
    outbox = Outbox(theirs.fileno())
    outbox.put(b"a", soon=True)
    outbox.send()
    assert outbox.due is None
    assert os.fstat(theirs.fileno())  # it is not the outbox's to close
