"""One module per command: its options (``register``) and what it does."""
