"""Find adapters: entry points of the group ``maestro.adapters`` (docs/adapters.md)."""

from __future__ import annotations

from importlib.metadata import entry_points

from maestro_conductor.backends.protocol import Adapter, OptionsMap
from maestro_conductor.errors import AdapterError

__all__ = ["create_adapter"]

GROUP = "maestro.adapters"


def create_adapter(name: str, options: OptionsMap) -> Adapter:
    """Make the adapter that a study names.

    Raises:
        AdapterError: there is none of that name, or it does not start.
    """
    points = entry_points(group=GROUP)
    found = [point for point in points if point.name == name]
    if not found:
        names = sorted({point.name for point in points})
        raise AdapterError(
            f"no adapter named `{name}` is installed; there "
            f"{'are: ' + ', '.join(names) if names else 'is none: pip install maestro-adapters'}"
        )
    try:
        adapter: Adapter = found[0].load()(options)
    except Exception as error:  # a plugin's own code, whatever it raises
        raise AdapterError(f"the adapter `{name}` does not start: {error}") from error
    return adapter
