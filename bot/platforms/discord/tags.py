"""A forum's tags: which of them a story gets by its topics, and which are missing. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.platforms.discord.escape import fit, verbatim
from bot.platforms.discord.places import Payload
from digests.cards.chips import TOPICS
from digests.model import Topic

MOST: Final = 5  # tags of one post
MOST_OFFERED: Final = 20  # tags of one forum
_NAME: Final = 20  # characters of a tag's name
_REQUIRED: Final = 1 << 4  # a flag of the forum: every post has a tag
# Where every post has one and none fits: tags that say nothing wrong of any story.
_GENERAL = ("news", "security", "general", "other", "misc")


@dataclass(frozen=True, slots=True)
class Choice:
    """The ids of a post's tags, and the names of those that the forum should have."""

    tags: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def choose(forum: Payload, topics: Sequence[Topic], *, few: bool = False) -> Choice:
    """Tags for a story's topics, by their names in any case. `few`: none but what is required."""
    offered = {_key(str(tag["name"])): str(tag["id"]) for tag in _ours(forum)}
    found = {one.code: next(_known(offered, one), "") for one in topics}
    tags = tuple(dict.fromkeys(tag for tag in found.values() if tag))[:MOST]
    missing = tuple(
        fit(one.label, _NAME, verbatim)
        for one in topics
        if not found[one.code] and one.code in TOPICS
    )
    if few:
        tags, missing = tags[:1] if requires(forum) else (), ()
    if not tags and requires(forum):
        tags = tuple(_stopgap(offered))
    return Choice(tags, missing[: MOST - len(tags)])


def requires(forum: Payload) -> bool:
    """Whether every post there must have a tag."""
    return bool(int(forum.get("flags") or 0) & _REQUIRED)


def usable(forum: Payload) -> bool:
    """Whether there is a tag that anybody may set."""
    return any(True for _ in _ours(forum))


def _ours(forum: Payload) -> Iterator[Payload]:
    """Tags that anybody may set; the others are for moderators."""
    return (tag for tag in forum.get("available_tags") or () if not tag.get("moderated"))


def _known(offered: dict[str, str], topic: Topic) -> Iterator[str]:
    names = map(_key, (topic.label, topic.code))
    return (offered[name] for name in names if name in offered)


def _key(tag: str) -> str:
    """As people mean it: `Supply chain` and `supply-chain` are one tag."""
    return " ".join(tag.casefold().replace("-", " ").replace("_", " ").split())


def _stopgap(offered: dict[str, str]) -> Iterator[str]:
    """A general tag, else the first; a card under a wrong tag is better than none at all."""
    general = (offered[one] for one in _GENERAL if one in offered)
    yield from [next(general, next(iter(offered.values()), ""))] if offered else []
