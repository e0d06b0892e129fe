"""feeds.yaml: from text to typed settings, every mistake with its place and its cure."""
