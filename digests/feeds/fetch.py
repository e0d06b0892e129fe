"""Fetching feeds and article pages politely: what is said to each host, and how often."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from random import Random

from digests.feeds.hosts import SPACING, Hosts
from digests.feeds.pace import FeedState
from digests.feeds.robots import MAX_RULES
from digests.model import CacheHints, Clock, Feed, FetchFailed, FetchOutcome, Trouble, Validators
from digests.web.client import Client

PAGE_MAX = 2 * 2**20  # bytes; an article that needs more is no article
_FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml,"
    " application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_TEXT = "text/plain, */*;q=0.5"
_PAGES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"


class Fetcher:
    """Asks for documents, one request at a time to each host, `spacing` seconds apart.

    `pauses` are those that were still running when the bot stopped.
    """

    def __init__(
        self,
        client: Client,
        clock: Clock,
        random: Random,
        *,
        spacing: float = SPACING,
        pauses: Mapping[str, datetime] | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._hosts = Hosts(clock, random, spacing=spacing, pauses=pauses)

    @property
    def pauses(self) -> Mapping[str, datetime]:
        """Hosts that are left alone, and until when: to be saved after a poll."""
        return self._hosts.pauses

    async def fetch(self, feed: Feed, state: FeedState) -> FetchOutcome:
        """The feed's document, or why there is none; a host on pause is not asked at all.

        A feed that moved for good is asked at its new address, with the same validators.
        """
        accept = {} if _names_accept(feed) else {"Accept": _FEEDS}
        return await self._ask(
            state.adopted or feed.url,
            headers=accept | dict(feed.headers),
            validators=state.validators,
            allow_http_downgrade=feed.allow_http,
            credentials=feed.auth,
            user_agent=feed.user_agent,
        )

    async def page(self, url: str) -> FetchOutcome:
        """An article page; it waits in the same queue as the feeds of its host."""
        return await self._ask(url, headers={"Accept": _PAGES}, max_body=PAGE_MAX)

    async def robots(self, url: str) -> FetchOutcome:
        """A host's robots.txt."""
        return await self._ask(url, headers={"Accept": _TEXT}, max_body=MAX_RULES)

    async def _ask(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        validators: Validators | None = None,
        allow_http_downgrade: bool = False,
        max_body: int | None = None,
        credentials: str = "",
        user_agent: str = "",
    ) -> FetchOutcome:
        async with self._hosts.turn(url) as paused_until:
            if paused_until is not None:
                return self._left_alone(paused_until)
            outcome = await self._client.get(
                url,
                headers=headers,
                validators=validators,
                allow_http_downgrade=allow_http_downgrade,
                max_body=max_body,
                credentials=credentials,
                user_agent=user_agent,
            )
            until = self._hosts.heard(url, outcome)
        return outcome if until is None else self._waiting(outcome, until)

    def _waiting(self, outcome: FetchOutcome, until: datetime) -> FetchOutcome:
        """The feed waits as long as its host does: asked sooner, it would only be put off."""
        hints = replace(outcome.hints, retry_after=until - self._clock.now())
        return replace(outcome, hints=hints)

    def _left_alone(self, until: datetime) -> FetchFailed:
        return FetchFailed(
            Trouble.RATE_LIMITED,
            f"its host asked for fewer requests; it is left alone until {until:%d %b %H:%M} UTC",
            hints=CacheHints(retry_after=until - self._clock.now()),
        )


def _names_accept(feed: Feed) -> bool:
    return any(name.lower() == "accept" for name, _ in feed.headers)
