"""Reading a channel back, to see whether our mark stands there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.platforms.discord.errors import Answer, Lost, NotSent, message_id, unreadable
from bot.platforms.discord.places import Places
from bot.platforms.discord.rest import Rest
from digests.model import Absent, Found, Sighting, Unreadable

MARGIN = timedelta(minutes=10)  # between Discord's clock and the one that dated the intent
_PAGE = 100
_MOST_PAGES = 200
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)

_Message = dict[str, Any]


def snowflake(at: datetime) -> str:
    """The smallest id that a message of that time can have."""
    milliseconds = max(0, int((at - EPOCH).total_seconds() * 1000))
    return str(milliseconds << 22)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message of ours that may stand in a channel."""

    author: str  # our user id
    mark: str
    nonce: str


async def find(rest: Rest, places: Places, channel: str, wanted: Wanted, after: str) -> Sighting:
    """Look through everything after that id. Absent is said only when all of it was read."""
    cursor, seen = after, False
    for _ in range(_MOST_PAGES):
        query = {"after": cursor, "limit": str(_PAGE)}
        answer = await rest.call("GET", f"/channels/{channel}/messages", query=query)
        page = _messages(answer)
        if page is None:
            return unreadable(answer)
        if not page:
            return Absent() if seen else await _absent(places, channel)
        if found := next((message["id"] for message in page if is_it(message, wanted)), ""):
            return Found(found)
        cursor, seen = max((m["id"] for m in page), key=int), True
    return Unreadable(f"more than {_MOST_PAGES * _PAGE} messages since then")


async def _absent(places: Places, channel: str) -> Sighting:
    """Nothing at all: an empty channel, or one whose history Discord does not show us.

    Without Read Message History the list is empty and no error says why.
    """
    readable = await places.may_read_history(channel)
    match readable:
        case True:
            return Absent()
        case False:
            return Unreadable("the bot lacks Read Message History there")
        case Answer() | NotSent() | Lost():
            return unreadable(readable)


def _messages(answer: object) -> list[_Message] | None:
    """The page, None when this is no readable list of messages."""
    if not isinstance(answer, Answer) or not answer.good or not isinstance(answer.payload, list):
        return None
    page = answer.payload
    return page if all(message_id(message) for message in page) else None


def is_it(message: _Message, wanted: Wanted) -> bool:
    """By the mark that a card shows; the nonce is given back only for a while, if at all."""
    if (message.get("author") or {}).get("id") != wanted.author:
        return False  # anybody may copy a mark
    return message.get("nonce") == wanted.nonce or wanted.mark in _last_words(message)


def _last_words(message: _Message) -> Iterable[str]:
    """The place of the mark: last in the footer, or last in a message of text alone."""
    embeds = message.get("embeds") or ()
    texts = [(embed.get("footer") or {}).get("text") for embed in embeds]
    return {(text or "").rpartition(" ")[2] for text in (*texts, message.get("content"))}
