"""The shape of a study file: which keys there are, and what each takes."""
