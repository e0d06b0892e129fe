"""preview --channel: what a channel's rules would have told of the last days, and why not."""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import typer

from bot.cli.common import archived, end

if TYPE_CHECKING:
    from bot.settings import Environment
    from digests.archive.store import Archive
    from digests.model import Channel
    from digests.rules.match import Subject
    from digests.rules.simulate import Simulated

MOST = 20_000  # stories looked at; the newest
_PAGE = 500
_HEADLINE = 54  # with when it was seen and its short name 80 columns


async def simulated(env: "Environment", name: str, since: str, *, as_json: bool) -> None:
    """Print it, the oldest story first, then the digests and the sums."""
    from digests.clock import SystemClock
    from digests.rules.simulate import simulate

    channel, span = _channel(env, name), _span(since)
    async with archived(env) as archive:
        told = simulate(channel, await _subjects(archive, SystemClock().now() - span))
    if as_json:
        typer.echo(json.dumps([_row(one) for one in told], ensure_ascii=False))
        return
    for one in told:
        row = _row(one)
        headline = _shown(one.story.headline)
        typer.echo(f"{row['seen']}  {one.story.key}  {headline}")
        typer.echo(f"    {row['what']}: {row['why']}")
    for line in _sums(told):
        typer.echo(line)


def _channel(env: "Environment", name: str) -> "Channel":
    from digests.config import load

    channels = {channel.name: channel for channel in load(env.config, env.values).channels}
    if name not in channels:
        known = ", ".join(channels) or "none"
        end(2, f"--channel {name}: there is no such channel in {env.config}; there are: {known}")
    return channels[name]


def _span(since: str) -> timedelta:
    from digests.config.durations import parse

    span = parse(since)
    if not span:
        end(2, f"--since {since}: write a duration such as 7d, 12h or 2w")
    return span


async def _subjects(archive: "Archive", since: datetime) -> "list[Subject]":
    """The stories seen since then, with their words."""
    from digests.rules.match import subject

    found: list[Subject] = []
    before = None
    while len(found) < MOST:
        stories = await archive.latest(_PAGE, before=before)
        fresh = [story for story in stories if story.seen >= since]
        words = await archive.words([story.id for story in fresh])
        found += [subject(one, words[one.id]) for one in fresh if one.id in words]
        if len(fresh) < _PAGE:
            break
        before = stories[-1].id
    return found


def _row(one: "Simulated") -> dict[str, str]:
    due = one.decision.not_before
    return {
        "seen": f"{one.story.seen:%Y-%m-%d %H:%M}",
        "key": one.story.key,
        "headline": one.story.headline,
        "what": one.what,
        "due": due.isoformat() if due else "",
        "mention": " ".join(one.decision.mention),
        "why": one.decision.why,
    }


def _sums(told: "tuple[Simulated, ...]") -> list[str]:
    from digests.rules.simulate import digests

    lines = [
        f"{one.subject}: {one.stories} stories, due {one.due:%Y-%m-%d %H:%M} UTC"
        for one in digests(told)
        if one.due is not None
    ]
    cards = sum(one.what in ("card", "breaking") for one in told)
    nothing = sum(one.what == "nothing" for one in told)
    rest = len(told) - cards - nothing
    return [*lines, f"{len(told)} stories: {cards} cards, {rest} in digests, {nothing} not told"]


def _shown(headline: str) -> str:
    """A headline on one line that cannot move the cursor."""
    text = "".join(char for char in headline if char.isprintable())
    return text if len(text) <= _HEADLINE else f"{text[: _HEADLINE - 1]}…"
