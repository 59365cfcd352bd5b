"""Describe the shape of a study file, and read nodes by it: which keys there are, and what each takes."""
