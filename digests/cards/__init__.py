"""Tell: condense a text, measure its reading time, compose the card. Pure."""
