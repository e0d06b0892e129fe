"""The terminal: cards on standard output when no chat is connected."""
