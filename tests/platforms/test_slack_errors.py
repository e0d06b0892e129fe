"""What each answer of Slack means: a table that delivery depends on."""

from datetime import timedelta

import pytest

from bot.platforms.slack.errors import CURES, Failure, Kind, outcome, refusal, sighting
from digests.model import Rejected, Retry, Scope, Unclear, Unreadable


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
@pytest.mark.parametrize("code", ["", "internal_error", "service_unavailable"])
def test_any_server_error_is_unclear(status: int, code: str) -> None:
    assert isinstance(outcome(refusal(status, code)), Unclear)


@pytest.mark.parametrize("code", ["internal_error", "fatal_error", "request_timeout"])
def test_an_error_after_which_slack_may_have_done_it_is_unclear(code: str) -> None:
    assert isinstance(outcome(refusal(200, code)), Unclear)


@pytest.mark.parametrize("status", [200, 204, 302, 400, 404, 413])
def test_an_answer_that_says_nothing_is_unclear(status: int) -> None:
    assert isinstance(outcome(refusal(status, "")), Unclear)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("12", 12),
        ("0", 1),
        ("-5", 1),
        ("1.5", 1.5),
        ("1e12", 3600),
        ("inf", 3600),
        ("99999999999999999999999", 3600),
        ("soon", None),
        ("nan", None),
        ("", None),
    ],
)
def test_the_wait_that_slack_asks_for_is_kept_within_reason(
    header: str, wait: float | None
) -> None:
    expected = None if wait is None else timedelta(seconds=wait)
    for failure in (
        refusal(429, "ratelimited", retry_after=header),
        refusal(429, "", retry_after=header),
        refusal(200, "ratelimited", retry_after=header),
    ):
        assert outcome(failure) == Retry(str(failure), expected)


@pytest.mark.parametrize("code", ["service_unavailable", "team_added_to_org"])
def test_what_passes_by_itself_is_tried_again(code: str) -> None:
    assert isinstance(outcome(refusal(200, code)), Retry)


@pytest.mark.parametrize(
    "code",
    ["invalid_blocks", "msg_too_long", "msg_blocks_too_long", "no_text", "message_not_found"],
)
def test_refused_content_concerns_this_post_only(code: str) -> None:
    said = outcome(refusal(200, code, details=("bad [json-pointer:/blocks/1]",)))

    assert isinstance(said, Rejected)
    assert said.scope is Scope.CONTENT
    assert "json-pointer" in said.reason


@pytest.mark.parametrize(
    "code",
    [
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "token_revoked",
        "account_inactive",
        "missing_scope",
        "invalid_auth",
        "restricted_action",
    ],
)
def test_refused_access_concerns_the_channel_and_says_the_cure(code: str) -> None:
    said = outcome(refusal(200, code))

    assert isinstance(said, Rejected)
    assert said.scope is Scope.ACCESS
    assert CURES[code] in said.reason


def test_the_bot_that_is_not_in_the_channel_asks_to_be_invited() -> None:
    assert "/invite @nightdesk" in str(refusal(200, "not_in_channel"))


def test_a_code_that_nobody_knows_is_neither_content_nor_access() -> None:
    said = outcome(refusal(200, "some_code_of_the_year_2031"))

    assert isinstance(said, Rejected)
    assert said.scope is Scope.UNKNOWN


def test_what_never_left_may_be_sent_again() -> None:
    assert isinstance(outcome(Failure(Kind.UNSENT, "no route")), Retry)


@pytest.mark.parametrize(
    ("failure", "later"),
    [
        (refusal(200, "missing_scope"), False),
        (refusal(200, "not_in_channel"), False),
        (refusal(200, "internal_error"), True),
        (refusal(429, ""), True),
        (refusal(503, ""), True),
        (Failure(Kind.UNSENT, "no route"), True),
        (refusal(200, "some_code_of_the_year_2031"), True),
    ],
)
def test_a_channel_is_unreadable_for_now_or_for_good(failure: Failure, later: bool) -> None:
    assert sighting(failure) == Unreadable(str(failure), later=later)
