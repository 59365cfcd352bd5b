"""Report on a study in one HTML page that needs nothing else: `gather` reads, `page` writes."""
