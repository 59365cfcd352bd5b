"""Represent what an amended study keeps of its earlier graph: the places of its instances; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import attrs


class Place(NamedTuple):
    """Where an instance lies, and what its files are called."""

    workspace: str
    script: str
    label: str


@attrs.frozen
class Earlier:
    """What a study's earlier graph says of places. The same names keep them in the new graph.

    Attributes:
        hashws: workspaces are numbered instead of named by their combination.
        amendment: that the graph came with; None: the study was made so.
        folders: step → its folder, relative to the root.
        places: instance → its place.
        labels: parameter → the label of each of its values that are floats.
    """

    hashws: bool
    amendment: str | None
    folders: Mapping[str, str]
    places: Mapping[str, Place]
    labels: Mapping[str, Mapping[float, str]] = attrs.field(factory=dict)


@attrs.frozen
class Amendment:
    """An amendment of a study that is there already.

    Attributes:
        id: 12 hexadecimal digits; the new graph says them.
        earlier: what is kept of the graph that is in force.
    """

    id: str
    earlier: Earlier
