"""Runs a maestro workspace to its end and survives what happens meanwhile."""

from maestro_conductor.__about__ import __version__

__all__ = ["__version__"]
