"""Watches on both platforms: from the command to the direct message, and nobody else's business."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.commands import Commands
from bot.courier import Courier
from bot.doing import Deeds, Looks
from bot.notices import wrong_now
from bot.sharing import Sharing
from digests.archive.store import Archive
from digests.config import Defaults, Settings, Welcome
from digests.desk.desk import Desk
from digests.desk.watchkeeping import Watchkeeper
from digests.feeds.fetch import Fetcher
from digests.model import Channel, PostState
from digests.model.watching import person_at
from digests.testing import FakeClock
from digests.web.addresses import AddressRules
from digests.web.client import Client
from tests.fakediscord import GUILD, FakeDiscord
from tests.fakefeeds import FakeFeeds
from tests.fakeslack import FakeSlack
from tests.platforms.test_administration import STRANGER, OnDiscord, OnSlack
from tests.platforms.test_discord_commands import until
from tests.services.test_desk import InlineWorker, feed, rss

FIRST, SECOND = "Alpha breach at the harbour office", "Beta flaw at the harbour"


@dataclass
class Office:
    """The desk with a watchkeeper, its commands and its courier on one platform."""

    platform: Any
    archive: Archive
    desk: Desk
    courier: Courier
    publisher: FakeFeeds
    clock: FakeClock

    async def publish(self, *titles: str) -> None:
        self.publisher.publish("/feed", rss(*titles))
        await self.desk.poll(self.desk.settings.feeds[0])
        await self.rounds()

    async def rounds(self, count: int = 3) -> None:
        for _ in range(count):
            await self.courier.round()
            await self.courier.drained()

    @property
    def editor(self) -> str:
        return str(getattr(self.platform, "editor", "500000000000000001"))

    @property
    def stranger(self) -> str:
        return str(getattr(self.platform, "stranger", STRANGER))

    def told(self, person: str) -> list[str]:
        """What stands in somebody's direct messages, as text."""
        fake = self.platform.fake
        if isinstance(fake, FakeDiscord):
            return [str(message) for message in fake.world.direct(person).messages]
        places = [one for one in fake.places.values() if one.user == person]
        return [str(message) for place in places for message in place.messages]


@pytest.fixture(params=["slack", "discord"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        publisher = await enter(FakeFeeds({"/feed": rss()}))
        clock = FakeClock()
        archive = await Archive.open(tmp_path / "office.db")
        stack.push_async_callback(archive.close)
        client = await enter(Client(AddressRules(["127.0.0.0/8"]), clock, user_agent="test"))
        fetcher = Fetcher(client, clock, Random(1), spacing=0)
        desk = Desk(archive, fetcher, InlineWorker(), clock)
        fake: Any = await enter(FakeSlack() if request.param == "slack" else FakeDiscord())
        platform: Any = OnSlack(fake) if request.param == "slack" else OnDiscord(fake)
        chats: dict[str, Any] = {}
        courier = Courier(
            archive, chats, lambda: desk.settings, clock, watching=desk.watchers.channel
        )
        keeper = Watchkeeper(archive, desk.watchers)
        commands = Commands(
            archive, lambda: desk.settings, clock, watches=keeper, share=Sharing(chats, Random(1)),
            doing=Deeds(desk, Looks(fetcher, InlineWorker(), clock), courier.wake),
        )  # fmt: skip
        platform.listen(commands)
        chats[request.param] = platform.chat
        feeds = (feed(publisher.url(), first=None),)
        channel = Channel("soc", platform.target)
        await desk.open(Settings(Defaults(welcome=Welcome.FIRST), feeds, (channel,)))
        await platform.chat.start()
        stack.push_async_callback(platform.chat.close)
        if request.param == "discord":
            fake.world.members[GUILD] = {STRANGER: []}
            await until(fake.gateway.identified.is_set)
        else:
            await fake.connected()
        yield Office(platform, archive, desk, courier, publisher, clock)
        assert fake.violations == []


async def test_a_watch_tells_its_owner_alone_once_and_says_why(office: Office) -> None:
    seen = await office.platform.ask("watch add", "harbour -festival")
    assert "is told to you alone" in seen.text
    await office.publish(FIRST, "Harbour festival opens")
    await office.publish(SECOND, FIRST, "Harbour festival opens")
    told = office.told(office.editor)
    assert len(told) == 2
    assert FIRST in told[0]
    assert "Watch: harbour -festival" in told[0]
    assert office.told(office.stranger) == []
    assert len(office.platform.standing()) == 3
    why = await office.platform.ask("why", FIRST, stranger=True)
    assert "posted" in why.text
    assert "watch" not in why.text.lower()


async def test_an_ended_watch_tells_nothing_more(office: Office) -> None:
    seen = await office.platform.ask("watch add", "harbour")
    listed = await office.platform.press(seen, "What you watch for")
    assert "harbour" in listed.text
    gone = await office.platform.press(
        listed, next(one for one in listed.buttons if "Remove" in one)
    )
    assert "You watch no more for harbour." in gone.text
    await office.publish(FIRST)
    assert office.told(office.editor) == []
    assert len(office.platform.standing()) == 1


async def test_a_watch_of_a_channel_tells_there_once_and_its_owner_or_an_editor_ends_it(
    office: Office,
) -> None:
    apply, soc = office.desk.apply, office.desk.settings
    await apply(replace(soc, channels=(replace(soc.channels[0], only="zebra"),)))
    seen = await office.platform.ask("watch add", "harbour", where="here", stranger=True)
    assert "is told here, for everybody to see" in seen.text
    await office.publish(FIRST, "Harbour festival opens")
    announced, *cards = [str(one) for one in office.platform.standing()]
    assert "watches here: each new story that matches" in announced
    assert len(cards) == 2
    assert "Watch: harbour" in cards[-1]
    assert office.told(office.stranger) == office.told(office.editor) == []
    assert "told here" in (await office.platform.ask("watch list", stranger=True)).text
    (watch,) = await office.archive.watches.every()
    await apply(replace(office.desk.settings, editors=office.platform.editors))
    ended = await office.platform.ask("watch remove", str(watch.id))
    assert "You watch no more for harbour." in ended.text
    assert await office.archive.watches.every() == []
    assert "watch remove" in [one.verb for one in await office.archive.acts.trail()]


async def test_a_watch_of_a_channel_is_not_for_others_to_end(office: Office) -> None:
    seen = await office.platform.ask("watch add", "harbour", where="here")
    (watch,) = await office.archive.watches.every()
    answer = await office.platform.forge(seen, "unwatch", str(watch.id))
    assert "You have no such watch." in answer.text
    assert await office.archive.watches.every() == [watch]


async def test_a_watch_that_is_prolonged_is_announced_once_and_lost_by_no_trouble(
    office: Office,
) -> None:
    await office.platform.ask("watch add", "harbour", where="here")
    kept = await office.archive.watches.every()
    again = await office.platform.ask("watch add", "harbour", where="here")
    assert "is told here, for everybody to see" in again.text
    assert await office.archive.watches.every() == kept
    assert len(office.platform.standing()) == 1


async def test_here_in_private_is_the_owner_alone(office: Office) -> None:
    fake = office.platform.fake
    if isinstance(fake, FakeDiscord):
        private = fake.world.direct(office.editor).id
        seen = await fake.command(
            "watch add", {"query": "harbour", "where": "here"}, channel=private
        )
    else:
        private = fake.direct(office.editor)
        seen = await fake.command(
            "/digest watch add harbour where:here", user=office.editor, channel=private
        )
    assert "is told to you alone" in seen.text
    (watch,) = await office.archive.watches.every()
    assert watch.to == person_at(watch.owner)
    assert office.told(office.editor) == []


async def test_a_place_of_watches_is_named_to_operators_and_editors_as_they_know_it(
    office: Office,
) -> None:
    apply, soc = office.desk.apply, office.desk.settings
    channels = (replace(soc.channels[0], only="zebra"),)
    await apply(replace(soc, channels=channels, editors=office.platform.editors))
    await office.platform.ask("watch add", "harbour", where="here", stranger=True)
    (watch,) = await office.archive.watches.every()
    await office.publish("Zebra escapes")  # now it is known where the channel leads
    await office.publish(FIRST)
    await office.archive.pause_channel(watch.channel, "it may not write there", None)
    told = await wrong_now(office.archive, office.desk.settings, {}, office.clock.now())
    (text,) = told
    assert text.startswith("Nothing can be sent to watches in soc: it may not write there.")
    taken = await office.platform.ask("retract", (await office.archive.latest(1))[0].key)
    assert "Taken back: watches in soc." in taken.text
    listed = await office.platform.ask("watch list", stranger=True)
    assert "told here" in listed.text


async def test_what_found_nothing_says_what_to_try_and_offers_nobody_to_share_it(
    office: Office,
) -> None:
    why = await office.platform.ask("why", "zzz9")
    assert "Nothing is known of zzz9. Try the address of an entry" in why.text
    found = await office.platform.ask("search", "zzz9")
    assert "Nothing found. Try fewer words" in found.text
    assert "Share" not in {*why.buttons, *found.buttons}
    await office.publish(FIRST)
    assert "Share" in (await office.platform.ask("why", "alpha breach")).buttons
    assert "Share" in (await office.platform.ask("search", "alpha breach")).buttons


async def test_where_nothing_can_be_posted_no_watch_is_kept(office: Office) -> None:
    fake = office.platform.fake
    if isinstance(fake, FakeDiscord):
        fake.faults.plan("403", on="create")
    else:
        fake.places[office.platform.soc].member = False
    seen = await office.platform.ask("watch add", "harbour", where="here")
    assert "It could not be posted here" in seen.text
    assert await office.archive.watches.every() == []


async def test_nobody_reaches_another_ones_watch_with_a_forged_button(office: Office) -> None:
    seen = await office.platform.ask("watch add", "harbour")
    (watch,) = await office.archive.watches.every()
    for verb in ("unwatch", "watch-show", "watch-again", "forget-now"):
        for state in (str(watch.id), "harbour", watch.owner):
            answer = await office.platform.forge(seen, verb, state)
            assert "harbour" not in answer.text
    assert (
        "You watch for nothing yet."
        in (await office.platform.ask("watch list", stranger=True)).text
    )
    assert await office.archive.watches.every() == [watch]
    await office.publish(FIRST)
    assert len(office.told(office.editor)) == 1


async def test_what_is_no_query_is_refused_in_the_chat_with_its_place(office: Office) -> None:
    seen = await office.platform.ask("watch add", "ivanti OR (fortinet")
    assert "At character 11" in seen.text
    assert await office.archive.watches.every() == []


async def test_closed_direct_messages_are_told_where_watches_are_listed_and_asked_once_a_day(
    office: Office,
) -> None:
    fake = office.platform.fake
    if not isinstance(fake, FakeDiscord):
        pytest.skip("Slack delivers an app's direct messages to whoever is in the workspace")
    fake.world.unwilling.add(office.editor)
    await office.platform.ask("watch add", "harbour")
    await office.publish(FIRST)
    before = fake.count("create", "refused 403")
    for _ in range(20):
        office.clock.advance(3600)
        await office.rounds(1)
    assert fake.count("create", "refused 403") == before == 1
    listed = await office.platform.ask("watch list")
    assert "takes no direct messages from the bot" in listed.text
    fake.world.unwilling.clear()
    office.clock.advance(4 * 3600 + 1)
    await office.courier.fold(office.clock.now())
    await office.rounds()
    assert len(office.told(office.editor)) == 1  # a list by now: a card may be six hours old
    assert (await office.archive.outbox.counts())[PostState.QUEUED] == 0
    assert len(await office.archive.watches.every()) == 1


async def test_who_is_forgotten_is_no_more_announced_in_channels_either(office: Office) -> None:
    apply, soc = office.desk.apply, office.desk.settings
    await apply(replace(soc, channels=(replace(soc.channels[0], only="zebra"),)))
    await office.platform.ask("watch add", "harbour", where="here", stranger=True)
    await office.platform.ask("watch add", "lighthouse", where="here")
    await office.publish(FIRST)
    announced, others, card = [str(one) for one in office.platform.standing()]
    assert "harbour" in announced
    asked = await office.platform.ask("forget me", stranger=True)
    await office.platform.press(asked, "Forget me", stranger=True)
    await office.rounds()
    assert [str(one) for one in office.platform.standing()] == [others, card]
