"""The maestro command: run, follow, change and resume parameter studies."""

from maestro_cli.__about__ import __version__

__all__ = ["__version__"]
