"""Collect what the tokens of a study give, but for workspaces; pure."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from maestro_graph.errors import TokenError
from maestro_graph.expansion.step_order import workspace_token
from maestro_graph.expansion.usage import token_texts
from maestro_graph.model.parameters import ParameterTable
from maestro_graph.model.spec import Spec
from maestro_graph.parameters.environment import OUTPUT_PATH, resolve_environment
from maestro_graph.parameters.resolution import stands_for_itself
from maestro_graph.parameters.substitution import Given, Plain, Tokens, replace_all


@attrs.frozen(kw_only=True, eq=False)
class KnownTokens:
    """What the tokens of `env` and of parameters give.

    Attributes:
        given: token name → one text, or one per row of the table.
        environment: finds the tokens of `env`.
        described: finds the tokens of texts that take no workspaces: descriptions and resources.
        commands: finds the tokens of commands: those, all workspaces, and ``WORKSPACE``.
        workspaces: finds the tokens of the steps' workspaces.
    """

    given: dict[str, Given]
    environment: Tokens
    described: Tokens
    commands: Tokens
    workspaces: Tokens
    _env: Mapping[str, str]

    def replace_env(self, text: str) -> str:
        """Return a text with the environment put in, to any depth."""
        return replace_all(text, self.environment, self._env.__getitem__)


def known_tokens(spec: Spec, table: ParameterTable, root: str) -> KnownTokens:
    """Collect the tokens of a study. ``$(OUTPUT_PATH)`` is none of them: it stays where it is.

    Args:
        spec: the study.
        table: its parameters.
        root: absolute path of the workspace.

    Raises:
        TokenError: names that lead back to themselves, or that stand for a parameter there is not.
    """
    resolved = resolve_environment(spec, root, named=OUTPUT_PATH)
    del resolved["OUTPUT_PATH"]
    env = _without_parameters(resolved, table)
    texts = token_texts(table)
    if table.source == "pgen":
        texts = {name: _named_by_token(each, root) for name, each in texts.items()}
    # Where two things have one name, the environment's comes first, as it does upstream.
    given: dict[str, Given] = {**texts, **env}
    given.pop("OUTPUT_PATH", None)
    workspaces = [workspace_token(step.name) for step in spec.steps]
    return KnownTokens(
        given=given,
        environment=Tokens(env),
        described=Tokens(given),
        commands=Tokens([*given, *workspaces, "WORKSPACE"]),
        workspaces=Tokens(workspaces),
        env=env,
    )


def _named_by_token(texts: list[str], root: str) -> list[str]:
    """Return texts of which those that are paths in the workspace begin with its token.

    A generator file is told where the workspace is, and may give that back.
    """
    inside = root.rstrip("/") + "/"
    if not any(text == root or text.startswith(inside) for text in texts):
        return texts
    named = [
        OUTPUT_PATH + text[len(inside) - 1 :] if text == root or text.startswith(inside) else text
        for text in texts
    ]
    return named if any("$(" in text for text in texts) else Plain(named)


def _without_parameters(env: Mapping[str, str], table: ParameterTable) -> dict[str, str]:
    """Return the `env` without the names that stand for a parameter, as in ``X: $(X)``.

    Raises:
        TokenError: there is no such parameter.
    """
    parameters = {column.name for column in table.columns}
    for name, text in env.items():
        if stands_for_itself(name, text) and name not in parameters:
            raise TokenError(
                f"the variable {name} stands for itself, and no parameter is called {name}",
                hint=f"give it a value, or a parameter {name} in the study or its generator file",
            )
    return {name: text for name, text in env.items() if not stands_for_itself(name, text)}
