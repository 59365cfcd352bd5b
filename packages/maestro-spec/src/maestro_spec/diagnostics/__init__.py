"""Name what can be wrong with a study: codes, and problems with their places."""
