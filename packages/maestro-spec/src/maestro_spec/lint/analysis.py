"""Find out once what the rules want to know of a study: names, tokens, who uses what."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs

from maestro_spec.lint.declared import declared_names, has_nameless_steps
from maestro_spec.lint.step_links import Links, links_of
from maestro_spec.lint.tables import TableColumn, TableFactor, table_of
from maestro_spec.lint.tokens import COMMANDS, Text, find_tokens, texts_of_step
from maestro_spec.lint.usage import tokens_reached, used_parameters
from maestro_spec.model.study import Step, Study
from maestro_spec.schema.suggest import Suggester


@attrs.frozen
class Analysis:
    """A study, and what was found out about it.

    Attributes:
        study: the study.
        table: the factors of its parameters; empty where a pgen file gives them.
        parameters: names of the parameters.
        from_pgen: a pgen file gives them.
        env: name → text of everything in `env`, but for names that stand for a parameter.
        steps: name → step, the first of each name.
        texts: step number → those of its texts that hold tokens.
        declared: names that the file defines in `env` or as parameters, even if it does so wrongly.
        nameless: there are steps whose names could not be read.
        links: name → what it waits for.
        used: name → parameters that it uses, itself or through others; None where that would
            take too long to find out.
        suggest: finds the names that were meant.
    """

    study: Study
    table: tuple[TableFactor, ...]
    parameters: frozenset[str]
    from_pgen: bool
    env: Mapping[str, str]
    steps: Mapping[str, Step]
    texts: tuple[tuple[Text, ...], ...]
    declared: frozenset[str]
    nameless: bool
    links: Mapping[str, Links]
    used: Mapping[str, frozenset[str]] | None
    suggest: Suggester

    @property
    def columns(self) -> dict[str, TableColumn]:
        """Map names to the parameters of the table."""
        return {column.name: column for factor in self.table for column in factor.columns}

    def is_whole(self, *sections: str) -> bool:
        """Return whether nothing of these sections of the file was unreadable."""
        return not self.study.gaps & {*sections, "keys", ""}


def analyse(study: Study, parameters: Collection[str] | None) -> Analysis:
    """Find out what the rules want to know of a study.

    Args:
        study: the study; its CSV files are read.
        parameters: names of the parameters, where a pgen file gives them.
    """
    table = () if parameters is not None else table_of(study)
    names = (
        frozenset(parameters)
        if parameters is not None
        else frozenset(column.name for factor in table for column in factor.columns)
    )
    env = _env(study, names)
    steps: dict[str, Step] = {}
    for step in study.steps:
        if step.name:
            steps.setdefault(step.name, step)
    texts = tuple(
        tuple(find_tokens(path, text) for path, text in texts_of_step(step) if "$(" in text)
        for step in study.steps
    )
    own: dict[str, set[str]] = {}
    commands: dict[str, set[str]] = {}
    for step, found in zip(study.steps, texts, strict=True):
        if step.name not in own:
            own[step.name] = {name for text in found for name in text.names}
            commands[step.name] = {
                name for text in found if text.path[-1] in COMMANDS for name in text.names
            }
    reached = tokens_reached(env, names, steps)
    links = {
        step.name: links_of(step, commands[step.name], steps, env, reached)
        for step in steps.values()
    }
    return Analysis(
        study=study,
        table=table,
        parameters=names,
        from_pgen=parameters is not None,
        env=env,
        steps=steps,
        texts=texts,
        declared=frozenset(declared_names(study.document)),
        nameless=has_nameless_steps(study),
        links=links,
        used=used_parameters(own, names, links, reached),
        suggest=Suggester(),
    )


def _env(study: Study, parameters: Collection[str]) -> dict[str, str]:
    """Return name → text; without ``X: $(X)`` where X is a parameter, as it is the parameter that counts."""
    env = study.env
    texts: dict[str, str] = {}
    for variable in (*env.labels, *env.variables):
        texts.setdefault(variable.name, str(variable.value))
    for path in env.paths:
        texts.setdefault(path.name, path.path)
    for git in env.git:
        texts.setdefault(git.name, git.path)
    return {
        name: text for name, text in texts.items() if name not in parameters or text != f"$({name})"
    }
