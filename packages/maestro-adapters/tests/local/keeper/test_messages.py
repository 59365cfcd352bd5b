"""Messages of a keeper.

Would catch one that is lost, or taken for two, where the stream is cut amid it.
"""

from hypothesis import given
from hypothesis import strategies as st

from maestro_adapters.local.keeper.messages import Messages, pack

fields = st.lists(st.binary(max_size=9).map(lambda data: data.replace(b"\0", b"")), min_size=1)


@given(st.lists(fields), st.lists(st.integers(1, 20)))
def test_messages_survive_any_way_they_are_cut(messages, sizes):
    data = b"".join(pack(*message) for message in messages)
    reader, found = Messages(), []
    for size in sizes:
        found += reader.feed(data[:size])
        data = data[size:]
    assert found + reader.feed(data) == messages
