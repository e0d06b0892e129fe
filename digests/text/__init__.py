"""Words: untrusted markup to plain text, links, languages, sentences, tokens, indicators. Pure."""
