"""Expands a maestro study and its parameters into a graph of instances."""

from maestro_graph.__about__ import __version__

__all__ = ["__version__"]
