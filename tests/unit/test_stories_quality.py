"""Quality: what a report shows of its own making counts, and each point has its reason."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.model import Part, Quality
from digests.stories.quality import (
    BOUNDS,
    Standing,
    clickbait,
    publisher_score,
    quality,
    rank,
    voice,
    with_news,
)

GOOD = """
The hospital group Northfield said on 3 March 2026 that attackers had taken the records of 41,312
patients. "We found the first signs on Sunday and closed the network within an hour," said Dana
Whitfield, its chief information officer. The attackers came in through CVE-2026-11002, a flaw in
a gateway that its vendor fixed in version 9.1.4, according to a security advisory.
"""
POOR = """
Sources said something big is going on, and rumours are spreading. Our solution is the
industry-leading answer. Register now for the webinar, start your free trial today.
"""


def points(judged: Quality, code: str) -> int:
    return sum(part.points for part in judged.parts if part.code == code)


def test_a_report_with_names_facts_and_links_is_good() -> None:
    judged = quality(
        "Hospital group loses 41,312 records",
        GOOD,
        byline="A. N. Other",
        links=["https://nvd.nist.gov/vuln/detail/CVE-2026-11002"],
    )
    assert judged.score >= 65
    assert "Dana Whitfield" in next(p.detail for p in judged.parts if p.code == "sources")
    assert {"byline", "sources", "quotes", "primary", "specifics"} <= {
        p.code for p in judged.parts
    }


def test_rumours_that_sell_something_are_poor() -> None:
    judged = quality("You won't believe what this app does to your phone", POOR, teaser=True)
    assert judged.score <= 10
    assert {"clickbait", "promotion", "anonymous", "teaser"} <= {p.code for p in judged.parts}


def test_anonymous_sources_beside_named_ones_cost_nothing() -> None:
    assert points(quality("T", GOOD + "People familiar with the matter agree."), "anonymous") == 0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "„Wir haben am Sonntag das Netz getrennt“, sagte Anna Berger vom Klinikum."),
        ("fr", "« Nous avons coupé le réseau dimanche », a déclaré Anne Martin, la directrice."),
        ("es", "«Cortamos la red el domingo por la noche», dijo Ana García, la directora."),
        ("ru", "«Мы отключили сеть в воскресенье вечером», — сказала Анна Петрова."),
        ("zh", "医院院长王小明表示：“我们在星期日晚上一小时之内就切断了整个医院的全部网络连接。”"),
        (
            "ja",
            "院長の山田氏は「日曜日の夜、私たちは一時間以内に病院のネットワークを切断した」と述べた。",
        ),
        ("ar", "وقالت آنا حداد: «قطعنا الشبكة مساء الأحد خلال ساعة واحدة»."),
    ],
)
def test_named_sources_and_their_words_are_found_in_every_language(
    language: str, text: str
) -> None:
    judged = quality("T", text, language=language)
    assert points(judged, "sources") > 0
    assert points(judged, "quotes") > 0


def test_being_first_is_added_once() -> None:
    judged = quality("T", GOOD)
    once = with_news(judged, first=True)
    assert once.score == judged.score + 7
    assert with_news(once, first=True) == once
    assert with_news(once, first=False) == judged


def test_all_that_adds_makes_a_hundred() -> None:
    of_publishers = {"mean", "often_first", "votes"}
    assert sum(most for code, (_, most) in BOUNDS.items() if code not in of_publishers) == 100


@settings(deadline=None)  # the first call reads the model
@given(st.text(max_size=500), st.text(max_size=1_000), st.booleans())
def test_any_report_keeps_the_bounds(title: str, text: str, teaser: bool) -> None:
    judged = quality(title, text, teaser=teaser)
    assert 0 <= judged.score <= 100
    for part in judged.parts:
        least, most = BOUNDS[part.code]
        assert least <= part.points <= most
        assert part.points


def test_bait_is_told_from_news() -> None:
    assert clickbait("You won't believe what this hacker did next") > 0.9
    assert clickbait("Cisco fixes critical vulnerability in IOS XE") < 0.2
    assert clickbait("Du wirst nicht glauben, was dieser Hacker tat") > 0.5
    assert clickbait("Hacker erbeuten Daten von 40.000 Patienten") < 0.2
    assert clickbait("") < 0.2


def test_a_publisher_of_few_stories_stands_near_the_middle() -> None:
    assert publisher_score(Standing("a")).score == 50
    assert publisher_score(Standing("a", stories=1, points=100)).score == 52
    assert publisher_score(Standing("a", stories=1_000, points=90_000)).score == 89


def test_votes_move_a_score_slowly_and_are_undone() -> None:
    def liked(*people: tuple[int, int]) -> int:
        """The score of a publisher about which these people voted useful and noise so often."""
        useful, noise = (sum(votes) for votes in zip(*people, strict=True))
        voices = sum(voice(*votes) for votes in people)
        of = Standing("a", useful=useful, noise=noise, people=len(people), voices=voices)
        return publisher_score(of).score

    assert liked((1, 0)) == 50  # one vote moves nothing
    assert liked((0, 400)) == 49  # nor does one person's zeal move more than a point
    assert liked(*[(1, 0)] * 10) in (52, 53)
    assert 57 <= liked(*[(5, 0)] * 100) <= 60
    assert liked(*[(5, 0)] * 100, *[(0, 5)] * 100) == 50
    assert liked((0, 400), *[(3, 0)] * 20) > 53  # twenty outweigh the zealot


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=40),
    st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)),
)
def test_nobody_alone_moves_a_score_by_more_than_a_point(others, mine) -> None:
    def moved(people: list[tuple[int, int]]) -> int:
        voted = [one for one in people if any(one)]
        voices = sum(voice(*one) for one in voted)
        return points(publisher_score(Standing("a", people=len(voted), voices=voices)), "votes")

    assert abs(moved([*others, mine]) - moved(others)) <= 1


def test_rank_is_among_publishers_of_a_country_with_ten_stories() -> None:
    known = [
        Standing("good", "US", 40, 3_200),
        Standing("fair", "US", 40, 2_400),
        Standing("new", "US", 9, 900),
        Standing("abroad", "DE", 10, 500),
        Standing("nowhere", "", 40, 4_000),
    ]
    assert rank(known) == {"good": 1, "fair": 2, "abroad": 1}


def test_parts_say_what_they_saw() -> None:
    assert Part("byline", 8, "Jane Doe") in quality("T", "", byline="Jane Doe").parts
