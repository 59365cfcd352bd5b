"""The `conductor` command: its arguments, its wiring, its signals."""
