"""Write a table of results, one format a module."""
