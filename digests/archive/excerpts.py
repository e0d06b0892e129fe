"""The sentence of a story that best shows why it was found, with what was found marked. Pure."""

from collections.abc import Sequence

from digests.archive.leaves import Leaf
from digests.archive.ranking import Weighed, places
from digests.model import Span, Story
from digests.text.tokens import Token, analyze


def excerpt(story: Story, leaves: Sequence[Weighed]) -> tuple[Span, ...]:
    """The first of the sentences that say most of the query; the first one when none does."""
    best: tuple[float, str, list[Token]] | None = None
    for sentence in story.sentences:
        tokens = analyze(sentence, story.language)
        value, hits = _hits(tokens, leaves)
        if best is None or value > best[0]:
            best = value, sentence, hits
    if best is None:
        return ()
    _, sentence, hits = best
    return _marked(sentence, hits)


def _hits(tokens: Sequence[Token], leaves: Sequence[Weighed]) -> tuple[float, list[Token]]:
    """What the sentence is worth, and which of its tokens were looked for."""
    terms = [token.term for token in tokens]
    value = 0.0
    hits: list[Token] = []
    for one in leaves:
        found = _found(one.leaf, terms)
        if found:
            value += one.weight
            hits.extend(tokens[at] for at in found)
    return value, hits


def _found(leaf: Leaf, terms: Sequence[str]) -> list[int]:
    if leaf.phrase:
        width = len(leaf.positions)
        return [at + i for at in places(leaf, terms) for i in range(width)]
    wanted = frozenset[str]().union(*leaf.positions)
    starts = tuple(leaf.positions[-1]) if leaf.prefix else ()
    return [
        at
        for at, term in enumerate(terms)
        if term in wanted or (starts and term.startswith(starts))
    ]


def _marked(sentence: str, hits: Sequence[Token]) -> tuple[Span, ...]:
    """The sentence cut into runs; tokens may lie inside each other, as in a domain."""
    spans: list[Span] = []
    at = 0
    for start, end in _merged(hits):
        if start > at:
            spans.append(Span(sentence[at:start]))
        spans.append(Span(sentence[start:end], hit=True))
        at = end
    if at < len(sentence):
        spans.append(Span(sentence[at:]))
    return tuple(spans)


def _merged(hits: Sequence[Token]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((token.start, token.end) for token in hits):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
