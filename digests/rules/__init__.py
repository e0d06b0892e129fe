"""Decide: the one query language, its match against a story, and which channel is owed what. Pure."""
