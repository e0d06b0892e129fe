"""A part of a digest as both platforms get it: within every limit, headings and mentions included."""

from dataclasses import replace

import pytest

from bot.platforms.discord import render as discord
from bot.platforms.slack import render as slack
from bot.platforms.terminal.render import text as terminal
from digests.cards.digest import digest
from digests.testing import START, build_story
from tests.fakediscord import rules
from tests.slackrules import broken_rules

LONG = "Ärger & <Sorge> [mit] `Zeichen` *ohne* Ende — " * 12
SUBJECT = "digest:2026-03-02T0830+0100:2"


def part(language: str, filler: str = LONG, lines: int = 10):
    stories = [
        build_story(
            n,
            headline=f"{n} {filler}",
            url=f"https://news.example/{n}?" + "a" * 1_500,
            publisher=filler[:90],
            sentences=(filler * 3,),
            topics=(f"{n} {filler}"[:60],),
        )
        for n in range(1, lines + 1)
    ]
    return digest(
        stories, SUBJECT, language=language, total=4_990, query="topic:x since:2026-03-02"
    )


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("lines", [1, 10, 20])
def test_the_longest_part_is_within_the_limits_of_both_platforms(language, plain, lines) -> None:
    told = part(language, lines=lines)
    assert rules.faults_of(discord.message(told, mark="m1", nonce="n1", plain=plain)) == []
    assert broken_rules(slack.message(told, mark="m1", plain=plain), posted=True) == []


def test_every_line_keeps_its_heading_headline_key_and_sentence() -> None:
    told = part("en", "A short one. ")
    body = discord.message(told)
    described = "\n".join(embed["description"] for embed in body["embeds"])
    blocks = str(slack.message(told)["blocks"])
    shown = terminal(told, now=START)
    for line in told.lines:
        for page in (described, blocks, shown):
            assert line.key in page
            assert line.heading.split(maxsplit=1)[0] in page
        assert "__" + line.heading[:10] in described


def test_a_mention_is_the_only_thing_that_the_strict_rules_find() -> None:
    told = replace(part("en"), mention=("@here", "role:4567", "1234567890"))
    body = discord.message(told)
    assert list(rules._document(body, "create")) == []
    closed = {**body, "allowed_mentions": {"parse": []}, "content": ""}
    assert rules.faults_of(closed) == []
    told = replace(told, mention=("@here", "U0123ABC", "S0123ABC"))
    body = slack.message(told)
    pings = {"markup <!here>", "markup <@U0123ABC>", "markup <!subteam^S0123ABC>"}
    assert set(broken_rules(body)) == pings
