"""The way out: which addresses may be reached, the one HTTP client, and killable workers."""
