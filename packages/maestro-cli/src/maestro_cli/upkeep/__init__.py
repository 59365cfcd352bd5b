"""A study that is over: packed into an archive, and cleaned of what nobody needs."""
