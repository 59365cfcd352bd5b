"""Starts local scripts in a process of its own, which waits for them and outlives who started it."""
