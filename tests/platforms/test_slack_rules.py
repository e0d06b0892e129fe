"""The judge of Slack bodies catches what Slack refuses; a judge that sleeps proves nothing."""

from typing import Any

import pytest

from tests import slackrules
from tests.corpus import SHARED
from tests.slackrules import broken_rules

URL = "https://n.example/"


@pytest.fixture(params=["with the schema", "without it"])
def schema(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "without it":
        monkeypatch.setattr(slackrules, "SHARED", None)


def text(words: str, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": words}


def section(words: str, kind: str = "plain_text", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": text(words, kind), **more}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "a", "text": text("Go"), **more}


def posting(**more: Any) -> dict[str, Any]:
    metadata = {"event_type": "nightdesk_post", "event_payload": {"key": "m1"}}
    flags = {"unfurl_links": False, "unfurl_media": False}
    return {"text": "t", "blocks": [section("s")], "metadata": metadata, **flags, **more}


@pytest.mark.usefixtures("schema")
def test_an_ordinary_body_is_clean() -> None:
    row = {"type": "actions", "elements": [button(url=URL)]}
    when = text("<!date^1392734382^{date}|2014> a &lt; b", "mrkdwn")
    blocks = [section("s"), {"type": "context", "elements": [when]}, row]

    assert broken_rules(posting(blocks=blocks), posted=True) == []


@pytest.mark.usefixtures("schema")
@pytest.mark.parametrize(
    "block",
    [
        section("x" * 3001),
        section(""),
        section("\u2068\u2069"),
        section("s", "mrkdwn") | {"block_id": "b" * 256},
        {"type": "header", "text": text("x" * 151)},
        {"type": "context", "elements": [text("c")] * 11},
        {"type": "context", "elements": []},
        {"type": "actions", "elements": [button(action_id=str(n)) for n in range(26)]},
        {"type": "actions", "elements": [button(), button()]},
        {"type": "actions", "elements": [button(text=text("x" * 76))]},
        {"type": "actions", "elements": [button(url=URL + "a" * 3000)]},
        {"type": "actions", "elements": [button(url="javascript:alert(1)")]},
        {"type": "actions", "elements": [button(value="v" * 2001)]},
        section("s", accessory={"type": "image", "image_url": URL, "alt_text": ""}),
        section("s", accessory={"type": "image", "image_url": "file:///p", "alt_text": "p"}),
        section("Hello <!here>", "mrkdwn"),
        section("<@U123> look", "mrkdwn"),
        section("<https://evil.example|bank.example>", "mrkdwn"),
        section("a & b", "mrkdwn"),
        section("a > b", "mrkdwn"),
        section("xoxb-1-secret"),
        section("null\x00"),
        section("half \ud800"),
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]}
            ],
        },
    ],
)
def test_a_block_that_slack_refuses_or_that_harms_is_caught(block: dict[str, Any]) -> None:
    assert broken_rules(posting(blocks=[block]), posted=True)


@pytest.mark.usefixtures("schema")
@pytest.mark.parametrize(
    "change",
    [
        {"text": ""},
        {"text": "<!channel>"},
        {"blocks": [section("s")] * 51},
        {"blocks": [section("s" * 2900)] * 5},
        {"blocks": [section("s", block_id="b"), section("t", block_id="b")]},
        {"unfurl_links": True},
        {"unfurl_media": None},
        {"metadata": None},
        {"metadata": {"event_type": "e", "event_payload": {"key": "k" * 400}}},
        {"link_names": True},
        {"parse": "full"},
    ],
)
def test_a_body_that_slack_refuses_or_that_harms_is_caught(change: dict[str, Any]) -> None:
    assert broken_rules(posting(**change), posted=True)


@pytest.mark.skipif(SHARED is None, reason="no specifications beside the project")
@pytest.mark.parametrize(
    "block",
    [
        section("s", colour="red"),
        {"type": "sektion"},
        {"type": "header", "text": text("h", "mrkdwn")},
    ],
)
def test_the_schema_catches_unknown_words(block: dict[str, Any]) -> None:
    assert broken_rules(posting(blocks=[block]), posted=True)
