"""What editors and operators read for a feed, and for a channel of watches (never whose it is). Pure."""

from collections.abc import Iterable, Mapping

from digests.cards.words import Words
from digests.model import Channel, Destination, Feed, Target
from digests.model.watching import is_personal, is_placed, told_at
from digests.text.masks import masked


def told_apart(feed: Feed, feeds: Iterable[Feed]) -> str:
    """A feed by its name, and by its address where others have that name: so have those without one."""
    alike = sum(one.name == feed.name for one in feeds) > 1
    return f"{feed.name} ({masked(feed.url)})" if alike else feed.name


def named(
    channel: str, channels: Iterable[Channel], places: Mapping[str, Destination], say: Words
) -> str:
    """A channel of the file, or a watch of it, by its name; a person's watches by their place.

    `places`: where the addresses of the file lead, as far as that is known.
    """
    if is_personal(channel):
        return say.text("direct messages")
    if not is_placed(channel):
        return channel
    to = told_at(channel)
    one = led_to({Destination(to.platform, to.address)}, channels, places)
    return say.text("watches in {place}", place=one.name if one else str(to))


def led_to(
    here: Iterable[Destination], channels: Iterable[Channel], places: Mapping[str, Destination]
) -> Channel | None:
    """The first channel of the file that leads to one of these."""
    here = set(here)
    for one in channels:
        written = _written(one.to)
        if here & {places.get(str(one.to), written), written}:
            return one
    return None


def _written(to: Target) -> Destination:
    return Destination(to.platform, to.address)
