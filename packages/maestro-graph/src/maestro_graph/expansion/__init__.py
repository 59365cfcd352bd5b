"""From a study and its table of parameters to a graph of instances."""
