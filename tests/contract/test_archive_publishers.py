"""What each publisher has told: sums that follow every story through its revisions."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digests.archive.publishers import contributions
from digests.model import Quality, Source
from digests.stories.quality import Standing
from digests.testing import START, build_story
from tests.contract.archives import of_story, poll


def source(publisher: str) -> Source:
    return Source(publisher, publisher, "The same", f"https://{publisher}/1", START)


GOOD = build_story(1, publisher="good.example", country="DE", quality=Quality(80))
PLAIN = build_story(2, publisher="plain.example", quality=Quality(40))


async def test_each_story_counts_for_its_publisher(archive):
    await archive.commit_poll(poll(of_story(GOOD, 1), of_story(PLAIN, 2)))
    assert await archive.standings() == [
        Standing("good.example", "DE", stories=1, points=80),
        Standing("plain.example", "", stories=1, points=40),
    ]


async def test_a_story_that_others_tell_too_counts_as_first_for_one(archive):
    await archive.commit_poll(poll(of_story(GOOD, 1)))
    grown = replace(GOOD, also=(source("plain.example"),), revision=2, quality=Quality(84))
    await archive.commit_poll(poll(revised=(of_story(grown, 1),)))
    await archive.commit_poll(poll(revised=(of_story(replace(grown, revision=3), 1),)))
    assert await archive.standings() == [
        Standing("good.example", "DE", stories=1, points=84, first=1, shared=1),
        Standing("plain.example", "", shared=1),
    ]


async def test_what_was_never_judged_counts_for_nobody(archive):
    await archive.commit_poll(poll(of_story(build_story(3, quality=None), 3)))
    assert await archive.standings() == []


async def test_ratings_name_the_place_in_the_country_once_enough_was_told(archive):
    told = [
        of_story(build_story(n, publisher="good.example", country="DE", quality=Quality(80)), n)
        for n in range(1, 11)
    ]
    await archive.commit_poll(poll(*told))
    rating = (await archive.ratings())["good.example"]
    assert (rating.rank, rating.country) == (1, "DE")
    assert 50 < rating.score < 80


names = st.sampled_from(["a.example", "b.example", "c.example"])


@given(names, st.lists(names, max_size=4), st.integers(0, 100))
def test_one_publisher_is_first_of_what_is_shared(publisher, others, score):
    told = build_story(
        1, publisher=publisher, also=tuple(map(source, others)), quality=Quality(score)
    )
    sums = contributions(told)
    shared = bool(set(others) - {publisher})
    assert sum(one["first"] for one in sums.values()) == shared
    assert sum(one["stories"] for one in sums.values()) == 1
    assert all(one["shared"] == shared for one in sums.values())


async def test_one_rating_is_what_all_of_them_say_of_that_publisher(archive):
    told = [
        of_story(
            build_story(
                10 * number + n, publisher=name, country=country, quality=Quality(quality)
            ),
            10 * number + n,
        )
        for number, (name, country, quality) in enumerate(
            (
                ("best.example", "DE", 90),
                ("alike.example", "DE", 90),
                ("worst.example", "DE", 20),
                ("abroad.example", "FR", 70),
                ("nowhere.example", "", 60),
                ("neither.example", "", 95),
            ),
            start=1,
        )
        for n in range(10)
    ]
    await archive.commit_poll(poll(*told))
    every = await archive.ratings()
    assert {one: every[one].rank for one in every} == {
        "best.example": 1,
        "alike.example": 1,
        "worst.example": 3,
        "abroad.example": 1,
        "nowhere.example": None,
        "neither.example": None,
    }
    assert {one: await archive.rating(one) for one in every} == every
    assert await archive.rating("unheard.example") is None
