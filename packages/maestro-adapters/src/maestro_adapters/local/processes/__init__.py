"""Finds processes of this machine, stops them, and inherits them from a keeper that was killed."""
