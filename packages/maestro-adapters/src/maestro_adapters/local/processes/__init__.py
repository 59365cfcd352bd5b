"""Processes of this machine: whose they are, how they are stopped, who inherits them."""
