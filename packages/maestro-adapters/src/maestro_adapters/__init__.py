"""Submits, follows and cancels jobs on local cores, Slurm, LSF and Flux.

`load` gives an adapter by its name; what an adapter does is described in ``docs/adapters.md``.
"""

from maestro_adapters.__about__ import __version__
from maestro_adapters.errors import AdapterError
from maestro_adapters.interface import Adapter
from maestro_adapters.registry import load, names

__all__ = ["Adapter", "AdapterError", "__version__", "load", "names"]
