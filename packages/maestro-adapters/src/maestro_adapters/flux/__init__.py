"""Flux, through its command line: `flux batch`, `flux submit`, `flux jobs`, `flux cancel`."""
