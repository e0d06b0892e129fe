"""Completion of what somebody is typing: a few names out of what the archive and the file know.

An answer is due within a fraction of a second and cannot be put off, so whatever is not there yet
is left out, and is there at the next letter.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence

from bot.commands.asking import Around, Choice, Option, Source
from digests.rules.query import Everything
from digests.stories.topics import TOPICS
from digests.text.names import first_names
from digests.text.plain import clip

MOST, LONGEST = 25, 100  # choices, and characters of each; what Discord takes
WITHIN = 0.25  # seconds
_LATEST = 100


async def choices(around: Around, option: Option, typed: str) -> tuple[Choice, ...]:
    """What the typed letters may become, the likeliest first; nothing when it takes too long."""
    typed = " ".join(typed.replace("\0", " ").casefold().split())
    if option.choices:
        return _matching(((one, one) for one in option.choices), typed)
    found: tuple[Choice, ...] = ()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(WITHIN):
            found = _matching(await _known(around, option.source, typed), typed)
    return found


async def _known(around: Around, source: Source, typed: str) -> list[tuple[str, str]]:
    """The names of a source, as they are shown and as they are typed."""
    match source:
        case Source.PUBLISHER:
            standings = await around.archive.standings()
            order = sorted(standings, key=lambda one: (-one.stories, one.publisher))
            told = [one.publisher for one in order]
            named = [one.publisher for one in around.settings().feeds]
            return [(name, name) for name in (*told, *named)]
        case Source.TOPIC:
            return [(topic, topic) for topic in TOPICS]
        case Source.ACTOR:
            return [(name, name) for name in await _actors(around, typed)]
        case Source.FEED:
            return [(one.name, one.name) for one in around.settings().feeds]
        case Source.CHANNEL:
            return [(one.name, one.name) for one in around.settings().channels]
        case Source.NAMED:
            settings = around.settings()
            named = [*(f.name for f in settings.feeds), *(c.name for c in settings.channels)]
            return [(name, name) for name in named]
        case Source.STORY:
            latest = await around.archive.latest(_LATEST)
            return [(f"{one.key} {one.headline}", one.key) for one in latest]
        case Source.NOTHING:
            return []


async def _actors(around: Around, typed: str) -> Sequence[str]:
    """Before a letter is typed, those of the newest stories; then all that are known."""
    if typed:
        return first_names("actor")
    found = await around.archive.facets(Everything(), now=around.clock.now())
    return [one.value for one in found.actors]


def _matching(names: Iterable[tuple[str, str]], wanted: str) -> tuple[Choice, ...]:
    """Those that begin with what was typed, then those that have it anywhere."""
    begins, holds = [], []
    for name, value in names:
        if len(value) > LONGEST or not name.strip():
            continue
        folded = name.casefold()
        if folded.startswith(wanted):
            begins.append(Choice(clip(name, LONGEST), value))
        elif wanted in folded:
            holds.append(Choice(clip(name, LONGEST), value))
    return tuple({one.value: one for one in (*begins, *holds)}.values())[:MOST]
