"""The simulation says what the same rules would really have decided, story by story."""

from dataclasses import replace
from datetime import time, timedelta

from digests.model import Channel, IndexTokens, Pace, Quiet, Schedule, StoryId, Target
from digests.rules.match import subject
from digests.rules.simulate import digests, simulate
from digests.testing import START, build_story

SOC = Channel("soc", Target("slack", "#soc"), timezone="Europe/Berlin")


def seen(number: int, hours: float = 0, **changes):
    at = START + timedelta(hours=hours)
    story = build_story(number, id=StoryId((int(at.timestamp()) << 20) + number), seen=at)
    return subject(replace(story, **changes), IndexTokens("gatewai", ""))


def test_cards_digests_and_what_is_not_told_each_have_their_reason() -> None:
    channel = replace(
        SOC,
        only="topic:vulnerability",
        quiet=Quiet(time(22), time(7)),
        limit=2,
        breaking="topic:ransomware",
    )
    told = simulate(
        channel,
        [
            seen(4, 3, topics=("crime",)),
            seen(1),
            seen(2, 1),
            seen(3, 2),
            seen(5, 15, topics=("vulnerability",)),
            seen(6, 15, topics=("vulnerability", "ransomware")),
            seen(7, 4, announced=False),
        ],
    )
    assert [one.what for one in told] == [
        "card",
        "card",
        "digest:more-2026-03-02T0000+0100",
        "nothing",
        "nothing",
        "digest:quiet-2026-03-02T2200+0100",
        "breaking",
    ]
    assert "limit: 2 per day" in told[2].decision.why
    assert told[3].decision.why.startswith("does not match only")
    assert told[4].decision.why.startswith("kept and searchable only")
    assert [(one.subject[:12], one.stories) for one in digests(told)] == [
        ("digest:more-", 1),
        ("digest:quiet", 1),
    ]


def test_a_week_of_stories_makes_a_digest_a_day() -> None:
    channel = replace(SOC, post=Schedule(Pace.DAILY, time(8, 30)))
    told = simulate(channel, [seen(n, n) for n in range(1, 24 * 7)])
    found = digests(told)
    assert len(found) == 7
    assert sum(one.stories for one in found) == len(told)
    assert all(one.decision.owed for one in told)


def test_without_stories_nothing_would_have_been_told() -> None:
    assert simulate(SOC, []) == ()
