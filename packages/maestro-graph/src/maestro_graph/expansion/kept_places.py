"""Give the instances of an amended study their places: those of the earlier graph to those it had; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from maestro_graph.model.earlier import Earlier, Place
from maestro_graph.parameters import naming
from maestro_graph.parameters.names import suffix

__all__ = ["KeptPlaces"]


class KeptPlaces:
    """Knows which places are taken. Nobody gets the folder of another name, of one that is gone neither.

    Args:
        earlier: what the earlier graph says.
    """

    def __init__(self, earlier: Earlier) -> None:
        self._earlier = earlier
        self._taken = {place.workspace for place in earlier.places.values()}
        self._folders = set(earlier.folders.values())

    def folders(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """Return the folder of each step.

        Args:
            wanted: step → the folder that it has in a study of its own.
        """
        known = self._earlier.folders
        return {
            name: known[name]
            if name in known
            else _first_free([folder, folder + suffix(name)], self._folders)
            for name, folder in wanted.items()
        }

    def workspaces(self, names: Sequence[str], wanted: Sequence[str]) -> list[str]:
        """Return the workspace of each instance.

        Args:
            names: of the instances.
            wanted: the workspaces that they have in a study of its own.
        """
        known, taken = self._earlier.places, self._taken
        return [
            known[name].workspace
            if name in known
            else workspace
            if workspace not in taken
            else _first_free([workspace + suffix(name)], taken)
            for name, workspace in zip(names, wanted, strict=True)
        ]

    def numbered(
        self, names: Sequence[str], folder: str, stem: Callable[[int], str]
    ) -> list[Place]:
        """Return the place of each instance of a step whose workspaces are numbered.

        Args:
            names: of the instances.
            folder: of the step.
            stem: makes the name of a workspace from its number.
        """
        known = self._earlier.places
        number = sum(name in known for name in names)
        places = []
        for name in names:
            if name in known:
                places.append(known[name])
                continue
            while f"{folder}/{naming.clean(stem(number))}" in self._taken:
                number += 1
            script, label = naming.stems(stem(number))
            places.append(Place(f"{folder}/{naming.clean(stem(number))}", script, label))
            number += 1
        return places


def _first_free(wanted: Iterable[str], taken: set[str]) -> str:
    """Return the first name that is free; where none is, the last one with a number."""
    last = ""
    for last in wanted:
        if last not in taken:
            return last
    number = 2
    while f"{last}-{number}" in taken:
        number += 1
    return f"{last}-{number}"
