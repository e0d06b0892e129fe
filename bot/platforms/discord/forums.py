"""Forum channels: one post for each story, with tags by topic; read back since they know no nonce."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.platforms.discord import history
from bot.platforms.discord.errors import Answer, Lost, NotSent, posted, unreadable
from bot.platforms.discord.places import Failure, Payload, Places
from bot.platforms.discord.rest import Rest
from bot.platforms.discord.tags import MOST_OFFERED, Choice, choose
from bot.platforms.discord.threads import Body, name
from digests.model import (
    Absent,
    Card,
    Clock,
    Content,
    Found,
    Posted,
    PostOutcome,
    Retry,
    Sighting,
    Topic,
    Unclear,
    Unreadable,
)

_ASK_AGAIN: Final = timedelta(hours=1)  # after Discord did not let us add tags
_PAGE: Final = 100
_MOST_PAGES: Final = 20
_STARTER = ("content", "embeds", "components", "allowed_mentions")


class Forums:
    """Posts to forums and looks for posts in them."""

    def __init__(self, rest: Rest, places: Places, clock: Clock) -> None:
        self._rest = rest
        self._places = places
        self._clock = clock
        self._tags_refused: dict[str, float] = {}  # forum -> when

    async def post(self, forum: str, content: Content, body: Body, *, plain: bool) -> PostOutcome:
        """Begin a post; sent once. Its id is `THREAD/MESSAGE`, which are the same here."""
        channel = await self._places.channel(forum)
        if isinstance(channel, Failure):
            return _not_begun(channel)
        topics = content.topics if isinstance(content, Card) else ()
        chosen = choose(channel, topics, few=plain)
        if chosen.missing and not plain and self._may_add(forum):
            chosen = await self._added(channel, topics, chosen)
        begun: Body = {
            "name": name(content),
            "message": {key: body[key] for key in _STARTER if key in body},
        }
        if chosen.tags:
            begun["applied_tags"] = list(chosen.tags)
        result = await self._rest.call("POST", f"/channels/{forum}/threads", json_body=begun)
        outcome = posted(result)
        if isinstance(outcome, Posted):
            return Posted(f"{outcome.message_id}/{outcome.message_id}")
        return outcome

    async def find(self, channel: Payload, wanted: history.Wanted, after: str) -> Sighting:
        """Look through every post of ours that is newer than that id, archived ones too."""
        for threads in (await self._active(channel), await self._archived(channel, after)):
            if isinstance(threads, Unreadable):
                return threads
            ours = [str(one["id"]) for one in threads if _is_ours(one, channel, wanted, after)]
            for thread in ours:
                sighting = await self._starter(thread, wanted)
                if not isinstance(sighting, Absent):
                    return sighting
        return Absent()

    def _may_add(self, forum: str) -> bool:
        refused = self._tags_refused.get(forum)
        now = self._clock.monotonic()
        return refused is None or now - refused >= _ASK_AGAIN.total_seconds()

    async def _added(self, channel: Payload, topics: Sequence[Topic], chosen: Choice) -> Choice:
        """The choice after the missing tags were added; as it was where we may not add any."""
        forum = str(channel["id"])
        offered = list(channel.get("available_tags") or ())
        room = MOST_OFFERED - len(offered)
        wanted = [{"name": tag} for tag in chosen.missing[: max(0, room)]]
        if not wanted:
            return chosen
        result = await self._rest.call(
            "PATCH", f"/channels/{forum}", json_body={"available_tags": [*offered, *wanted]}
        )
        if isinstance(result, Answer) and result.good and isinstance(result.payload, dict):
            return replace(choose(result.payload, topics), missing=())
        self._tags_refused[forum] = self._clock.monotonic()
        return chosen

    async def _starter(self, thread: str, wanted: history.Wanted) -> Sighting:
        """Whether the message that a post began with is the wanted one."""
        answer = await self._rest.call("GET", f"/channels/{thread}/messages/{thread}")
        if isinstance(answer, Answer) and answer.good and isinstance(answer.payload, dict):
            return (
                Found(f"{thread}/{thread}") if history.is_it(answer.payload, wanted) else Absent()
            )
        if isinstance(answer, Answer) and answer.status == 404:  # noqa: PLR2004 - HTTP
            return Absent()  # somebody deleted it
        return unreadable(answer)

    async def _active(self, channel: Payload) -> list[Payload] | Unreadable:
        return _threads(
            await self._rest.call("GET", f"/guilds/{channel['guild_id']}/threads/active")
        )

    async def _archived(self, channel: Payload, after: str) -> list[Payload] | Unreadable:
        """Those archived since that id, the latest first: none that is newer was archived before."""
        path = f"/channels/{channel['id']}/threads/archived/public"
        found: list[Payload] = []
        query = {"limit": str(_PAGE)}
        for _ in range(_MOST_PAGES):
            answer = await self._rest.call("GET", path, query=query)
            page = _threads(answer)
            if isinstance(page, Unreadable):
                return page
            found += page
            last = _archived_at(page[-1]) if page else ""
            more = isinstance(answer, Answer) and _has_more(answer.payload)
            if not more or not last or datetime.fromisoformat(last) < _time_of(after):
                return found
            query["before"] = last
        return Unreadable(f"more than {_PAGE * _MOST_PAGES} posts were archived since then")


def _not_begun(failure: Failure) -> PostOutcome:
    """Nothing was sent when not even the forum could be looked at."""
    outcome = posted(failure)
    if isinstance(outcome, Unclear | Posted):
        reason = outcome.reason if isinstance(outcome, Unclear) else "Discord's answer is no forum"
        return Retry(reason)
    return outcome


def _threads(answer: Answer | NotSent | Lost) -> list[Payload] | Unreadable:
    if isinstance(answer, Answer) and answer.good and isinstance(answer.payload, dict):
        threads = answer.payload.get("threads")
        if isinstance(threads, list) and all(map(_is_thread, threads)):
            return threads
    return unreadable(answer)


def _is_thread(thread: object) -> bool:
    return isinstance(thread, dict) and str(thread.get("id", "")).isdigit()


def _has_more(payload: object) -> bool:
    return bool(isinstance(payload, dict) and payload.get("has_more"))


def _is_ours(thread: Payload, forum: Payload, wanted: history.Wanted, after: str) -> bool:
    return (
        str(thread.get("parent_id")) == str(forum["id"])
        and str(thread.get("owner_id")) == wanted.author
        and int(thread["id"]) > int(after)
    )


def _archived_at(thread: Payload) -> str:
    metadata: Mapping[str, Any] = thread.get("thread_metadata") or {}
    return str(metadata.get("archive_timestamp") or "")


def _time_of(snowflake: str) -> datetime:
    return history.EPOCH + timedelta(milliseconds=int(snowflake) >> 22)
