"""How one entry comes to be told: its page is fetched, the worker condenses, a model may retell."""

import asyncio
from functools import partial

from digests import reading
from digests.desk.shaping import plain_telling
from digests.desk.summaries import ARTICLE, Summaries, Worker
from digests.errors import WorkerError
from digests.feeds.fetch import Fetcher
from digests.feeds.robots import Robots, permits
from digests.model import Clock, Document, Draft, Feed, Fetched, Telling

PAGE_WAIT = 20.0  # seconds an article page may hold up its story; then the feed's text is told


class Teller:
    """Makes a Telling of any draft; never raises for what a page or a model does."""

    def __init__(
        self, fetcher: Fetcher, worker: Worker, summaries: Summaries, clock: Clock
    ) -> None:
        self._fetcher = fetcher
        self._worker = worker
        self._summaries = summaries
        self._robots = Robots(fetcher.robots, clock)

    async def tell(self, feed: Feed, draft: Draft, *, page: bool = True) -> Telling:
        """The telling of one entry; `page`: from its article page where the feed has a teaser."""
        told = await self._condensed(draft, await self._page(feed, draft) if page else None)
        return await self._summaries.retold(draft.title, told)

    async def _condensed(self, draft: Draft, document: Document | None) -> Telling:
        tell = partial(reading.tell, keep=ARTICLE) if self._summaries.wanted else reading.tell
        size = len(document.body) if document else len(draft.text)
        try:
            return await self._worker.run(tell, draft, document, size=size)
        except WorkerError:
            pass
        try:  # the page broke the worker; the feed's own words did not
            return await self._worker.run(tell, draft, None, size=len(draft.text))
        except WorkerError:
            return plain_telling(draft)

    async def _page(self, feed: Feed, draft: Draft) -> Document | None:
        if not (feed.full_text and draft.teaser and draft.shown_link):
            return None
        try:
            async with asyncio.timeout(PAGE_WAIT):
                if feed.robots and not await self._may_read(draft.shown_link):
                    return None
                outcome = await self._fetcher.page(draft.shown_link)
        except TimeoutError:
            return None
        return outcome.document if isinstance(outcome, Fetched) else None

    async def _may_read(self, url: str) -> bool:
        """Whether the host's robots.txt lets us read a page; rules that break the worker do not."""
        rules = await self._robots.rules_for(url)
        if rules.closed or not rules.body:
            return not rules.closed
        try:
            return await self._worker.run(permits, rules.body, url, size=len(rules.body))
        except WorkerError:
            return False
