"""What is looked for in a study that could be read."""
