"""A job as it is asked for: its request, its options, the states it may be in, its walltime."""
