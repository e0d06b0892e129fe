"""Nightdesk's application: the library of `digests` wired to a scheduler and to chat platforms."""
