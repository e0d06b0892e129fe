"""What is known of CVEs: kept apart from the stories, given out with them."""

from dataclasses import replace
from datetime import date, timedelta

from digests.model import CveFacts
from digests.testing import START
from tests.contract.archives import poll, story_id, told, words

KEV = CveFacts("CVE-2026-1", kev_since=date(2026, 3, 1), ransomware=True, epss=0.93, cvss=9.8)
DULL = CveFacts("CVE-2026-2", epss=0.001, cvss=4.3, title="A flaw", product="Gateway")


async def test_stories_come_with_what_is_known_of_their_cves(archive):
    await archive.commit_poll(
        poll(told(1, cves=("CVE-2026-2", "CVE-2026-1", "CVE-2026-3")), told(2, cves=()))
    )
    assert (await archive.find_story(story_id(1))).facts == ()
    assert await archive.learn([KEV, DULL]) == [story_id(1)]
    assert (await archive.find_story(story_id(1))).facts == (DULL, KEV)
    second, first = await archive.latest(2)
    assert (first.facts, second.facts) == ((DULL, KEV), ())
    assert await archive.facts(["CVE-2026-1", "CVE-2026-9"]) == {"CVE-2026-1": KEV}


async def test_what_is_learnt_anew_names_the_stories_that_it_concerns(archive):
    await archive.learn([KEV, DULL])
    await archive.commit_poll(
        poll(told(1, cves=("CVE-2026-1",)), told(2, cves=("CVE-2026-2", "CVE-2026-1")))
    )
    assert await archive.learn([KEV, DULL]) == []
    changed = replace(DULL, epss=0.5)
    assert await archive.learn([KEV, changed]) == [story_id(2)]
    assert await archive.facts(["CVE-2026-2"]) == {"CVE-2026-2": changed}
    assert await archive.naming(["CVE-2026-1"]) == [story_id(1), story_id(2)]


async def test_a_story_names_what_it_names_now(archive):
    first = told(1, cves=("CVE-2026-1",))
    await archive.commit_poll(poll(first))
    story = replace(first.story, cves=("CVE-2026-2",), revision=2)
    await archive.commit_poll(poll(revised=(replace(first, story=story, tokens=words(story)),)))
    assert await archive.naming(["CVE-2026-1"]) == []
    assert await archive.naming(["CVE-2026-2"]) == [story_id(1)]
    await archive.forget(now=START + timedelta(days=500), keep=timedelta(days=400))
    assert await archive.naming(["CVE-2026-2"]) == []
