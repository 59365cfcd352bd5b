"""What follows the records and changes none: the log, status.csv."""
