"""What the rules want to know of a study, found out once: names, tokens, who uses what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Mapping as MappingType

import attrs

from maestro_spec.lint.tables import TableColumn, TableFactor, table_of
from maestro_spec.lint.tokens import (
    COMMANDS,
    Text,
    find_tokens,
    names_in,
    texts_of_step,
    without_part,
)
from maestro_spec.model.study import Step, Study
from maestro_spec.schema.suggest import Suggester
from maestro_spec.yaml.nodes import Document, Mapping, Node, Scalar, Sequence

#: Beyond this many pairs of names, who uses what is not followed through the environment.
_MOST_PAIRS = 4_000_000


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
    env: MappingType[str, str]
    steps: MappingType[str, Step]
    texts: tuple[tuple[Text, ...], ...]
    declared: frozenset[str]
    nameless: bool
    links: MappingType[str, Links]
    used: MappingType[str, frozenset[str]] | None
    suggest: Suggester

    @property
    def columns(self) -> dict[str, TableColumn]:
        """Name → parameter of the table."""
        return {column.name: column for factor in self.table for column in factor.columns}

    def is_whole(self, *sections: str) -> bool:
        """Whether nothing of these sections of the file was unreadable."""
        return not self.study.gaps & {*sections, "keys", ""}


def analyse(study: Study, parameters: Collection[str] | None) -> Analysis:
    """Find out about a study.

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
    reached = _reached(env, names, steps)
    links = {
        step.name: _links(step, commands[step.name], steps, env, reached) for step in steps.values()
    }
    return Analysis(
        study=study,
        table=table,
        parameters=names,
        from_pgen=parameters is not None,
        env=env,
        steps=steps,
        texts=texts,
        declared=frozenset(_declared(study.document)),
        nameless=_is_nameless(study),
        links=links,
        used=_used(own, names, links, reached),
        suggest=Suggester(),
    )


def _env(study: Study, parameters: Collection[str]) -> dict[str, str]:
    """Name → text; without ``X: $(X)`` where X is a parameter, as it is the parameter that counts."""
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


def _declared(document: Document | None) -> Iterator[str]:
    """Names in the places where names are defined; only right ones became part of the study."""
    if document is None:
        return
    for keys in ("env", "variables"), ("env", "labels"), ("global.parameters",):
        node = _at(document, *keys)
        if isinstance(node, Mapping):
            yield from node.entries
    for kind in ("paths", "git"):
        yield from _names_of_items(_at(document, "env", "dependencies", kind))
    grid = _at(document, "global.parameters", "grid")
    for factor in grid.items if isinstance(grid, Sequence) else ():
        if isinstance(factor, Mapping):
            yield from factor.entries


def _at(document: Document, *keys: str) -> Node | None:
    node = document.root
    for key in keys:
        node = node.entries.get(key, (None, None))[1] if isinstance(node, Mapping) else None
    return node


def _names_of_items(node: Node | None) -> Iterator[str]:
    for item in node.items if isinstance(node, Sequence) else ():
        name = item.entries.get("name", (None, None))[1] if isinstance(item, Mapping) else None
        if isinstance(name, Scalar):
            yield name.text


def _is_nameless(study: Study) -> bool:
    if study.document is None:
        return False
    node = _at(study.document, "study")
    written = len(node.items) if isinstance(node, Sequence) else 0
    return written != len(study.steps) or any(not step.name for step in study.steps)


def _reached(
    env: MappingType[str, str], parameters: Collection[str], steps: MappingType[str, Step]
) -> dict[str, frozenset[str]] | None:
    """Name of `env` → parameters and workspaces that its text stands for, through others too."""
    direct = {name: set(names_in(text)) for name, text in env.items() if "$(" in text}
    if len(direct) * (len(parameters) + len(steps)) > _MOST_PAIRS:
        return None
    wanted = {
        name: {token for token in found if _is_wanted(token, parameters, steps)}
        for name, found in direct.items()
    }
    # Each round follows one more link; names that contain each other just stop growing.
    order = innermost_first({name: found & direct.keys() for name, found in direct.items()})[0]
    done: dict[str, frozenset[str]] = {}
    for name in order:
        inner = (done.get(other, frozenset()) for other in direct[name] if other in direct)
        done[name] = frozenset(wanted[name]).union(*inner)
    return done


def _is_wanted(token: str, parameters: Collection[str], steps: MappingType[str, Step]) -> bool:
    return (
        token in parameters
        or without_part(token) in parameters
        or token.removesuffix(".workspace") in steps
    )


def innermost_first(holds: MappingType[str, set[str]]) -> tuple[list[str], list[str]]:
    """Sort names so that each stands behind those that it holds.

    Args:
        holds: name → names, all of them keys.

    Returns:
        All names, those in a cycle last; and the names of one cycle, or none.
    """
    holders: dict[str, list[str]] = {name: [] for name in holds}
    missing = {name: len(others) for name, others in holds.items()}
    for name, others in holds.items():
        for other in others:
            holders[other].append(name)
    order = [name for name, count in missing.items() if count == 0]
    for name in order:
        for holder in holders[name]:
            missing[holder] -= 1
            if missing[holder] == 0:
                order.append(holder)
    left = [name for name in holds if missing[name] > 0]
    return order + left, _cycle(holds, set(left))


def _cycle(holds: MappingType[str, set[str]], left: set[str]) -> list[str]:
    """One cycle among names each of which holds another one of them."""
    if not left:
        return []
    seen: dict[str, int] = {}
    name = min(left)
    path: list[str] = []
    while name not in seen:
        seen[name] = len(path)
        path.append(name)
        name = min(other for other in holds[name] if other in left)
    return path[seen[name] :]


def _links(
    step: Step,
    commands: set[str],
    steps: MappingType[str, Step],
    env: MappingType[str, str],
    reached: MappingType[str, frozenset[str]] | None,
) -> Links:
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
    """The step that ``S_*`` or ``S*`` stands for; others as they are."""
    return written.replace("_*", "").replace("*", "")


def resolved(text: str, env: MappingType[str, str], *, rounds: int = 20) -> str:
    """A short text with the tokens of `env` replaced."""
    for _ in range(rounds):
        tokens = [name for name in set(names_in(text)) if name in env]
        if not tokens or len(text) > 1000:
            break
        for name in tokens:
            text = text.replace(f"$({name})", env[name])
    return text


def _used(
    own: MappingType[str, set[str]],
    parameters: frozenset[str],
    links: MappingType[str, Links],
    reached: MappingType[str, frozenset[str]] | None,
) -> dict[str, frozenset[str]] | None:
    """Name → parameters that the step uses, itself or through what it depends on."""
    if reached is None or len(links) * len(parameters) > _MOST_PAIRS:
        return None
    waits = {name: {*each.plain, *each.implied} for name, each in links.items()}
    used: dict[str, frozenset[str]] = {}
    for name in innermost_first(waits)[0]:
        mentioned = own[name].union(*(reached[token] for token in own[name] & reached.keys()))
        used[name] = frozenset(_parameters(mentioned, parameters)).union(
            *(used.get(other, frozenset()) for other in waits[name])
        )
    return used


def _parameters(tokens: Iterable[str], parameters: frozenset[str]) -> set[str]:
    found = set()
    for token in tokens:
        if token in parameters:
            found.add(token)
        elif without_part(token) in parameters:
            found.add(without_part(token))
    return found
