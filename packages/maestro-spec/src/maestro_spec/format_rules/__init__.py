"""Rules of the workspace format; other packages have the same files, byte by byte."""
