"""The version of maestro-graph."""

__version__ = "0.1.0"
