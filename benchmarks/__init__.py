"""Figures of the goals, each beside a peer in the same run."""
