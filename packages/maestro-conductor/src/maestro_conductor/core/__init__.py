"""The rules of a study as pure functions of its records: no file, no clock, no process."""
