"""What a bot does until it is asked to stop: every tick, and how it ends."""

import asyncio
import logging
import signal
from collections.abc import Callable
from datetime import timedelta

from bot.app import STOP_WITHIN, App, close_chats, connected
from bot.scheduler import Ticker
from bot.upkeep import Seldom, attempt, keep_learning, reindex
from digests.config import Settings, Watcher
from digests.errors import ArchiveError, ConfigError
from digests.model import Feed

log = logging.getLogger(__name__)

TAKE_UP_AGAIN = 5.0  # seconds
RETENTION_EVERY = timedelta(days=1)
NOTICES_EVERY = timedelta(seconds=30)
RETRY_EVERY = timedelta(hours=1)  # a channel that refused us: seldom enough to hammer nobody


async def serve(app: App) -> None:
    """Run until SIGTERM or SIGINT; then finish what is under way, within five seconds."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stopping(stop))
    ticker = Ticker()
    ticker.start()
    for chat in app.chats.values():
        await chat.start()
    tasks = [
        asyncio.create_task(app.courier.run()),
        asyncio.create_task(_tick(app, ticker)),
        asyncio.create_task(keep_learning(app.learner, app.courier.wake, app.clock)),
    ]
    indexing = asyncio.create_task(reindex(app.archive))
    await asyncio.wait([asyncio.create_task(stop.wait()), *tasks], return_when="FIRST_COMPLETED")
    ticker.stop()
    for task in (*tasks, indexing):
        task.cancel()
    await asyncio.gather(*tasks, indexing, return_exceptions=True)
    await app.courier.stop(STOP_WITHIN)
    await close_chats(app)
    for task in tasks:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error  # whoever watches over us has to start us again


def _stopping(stop: asyncio.Event) -> Callable[[], None]:
    """The first signal asks to stop, the second ends at once: kill -9 is safe too."""

    def on_signal() -> None:
        if stop.is_set():
            raise SystemExit(1)
        stop.set()

    return on_signal


async def _tick(app: App, ticker: Ticker) -> None:
    """Every second: a changed file, due feeds, the welcome; now and then the rest."""
    watcher = Watcher(app.env.config, app.env.values, app.clock)
    await asyncio.to_thread(watcher.poll)
    polling: set[str] = set()
    seldom = _seldom(app)
    await attempt(app.retry_channels)
    async with asyncio.TaskGroup() as group:
        while True:
            await ticker.next()
            await _reload(app, watcher)
            for feed in app.desk.due():
                if feed.url not in polling:
                    polling.add(feed.url)
                    group.create_task(_poll_one(app, feed, polling))
            await attempt(app.desk.welcome)
            for one in seldom:
                await one.when_due(app.clock.monotonic())


def _seldom(app: App) -> tuple[Seldom, ...]:
    now = app.clock.monotonic()
    return (
        Seldom(app.notices.look, NOTICES_EVERY, now),
        Seldom(app.retry_channels, RETRY_EVERY, now + RETRY_EVERY.total_seconds()),
        Seldom(lambda: forget(app), RETENTION_EVERY, now + RETENTION_EVERY.total_seconds()),
    )


async def forget(app: App) -> None:
    """Forget what is too old, by a time that publishers confirm: our clock may be wrong."""
    now = app.desk.confirmed_time()
    if now is None:
        log.warning("nothing old is forgotten: no publisher says what time it is")
        return
    await app.archive.forget(now=now, keep=app.settings.defaults.keep)


async def _poll_one(app: App, feed: Feed, polling: set[str]) -> None:
    try:
        await app.poll([feed], lambda _: None)
    finally:
        polling.discard(feed.url)


async def _reload(app: App, watcher: Watcher) -> None:
    """A good file is taken up; a bad one changes nothing and is told once."""
    found = await asyncio.to_thread(watcher.poll)
    if isinstance(found, ConfigError):
        log.error("feeds.yaml was not taken up: %s", found)
        app.notices.file_read(found)
    elif found is not None:
        app.rules.renew(found.allow)
        await _applied(app, connected(found, app.env))
        app.notices.file_read(None)
        log.warning("feeds.yaml was taken up again")
        await attempt(app.retry_channels)  # it may name other places, and fewer
    else:
        return
    await attempt(app.notices.look)
    app.courier.wake()


async def _applied(app: App, settings: Settings) -> None:
    """A change is reported once, so it is taken up however often the archive refuses."""
    while True:
        try:
            return await app.desk.apply(settings)
        except ArchiveError as error:
            log.info("feeds.yaml cannot be taken up now: %s", error)
            await app.clock.sleep(TAKE_UP_AGAIN)
