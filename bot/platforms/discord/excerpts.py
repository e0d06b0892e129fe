"""The sentence that a search found, its hits bold, within a budget of UTF-16 units. Pure."""

from collections.abc import Iterable, Sequence

from bot.platforms.discord.escape import fit, units
from digests.model import Span

_SHORTEST_EXCERPT = 40


def excerpt(spans: Sequence[Span], budget: int) -> str:
    """As much of the sentence as fits; "" when that would say nothing."""
    if budget < _SHORTEST_EXCERPT:
        return ""
    shown = ""
    for span in _merged(spans):
        room = budget - units(shown) - len("****")
        part = _marked(span, room) if room > _SHORTEST_EXCERPT // 2 else ""
        if not part and span.text.strip():
            break
        shown += part or " "
    return shown.strip()


def _marked(span: Span, room: int) -> str:
    """The run in bold when it is a hit; blanks stay outside, or Discord shows the asterisks."""
    core = fit(span.text, room - 2)
    if not core:
        return ""
    before = " " if span.text[:1].isspace() else ""
    after = " " if span.text[-1:].isspace() else ""
    return f"{before}**{core}**{after}" if span.hit else f"{before}{core}{after}"


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Neighbours of one kind joined: two bold runs that touch would cancel each other."""
    merged: list[Span] = []
    for span in spans:
        if merged and merged[-1].hit == span.hit:
            merged[-1] = Span(merged[-1].text + span.text, span.hit)
        elif span.text:
            merged.append(span)
    return merged
