"""A request from anywhere becomes a reply; knows no platform."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from digests.model import Content


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and from where."""

    platform: str  # slack | discord | terminal
    user: str
    place: str = ""  # workspace or guild; "" in a direct message
    conversation: str = ""
    roles: frozenset[str] = frozenset()
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class Request:
    """One command or button press."""

    verb: str  # search | latest | story | help | page
    text: str = ""  # the query, the key, or the state of a next/previous button
    options: Mapping[str, str] = field(default_factory=dict)
    asker: Asker = field(default_factory=lambda: Asker("terminal", ""))


@dataclass(frozen=True, slots=True)
class Reply:
    """What the asker alone sees."""

    content: Content
    previous: str = ""  # opaque state for the button, at most 90 characters; "" no button
    next: str = ""
