"""What is wrong with the account and its channels, each with the cure."""

import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence

from bot.platforms.discord import permissions, tags
from bot.platforms.discord.errors import Answer, Lost, NotSent, unreadable
from bot.platforms.discord.invite import FOR_FORUMS, FOR_THREADS, Permission, invitation
from bot.platforms.discord.places import Failure, Payload, Places
from digests.errors import ChatError
from digests.model import Destination, Target

_PORTAL = "https://discord.com/developers/applications"
_NO_TEXT = {4: "a category", 14: "a directory"}

_TAG_WANTED = "the forum wants a tag on every post and has none that the bot may set"

Resolve = Callable[[Target], Awaitable[Destination]]


async def check(
    places: Places, targets: Sequence[Target], threaded: Collection[Target], resolve: Resolve
) -> tuple[str, ...]:
    """Ask Discord about the token, the application and every channel of the file."""
    application = await places.application()
    if isinstance(application, Answer | NotSent | Lost):
        return (_account(application),)
    found = [*_application(application)]
    unseen = False
    for target in targets:
        try:
            place = (await resolve(target)).place
        except ChatError as error:
            found.append(str(error))
            continue
        channel = await places.channel(place)
        unseen |= isinstance(channel, Answer)
        words = await _channel(places, channel, threads=target in threaded)
        found += [f"{target}: {word}" for word in words]
    if unseen:
        extra = await more(places, targets, threaded, resolve)
        link = invitation(str(application["id"]), *extra)
        found.append(f"Discord: add the bot to the server with exactly what it needs: {link}")
    return tuple(found)


async def more(
    places: Places, targets: Sequence[Target], threaded: Collection[Target], resolve: Resolve
) -> tuple[Permission, ...]:
    """What the channels of the file take beyond what every card does."""
    wanted = set(FOR_THREADS) if any(target in threaded for target in targets) else set()
    for target in targets:
        with contextlib.suppress(ChatError):
            channel = await places.channel((await resolve(target)).place)
            if not isinstance(channel, Failure) and channel.get("type") in permissions.FORUMS:
                wanted |= set(FOR_FORUMS)
    return tuple(wanted)


def _account(failure: Failure) -> str:
    if isinstance(failure, Answer) and failure.status == 401:  # noqa: PLR2004 - HTTP
        return (
            "DISCORD_TOKEN is refused: "
            f"open {_PORTAL}, your application, Bot, Reset Token, and set the new one"
        )
    return f"Discord cannot be asked ({unreadable(failure).reason}): try again, or set the proxy"


def _application(application: Payload) -> Iterator[str]:
    endpoint = application.get("interactions_endpoint_url")
    if endpoint:
        yield (
            "Discord sends the commands to the Interactions Endpoint URL of the application and "
            f"not to Nightdesk: clear that field at {_PORTAL}, General Information"
        )


async def _channel(
    places: Places, channel: Payload | Failure, *, threads: bool = False
) -> list[str]:
    if isinstance(channel, Answer | NotSent | Lost):
        return [f"cannot be seen ({unreadable(channel).reason})"]
    if kind := _NO_TEXT.get(channel.get("type", 0)):
        return [f"is {kind}, which takes no cards: take the ID of a text channel in it"]
    if "guild_id" not in channel:
        return []  # a direct message has no permissions
    bits = await places.granted(channel)
    if isinstance(bits, Answer | NotSent | Lost):
        return [f"its permissions cannot be read ({unreadable(bits).reason})"]
    lacking = permissions.missing(bits, permissions.needed(channel, threads=threads))
    locked = (channel.get("thread_metadata") or {}).get("locked")
    return [
        *map(_lack, lacking),
        *(["the thread is locked: unlock it"] if locked else []),
        *_tagless(channel),
    ]


def _tagless(forum: Payload) -> list[str]:
    """A forum that takes no post: it wants a tag and has none that we may set."""
    if forum.get("type") not in permissions.FORUMS or not tags.requires(forum):
        return []
    return [] if tags.usable(forum) else [f"{_TAG_WANTED}: add one, not for moderators alone"]


def _lack(permission: Permission) -> str:
    return (
        f"the bot lacks {permission.name} ({permission.reason}): open the channel's settings, "
        f"Permissions, add the bot's role, allow {permission.name}"
    )
