"""The version of maestro-adapters."""

__version__ = "0.1.0"
