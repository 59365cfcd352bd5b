"""Report on a study in one HTML page that needs nothing else: `gather` reads, `page` writes."""

__all__ = ["MOST_ROWS"]

#: No more instances than this are in the table and the plots of a page, unless more are asked
#: for: more make a page that is too large for mail, and slow.
MOST_ROWS = 12_000
