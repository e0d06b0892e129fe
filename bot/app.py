"""The composition root: builds the parts, starts them, drains them, stops them."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import SystemRandom

from bot.admission import Admission
from bot.commands import Commands
from bot.courier import Courier
from bot.doing import Deeds, Looks
from bot.notices import Notices
from bot.onelook import one_look
from bot.platforms import Chat
from bot.platforms.terminal.chat import on_stream
from bot.scheduler import Ticker
from bot.settings import Environment
from bot.sharing import Sharing
from bot.upkeep import Seldom, attempt, keep_learning, learn, reindex
from digests.archive.store import Archive
from digests.clock import SystemClock
from digests.config import Settings, Watcher, load
from digests.desk.desk import Desk, PollReport
from digests.desk.learning import Learner
from digests.desk.watchkeeping import Watchkeeper
from digests.errors import ArchiveError, ConfigError
from digests.feeds.fetch import Fetcher
from digests.feeds.hosts import SPACING
from digests.knowledge.sources import sources
from digests.model import Channel, Clock, Feed, Post, PostState, Target
from digests.rules.routing import FLOOD
from digests.web.addresses import AddressRules
from digests.web.client import Client
from digests.web.sandbox import Sandbox

log = logging.getLogger(__name__)

USER_AGENT = "Nightdesk/0.1 (+https://pypi.org/project/nightdesk/)"
STOP_WITHIN = 3.0  # seconds for sends under way; five in all, also on a busy machine
CLOSE_WITHIN = 1.5  # seconds for the connections of all platforms together
TAKE_UP_AGAIN = 5.0  # seconds
RETENTION_EVERY = timedelta(days=1)
LEARN_WITHIN = 20.0  # seconds that one round waits for them
NOTICES_EVERY = timedelta(seconds=30)
RETRY_EVERY = timedelta(hours=1)  # a channel that refused us: seldom enough to hammer nobody


@dataclass(slots=True)
class App:
    """Everything that runs, wired together."""

    env: Environment
    clock: Clock
    archive: Archive
    desk: Desk
    courier: Courier
    commands: Commands
    fetcher: Fetcher
    rules: AddressRules
    chats: dict[str, Chat]
    notices: Notices
    learner: Learner
    _pauses: dict[str, datetime] = field(default_factory=dict)  # of hosts, as saved
    _admission: Admission = field(default_factory=Admission)

    @property
    def settings(self) -> Settings:
        """The last good file."""
        return self.desk.settings

    async def poll(self, feeds: Sequence[Feed], done: Callable[[PollReport], None]) -> None:
        """Poll feeds side by side; what breaks for one is said and stops no other."""

        async def one(feed: Feed) -> None:
            async with self._admission.of(feed.url, self.desk.states.get(feed.url)):
                done(await self._poll(feed))
                self.courier.wake()

        async with asyncio.TaskGroup() as group:
            for feed in feeds:
                group.create_task(one(feed))

    async def _poll(self, feed: Feed) -> PollReport:
        try:
            report = await self.desk.poll(feed)
            await self._save_pauses()
        except ArchiveError as error:
            log.info("%s: %s", feed.name, error)  # the archive itself says so, once
            return PollReport(feed.url, "failed", f"the archive could not write: {error}")
        except Exception:  # one feed must never take the others with it; the log has the place
            log.exception("%s could not be polled", feed.name)
            return PollReport(feed.url, "failed", "an error of Nightdesk's own; see the log")
        log.info("%s: %s %s", feed.name, report.outcome, report.reason)
        return report

    async def _save_pauses(self) -> None:
        """Hosts that asked to be left alone are left alone after a restart as well."""
        for host, until in self.fetcher.pauses.items():
            if self._pauses.get(host) != until:
                await self.archive.save_host_pause(host, until)
                self._pauses[host] = until

    async def retry_channels(self) -> None:
        """Channels that refused us are tried again: what was wrong may have been mended."""
        for name, pause in (await self.archive.paused()).items():
            if pause.until is None and not pause.by:  # an editor's pause is for editors to end
                await self.archive.resume_channel(name)


@contextlib.asynccontextmanager
async def opened(
    env: Environment, *, clock: Clock | None = None, spacing: float = SPACING
) -> AsyncIterator[App]:
    """Build the parts around one configuration; on leaving, all are closed in order."""
    clock = clock or SystemClock()
    settings = connected(await asyncio.to_thread(load, env.config, env.values), env)
    archive = await Archive.open(env.database)
    try:
        rules = AddressRules(settings.allow)
        client = Client(rules, clock, user_agent=USER_AGENT, environment=env.values)
        async with client, Sandbox() as sandbox:
            pauses = await archive.host_pauses()
            fetcher = Fetcher(client, clock, SystemRandom(), spacing=spacing, pauses=pauses)
            desk = Desk(archive, fetcher, sandbox, clock)
            await desk.open(settings)
            chats: dict[str, Chat] = {}
            settle = timedelta(seconds=env.settle)
            desk.watchers.platforms = chats.keys()
            courier = Courier(
                archive, chats, lambda: desk.settings, clock, settle, desk.watchers.channel
            )
            commands = Commands(
                archive,
                lambda: desk.settings,
                clock,
                lambda name: _homes(name, desk, chats),
                share=Sharing(chats, SystemRandom()),
                probe=one_look(fetcher, sandbox, clock),
                doing=Deeds(desk, Looks(fetcher, sandbox, clock), courier.wake),
                watches=Watchkeeper(archive, desk.watchers),
            )
            chats |= _chats(env, desk, commands, clock)
            learner = Learner(client, sandbox, archive, desk, clock, sources(env.values))
            notices = Notices(
                archive, clock, lambda: desk.settings, lambda: desk.states, courier.unresolved
            )
            yield App(
                env,
                clock,
                archive,
                desk,
                courier,
                commands,
                fetcher,
                rules,
                chats,
                notices,
                learner,
            )
    finally:
        await archive.close()


def connected(settings: Settings, env: Environment) -> Settings:
    """Channels of platforms without a token are told in the terminal, and not owed later."""
    have = {
        "terminal": True,
        "slack": bool(env.slack_bot_token),
        "discord": bool(env.discord_token),
    }
    terminal = Target("terminal", "")
    channels = [c if have[c.to.platform] else replace(c, to=terminal) for c in settings.channels]
    watches = [w if have[w.to.platform] else replace(w, to=terminal) for w in settings.watches]
    notices, review = (
        terminal if target is not None and not have[target.platform] else target
        for target in (settings.notices, settings.review)
    )
    channels = channels or [Channel("terminal", terminal)]
    return replace(
        settings, channels=tuple(channels), watches=tuple(watches), notices=notices, review=review
    )


def _chats(env: Environment, desk: Desk, commands: Commands, clock: Clock) -> dict[str, Chat]:
    chats: dict[str, Chat] = {"terminal": on_stream(sys.stdout, clock, env.values)}
    if env.slack_bot_token:
        from bot.platforms.slack.chat import SlackChat
        from bot.platforms.slack.client import API_URL

        chats["slack"] = SlackChat(
            env.slack_bot_token.reveal(),
            env.slack_app_token.reveal(),
            answer=commands.answer,
            form=commands.form,
            greeting=commands.greeting,
            clock=clock,
            random=SystemRandom(),
            targets=_targets(desk, "slack"),
            base_url=env.slack_api_url or API_URL,
        )
    if env.discord_token:
        from bot.platforms.discord.chat import DiscordChat

        chats["discord"] = DiscordChat(
            env.discord_token.reveal(),
            clock=clock,
            random=SystemRandom(),
            answer=commands.answer,
            complete=commands.complete,
            greeting=commands.greeting,
            form=commands.form,
            targets=lambda: _targets(desk, "discord"),
            threaded=lambda: [c.to for c in desk.settings.channels if c.thread],
            api_url=env.discord_api_url,
            gateway_url=env.discord_gateway_url,
        )
    return chats


def _targets(desk: Desk, platform: str) -> list[Target]:
    return [c.to for c in desk.settings.every_channel if c.to.platform == platform]


def _homes(platform: str, desk: Desk, chats: dict[str, Chat]) -> frozenset[str] | None:
    """Where commands are served: see access.refusal."""
    chat = chats.get(platform)
    if chat is None or not _targets(desk, platform):
        return frozenset()
    places = getattr(chat, "homes", None)  # a terminal has none: whoever sits there is at home
    return places() if places else None


@dataclass(frozen=True, slots=True)
class Once:
    """What one round of polling and posting came to."""

    reports: tuple[PollReport, ...]
    posts: dict[PostState, int]
    waiting: tuple[Post, ...]


async def once(app: App, *, everything: bool, done: Callable[[PollReport], None]) -> Once:
    """Poll what is due, then post until all that was due by then is settled."""
    deadline = app.clock.now() + timedelta(seconds=2 * app.env.settle)
    reports: list[PollReport] = []

    def note(report: PollReport) -> None:
        reports.append(report)
        done(report)

    await app.retry_channels()
    learning = asyncio.create_task(learn(app.learner, app.courier.wake))
    await app.poll(app.desk.due(everything=everything), note)
    await asyncio.wait([learning], timeout=LEARN_WITHIN)
    learning.cancel()
    await asyncio.gather(learning, return_exceptions=True)
    await app.desk.welcome()
    # Every feed was asked: no more will come of what had piled up.
    await app.archive.outbox.ripen(FLOOD, now=app.clock.now())
    await app.notices.look()
    await _settle(app, deadline)
    waiting = await app.archive.outbox.waiting(app.clock.now())
    return Once(tuple(reports), await app.archive.outbox.counts(), tuple(waiting))


async def _settle(app: App, deadline: datetime) -> None:
    while app.clock.now() < deadline:
        await app.courier.round()
        await app.courier.drained()
        counts = await app.archive.outbox.counts()
        due = await app.archive.outbox.destinations_with_work(app.clock.now())
        if not due and not counts.get(PostState.SENDING):
            return
        await app.clock.sleep(0.2)
    await app.courier.stop(STOP_WITHIN)


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


async def close_chats(app: App) -> None:
    """Let go of every platform's connections; one that does not close is left."""
    closing = [asyncio.create_task(chat.close()) for chat in app.chats.values()]
    if closing:
        await asyncio.wait(closing, timeout=CLOSE_WITHIN)
    for task in closing:
        task.cancel()
    await asyncio.gather(*closing, return_exceptions=True)


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
