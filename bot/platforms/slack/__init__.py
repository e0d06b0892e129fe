"""Slack: Web API for posting, Socket Mode for commands."""
