"""Who may ask: decided here, on our side, for every command and button. Pure."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from digests.cards.words import later
from digests.config.settings import People

NOT_SET_UP = later("Nightdesk is not set up here.")
NOT_A_READER = later(
    "You may not search here; ask whoever keeps feeds.yaml to add you to readers."
)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and from where."""

    platform: str  # slack | discord | terminal
    user: str
    place: str = ""  # workspace or guild; "" in a direct message
    conversation: str = ""
    roles: frozenset[str] = frozenset()
    locale: str = "en"


def refusal(asker: Asker, readers: People, homes: AbstractSet[str] | None) -> str:
    """Why the asker gets no answer, "" when there is none.

    `homes`: ids of the places and conversations in which a channel of the file lies; None: the
    whole platform is one such place (a Slack token belongs to one workspace).
    """
    if asker.platform == "terminal":
        return ""
    at_home = homes is None or not asker.place or {asker.place, asker.conversation} & homes
    if not at_home:
        return NOT_SET_UP
    if readers.everyone:
        return ""
    named = readers.slack if asker.platform == "slack" else readers.discord
    names = {asker.user} | {f"role:{role}" for role in asker.roles}
    return "" if names & named else NOT_A_READER
