"""The workspace's files that are written and read here."""
