"""The version of maestro-spec."""

__version__ = "0.1.0"
