"""Read a study from its workspace, and make requests to its conductor."""
