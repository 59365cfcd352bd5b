"""The command line and the terminal: parser, streams, colours, questions, failures."""
