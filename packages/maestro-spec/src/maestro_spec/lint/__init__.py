"""Check a study that could be read."""
