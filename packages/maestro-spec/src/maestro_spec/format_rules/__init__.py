"""Rules of the workspace format that several packages share."""
