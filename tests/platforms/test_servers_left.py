"""A Discord server that left feeds.yaml: what was told there to everybody waits until it is back."""

from dataclasses import replace

import pytest

from bot.notices import wrong_now
from digests.model import PostState, Target
from tests.fakediscord import CHANNEL, GUILD, OWNER
from tests.fakediscord.shapes import guild_object
from tests.platforms.test_administration import STRANGER
from tests.platforms.test_watches import FIRST, SECOND, Office, office  # noqa: F401 - the fixture

THIRD = "Gamma leak at the harbour"
ELSEWHERE, THEIRS, BESIDE = "200000000000000002", "600000000000000002", "600000000000000003"
SAID = "Nightdesk is not set up in this server"


@pytest.fixture
def desk(office: Office) -> Office:  # noqa: F811 - the fixture
    """The bot in two servers; the file names a channel of the first."""
    if office.platform.target.platform != "discord":
        pytest.skip("Slack: one workspace has one bot")
    world = office.platform.fake.world
    world.guilds[ELSEWHERE] = "Elsewhere"
    world.add_channel(THEIRS, guild=ELSEWHERE)
    world.add_channel(BESIDE, guild=GUILD)
    world.members[ELSEWHERE] = {STRANGER: [], OWNER: []}
    return office


async def names(desk: Office, channel: str) -> None:
    """The file names this channel alone, and the bot takes it up."""
    desk.platform.target = Target("discord", channel)
    soc = replace(desk.desk.settings.channels[0], to=desk.platform.target, only="zebra")
    await desk.desk.apply(replace(desk.desk.settings, channels=(soc,)))


async def wrong(desk: Office) -> list[str]:
    return await wrong_now(desk.archive, desk.desk.settings, {}, desk.clock.now())


async def told_again(desk: Office) -> list[str]:
    for name in await desk.archive.paused():
        await desk.archive.resume_channel(name)
    await desk.courier.look_at_places()
    await desk.rounds()
    return [str(one) for one in desk.platform.standing()]


@pytest.mark.parametrize("seen", ["by the gateway", "when asked"])
async def test_watches_in_a_server_that_left_the_file_wait_are_told_of_and_go_on(
    desk: Office, seen: str
) -> None:
    fake = desk.platform.fake
    await names(desk, CHANNEL)
    if seen == "by the gateway":
        for guild in (GUILD, ELSEWHERE):
            await fake.gateway.dispatch("GUILD_CREATE", guild_object(fake.world, guild))
    await desk.platform.ask("watch add", "harbour", where="here", stranger=True)
    await desk.publish(FIRST)
    assert len(desk.platform.standing()) == 2
    await names(desk, THEIRS)
    assert await wrong(desk) == []
    await desk.publish(SECOND, FIRST)
    assert len(desk.platform.standing()) == 2
    (text,) = await wrong(desk)
    assert text.startswith(f"Nothing can be sent to watches in discord:{CHANNEL}: {SAID}")
    listed = await fake.command("watch list", user=STRANGER, channel=THEIRS)
    assert f"could not be told there: {SAID}" in listed.text
    assert len(await told_again(desk)) == 2
    await names(desk, BESIDE)
    assert SECOND in (await told_again(desk))[-1]
    await desk.publish(THIRD, SECOND, FIRST)
    assert THIRD in str(desk.platform.standing()[-1])
    assert await wrong(desk) == []


async def test_that_a_server_left_is_known_before_anything_is_owed_there(desk: Office) -> None:
    await names(desk, CHANNEL)
    await desk.platform.ask("watch add", "harbour", where="here", stranger=True)
    await desk.platform.ask("watch add", "lighthouse", stranger=True)
    await desk.courier.look_at_places()
    assert await desk.archive.paused() == {}
    await names(desk, THEIRS)
    await desk.courier.look_at_places()
    (text,) = await wrong(desk)
    assert SAID in text
    (name,) = await desk.archive.paused()
    assert name.endswith(f">{CHANNEL}")


async def test_where_discord_does_not_say_whose_server_it_is_nothing_is_told_or_lost(
    desk: Office,
) -> None:
    fake = desk.platform.fake
    await names(desk, CHANNEL)
    await desk.platform.ask("watch add", "harbour", where="here", stranger=True)
    await names(desk, BESIDE)
    fake.faults.plan(*["502_before"] * 4, on="channel")
    await desk.publish(FIRST)
    assert len(desk.platform.standing()) == 1
    assert (await desk.archive.outbox.counts())[PostState.QUEUED] == 1
    assert await wrong(desk) == []
    for _ in range(5):
        desk.clock.advance(600)
        await desk.rounds()
    assert len(desk.platform.standing()) == 2
