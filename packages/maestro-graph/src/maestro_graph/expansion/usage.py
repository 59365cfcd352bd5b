"""Find the parameters and workspaces that a step uses; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import attrs

from maestro_graph.expansion.resources import map_resources, texts_of
from maestro_graph.model.parameters import ParameterTable
from maestro_graph.model.spec import SpecStep
from maestro_graph.parameters.resolution import innermost_first
from maestro_graph.parameters.substitution import Tokens


def with_environment(step: SpecStep, replace: Callable[[str], str]) -> SpecStep:
    """Return a step with the tokens of its `env` replaced in all its texts but the name."""
    return attrs.evolve(
        step,
        description=replace(step.description),
        command=replace(step.command),
        restart=None if step.restart is None else replace(step.restart),
        pre=None if step.pre is None else replace(step.pre),
        post=None if step.post is None else replace(step.post),
        depends=tuple(map(replace, step.depends)),
        resources=map_resources(step.resources, replace),
        results=tuple(attrs.evolve(each, file=replace(each.file)) for each in step.results),
    )


def token_texts(table: ParameterTable) -> dict[str, list[str]]:
    """Return token name → what it gives, one text per row: ``P``, ``P.label`` and ``P.name``."""
    texts: dict[str, list[str]] = {}
    for column in table.columns:
        texts.setdefault(f"{column.name}.label", list(column.labels))
    for column in table.columns:
        texts.setdefault(column.name, [str(value) for value in column.values])
    for column in table.columns:
        texts.setdefault(f"{column.name}.name", [column.title] * table.rows)
    return texts


def nested_tokens(table: ParameterTable, replace: Callable[[str], str]) -> dict[str, str]:
    """Return parameter → the texts of it that hold tokens, `env` resolved, joined by line ends.

    Args:
        table: all parameters.
        replace: puts the `env` in.

    Raises:
        TokenError: parameters whose values lead back to themselves.
    """
    texts = token_texts(table)
    nested = {
        token: "\n".join(sorted({replace(text) for text in each if "$(" in text}))
        for token, each in texts.items()
    }
    tokens = Tokens(texts.keys() - {"OUTPUT_PATH"})
    innermost_first({token: set(tokens.names_in(text)) for token, text in nested.items()})
    return {
        column.name: "\n".join(
            filter(None, (nested[f"{column.name}{part}"] for part in (".label", "", ".name")))
        )
        for column in table.columns
    }


def used_by_itself(step: SpecStep, nested: Mapping[str, str]) -> frozenset[str]:
    """Return the parameters that the step's own texts name.

    Args:
        step: with its `env` replaced.
        nested: parameter → those of its texts that hold tokens; these count as the step's own.
    """
    text = "\n".join(
        [
            step.name,
            step.description,
            step.command,
            step.restart or "",
            step.pre or "",
            step.post or "",
            *step.depends,
            *texts_of(step.resources),
            *(result.file for result in step.results),
        ]
    )
    used: set[str] = set()
    found = _mentioned(text, nested)
    while found - used:
        text = "\n".join(nested[name] for name in found - used)
        used |= found
        found = _mentioned(text, nested)
    return frozenset(used)


def _mentioned(text: str, names: Iterable[str]) -> set[str]:
    # Upstream counts $(P.anything) as a use of P. $(OUTPUT_PATH) is the folder, whatever P is called.
    used = {name for name in names if re.search(rf"\$\({re.escape(name)}(\.\w+)?\)", text)}
    if "OUTPUT_PATH" in used and not re.search(r"\$\(OUTPUT_PATH\.\w+\)", text):
        used.remove("OUTPUT_PATH")
    return used


def mentioned_tokens(
    step: SpecStep, used: Iterable[str], nested: Mapping[str, str], tokens: Tokens
) -> frozenset[str]:
    """Return those token names that the step's commands hold, or a parameter that they may use."""
    texts = [step.command, step.restart or "", *(nested[name] for name in used)]
    return frozenset(name for text in texts for name in tokens.names_in(text))
