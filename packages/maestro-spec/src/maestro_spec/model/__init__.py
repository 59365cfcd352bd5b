"""A study as values, and how a document becomes one."""
