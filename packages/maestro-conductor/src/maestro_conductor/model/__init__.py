"""Values and words that every room shares."""
