"""Which entries may become cards by what they are themselves: their age and their subject."""

from datetime import timedelta

import pytest

from digests.model import Draft, Feed, Relevance
from digests.stories.announce import FirstPoll, announcements
from digests.testing import START

FEED = Feed("https://x.example/feed", "X", "x.example", max_age=timedelta(days=3))
LATER = FirstPoll(first=False, quiet=False)
SPORT = Relevance(0.03, relevant=False, reasons=("-goalkeeper",))
FLAW = Relevance(0.9, relevant=True, reasons=("+flaw",))


def draft(relevance: Relevance | None) -> Draft:
    return Draft(
        id="1",
        link="",
        shown_link="",
        title="A headline",
        text="",
        published=START - timedelta(hours=1),
        relevance=relevance,
    )


@pytest.mark.parametrize(
    ("relevance", "security", "announced"),
    [
        (FLAW, False, True),
        (SPORT, False, False),
        (SPORT, True, True),  # everything in this feed is security news, says the file
        (None, False, True),  # not judged
    ],
)
def test_only_security_news_is_announced(relevance, security, announced):
    feed = Feed(FEED.url, FEED.name, FEED.publisher, security=security)
    (decision,) = announcements([draft(relevance)], feed, LATER, START)
    assert decision.announce is announced
    assert bool(decision.why) is not announced


def test_what_is_no_security_news_does_not_use_up_the_first_few_of_a_new_feed():
    drafts = [draft(SPORT)] * 5 + [draft(FLAW)] * 2
    first = FirstPoll(first=True, quiet=False)
    decided = announcements(drafts, FEED, first, START)
    assert [one.announce for one in decided] == [False] * 5 + [True] * 2
