"""Collect what the steps of a study yielded, and write it as one table."""
