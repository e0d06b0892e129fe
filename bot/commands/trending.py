"""trends: stories over time, and whom and what they name most, as bars of text and as a chart."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.charts import Chart, Group, described
from bot.commands import machine, periods
from bot.commands.asking import Ask, Option, Reply, Verb
from bot.commands.searching import NARROWING, narrowed
from digests.archive.records import Bucket, Share, Trend
from digests.cards.chips import topic
from digests.cards.words import Words, later, words
from digests.rules.query import parse_lenient
from digests.text.plain import clip

_USUAL = "30d"
_WIDTH = 12  # blocks of the longest bar
_NAME = 40
_TOP = 5
_NOT_DRAWN = frozenset({"ar", "ja", "zh"})  # the picture's font has no letters for them
_DAY = timedelta(days=1)
_QUERY = Option(
    "query", later("Only stories that match this, for example ransomware"), longest=1_000
)


async def trends(ask: Ask) -> Reply:
    """How often something was told, and by whom."""
    text, period = periods.split(ask.text, ask.now)
    period = ask.option("since") or period or _USUAL
    since = periods.start_of(period, ask.now)
    if since is None:
        return periods.no_period(ask, period)
    query = narrowed(ask, text, but="since")
    start, end, step = periods.steps(since, ask.now)
    found = await ask.archive.trends(parse_lenient(query).query, now=end, since=start, step=step)
    told = await _told(ask, found, query, period)
    return replace(told, figures=machine.trends(found, query))


async def _told(ask: Ask, found: Trend, query: str, period: str) -> Reply:
    chart = _chart(found, query, ask.say)
    if not found.total:
        return ask.notice(
            ask.say.text(
                "Nothing found. Try fewer words, or {command}.", command=ask.say.typed("help")
            ),
            chart.title,
        )
    reply = ask.notice(bars(chart, ask.say), chart.title)
    caption = ask.notice(chart.subtitle, chart.title).content
    if ask.say.language in _NOT_DRAWN:
        chart = replace(_chart(found, query, words("en")), alt=described(chart))
    drawn = replace(reply, chart=chart, caption=caption)
    named = "since:" + "".join(period.split())  # read again where it is shared
    return await ask.listed(drawn, f"{query} {named}".strip())


def _chart(found: Trend, query: str, say: Words) -> Chart:
    what = clip(query, 80)
    facets = found.facets
    groups = (
        (say.text("Groups"), facets.actors),
        (say.text("Malware"), facets.malware),
        (say.text("Products"), facets.products),
        (say.text("Publishers"), facets.publishers),
        (say.text("Topics"), _in_words(facets.topics, say)),
    )
    since = say.text("since {date}", date=say.day(found.buckets[0].start.date()))
    before = say.text("{n} in as long a time before", n=found.before)
    return Chart(
        say.text("Trends: {query}", query=what) if what else say.text("Trends"),
        say.line(say.plural("{n} story", "{n} stories", found.total), since, before),
        tuple((_label(one, say), one.stories) for one in found.buckets),
        tuple(Group(title, _pairs(rows)) for title, rows in groups if rows),
    )


def _in_words(topics: Sequence[Share], say: Words) -> list[Share]:
    """Topics as cards name them."""
    return [replace(one, value=topic(one.value, say)) for one in topics]


def _pairs(rows: Sequence[Share]) -> tuple[tuple[str, int], ...]:
    return tuple((one.value, one.stories) for one in rows[:_TOP])


def _label(one: Bucket, say: Words) -> str:
    return say.date(one.start) if one.end - one.start < _DAY else say.day(one.start.date())


def bars(chart: Chart, say: Words) -> str:
    """The chart as lines of text. Each row begins with its bar, so that bars stand below each other in any type."""
    lines = [chart.subtitle, "", *_rows(chart.over, say)]
    for group in chart.groups:
        lines += ["", group.title, *_rows(group.rows, say)]
    return "\n".join(lines)


def _rows(rows: tuple[tuple[str, int], ...], say: Words) -> list[str]:
    most = max((count for _, count in rows), default=0)
    return [
        say.line(_bar(count, most), say.number(count), clip(name, _NAME)) for name, count in rows
    ]


def _bar(count: int, most: int) -> str:
    full = -(-count * _WIDTH // most) if most else 0
    return "█" * full + "░" * (_WIDTH - full)


VERBS = (
    Verb(
        "trends",
        later("Stories over time, and whom and what they name most"),
        trends,
        (_QUERY, *(option for option in NARROWING if option.name != "since"), periods.SINCE),
        examples=("", "ransomware 90d"),
    ),
)
