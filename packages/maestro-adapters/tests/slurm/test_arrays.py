"""Tokens of an array in one word of its comment.

A fault here would be an element of an array that nobody finds again after a crash.
"""

from hypothesis import given
from hypothesis import strategies as st

from maestro_adapters.slurm import arrays

study = st.text("0123456789abcdef", min_size=12, max_size=12)
maestro_tokens = st.builds(
    lambda name, numbers, attempt: [f"m{name}.{number}.{attempt}" for number in numbers],
    study,
    st.lists(st.integers(0, 100_000), min_size=1, max_size=60, unique=True),
    st.integers(1, 12),
)
any_tokens = st.lists(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1).filter(arrays.can_pack),
    min_size=1,
    max_size=20,
)


@given(maestro_tokens | any_tokens)
def test_what_is_packed_is_unpacked_in_its_order(tokens):
    word = arrays.pack(tokens)
    assert not any(letter.isspace() for letter in word)
    assert arrays.unpack(word) == tokens


def test_a_run_is_short():
    tokens = [f"m0123456789ab.{number}.1" for number in [*range(42), 43]]
    assert arrays.pack(tokens) == "m0123456789ab.[0-41,43].1"
    assert arrays.pack(tokens[:1]) == "m0123456789ab.0.1"


@given(maestro_tokens, st.integers(1, 30))
def test_portions_cover_everything_once_and_fit(tokens, most):
    portions = list(arrays.portions(tokens, most))
    assert [index for portion in portions for index in portion] == list(range(len(tokens)))
    for portion in portions:
        assert 1 <= len(portion) <= most
        word = arrays.pack(tokens[portion.start : portion.stop])
        assert len(word) <= arrays.MOST_BYTES


def test_a_scattered_set_is_cut_to_the_length_of_a_comment():
    tokens = [f"m0123456789ab.{number * 1000}.1" for number in range(1000)]
    portions = list(arrays.portions(tokens, 1001))
    assert len(portions) > 1
    assert max(len(portion) for portion in portions) > 50
