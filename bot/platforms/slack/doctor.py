"""What is wrong with a Slack set-up, each with its cure: tokens, scopes, clock, channels."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from bot.platforms.slack.client import Answer, Web
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.errors import CURES, Failure
from bot.platforms.slack.manifest import SCOPES
from digests.errors import ChatError

_CLOCKS_DIFFER = timedelta(seconds=60)


async def examine(
    web: Web, directory: Directory, addresses: Sequence[str], *, app_token: str
) -> tuple[str, ...]:
    """Every problem found; asks Slack, changes nothing."""
    account = await web.read(lambda c: c.auth_test())
    if isinstance(account, Failure):
        return (f"SLACK_BOT_TOKEN: {account}",)
    problems = [*_scopes(account), *_clock(web), *await _listening(web, app_token)]
    for address in addresses:
        problems += await _channel(web, directory, address)
    return tuple(problems)


def _scopes(account: Answer) -> Iterator[str]:
    missing = SCOPES.keys() - account.scopes if account.scopes else ()
    for scope in sorted(missing):
        yield f"Slack: the scope {scope} is missing ({SCOPES[scope]}): {CURES['missing_scope']}"


def _clock(web: Web) -> Iterable[str]:
    ahead = web.ahead or timedelta()
    if abs(ahead) <= _CLOCKS_DIFFER:
        return []
    side = "behind" if ahead > timedelta() else "ahead of"
    seconds = abs(round(ahead.total_seconds()))
    return [f"this machine's clock is {seconds} s {side} Slack's: let it be set by NTP"]


async def _listening(web: Web, app_token: str) -> Iterable[str]:
    if not app_token:
        return ["SLACK_APP_TOKEN is not set: cards are posted, but /digest is not answered"]
    opened = await web.read(lambda c: c.apps_connections_open(app_token=app_token))
    if isinstance(opened, Answer):
        return []
    return [f"SLACK_APP_TOKEN (xapp-…, scope connections:write): {opened.reason}"]


async def _channel(web: Web, directory: Directory, address: str) -> Iterable[str]:
    try:
        place = await directory.place(address)
        shown = await directory.channel(place) if place.startswith(("C", "G")) else {}
    except ChatError as error:
        return [str(error)]
    if shown.get("is_member") is False:
        return [f"slack:{address}: the bot is not in the channel: {CURES['not_in_channel']}"]
    read = await web.read(lambda c: c.conversations_history(channel=place, limit=1))
    if isinstance(read, Answer):
        return []
    return [f"slack:{address}: delivery proof: none, the channel cannot be read back: {read}"]
