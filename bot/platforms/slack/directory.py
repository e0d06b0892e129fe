"""Names that people write in feeds.yaml become Slack's ids, and people's languages are looked up."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.client import Answer, Call, Web
from bot.platforms.slack.errors import CURES, Failure
from digests.errors import ChatError
from digests.model import Clock

_PAGE = 200  # what Slack recommends
_MOST_PAGES = 500
_FRESH = 300.0  # seconds for which a list of names is trusted to hold what it does not show
_PATIENCE = 1.0  # seconds; an answer in English now beats one in Arabic later
_MOST_PEOPLE = 2_000

Row = dict[str, Any]
Pages = Callable[[AsyncWebClient, str], Any]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks."""

    name: str  # as people there see it; from outside, "" when it is not known
    locale: str  # the primary tag of the language


NOBODY = Person("", "en")


class Directory:
    """Channels and people of one workspace."""

    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._channels: dict[str, str] = {}
        self._channels_at = float("-inf")
        self._people: dict[str, Person] = {}
        self._asking = asyncio.Lock()
        self.teams: frozenset[str] = frozenset()  # our workspace, its organisation if it has one
        self.me = ""  # the bot's own id; both stay empty until Slack has said them

    async def place(self, address: str) -> str:
        """The conversation's id for `#name`, `C0123`, `@name`, `U0123` or `D0123`. Raises ChatError."""
        if address.startswith("#"):
            return await self._channel_named(address[1:].lower())
        if address.startswith("@"):
            return await self.direct(await self._person_named(address[1:].lower()))
        if address[:1] in {"U", "W"}:
            return await self.direct(address)
        if address.startswith("D"):
            return address  # a direct message; looking at it would need one more permission
        return str((await self.channel(address))["id"])

    async def find_teams(self) -> None:
        """Find out once whose token it is and where; without an answer, the next time."""
        if self.teams:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE), self._asking:
                if self.teams:  # others asked meanwhile
                    return
                answer = await self._web.ask(lambda c: c.auth_test())
                if not isinstance(answer, Failure):
                    named = {answer.text("team_id"), answer.text("enterprise_id")}
                    self.teams, self.me = frozenset(named - {""}), answer.text("user_id")

    async def channel(self, place: str) -> Row:
        """What Slack tells of a conversation. Raises ChatError when there is none that we see."""
        answer = await self._get(lambda c: c.conversations_info(channel=place), place)
        found = answer.inner("channel")
        if found.get("is_archived"):
            raise ChatError(f"slack:{place} is archived: {CURES['is_archived']}")
        if not found.get("id"):
            raise ChatError(f"slack:{place}: {CURES['channel_not_found']}")
        return found

    async def person(self, user: str) -> Person:
        """Who that is; without a name and in English when Slack does not say it at once."""
        known = self._people.get(user)
        if known is not None:
            return known
        try:
            async with asyncio.timeout(_PATIENCE):
                answer = await self._web.ask(
                    lambda c: c.users_info(user=user, include_locale=True)
                )
        except TimeoutError:
            return NOBODY
        if isinstance(answer, Failure):
            return NOBODY
        if len(self._people) >= _MOST_PEOPLE:
            self._people.clear()
        self._people[user] = _person(answer.inner("user"))
        return self._people[user]

    async def _channel_named(self, name: str) -> str:
        stale = self._clock.monotonic() - self._channels_at > _FRESH
        if name not in self._channels and stale:
            await self._list_channels()
        if name not in self._channels:
            raise ChatError(f"slack:#{name} was not found: {CURES['channel_not_found']}")
        return self._channels[name]

    async def _list_channels(self) -> None:
        def page(client: AsyncWebClient, cursor: str) -> Any:
            return client.conversations_list(
                cursor=cursor or None,
                limit=_PAGE,
                exclude_archived=True,
                types="public_channel,private_channel",
            )

        async for row in self._rows(page, "channels"):
            self._channels[str(row.get("name", "")).lower()] = str(row.get("id", ""))
        self._channels_at = self._clock.monotonic()

    async def _person_named(self, name: str) -> str:
        """By user name, which is unique, else by the name people see, when only one bears it."""
        shown: set[str] = set()
        async for row in self._rows(
            lambda c, at: c.users_list(cursor=at or None, limit=_PAGE), "members"
        ):
            if row.get("deleted") or row.get("is_bot"):
                continue
            if str(row.get("name", "")).lower() == name:
                return str(row.get("id", ""))
            if name in _shown_names(row):
                shown.add(str(row.get("id", "")))
        if len(shown) == 1:
            return shown.pop()
        several = f"{len(shown)} people are called that: write the member id" if shown else ""
        raise ChatError(f"slack:@{name} was not found: {several or CURES['user_not_found']}")

    async def direct(self, user: str) -> str:
        """The direct messages with a person, opened when there are none. Raises ChatError."""
        answer = await self._get(lambda c: c.conversations_open(users=user), f"@{user}")
        place = answer.inner("channel").get("id")
        if not place:
            raise ChatError(f"slack:@{user}: Slack opened no direct message")
        return str(place)

    async def _rows(self, page: Pages, field: str) -> AsyncIterator[Row]:
        cursor = ""
        for _ in range(_MOST_PAGES):
            at = cursor
            answer = await self._get(lambda c: page(c, at), field)  # noqa: B023 - awaited at once
            for row in answer.rows(field):
                yield row
            cursor = answer.cursor
            if not cursor:
                return

    async def _get(self, call: Call, what: str) -> Answer:
        answer = await self._web.read(call)
        if isinstance(answer, Failure):
            raise ChatError(f"slack:{what}: {answer}")
        return answer


def _shown_names(row: Row) -> set[str]:
    profile = row.get("profile")
    names = profile if isinstance(profile, dict) else {}
    return {str(names.get(key) or "").lower() for key in ("display_name", "real_name")} - {""}


def _person(row: Row) -> Person:
    """The name shown beside their messages, and the language of their Slack."""
    profile = row.get("profile")
    names = profile if isinstance(profile, dict) else {}
    shown = names.get("display_name") or names.get("real_name") or row.get("name") or ""
    tag = str(row.get("locale") or "en").replace("_", "-").partition("-")[0]
    return Person(str(shown), tag.lower())
