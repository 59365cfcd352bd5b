"""A count or a switch of a parameter that the lint takes, and the expansion refuses."""

from maestro_spec.format_rules.resource_values import switch, whole_number


def test_vectors(vectors):
    rule = vectors("resource_values")
    assert rule["numbers"]
    for case in rule["numbers"]:
        assert whole_number(case["text"]) == case["number"], case
    for text in rule["not_numbers"]:
        assert whole_number(text) is None, text
    for case in rule["switches"]:
        assert switch(case["text"]) is case["on"], case
    for text in rule["not_switches"]:
        assert switch(text) is None, text
