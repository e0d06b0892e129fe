"""Nightdesk's library: feeds in, stories told once, cards out. Knows no chat platform."""
