"""How good is a report, from 0 to 100, by what it shows of its own making; and who makes good ones.

Each part has its points, its bounds and its reason (docs/quality.md explains how the weights were
chosen). The worker judges the text; what only the desk knows, whether a publisher was first or
said something new, is added by `with_news`. Nothing here judges whether a report is true.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from digests.model import Part, Quality, Rating
from digests.stories import signs
from digests.stories.clickbait import clickbait

__all__ = [
    "BOUNDS",
    "Standing",
    "clickbait",
    "publisher_score",
    "quality",
    "rank",
    "ratings",
    "with_news",
]

# What each part can add or take, in points. All that adds, together: 100.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "start": (20, 20),  # what every report begins with
    "byline": (0, 8),
    "sources": (0, 12),
    "quotes": (0, 8),
    "primary": (0, 15),
    "specifics": (0, 15),
    "complete": (0, 15),
    "first": (0, 7),
    "clickbait": (-20, 0),
    "promotion": (-20, 0),
    "anonymous": (-10, 0),
    "teaser": (-15, 0),
    # of a publisher
    "mean": (0, 100),
    "often_first": (0, 5),
    "votes": (-10, 10),
}

_READ = 20_000  # characters
_A_SOURCE, _A_QUOTE, _A_LINK, _A_DOCUMENT = 4, 4, 6, 3
_A_KIND, _MANY_NUMBERS, _FOR_MANY = 3, 5, 2
_WHOLE = 400  # words of a complete report; two characters of Chinese or Japanese are one
_SOME_BAIT = 0.5  # below, a headline is taken for honest
_A_PROMOTION = 5

NEUTRAL = 50
SHRINKAGE = 20  # stories of a neutral publisher that every publisher is mixed with
FEWEST_RANKED = 10  # stories
_LIKED = 10  # points that all the world's liking could bring
_A_FIRST = 10  # points for a publisher that is first always
_PEOPLE_SHRINKAGE = 10  # people without an opinion that those who voted are mixed with
_FIRM = 1  # votes without an opinion that each person's are mixed with
A_VOICE = 1_000  # units of one person's whole opinion


def quality(
    title: str,
    text: str,
    *,
    language: str = "en",
    byline: str = "",
    links: Sequence[str] = (),
    teaser: bool = False,
) -> Quality:
    """The quality of one report: `text` is the whole article when it could be read.

    `links` are the addresses it points to; `teaser` says that no more than a teaser was found.
    """
    text = " ".join(text[:_READ].split())
    facts = signs.facts(text)
    parts = [
        Part("start", BOUNDS["start"][1]),
        _bounded("byline", 8 * bool(byline.strip()), byline.strip()),
        *_voices(text, language),
        _primary(text, links, facts),
        _specifics(text, facts),
        _complete(text, language),
        _bait(title),
        _promotion(text),
        _bounded("teaser", -15 * teaser),
    ]
    return _sum(parts)


def with_news(judged: Quality, *, first: bool) -> Quality:
    """The same report, known to be the first of its event (or to add what nobody told before)."""
    kept = [part for part in judged.parts if part.code != "first"]
    return _sum([*kept, _bounded("first", 7 * first)])


def _voices(text: str, language: str) -> list[Part]:
    """Who speaks: names are good, quotations too; only the nameless is bad."""
    spoken = signs.voices(text, language)
    hidden = signs.anonymous_claims(text)
    return [
        _bounded("sources", _A_SOURCE * len(spoken.named), ", ".join(spoken.named[:3])),
        _bounded("quotes", _A_QUOTE * spoken.quotes, str(spoken.quotes)),
        _bounded("anonymous", -10 if hidden and not spoken.named else 0, str(hidden)),
    ]


def _primary(text: str, links: Sequence[str], facts: Sequence[str]) -> Part:
    linked = signs.primary_links(links)
    named = signs.documents(text) + ("identifiers" in facts)
    points = _A_LINK * len(linked) + _A_DOCUMENT * min(named, 3)
    return _bounded("primary", points, str(len(linked) + named))


def _specifics(text: str, facts: Sequence[str]) -> Part:
    many = _FOR_MANY if signs.numbers(text) >= _MANY_NUMBERS else 0
    return _bounded("specifics", _A_KIND * len(facts) + many, str(len(facts)))


def _complete(text: str, language: str) -> Part:
    words = sum(map(str.isalnum, text)) // 2 if language in {"ja", "zh"} else len(text.split())
    most = BOUNDS["complete"][1]
    return _bounded("complete", most * words // _WHOLE, str(words))


def _bait(title: str) -> Part:
    doubt = clickbait(title) - _SOME_BAIT
    return _bounded("clickbait", round(-20 * max(0.0, doubt) / (1 - _SOME_BAIT)))


def _promotion(text: str) -> Part:
    sold = signs.promotions(text)
    # One phrase may be quoted; a second is a habit.
    return _bounded("promotion", -_A_PROMOTION * max(0, len(sold) - 1), ", ".join(sold[:3]))


def _bounded(code: str, points: int, detail: str = "") -> Part:
    least, most = BOUNDS[code]
    return Part(code, min(max(points, least), most), detail)


def _sum(parts: Iterable[Part]) -> Quality:
    """The parts that count for something, and their sum between 0 and 100."""
    counted = tuple(part for part in parts if part.points)
    return Quality(min(max(sum(part.points for part in counted), 0), 100), counted)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a publisher's stories; sums, so that the archive can keep them."""

    publisher: str
    country: str = ""  # ISO 3166 alpha-2, "" unknown
    stories: int = 0
    points: int = 0  # the qualities of all its stories together
    first: int = 0  # stories that others told too, and it told first
    shared: int = 0  # stories that others told too
    useful: int = 0  # votes of readers
    noise: int = 0
    people: int = 0  # who voted
    voices: int = 0  # what they think together: the sum of `voice`


def publisher_score(standing: Standing) -> Quality:
    """The mean of its stories and of 20 neutral ones, so that a few stories move it little.

    To it come how often it is first where others tell the same, and slowly the readers' votes.
    """
    mean = (standing.points + SHRINKAGE * NEUTRAL) / (standing.stories + SHRINKAGE)
    early = _A_FIRST * standing.first / (standing.shared + SHRINKAGE)
    votes = standing.useful + standing.noise
    liked = _LIKED * standing.voices / A_VOICE / (standing.people + _PEOPLE_SHRINKAGE)
    return _sum(
        [
            _bounded("mean", round(mean), str(standing.stories)),
            _bounded("often_first", round(early), str(standing.first)),
            _bounded("votes", round(liked), str(votes)),
        ]
    )


def voice(useful: int, noise: int) -> int:
    """What one person thinks of a publisher, from -1,000 (noise) to 1,000 (useful).

    However many votes, it is one voice: zeal makes it firm, not louder. The first vote is half of it.
    """
    return round(A_VOICE * (useful - noise) / (useful + noise + _FIRM))


def ratings(standings: Sequence[Standing]) -> dict[str, Rating]:
    """The score and the place of every publisher, with what they are made of."""
    places = rank(standings)
    return {
        one.publisher: Rating(
            score=(judged := publisher_score(one)).score,
            rank=places.get(one.publisher),
            country=one.country,
            parts=judged.parts,
        )
        for one in standings
    }


def rank(standings: Iterable[Standing]) -> dict[str, int]:
    """The place of each publisher in its country, from 1; equals share a place.

    Only publishers of a known country with ten stories at least have one.
    """
    by_country: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for one in standings:
        if one.country and one.stories >= FEWEST_RANKED:
            by_country[one.country][one.publisher] = publisher_score(one).score
    places = {}
    for scores in by_country.values():
        ordered = sorted(scores.values())
        for publisher, score in scores.items():
            places[publisher] = 1 + len(ordered) - bisect_right(ordered, score)
    return places
