"""Read text as a tree of nodes with their places."""
