"""What is wrong with the account and its channels, each with the cure."""

from collections.abc import Awaitable, Callable, Iterable, Iterator

from bot.platforms.discord import permissions
from bot.platforms.discord.errors import Answer, Lost, NotSent, unreadable
from bot.platforms.discord.invite import Permission, invitation
from bot.platforms.discord.places import Failure, Payload, Places
from digests.errors import ChatError
from digests.model import Destination, Target

_PORTAL = "https://discord.com/developers/applications"
_NO_TEXT = {4: "a category", 14: "a directory", 15: "a forum", 16: "a media channel"}

Resolve = Callable[[Target], Awaitable[Destination]]


async def check(places: Places, targets: Iterable[Target], resolve: Resolve) -> tuple[str, ...]:
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
        found += [f"{target}: {word}" for word in await _channel(places, channel)]
    if unseen:
        link = invitation(str(application["id"]))
        found.append(f"Discord: add the bot to the server with exactly what it needs: {link}")
    return tuple(found)


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


async def _channel(places: Places, channel: Payload | Failure) -> list[str]:
    if isinstance(channel, Answer | NotSent | Lost):
        return [f"cannot be seen ({unreadable(channel).reason})"]
    if kind := _NO_TEXT.get(channel.get("type", 0)):
        return [f"is {kind}, which takes no cards: take the ID of a text channel in it"]
    if "guild_id" not in channel:
        return []  # a direct message has no permissions
    bits = await places.granted(channel)
    if isinstance(bits, Answer | NotSent | Lost):
        return [f"its permissions cannot be read ({unreadable(bits).reason})"]
    lacking = permissions.missing(bits, permissions.needed(channel))
    locked = (channel.get("thread_metadata") or {}).get("locked")
    return [*map(_lack, lacking), *(["the thread is locked: unlock it"] if locked else [])]


def _lack(permission: Permission) -> str:
    return (
        f"the bot lacks {permission.name} ({permission.reason}): open the channel's settings, "
        f"Permissions, add the bot's role, allow {permission.name}"
    )
