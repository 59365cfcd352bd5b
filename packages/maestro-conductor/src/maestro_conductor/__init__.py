"""Runs a maestro workspace to its end and survives what happens meanwhile."""

from typing import TYPE_CHECKING, Any

from maestro_conductor.__about__ import __version__

if TYPE_CHECKING:
    from maestro_conductor.app.conduct import conduct

__all__ = ["__version__", "conduct"]


def __getattr__(name: str) -> Any:
    # Those who only read a workspace need not load what runs one.
    if name == "conduct":
        from maestro_conductor.app.conduct import conduct

        return conduct
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
