"""Understand: which entry is which, and which entries tell one story. Pure."""
