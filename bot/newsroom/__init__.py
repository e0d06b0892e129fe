"""The demo's own newsroom: invented publishers whose feeds and pages are served on loopback."""
