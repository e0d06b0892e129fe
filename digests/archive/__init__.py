"""Keep: stories, what was seen, what is owed, and the search over it. The only room that knows SQL."""
