"""Expand a study and its table of parameters into a graph of instances."""
