"""What a channel is owed of a story, when, and why not; and the ledger that keeps count."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from digests.model import Channel, IndexTokens, Mention, Pace, Quiet, Quota, Schedule, Target
from digests.rules.ledger import Ledger
from digests.rules.match import subject
from digests.rules.routing import Arrival, Tally, decide, rules
from digests.testing import START, build_story

SOC = Channel("soc", Target("slack", "#soc"), timezone="Europe/Berlin")
NIGHT = Quiet(time(22), time(7))
BORN = START - timedelta(days=30)
RANSOM = {"topics": ("ransomware",)}


def told(number: int = 1, **changes):
    story = build_story(number, **changes)
    return subject(story, IndexTokens("gatewai flaw", "attack"))


def decision(seen=None, tally: Tally | None = None, arrival: Arrival | None = None, **channel):
    (rule,) = rules([replace(SOC, **channel)])
    tally = tally or Tally(born=BORN)
    return decide(seen or told(), rule, tally, arrival or Arrival(START))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def ledger(**channel) -> Ledger:
    found = rules([replace(SOC, **channel)])
    return Ledger(found, {"soc": Tally(born=BORN)})


def owed(one: Ledger, number: int, now: datetime = START, **changes) -> list[str]:
    """The digest that each owed post waits for, "" for a card."""
    arrival = changes.pop("arrival", {})
    return [post.digest for post in one.owe(told(number, **changes), Arrival(now, **arrival))]


def test_a_story_that_matches_becomes_a_card_and_says_why() -> None:
    one = decision(only="topic:vulnerability")
    assert (one.owed, one.digest, one.not_before) == (True, "", None)
    assert one.why == "matches only: topic:vulnerability"


@pytest.mark.parametrize(
    ("changes", "tally", "why"),
    [
        ({"only": "topic:crime"}, Tally(born=BORN), "does not match only: topic:crime"),
        ({}, Tally(), "seen before this channel was set up"),
        ({}, Tally(born=START + timedelta(1)), "seen before this channel was set up"),
    ],
)
def test_what_is_not_owed_says_why(changes, tally, why) -> None:
    one = decision(tally=tally, **changes)
    assert (one.owed, one.why) == (False, why)


def test_a_digest_channel_waits_for_the_end_of_its_period() -> None:
    daily = Schedule(Pace.DAILY, time(8, 30))
    one = decision(post=daily)  # it is nine o'clock in Berlin
    assert one.digest == "digest:2026-03-02T0830+0100"
    assert one.not_before == at("2026-03-03T08:30+01:00")
    assert "daily at 08:30" in one.why


def test_a_digest_due_in_quiet_hours_is_told_when_they_end() -> None:
    one = decision(post=Schedule(Pace.DAILY, time(6)), quiet=NIGHT)
    assert one.not_before == at("2026-03-03T07:00+01:00")


def test_in_quiet_hours_stories_wait_to_be_told_together() -> None:
    night = at("2026-03-02T23:30+01:00")
    one = decision(arrival=Arrival(night), quiet=NIGHT)
    other = decision(told(2), arrival=Arrival(night + timedelta(hours=4)), quiet=NIGHT)
    assert one.digest == other.digest == "digest:quiet-2026-03-02T2200+0100"
    assert one.not_before == other.not_before == at("2026-03-03T07:00+01:00")


@pytest.mark.parametrize(
    "changes",
    [
        {"quiet": Quiet(time(8), time(10))},
        {"post": Schedule(Pace.WEEKLY, time(9))},
        {"limit": 1},
        {"quota": (Quota("topic:ransomware", 1),)},
    ],
)
def test_breaking_passes_quiet_hours_digests_and_limits(changes) -> None:
    full = Tally(
        born=BORN, today="2026-03-02T0000+0100", cards=1, shares=(1,) * ("quota" in changes)
    )
    late = Arrival(START, late=True)
    one = decision(told(**RANSOM), full, late, breaking="topic:ransomware", **changes)
    assert (one.owed, one.digest, one.breaking) == (True, "", True)
    calm = decision(told(), full, late, breaking="topic:ransomware", **changes)
    assert calm.digest
    assert not calm.breaking


def test_what_waits_for_a_digest_leaves_it_when_it_turns_out_to_be_breaking() -> None:
    weekly = {"post": Schedule(Pace.WEEKLY, time(9)), "breaking": "topic:ransomware"}
    one = ledger(**weekly)
    assert owed(one, 1) == ["digest:2026-03-02T0900+0100"]
    assert owed(one, 1) == []
    assert owed(one, 1, **RANSOM) == [""]
    assert owed(one, 1, **RANSOM) == []


def test_rules_are_asked_again_and_what_was_told_is_not_told_again() -> None:
    one = ledger(only="topic:ransomware")
    assert owed(one, 1) == []
    assert owed(one, 1, **RANSOM) == [""]
    assert owed(one, 1, **RANSOM) == []


def test_a_limit_counts_the_days_of_the_channels_own_clock() -> None:
    one = ledger(limit=2)
    evening = at("2026-03-02T23:50+01:00")
    assert [owed(one, n, evening) for n in (1, 2, 3)] == [
        [""], [""], ["digest:more-2026-03-02T0000+0100"],
    ]  # fmt: skip
    assert owed(one, 4, evening + timedelta(minutes=20)) == [""]


def test_a_quota_holds_back_one_subject_and_no_other() -> None:
    one = ledger(quota=(Quota("topic:vulnerability", 1),))
    assert owed(one, 1) == [""]
    assert owed(one, 2) == ["digest:more-2026-03-02T0000+0100"]
    assert owed(one, 3, **RANSOM) == [""]


def test_more_cards_than_anybody_reads_are_gathered() -> None:
    one = ledger()
    digests = [owed(one, n)[0] for n in range(1, 40)]
    assert digests.count("") == 25
    assert len(set(digests)) == 2
    assert digests[-1].startswith("digest:flood-")
    assert owed(one, 50, START + timedelta(hours=2)) == [""]


def test_what_had_piled_up_is_gathered_and_what_may_flood_is_not() -> None:
    one = ledger()
    (late,) = owed(one, 1, arrival={"late": True})
    assert late.startswith("digest:flood-")
    soon = START + timedelta(minutes=3)
    assert owed(one, 2, soon, arrival={"late": True}) == [late]
    assert owed(one, 3, arrival={"late": True, "unlimited": True}) == [""]
    other = owed(one, 4, START + timedelta(hours=3), arrival={"late": True})
    assert other != [late]


def test_only_the_file_says_who_is_mentioned() -> None:
    mention = Mention("topic:ransomware", ("@here", "U0123ABC"))
    assert decision(told(**RANSOM), mention=mention).mention == ("@here", "U0123ABC")
    assert decision(told(headline="@here <!here>"), mention=mention).mention == ()


def test_a_line_under_a_card_waits_for_the_end_of_quiet_hours_unless_it_is_breaking() -> None:
    night = at("2026-03-02T23:30+01:00")
    one = ledger(quiet=NIGHT, breaking="topic:ransomware")
    assert one.not_before("soc", told(), night) == at("2026-03-03T07:00+01:00")
    assert one.not_before("soc", told(**RANSOM), night) is None
    assert one.not_before("soc", told(), START) is None
    assert one.not_before("gone", told(), night) is None
