"""A study as its workspace shows it, and what is asked of it."""
