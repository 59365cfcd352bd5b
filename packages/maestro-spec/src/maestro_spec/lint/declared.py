"""Look in the document for what it names, even where it does so wrongly; pure."""

from __future__ import annotations

from collections.abc import Iterator

from maestro_spec.model.study import Study
from maestro_spec.yaml.nodes import Document, Mapping, Node, Scalar, Sequence


def declared_names(document: Document | None) -> Iterator[str]:
    """Yield the names in the places where names are defined; only right ones are in the study."""
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


def has_nameless_steps(study: Study) -> bool:
    """Return whether there are steps whose names could not be read."""
    if study.document is None:
        return False
    node = _at(study.document, "study")
    written = len(node.items) if isinstance(node, Sequence) else 0
    return written != len(study.steps) or any(not step.name for step in study.steps)
