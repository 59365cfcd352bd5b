"""The table of parameters, the environment, and what takes the place of tokens."""
