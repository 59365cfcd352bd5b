"""Go from a study file to a workspace, and to a conductor that runs it."""
