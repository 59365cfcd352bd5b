"""The process that starts local scripts, waits for them, and outlives who started it."""
