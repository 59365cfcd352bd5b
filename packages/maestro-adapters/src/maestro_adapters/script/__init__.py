"""The script of a job: rendered, launched, wrapped by a driver, and what that writes down."""
