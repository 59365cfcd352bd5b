"""The workspace's files but the journal, the log and status.csv."""
