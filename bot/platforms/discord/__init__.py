"""Discord: REST for posting, the gateway for commands."""
