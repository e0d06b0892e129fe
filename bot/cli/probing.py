"""What a probe found, as lines for people and as JSON for programs."""

import json
from typing import TYPE_CHECKING

import typer

from bot.cli.progress import polling

if TYPE_CHECKING:
    from bot.settings import Environment
    from digests.config import Settings
    from digests.desk.probing import Probe


async def probe_all(env: "Environment", settings: "Settings", *, as_json: bool) -> int:
    """Check --probe: every feed of the file; 1 when one of them cannot be read."""
    from bot.probes import prober

    async with prober(env, settings.allow) as probing:
        with polling(len(settings.feeds), quiet=as_json) as done:
            found = await probing.ask_all(settings.feeds, done)
    for one in found:
        typer.echo(json.dumps(as_object(one)) if as_json else "\n".join(in_lines(one)))
    return 0 if all(one.outcome == "ok" for one in found) else 1


def as_object(one: "Probe") -> dict[str, object]:
    """A probe for a program to read."""
    return {
        "url": one.url,
        "outcome": one.outcome,
        "trouble": one.trouble.value if one.trouble else "",
        "reason": one.reason,
        "advice": one.advice,
        "format": one.format,
        "title": one.title,
        "entries": one.entries,
        "refused": one.refused,
        "newest": one.newest.isoformat() if one.newest else None,
        "etag": one.etag,
        "last_modified": one.last_modified,
        "moved_to": one.moved_to,
        "feeds": list(one.feeds),
        "notes": list(one.notes),
    }


def in_lines(one: "Probe") -> list[str]:
    """A probe for people: the first line is the feed, what follows is indented."""
    from bot.platforms.terminal.layout import harmless

    if one.outcome == "ok":
        newest = f", newest of {one.newest:%Y-%m-%d %H:%M} UTC" if one.newest else ""
        first = f"{one.format}, {one.entries} entries{newest}, {_validators(one)}"
    else:
        first = one.reason
    more = [f"moved for good to {one.moved_to}"] if one.moved_to else []
    more += [*one.notes, *([one.advice] if one.advice else [])]
    more += [f"it offers {feed}" for feed in one.feeds]
    head = f"{one.outcome:<6} {one.url}: {first}"
    return [harmless(head), *(f"       {harmless(line)}" for line in more)]


def _validators(one: "Probe") -> str:
    names = [*(["ETag"] if one.etag else []), *(["Last-Modified"] if one.last_modified else [])]
    return " and ".join(names) or "no validators"
