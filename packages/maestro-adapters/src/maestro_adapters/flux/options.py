"""Writes Flux's free options: `setopt`, `setattr` and `conf` hold trees, written with dots.

`{"setattr": {"system.a": 1, "system": {"b": 2}}}` is `--setattr=system.a=1 --setattr=system.b=2`:
dotted and nested keys of one root are one tree. A zero is a value; None is a bare key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from maestro_adapters.script.render import free_options

#: Options with a tree, and their short names.
_TREES = {"S": "setattr", "setattr": "setattr", "o": "setopt", "setopt": "setopt", "conf": "conf"}
#: The order of the trees; other options follow in their own.
_ORDER = ("setattr", "setopt", "conf")
EXCLUSIVE = frozenset({"x", "exclusive"})


def words(
    options: Mapping[str, object], *, setopt: Mapping[str, object] | None = None
) -> Iterator[str]:
    """Yield free options as words of a command line.

    Args:
        options: name → value, or a tree of values.
        setopt: upstream's `args`: more shell options, last.
    """
    trees: dict[str, dict[str, object]] = {name: {} for name in _ORDER}
    for name, value in options.items():
        tree = _TREES.get(name)
        if tree is not None:
            _merge(trees[tree], value if isinstance(value, Mapping) else {str(value): None})
    for name in _ORDER:
        yield from (f"--{name}={_pair(path, value)}" for path, value in _leaves(trees[name]))
    for name, value in options.items():
        if name not in _TREES and name not in EXCLUSIVE:
            yield from _plain(name, value)
    more: dict[str, object] = {}
    _merge(more, setopt or {})
    yield from (f"--setopt={_pair(path, value)}" for path, value in _leaves(more))


def asks_exclusive(options: Mapping[str, object]) -> bool:
    """Tell whether the free options ask for exclusive nodes; a bare `x` does."""
    return any(name in options and options[name] is not False for name in EXCLUSIVE)


def _merge(tree: dict[str, object], more: Mapping[str, object]) -> None:
    for dotted, value in more.items():
        *parents, last = str(dotted).split(".")
        node = tree
        for parent in parents:
            child = node.get(parent)
            if not isinstance(child, dict):
                child = node[parent] = {}
            node = child
        if isinstance(value, Mapping):
            child = node.get(last)
            if not isinstance(child, dict):
                child = node[last] = {}
            _merge(child, value)
        else:
            node[last] = value


def _leaves(tree: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _plain(name: str, value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        tree: dict[str, object] = {}
        _merge(tree, value)
        value = [_pair(path, leaf) for path, leaf in _leaves(tree)]
    yield from free_options({name: value})


def _pair(path: str, value: object) -> str:
    if value is None or value == "":
        return path
    return f"{path}={str(value).lower() if isinstance(value, bool) else value}"
