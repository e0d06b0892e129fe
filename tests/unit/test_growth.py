"""What of a story's change its readers have to act on, and the one line that says it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.cards.growth import line
from digests.cards.words import words
from digests.model import CveFacts, Growth
from digests.stories.growth import corrected, learnt
from digests.testing import build_story

A, B, C = "CVE-2026-1001", "CVE-2026-1002", "CVE-2026-1003"
STORY = replace(build_story(1), cves=(A, B), headline="Acme fixes gateway flaw in 7.4.3")
CVES = st.lists(st.sampled_from([A, B, C]), unique=True, max_size=3).map(tuple)
GROWTH = st.builds(
    Growth,
    exploited=CVES,
    ransomware=CVES,
    named=CVES,
    dropped=CVES,
    headline=st.text(max_size=30),
)
ENGLISH = words("en")


def kev(cve: str, *, ransomware: bool = False) -> CveFacts:
    return CveFacts(cve, kev_since=date(2026, 3, 2), ransomware=ransomware)


def test_a_flaw_that_is_exploited_now_is_said_once_it_is_and_not_again() -> None:
    before = {A: CveFacts(A, cvss=9.1)}
    assert learnt(STORY, before, [kev(A), kev(C)]) == Growth(exploited=(A,))
    assert not learnt(STORY, {A: kev(A)}, [kev(A)])


def test_ransomware_that_takes_up_an_exploited_flaw_is_said() -> None:
    assert learnt(STORY, {A: kev(A)}, [kev(A, ransomware=True)]) == Growth(ransomware=(A,))
    assert learnt(STORY, {}, [kev(A, ransomware=True)]) == Growth(exploited=(A,))


@pytest.mark.parametrize(
    ("cves", "headline", "growth"),
    [
        ((A, B), STORY.headline, Growth()),
        ((A, B), "Acme repairs its gateway at last, in 7.4.3", Growth()),
        ((A, B), "Acme fixes gateway flaw in 7.4.5", Growth(headline=STORY.headline)),
        ((A, B), "Acme fixes gateway flaw", Growth()),
        ((A, C), STORY.headline, Growth(named=(C,), dropped=(B,))),
    ],
)
def test_a_correction_is_said_when_it_changes_what_to_patch_and_to_which_version(
    cves: tuple[str, ...], headline: str, growth: Growth
) -> None:
    assert corrected(STORY, replace(STORY, cves=cves, headline=headline)) == growth


def test_a_flaw_that_a_publisher_names_late_is_said_to_be_exploited_when_it_is() -> None:
    after = replace(STORY, cves=(A, B, C), facts=(kev(C),))
    assert corrected(STORY, after) == Growth(exploited=(C,))


def test_a_teaser_in_the_place_of_a_page_corrects_nothing() -> None:
    whole = replace(STORY, full_text=True)
    assert not corrected(whole, replace(STORY, full_text=False, cves=()))


@given(GROWTH)
def test_what_a_post_keeps_is_read_as_it_was(growth: Growth) -> None:
    assert Growth.read(growth.written) == growth
    if growth:
        assert growth.reason == Growth.read(growth.written).reason


@given(GROWTH, st.sampled_from(["en", "ar", "de", "es", "fr", "ja", "ru", "zh"]))
def test_it_is_one_line_in_every_language(growth: Growth, language: str) -> None:
    said = line(growth, [kev(A), kev(B, ransomware=True)], words(language))
    assert said
    assert "\n" not in said.replace(growth.headline, "")


def test_the_line_says_the_gravest_first() -> None:
    growth = Growth(exploited=(A,), dropped=(B,))
    said = line(growth, [kev(A)], ENGLISH)
    assert said == (
        "Known to be exploited: CVE-2026-1001 (in KEV since 2 Mar 2026)"
        " · The publisher no longer names CVE-2026-1002"
    )


def test_a_line_owed_before_lines_kept_their_reason_says_what_is_known() -> None:
    assert line(Growth.read(""), [kev(A)], ENGLISH).startswith("Known to be exploited")
