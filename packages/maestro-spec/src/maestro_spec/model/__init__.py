"""Represent a study as values, and build it from a document."""
