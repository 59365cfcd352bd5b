"""Represent a study, its table of parameters and its graph as values."""
