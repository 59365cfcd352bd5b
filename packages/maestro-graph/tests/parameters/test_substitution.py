"""A token that stays, one of the shell's that is replaced, or a value with a % that breaks a command."""

from __future__ import annotations

import pytest

from maestro_graph import TokenError
from maestro_graph.parameters.substitution import Tokens, compile_template, replace_all

KNOWN = {
    "P": ["1", "2"],
    "ENV": "50% $(x)",
    "OPEN": ["(P)", "z"],
    "a(b)": "odd",
    "IN": ["$(P)", "y"],
}
TOKENS = Tokens(KNOWN)


def test_tokens_are_found_by_their_names() -> None:
    text = "$(P) $(date +%s) $((P)) $(Q) $(a(b)) $(ENV)"
    assert TOKENS.names_in(text) == ["P", "a(b)", "ENV"]
    assert TOKENS.replace(text, str.lower) == "p $(date +%s) $((P)) $(Q) a(b) env"


@pytest.mark.parametrize(
    ("text", "rows", "constant"),
    [
        ("run $(P) 100% %s", ["run 1 100% %s", "run 2 100% %s"], False),
        ("run $(ENV)", ["run 50% $(x)", "run 50% $(x)"], True),
        ("run $(IN)", ["run 1", "run y"], False),
        ("run $$(OPEN)", ["run 1", "run $z"], False),
        ("$(cat $(P))", ["$(cat 1)", "$(cat 2)"], False),
    ],
)
def test_a_template_is_the_text_of_each_row(text: str, rows: list[str], constant: bool) -> None:
    template = compile_template(text, TOKENS, KNOWN)
    assert [template.render(row) for row in (0, 1)] == rows
    assert template.constant is constant


def test_what_comes_to_no_end_is_refused() -> None:
    with pytest.raises(TokenError, match="replaced without end"):
        replace_all("$(A)", Tokens("A"), lambda _: "x$(A)")
    growing = compile_template("$(A)", Tokens("AB"), {"A": ["$(B))"], "B": ["$(A"]})
    with pytest.raises(TokenError, match="replaced without end"):
        growing.verify([0])


def test_a_name_that_comes_up_too_late_is_refused() -> None:
    with pytest.raises(TokenError, match=r"\$\(s.workspace\) comes up only once"):
        compile_template("$(s.workspace)", Tokens(["s.workspace"]), {})
