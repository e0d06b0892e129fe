"""Who may ask: decided here, on our side, for every command and button. Pure."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from digests.cards.words import later
from digests.config.settings import People

NOT_SET_UP = later("Nightdesk is not set up here.")
NOT_A_READER = later(
    "You may not search here; ask whoever keeps feeds.yaml to add you to readers."
)

UNSURE = later(
    "Whether you belong to a server where Nightdesk is set up cannot be seen just now; try again "
    "in a minute."
)
NOT_AN_EDITOR = later("This is for editors; ask whoever keeps feeds.yaml to add you to editors.")

_OURS = "terminal"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and from where."""

    platform: str  # slack | discord | terminal
    user: str
    place: str = ""  # workspace or guild; in a direct message one of ours that they belong to
    conversation: str = ""
    roles: frozenset[str] = frozenset()
    locale: str = "en"
    name: str = ""  # as people there see it; from outside
    unsure: bool = False  # the platform did not say where they belong
    may_speak: bool = True  # False: not allowed to write in that conversation themselves
    private: bool = False  # in direct messages with the bot
    above: str = ""  # the channel that this conversation is a thread of


def refusal(asker: Asker, readers: People, homes: AbstractSet[str] | None) -> str:
    """Why the asker gets no answer, "" when there is none.

    `homes`: ids of the places and conversations in which a channel of the file lies; None: the
    whole platform is one such place.
    """
    if asker.platform == _OURS:
        return ""
    if not _at_home(asker, homes):
        return UNSURE if asker.unsure and homes else NOT_SET_UP
    return "" if readers.everyone or _named(asker, readers) else NOT_A_READER


def may_edit(asker: Asker, editors: People, homes: AbstractSet[str] | None) -> bool:
    """Whether the asker may do what is for editors: review, pause, redrive, retract.

    Named, and where a channel of the file lies; `homes` as in `refusal`. Whoever sits at the
    terminal owns the database anyway.
    """
    if asker.platform == _OURS:
        return True
    return _at_home(asker, homes) and (editors.everyone or _named(asker, editors))


def _at_home(asker: Asker, homes: AbstractSet[str] | None) -> bool:
    return homes is None or bool({asker.place, asker.conversation} & homes)


def _named(asker: Asker, people: People) -> bool:
    named = people.slack if asker.platform == "slack" else people.discord
    roles = {f"role:{role}" for role in asker.roles}
    names = roles | ({asker.user} if ":" not in asker.user else set())
    return bool(names & named)
