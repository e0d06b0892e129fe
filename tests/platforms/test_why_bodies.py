"""The answer of `why` within the limits of both platforms, whatever its names and clauses say."""

import inspect
import re
from dataclasses import replace
from random import Random

import pytest

from bot.commands import Reply
from bot.commands.why import Found, _pages, title, told
from bot.platforms.discord import render as discord
from bot.platforms.slack import render as slack
from digests.cards.tracing import HAPPENINGS, REASONS, STATES, Hint, Traced
from digests.cards.words import languages, words
from digests.model import (
    Destination,
    EntryId,
    KeptEntry,
    Notice,
    Post,
    PostId,
    Reason,
    RefusedEntry,
    Relevance,
    Ruled,
    Step,
)
from digests.rules import routing
from digests.stories import announce
from digests.testing import START, build_story
from tests.fakediscord import rules
from tests.slackrules import broken_rules

HOSTILE = "<!channel> <@U1> @everyone [x](javascript:1) `*_~|> " + "\u202eل" * 9 + "&<>" * 40
POST = Post(PostId(1), "soc", Destination("slack", "C1"), "story:1", next(iter(STATES)), "m", "n",
            START)  # fmt: skip


def found(one: str, other: str, count: int = 3) -> Found:
    """Every kind of step, ruling, post and hint there is, called so."""
    because = tuple(Reason(code, other) for code in REASONS)
    ruled = (Ruled(one, True, because), Ruled(other, False, because[:2], digest="digest:x"))
    judged = Relevance(0.5, relevant=True, reasons=(one, other))
    steps = [
        Step(build_story().id, START, what, one, Reason("old", other), judged, 0.5, ruled)
        for what in HAPPENINGS
    ] * count
    entry = KeptEntry(EntryId(1), one, one, other, build_story().id, START, START, None, 0.0)
    posts = [replace(POST, channel=one, state=state, reason=other) for state in STATES]
    story = build_story(headline=one, publisher=other)
    hints = [Hint(one, f"only: {other}", tells=tells) for tells in (True, False)]
    refused = [RefusedEntry(one, other, one, START, START)]
    return Found(Traced(story, [entry], [one], steps, posts, (), hints), [story], refused)


def check(one: Found, language: str) -> None:
    say = words(language)
    for page in _pages(told(one, "x", say)):
        content = Notice(title(one, say), "\n".join(page), say.language, rtl=say.rtl)
        assert rules.faults_of(discord.reply(Reply(content)), "original") == []
        assert broken_rules(slack.reply(Reply(content))) == []


@pytest.mark.parametrize("language", languages())
def test_every_kind_of_step_fits_in_every_language(language) -> None:
    check(found("Example News", "is:kev OR topic:ransomware"), language)
    check(found(HOSTILE, HOSTILE), language)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_named_fits(seed) -> None:
    chance = Random(seed)
    alphabet = [*"<>&*_~|`[]()@#\\\"'\t\n\0 ", "\u202e", "ل", "漢", "🦊", "\u200d", "://", "<!"]
    one, other = ("".join(chance.choices(alphabet, k=chance.randint(1, 400))) for _ in range(2))
    check(found(one, other, 1), "en")


def test_no_line_is_lost_between_pages() -> None:
    lines = told(found("Example News", "is:kev", 9), "x", words("en"))
    pages = _pages(lines)
    assert [line for page in pages for line in page] == lines
    assert len(pages) > 1


def test_every_ground_of_a_decision_has_its_sentence() -> None:
    # Of watches no trace is kept.
    assert set(routing._SAID) - {"watch"} <= REASONS.keys()
    of_entries = re.findall(r'Reason\("([a-z-]+)"', inspect.getsource(announce))
    assert of_entries
    assert set(of_entries) <= REASONS.keys()
