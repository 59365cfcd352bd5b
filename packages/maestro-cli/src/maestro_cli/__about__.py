"""The version of maestro-cli."""

__version__ = "0.1.0"
