"""Reads, checks and normalises maestro study files."""

from maestro_spec.__about__ import __version__

__all__ = ["__version__"]
