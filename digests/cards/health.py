"""How a feed stands, in words that somebody can act on: the same in chat, terminal and notices. Pure.

An address may carry what the file has from the environment: what looks like a secret is masked here.
"""

from datetime import timedelta

from digests.cards.words import Words, later
from digests.model import Condition, Health, Trouble
from digests.text.masks import masked
from digests.text.plain import clip

_LONGEST = 300  # characters of a reason or an address

_STATES = {
    Condition.NEW: later("not asked yet"),
    Condition.PAUSED: later("paused"),
    Condition.GONE: later("gone"),
    Condition.BLOCKED: later("blocked"),
    Condition.CLOSED: later("access refused"),
    Condition.REFUSED: later("not allowed"),
    Condition.NO_FEED: later("not a feed"),
    Condition.MISSING: later("not found"),
    Condition.WAITING: later("waiting"),
    Condition.FAILING: later("failing"),
    Condition.ASTRAY: later("leads elsewhere"),
    Condition.MOVED: later("moved"),
    Condition.SLOW: later("slow"),
    Condition.SILENT: later("silent"),
    Condition.WELL: later("well"),
}
_ADVICE = {
    Condition.PAUSED: later("Resume it when it may go on."),
    Condition.GONE: later("Take it out of feeds.yaml, or look for its new address on the site."),
    Condition.BLOCKED: later(
        "Ask the publisher to let our User-Agent in, or look for another feed."
    ),
    Condition.CLOSED: later("Give the feed `auth` or `headers`, or ask the publisher."),
    Condition.NO_FEED: later(
        "Open the address in a browser; `nightdesk feeds add PAGE` finds feeds."
    ),
    Condition.MISSING: later(
        "It is tried daily. Look for its new address; `was:` keeps the history."
    ),
    Condition.WAITING: later("Nothing to do: it is asked again when its host permits."),
    Condition.ASTRAY: later("Look for the feed's own new address on the site."),
    Condition.MOVED: later("Write `url: {url}` and `was: {was}`; its history stays."),
    Condition.SILENT: later(
        "Look at its site: the feed may have been given up for another address."
    ),
}
_BY_TROUBLE = {
    Trouble.BLOCKED_ADDRESS: later(
        "If it is a publisher of your own network, name its range in network.allow."
    ),
    Trouble.BAD_URL: later("Correct the address in feeds.yaml."),
    Trouble.DOWNGRADE: later("Set `allow_http: true` if the publisher really has no https."),
    Trouble.DNS: later("Check the name in feeds.yaml; it is tried again by itself."),
    Trouble.TLS: later("The publisher has to mend its certificate; it is tried again by itself."),
    Trouble.REDIRECTS: later(
        "Open the address in a browser and put the one it ends at into feeds.yaml."
    ),
    Trouble.TOO_LARGE: later("Ask the publisher for a shorter feed."),
}
_BY_ITSELF = later("Nothing to do yet: it is tried again by itself, more and more seldom.")


def line(health: Health, say: Words, zone: str = "UTC") -> str:
    """All of it in one line: how it stands, since when, why, what to do."""
    since = ""
    if health.since and health.condition is not Condition.SILENT:
        since = say.text("since {date}", date=say.date(health.since, zone, year=True))
    return say.line(
        state(health.condition, say), since, detail(health, say, zone), advice(health, say)
    )


def state(condition: Condition, say: Words) -> str:
    """In a word or two."""
    return say.text(_STATES[condition])


def detail(health: Health, say: Words, zone: str = "UTC") -> str:
    """Why it stands so; "" where the state says all."""
    target = clip(masked(health.target), _LONGEST)
    match health.condition:
        case Condition.ASTRAY:
            return say.text("it redirects for good to {url}, which is another feed", url=target)
        case Condition.MOVED:
            return say.text("asked at {url}", url=target)
        case Condition.SLOW:
            return say.text("reading it once took too long; it is read in the slow lane")
        case Condition.SILENT:
            return _silent(health, say, zone)
        case Condition.WELL if target:
            return say.text("it redirects to {url}, not believed yet", url=target)
    if health.until:
        until = say.date(health.until, zone, year=True)
        return say.text("its host asked to wait until {date}", date=until)
    return _trouble(health, say)


def advice(health: Health, say: Words) -> str:
    """What to do, "" for nothing."""
    said = _ADVICE.get(health.condition)
    if said is None and health.trouble is not None:
        said = _BY_TROUBLE.get(health.trouble, _BY_ITSELF)
    if not said:
        return ""
    return say.text(said, url=masked(health.target), was=masked(health.url))


def _trouble(health: Health, say: Words) -> str:
    often = ""
    if health.failures > 1:
        often = say.plural("{n} time in a row", "{n} times in a row", health.failures)
    return say.line(clip(masked(health.reason), _LONGEST), often)


def _silent(health: Health, say: Words, zone: str) -> str:
    assert health.since is not None
    usual = ""
    if health.apart:
        hours = max(1, round(health.apart / timedelta(hours=1)))
        usual = (
            say.plural("usually every {n} day", "usually every {n} days", round(hours / 24))
            if hours >= 24  # noqa: PLR2004 - a day
            else say.plural("usually every {n} hour", "usually every {n} hours", hours)
        )
    since = say.date(health.since, zone, year=True)
    return say.line(say.text("nothing new since {date}", date=since), usual)
