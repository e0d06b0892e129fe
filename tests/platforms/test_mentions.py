"""Only names out of the file ping; whatever stands in a story never does."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.discord import render as discord
from bot.platforms.slack import render as slack
from digests.cards.compose import compose, listing
from digests.testing import build_story

PINGS = ("@everyone", "@here", "<!here>", "<!channel>", "<@U0123ABC>", "<@&4567>", "<@1>",
         "<!subteam^S0123>", "role:4567", "U0123ABC")  # fmt: skip


def card(mention: tuple[str, ...] = (), text: str = "A flaw"):
    from dataclasses import replace

    story = build_story(1, headline=text, sentences=(text,), publisher=text, topics=(text,))
    return replace(compose(story, "en"), mention=mention)


def a_list(mention: tuple[str, ...] = (), text: str = "A flaw"):
    from dataclasses import replace

    stories = [build_story(n, headline=text, topics=(text,)) for n in (1, 2)]
    return replace(listing(stories, title=text, language="en"), mention=mention)


def mrkdwn(body) -> str:
    """All text in which Slack obeys what it finds."""
    found = [body["text"]] if body.get("mrkdwn", True) else []

    def walk(node) -> None:
        if isinstance(node, dict):
            if node.get("type") == "mrkdwn":
                found.append(node["text"])
            for inner in node.values():
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)

    walk(body.get("blocks", []))
    return "\n".join(found)


@pytest.mark.parametrize("make", [card, a_list])
def test_slack_pings_whom_the_file_names(make) -> None:
    body = slack.message(make(("@here", "@channel", "U0123ABC", "S0123ABC")))
    first = body["blocks"][0]
    assert first["text"] == {
        "type": "mrkdwn",
        "text": "<!here> <!channel> <@U0123ABC> <!subteam^S0123ABC>",
    }


@pytest.mark.parametrize("make", [card, a_list])
def test_discord_pings_whom_the_file_names_and_permits_no_other(make) -> None:
    body = discord.message(make(("@here", "role:4567", "1234567890")))
    assert body["content"] == "@here <@&4567> <@1234567890>"
    assert body["allowed_mentions"] == {
        "parse": ["everyone"],
        "roles": ["4567"],
        "users": ["1234567890"],
    }
    only_role = discord.message(make(("role:4567",)))
    assert only_role["allowed_mentions"] == {"parse": [], "roles": ["4567"]}


def test_an_edit_and_the_plain_form_ping_nobody() -> None:
    told = card(("@here", "role:4567"), text="@everyone <@&4567>")
    for body in (discord.edit(told), discord.message(told, plain=True)):
        assert body["allowed_mentions"] == {"parse": []}
    assert "<!" not in mrkdwn(slack.message(told, plain=True))


@pytest.mark.parametrize("make", [card, a_list])
@pytest.mark.parametrize("name", ["@everyone ", "<!here>", "role:0", "U 1", "*", "", "@alice"])
def test_what_is_no_name_of_the_platform_is_not_sent(make, name) -> None:
    assert "content" not in discord.message(make((name,)))
    assert slack.message(make((name,)))["blocks"] == slack.message(make())["blocks"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*PINGS, " ", "a", "\n", "`", "&lt;"]), max_size=8).map("".join))
def test_nothing_from_outside_pings(text: str) -> None:
    for content in (card(text=text), a_list(text=text)):
        for plain in (False, True):
            body = discord.message(content, plain=plain)
            assert body["allowed_mentions"] == {"parse": []}
            told = mrkdwn(slack.message(content, plain=plain))
            assert "<!here" not in told
            assert "<!channel" not in told
            assert "<!subteam" not in told
            assert "<@" not in told
            assert json.dumps(body)
