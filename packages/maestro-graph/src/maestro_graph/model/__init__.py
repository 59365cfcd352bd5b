"""Values: a graph, a table of parameters."""
