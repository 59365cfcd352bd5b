"""IBM Spectrum LSF 10.1, through `bsub`, `bjobs` and `bkill`."""
