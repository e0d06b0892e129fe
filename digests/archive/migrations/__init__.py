"""How one version's tables become the next one's."""
