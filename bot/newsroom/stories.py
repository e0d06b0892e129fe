"""The nouns of the demo's newsroom: what a publisher is and what it tells, with its later edits."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Edit:
    """From `version` on, the publisher says `new` where it used to say `old`."""

    version: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Tale:
    """One story of one publisher.

    `minutes` is its age when its version comes out; texts may hold weekdays as {day-1} or {day+2}.
    """

    slug: str
    title: str
    minutes: int
    paragraphs: tuple[str, ...]
    version: int = 1  # published with this version of the feed
    edits: tuple[Edit, ...] = ()

    def at(self, version: int) -> "Tale":
        """The tale as this version of the feed words it."""
        title, text = self.title, "\n".join(self.paragraphs)
        for edit in self.edits:
            if edit.version <= version:
                title, text = title.replace(edit.old, edit.new), text.replace(edit.old, edit.new)
        return Tale(self.slug, title, self.minutes, tuple(text.split("\n")), self.version)


class Shape(StrEnum):
    """The format of a feed, and what is the matter with it."""

    RSS = "rss"
    TEASER = "teaser"  # RSS whose entries end early: the page has the rest
    CUT = "cut"  # RSS whose first version breaks off in its last entry
    ATOM = "atom"
    RDF = "rdf"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Publisher:
    """An invented publisher and the shape of its feed."""

    name: str
    domain: str
    country: str
    language: str
    topics: tuple[str, ...]
    author: str
    shape: Shape
    tales: tuple[Tale, ...]

    def told_by(self, version: int) -> tuple[Tale, ...]:
        """What its feed holds in this version: the newest version first, then by age."""
        tales = [tale.at(version) for tale in self.tales if tale.version <= version]
        return tuple(sorted(tales, key=lambda tale: (-tale.version, tale.minutes)))


def told(text: str) -> tuple[str, ...]:
    """Paragraphs of a wrapped text; blank lines part them."""
    # Japanese has no space between sentences, so a line's end there must not become one.
    return tuple(
        " ".join(part.split()).replace("。 ", "。") for part in text.strip().split("\n\n")
    )
