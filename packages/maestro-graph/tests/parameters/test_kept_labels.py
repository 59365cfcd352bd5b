"""An instance of an amended study that is lost as its label is another one, or two that share a label."""

from __future__ import annotations

from maestro_graph.parameters.kept_labels import keep_labels

THIRDS = (0.0, 0.3333333333333333, 0.6666666666666666, 1.0)
SHORT = ("T.0.0", "T.0.333", "T.0.667", "T.1.0")


def kept(template: str, known: dict[float, str]) -> tuple[str, ...]:
    labels = tuple(template.replace("%%", label[2:]) for label in SHORT)
    return keep_labels(template, THIRDS, labels, known)


def test_a_study_made_before_labels_were_short_keeps_its_labels() -> None:
    known = {value: f"T.{value}" for value in THIRDS}
    assert kept("T.%%", known) == tuple(f"T.{value}" for value in THIRDS)


def test_another_rounding_is_kept_too() -> None:
    assert kept("T.%%", {THIRDS[1]: "T.0.33"}) == ("T.0.0", "T.0.33", "T.0.667", "T.1.0")


def test_another_template_gives_other_labels() -> None:
    assert kept("U.%%", {value: f"T.{value}" for value in THIRDS})[1] == "U.0.333"


def test_what_is_no_rounding_of_the_value_is_not_kept() -> None:
    assert kept("T.%%", {THIRDS[1]: "T.0.35", THIRDS[2]: "T.two"}) == SHORT


def test_a_label_without_the_value_stays_that_of_all() -> None:
    assert keep_labels("same", THIRDS, ["same"] * 4, {0.0: "same"}) == ("same",) * 4


def test_a_new_value_gets_no_label_of_an_old_one() -> None:
    # 306.48 is exact here, and that label is the one of 306.48333 in the earlier graph.
    known = {306.48333333333335: "T.306.48"}
    values = (306.48, 306.48333333333335)
    assert keep_labels("T.%%", values, ["T.306.48", "T.306.483"], known) == (
        "T.306.480",
        "T.306.48",
    )
