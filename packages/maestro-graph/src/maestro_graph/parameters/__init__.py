"""Build the table of parameters, resolve the environment, and put texts in the place of tokens."""
