"""A name that this package cleans otherwise than maestro-graph: clashes would be missed, or made up."""

from maestro_spec.format_rules.names import clean, clean_together, is_suffixed, suffix


def test_vectors(vectors):
    for case in vectors("names")["cleaned"]:
        assert clean(case["name"]) == case["cleaned"], case
        assert is_suffixed(case["name"]) == case["cleaned"].endswith(suffix(case["name"])), case
    for case in vectors("names")["together"]:
        assert clean_together(case["names"]) == case["cleaned"], case
