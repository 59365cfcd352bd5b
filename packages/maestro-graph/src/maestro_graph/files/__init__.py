"""Read and write the workspace's files."""
