"""The shell around the core: it waits, makes records safe, and does what they say."""
