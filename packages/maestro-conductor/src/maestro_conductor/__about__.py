"""The version of maestro-conductor."""

__version__ = "0.1.0"
