"""Submits, follows and cancels jobs on local cores, Slurm, LSF and Flux."""

from maestro_adapters.__about__ import __version__

__all__ = ["__version__"]
