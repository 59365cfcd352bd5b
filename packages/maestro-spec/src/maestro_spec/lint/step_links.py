"""Find out what each step waits for; pure."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from maestro_spec.lint.tokens import names_in
from maestro_spec.model.study import Step


@attrs.frozen
class Links:
    """What a step waits for, by step name; unknown ones left out.

    Attributes:
        plain: written in `depends`.
        funnels: written in `depends` with a star.
        implied: others whose workspace it uses.
    """

    plain: tuple[str, ...]
    funnels: tuple[str, ...]
    implied: tuple[str, ...]


def links_of(
    step: Step,
    commands: set[str],
    steps: Mapping[str, Step],
    env: Mapping[str, str],
    reached: Mapping[str, frozenset[str]] | None,
) -> Links:
    """Return what a step waits for.

    Args:
        step: the step.
        commands: names of the tokens in its commands.
        steps: name → step, of all steps.
        env: name → text.
        reached: what `tokens_reached` gives; None where that would take too long.
    """
    plain: dict[str, None] = {}
    funnels: dict[str, None] = {}
    for written in step.depends:
        name = resolved(written, env)
        target = funnel_target(name)
        if "*" in name and target in steps:
            funnels[target] = None
        elif name in steps:
            plain[name] = None
    # Only commands get workspaces.
    mentioned = set(commands)
    for name in commands & (reached or {}).keys():
        mentioned |= (reached or {})[name]
    implied = [
        name
        for token in sorted(mentioned)
        if token.endswith(".workspace")
        and (name := token.removesuffix(".workspace")) in steps
        and name not in plain
        and name not in funnels
        and name != step.name
    ]
    return Links(tuple(plain), tuple(funnels), tuple(implied))


def funnel_target(written: str) -> str:
    """Return the step that ``S_*`` or ``S*`` stands for; others as they are."""
    return written.replace("_*", "").replace("*", "")


def resolved(text: str, env: Mapping[str, str], *, rounds: int = 20) -> str:
    """Return a short text with the tokens of `env` replaced."""
    for _ in range(rounds):
        tokens = [name for name in set(names_in(text)) if name in env]
        if not tokens or len(text) > 1000:
            break
        for name in tokens:
            text = text.replace(f"$({name})", env[name])
    return text
