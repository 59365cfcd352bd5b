"""Runs the commands of schedulers."""
