"""Acquire: fetch documents politely, cut them to what is new, parse them, read article pages."""
