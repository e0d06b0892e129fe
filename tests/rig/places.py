"""Where the bots of a run tell, by which rules, and what each place is owed of the stories.

Every third story is of a botnet, every second of them of one that spreads ransomware, which is
urgent: by these words of its text channels and watches choose. One channel is quiet in the first
two hours, one has a limit, one a quota for botnets, one is told hourly; a person on each platform
watches.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from digests.archive.store import Archive
from digests.model import Watch, WatchId
from digests.model.watching import person_at
from digests.testing import START
from tests.fakediscord import CHANNEL, OWNER
from tests.fakeslack import FakeSlack

LIMIT = 2  # cards a day, of the channel that has one
QUOTA = 1  # cards a day about botnets, of the channel that has one
_MAKING = Lock()  # worlds begin side by side; what makes the tables knows one thread in a process
_CHOSEN, _URGENT = "botnet", "ransomware"
_SECOND, _FEW = "600000000000000002", "600000000000000003"


@dataclass(frozen=True)
class Place:
    """A channel of the file, or the direct messages of somebody who watches."""

    to: str  # as the file names it; of a person, who watches
    rules: str = ""
    chosen: bool = False  # told of botnets alone
    alone: bool = False  # what is urgent has a card of its own there
    most: int | None = None  # messages there in the end
    most_chosen: int | None = None  # of these, such as tell of botnets

    def owed(self, titles: Sequence[str]) -> list[str]:
        """What is told there, once."""
        return [one for one in titles if not self.chosen or is_chosen(one)]


CHANNELS = (
    Place("slack:#news"),
    Place("slack:#soc"),
    Place("slack:#hourly", "post: hourly"),
    Place(
        "slack:#night", f"only: {_CHOSEN}, quiet: '08:00-10:00', breaking: {_URGENT}",
        chosen=True, alone=True,
    ),
    # All others beside them as they come.
    Place("slack:#quota", f"quota: {{{_CHOSEN}: {QUOTA} per day}}", most_chosen=QUOTA + 1),
    Place(f"discord:{CHANNEL}"),
    Place(f"discord:{_SECOND}"),
    # Two cards, and one list of what came after them.
    Place(f"discord:{_FEW}", f"only: {_CHOSEN}, limit: {LIMIT} per day", chosen=True, most=LIMIT + 1),
)  # fmt: skip


def title(number: int, seed: int) -> str:
    """The headline of a story. They differ in their numbers alone, so no two are one event."""
    return f"Story number {number:04} of seed {seed}: a gateway flaw is exploited"


def text(headline: str) -> str:
    """What is told under it; its words choose the places."""
    botnet = f" It feeds a {_CHOSEN}." if is_chosen(headline) else ""
    urgent = f" It spreads {_URGENT}." if is_urgent(headline) else ""
    return f"{headline}. The vendor named a cure.{botnet}{urgent} Nobody was hurt at all."


def is_chosen(headline: str) -> bool:
    """Whether it is of a botnet."""
    return int(headline.split()[2]) % 3 == 1


def is_urgent(headline: str) -> bool:
    """Whether it breaks the hours of quiet."""
    return int(headline.split()[2]) % 6 == 1


def built(folder: Path, slack: FakeSlack, discord: Any) -> dict[str, Place]:
    """Make the places, and the watches in the archive; by the platforms' own names of them."""
    found = {}
    for place in CHANNELS:
        platform, _, name = place.to.partition(":")
        if platform == "slack":
            found[slack.add_channel(name.removeprefix("#"))] = place
        else:
            found[discord.world.add_channel(name)] = place
    ana = slack.add_user("ana")
    people = {
        slack.direct(ana): f"slack:{ana}",
        discord.world.direct(OWNER).id: f"discord:{OWNER}",
    }
    with _MAKING:
        asyncio.run(_watched(folder / "nightdesk.db", list(people.values())))
    return found | {place: Place(owner, chosen=True) for place, owner in people.items()}


async def _watched(database: Path, owners: Sequence[str]) -> None:
    archive = await Archive.open(database)
    for owner in owners:
        await archive.watches.add(Watch(WatchId(0), owner, _CHOSEN, person_at(owner), START))
    await archive.close()


def written() -> str:
    """The channels, as the file names them."""
    return "".join(
        f"  - {{name: c{number}, to: '{place.to}'{', ' * bool(place.rules)}{place.rules}}}\n"
        for number, place in enumerate(CHANNELS)
    )
