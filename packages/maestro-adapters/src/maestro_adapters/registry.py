"""Loads adapters by name, found through entry points and imported only when asked for."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from maestro_adapters.errors import AdapterError, UnknownAdapterError
from maestro_adapters.interface import GROUP, Adapter, Factory, OptionsMap

__all__ = ["load", "names"]


def names() -> list[str]:
    """List the adapters that installed packages bring, sorted."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def load(name: str, options: OptionsMap | None = None) -> Adapter:
    """Create an adapter.

    Args:
        name: of its entry point: ``slurm``.
        options: for its factory, see ``docs/adapters.md``.

    Raises:
        UnknownAdapterError: no installed package brings it.
        AdapterError: its package cannot be imported, or two packages bring one of that name.
        OptionsError: it cannot use an option.
    """
    point = _entry_point(name)
    try:
        create: Factory = point.load()
    except (ImportError, AttributeError) as error:
        brought_by = f" of {point.dist.name}" if point.dist else ""
        raise AdapterError(
            f"the adapter {name!r}{brought_by} ({point.value}) cannot be imported: {error}"
        ) from error
    return create({**options} if options else {})


def _entry_point(name: str) -> EntryPoint:
    # An installation may be listed twice, by an editable one for instance: the same value is the
    # same adapter.
    points = {point.value: point for point in entry_points(group=GROUP, name=name)}
    if not points:
        known = names()
        import difflib

        near = difflib.get_close_matches(name.lower(), known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "install the package that brings it"
        raise UnknownAdapterError(
            f"there is no adapter {name!r}: {hint} (there are {', '.join(known) or 'none'})"
        )
    if len(points) > 1:
        raise AdapterError(
            f"several packages bring an adapter {name!r} ({', '.join(sorted(points))}): uninstall all but one"
        )
    return next(iter(points.values()))
