"""Runs jobs on the cores of this machine, or of the allocation that this process runs in."""
