"""Whose watches a story matches: each owner once, in time, and only whom we may write to."""

from dataclasses import replace
from datetime import date, time, timedelta

from digests.model import FiledWatch, Habits, Quiet, Target, Watch, WatchId
from digests.model.watching import PER_DAY, is_personal, owner_of, person_at
from digests.rules.ledger import Ledger, posts
from digests.rules.match import subject
from digests.rules.routing import Arrival
from digests.rules.watchers import Watchers
from digests.testing import START, build_story
from tests.contract.archives import words

ANA, BO = "slack:U1", "discord:2"
HOUR = timedelta(hours=1)


def watch(number: int, query: str = "gateway", owner: str = ANA, **changes) -> Watch:
    made = Watch(WatchId(number), owner, query, person_at(owner), START - HOUR)
    return replace(made, **changes)


def watchers(*watches: Watch, habits: tuple[Habits, ...] = ()) -> Watchers:
    made = Watchers()
    made.start_over(watches, habits)
    return made


def seen(**changes):
    story = build_story(1, **changes)
    return subject(story, words(story))


def told(made: Watchers, now=START) -> list[str]:
    return [rule.channel.name for rule in made.matching(seen(), now)]


def test_an_owner_is_told_once_whatever_number_of_watches_match():
    made = watchers(watch(1), watch(2, "flaw"), watch(3, owner=BO), watch(4, "absent"))
    rules = list(made.matching(seen(), START))
    assert [rule.channel.name for rule in rules] == ["watch:slack:U1", "watch:discord:2"]
    assert [rule.watches for rule in rules] == ["gateway · flaw", "gateway"]
    assert rules[1].channel.to == Target("discord", "@2")


def test_where_an_owner_wants_it_told_to_everybody_is_a_channel_beside_the_owners_own():
    here = Target("slack", "C7")
    made = watchers(watch(1), watch(2, "flaw", to=here), watch(3, "flaw", owner=BO))
    rules = {rule.channel.name: rule.channel.to for rule in made.matching(seen(), START)}
    assert rules["watch:slack:U1"] == Target("slack", "U1")
    assert rules["watch:slack:U1>C7"] == here
    assert [is_personal(name) for name in rules] == [True, False, True]
    assert {owner_of(name) for name in rules} == {ANA, BO}
    made.forget(ANA)
    assert told(made) == ["watch:discord:2"]


def test_what_came_before_the_watch_and_after_its_end_is_not_told():
    assert told(watchers(watch(1, since=START + HOUR))) == []
    ended = watchers(watch(1, until=START))
    assert told(ended, START - HOUR) == ["watch:slack:U1"]
    assert told(ended, START) == []


def test_only_platforms_that_can_be_written_to_are_owed():
    made = watchers(watch(1), watch(2, owner=BO))
    made.platforms = {"slack", "terminal"}
    assert told(made) == ["watch:slack:U1"]


def test_where_the_file_names_no_channel_only_its_own_watches_are_owed():
    made = watchers(watch(1), watch(2, owner=BO))
    made.served = {"discord", "terminal"}
    assert told(made) == ["watch:discord:2"]
    filed = FiledWatch("ours", "gateway", Target("slack", "@ana"))
    made.configure([replace(filed.watch(START), id=WatchId(9))], [filed.channel])
    assert told(made) == ["watch:discord:2", "watch:file:ours"]


def test_who_is_no_reader_any_more_is_told_nothing():
    made = watchers(watch(1), watch(2, owner=BO))
    made.admits = {"slack": {"U9"}, "discord": {"2"}}
    assert told(made) == ["watch:discord:2"]
    made.admits = {"slack": {"U1"}, "discord": {"role:7"}}
    assert told(made) == ["watch:slack:U1", "watch:discord:2"]


def test_removed_and_replaced_watches_are_forgotten_whole():
    made = watchers(watch(1), watch(2, owner=BO), habits=(Habits(ANA, "ar"),))
    made.put(watch(1, "absent"))
    assert told(made) == ["watch:discord:2"]
    made.drop(WatchId(2))
    made.drop(WatchId(2))
    made.forget(ANA)
    assert (len(made), made._under, made.habits(ANA)) == (0, {}, None)


def test_a_query_that_no_longer_parses_matches_nothing_and_breaks_nothing():
    assert told(watchers(watch(1, "since:7d"), watch(2))) == ["watch:slack:U1"]


def test_the_channel_of_an_owner_has_the_owners_habits_and_outlives_the_watches():
    quiet = Quiet(time(22), time(7))
    made = watchers(
        watch(1, "a OR b"), watch(2, "c"), habits=(Habits(ANA, "ar", "Asia/Riyadh", quiet),)
    )
    channel = made.channel("watch:slack:U1")
    assert (channel.language, channel.timezone, channel.quiet) == ("ar", "Asia/Riyadh", quiet)
    assert (channel.limit, channel.only) == (PER_DAY, "(a OR b) OR (c)")
    made.drop(WatchId(1))
    made.drop(WatchId(2))
    assert made.channel("watch:slack:U1") == replace(channel, only="")
    assert made.channel("soc") is None


def test_watches_of_the_file_have_their_own_place_and_last_day():
    filed = FiledWatch(
        "our stack", "gateway", Target("slack", "#soc"), date(2026, 3, 2), timezone="Europe/Berlin"
    )
    made = watchers(watch(1))
    made.configure([replace(filed.watch(START - HOUR), id=WatchId(2))], [filed.channel])
    (_, rule) = made.matching(seen(), START)
    assert (rule.channel.to, rule.watches) == (filed.to, "our stack")
    assert len(told(made, START + 14 * HOUR)) == 2  # 23:00 in Berlin
    assert len(told(made, START + 15 * HOUR)) == 1
    made.configure([], [])
    assert told(made) == ["watch:slack:U1"]


def test_the_ledger_owes_a_match_once_and_a_revision_that_matches_first():
    ledger = Ledger(watchers=watchers(watch(1), watch(2, "cvss:>=9")))
    first = posts(ledger.decide(seen(), Arrival(START)), seen().story)
    assert [(one.channel, one.subject, one.text) for one in first] == [
        ("watch:slack:U1", f"story:{seen().story.id}", "gateway")
    ]
    assert first[0].destination.place == "U1"
    assert not posts(ledger.decide(seen(), Arrival(START + HOUR)), seen().story)


def test_quiet_hours_and_the_daily_limit_of_a_person_gather_what_comes():
    quiet = Habits(ANA, quiet=Quiet(time(7), time(9)))
    ledger = Ledger(watchers=watchers(watch(1), habits=(quiet,)))
    (decision,) = ledger.decide(seen(), Arrival(START))
    assert decision.digest.startswith("digest:quiet-")
    assert decision.not_before == START + HOUR
    assert ledger.not_before("watch:slack:U1", seen(), START) == START + HOUR
    busy = Ledger(watchers=watchers(watch(1)))
    for number in range(PER_DAY + 1):
        story = build_story(number)
        (decision,) = busy.decide(subject(story, words(story)), Arrival(START + number * HOUR / 2))
    assert decision.digest.startswith("digest:more-")
