"""The composition root: builds the parts around one configuration, and closes them in order."""

import asyncio
import contextlib
import logging
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
from bot.settings import Environment
from bot.sharing import Sharing
from digests.archive.store import Archive
from digests.clock import SystemClock
from digests.config import Settings, load
from digests.desk.desk import Desk, PollReport
from digests.desk.learning import Learner
from digests.desk.watchkeeping import Watchkeeper
from digests.errors import ArchiveError
from digests.feeds.fetch import Fetcher
from digests.feeds.hosts import SPACING
from digests.knowledge.sources import sources
from digests.model import Channel, Clock, Feed, Target
from digests.web.addresses import AddressRules
from digests.web.client import Client
from digests.web.sandbox import Sandbox

log = logging.getLogger(__name__)

USER_AGENT = "Nightdesk/0.1 (+https://pypi.org/project/nightdesk/)"
STOP_WITHIN = 3.0  # seconds for sends under way; five in all, also on a busy machine
CLOSE_WITHIN = 1.5  # seconds for the connections of all platforms together


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
        await self.courier.look_at_places()


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


async def close_chats(app: App) -> None:
    """Let go of every platform's connections; one that does not close is left."""
    closing = [asyncio.create_task(chat.close()) for chat in app.chats.values()]
    if closing:
        await asyncio.wait(closing, timeout=CLOSE_WITHIN)
    for task in closing:
        task.cancel()
    await asyncio.gather(*closing, return_exceptions=True)
