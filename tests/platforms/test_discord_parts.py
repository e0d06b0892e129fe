"""The pure parts beneath the Discord chat: outcomes, limits, permissions."""

from datetime import timedelta
from heapq import heappop, heappush
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.discord import gateway, permissions
from bot.platforms.discord.errors import Answer, Lost, NotSent, failed, fatal, pause, posted
from bot.platforms.discord.invite import EMBED, HISTORY, NEEDED, SEND, VIEW, invitation
from bot.platforms.discord.limits import Limits
from digests.model import Posted, Rejected, Retry, Scope, Unclear

# --- outcomes ----------------------------------------------------------------------------


def refusal(status, code, message="No", **more):
    return Answer(status, {"code": code, "message": message, **more})


@pytest.mark.parametrize(
    ("answer", "scope"),
    [
        (refusal(400, 50035), Scope.CONTENT),
        (refusal(400, 50006), Scope.CONTENT),
        (refusal(400, 200000), Scope.CONTENT),
        (refusal(403, 240000), Scope.CONTENT),
        (refusal(413, 40005), Scope.CONTENT),
        (refusal(404, 10008), Scope.CONTENT),
        (refusal(404, 10003), Scope.ACCESS),
        (refusal(403, 50001), Scope.ACCESS),
        (refusal(403, 50013), Scope.ACCESS),
        (refusal(400, 50008), Scope.ACCESS),
        (refusal(400, 50083), Scope.ACCESS),
        (refusal(401, 0), Scope.ACCESS),
        (refusal(418, 123456), Scope.UNKNOWN),
        (refusal(409, 0), Scope.UNKNOWN),
        (Answer(403, None), Scope.UNKNOWN),
        (Answer(404, "<html>"), Scope.UNKNOWN),
        (Answer(302, None), Scope.UNKNOWN),
    ],
)
def test_a_refusal_for_good_is_about_content_access_or_something_unknown(answer, scope):
    outcome = posted(answer)
    assert isinstance(outcome, Rejected)
    assert outcome.scope is scope


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 524])
@pytest.mark.parametrize("payload", [None, {"code": 0, "message": "500"}, {"code": 50013}])
def test_any_5xx_is_unclear_whatever_it_says(status, payload):
    assert isinstance(posted(Answer(status, payload)), Unclear)


@pytest.mark.parametrize("payload", [None, {}, [], "1", {"id": 5}, {"id": ""}, {"id": "x"}])
def test_accepted_without_an_id_is_unclear(payload):
    assert isinstance(posted(Answer(200, payload)), Unclear)


def test_accepted_with_an_id_stands_there():
    assert posted(Answer(200, {"id": "42"})) == Posted("42")


def test_an_old_message_edited_too_often_is_tried_an_hour_later():
    assert posted(refusal(429, 30046)) == Retry(
        "Discord answered 429 (code 30046): No", None
    ) or isinstance(posted(refusal(400, 30046)), Retry)
    assert posted(refusal(400, 30046)).after == timedelta(hours=1)


def test_a_reason_names_the_place_that_discord_names():
    errors = {"embeds": {"0": {"title": {"_errors": [{"code": "X", "message": "too long"}]}}}}
    outcome = posted(refusal(400, 50035, "Invalid Form Body", errors=errors))
    assert "embeds.0.title: too long" in outcome.reason


@settings(max_examples=30)
@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_a_reason_is_one_short_line_whatever_discord_says(errors):
    payload = {"code": 50035, "message": errors, "errors": errors}
    outcome = posted(Answer(400, payload))
    assert isinstance(outcome, Rejected)
    assert len(outcome.reason) <= 300
    assert len(outcome.reason.splitlines()) <= 1


@pytest.mark.parametrize(
    ("body", "header", "seconds"),
    [
        ({"retry_after": 1.5}, "9", 1.5),
        ({}, "9", 9),
        (None, "9", 9),
        (None, None, None),
        ({"retry_after": "soon"}, None, None),
        ({"retry_after": "soon"}, "2", 2),
        ({"retry_after": -1}, None, None),
        ({"retry_after": 0}, None, None),
        ({"retry_after": float("nan")}, None, None),
        ({"retry_after": 1e12}, "3", 3),
        ({"retry_after": []}, "Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_a_pause_is_believed_when_it_can_be_meant(body, header, seconds):
    answer = Answer(429, body, {"Retry-After": header} if header else {})
    assert pause(answer) == (timedelta(seconds=seconds) if seconds else None)


KEY = ConnectionKey(
    "127.0.0.1", 1, is_ssl=False, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (aiohttp.ClientConnectorError(KEY, OSError(111, "refused")), NotSent),
        (aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "no name")), NotSent),
        (aiohttp.ConnectionTimeoutError("connect"), NotSent),
        (aiohttp.InvalidURL("x"), NotSent),
        (aiohttp.ServerDisconnectedError(), Lost),
        (aiohttp.ClientOSError(104, "reset"), Lost),
        (aiohttp.ClientPayloadError("half"), Lost),
        (aiohttp.SocketTimeoutError("read"), Lost),
        (ConnectionResetError(104, "reset"), Lost),
        (ValueError("odd"), Lost),
    ],
)
def test_an_exception_says_whether_a_byte_may_have_gone_out(error, kind):
    assert isinstance(failed(error), kind)


def test_only_what_an_operator_must_cure_is_fatal():
    gateway.load_library()
    import discord

    class Socket:
        close_code = 4013

    closed = discord.ConnectionClosed(Socket(), shard_id=None)
    assert "intents" in fatal(closed)
    assert "token" in fatal(discord.LoginFailure("no"))
    assert "privileged" in fatal(discord.PrivilegedIntentsRequired(None))
    for passing in (discord.GatewayNotFound(), KeyError("d"), OSError(), None):
        assert fatal(passing) == ""


# --- limits ------------------------------------------------------------------------------

HEADERS = {
    "X-RateLimit-Limit": "5",
    "X-RateLimit-Remaining": "2",
    "X-RateLimit-Reset-After": "5.0",
    "X-RateLimit-Bucket": "abc",
}


def test_a_bucket_that_is_used_up_waits_for_its_reset():
    limits = Limits()
    limits.take("POST a 1", 0)
    limits.learn("POST a 1", HEADERS, 1)
    for at in (1, 2):
        assert limits.delay("POST a 1", at) == 0
        limits.take("POST a 1", at)
    assert limits.delay("POST a 1", 3) == 3
    assert limits.delay("POST a 2", 3) == 0  # another channel


def test_routes_that_share_a_bucket_share_what_is_left():
    limits = Limits()
    limits.learn("POST a 1", HEADERS | {"X-RateLimit-Remaining": "0"}, 0)
    limits.learn("POST b 1", HEADERS | {"X-RateLimit-Remaining": "3"}, 0)
    assert limits.delay("POST b 1", 1) == 4


def test_after_the_reset_the_bucket_is_full_again():
    limits = Limits()
    limits.learn("POST a 1", HEADERS | {"X-RateLimit-Remaining": "0"}, 0)
    for at in (6, 6.5, 7, 7.5, 8):
        assert limits.delay("POST a 1", at) == 0
        limits.take("POST a 1", at)
    assert limits.delay("POST a 1", 8.5) == 2.5


def test_a_refusal_everywhere_stops_all_routes():
    limits = Limits()
    limits.refused("POST a 1", 7, 10, everywhere=True)
    assert limits.delay("GET b 2", 11) == 6


@pytest.mark.parametrize("broken", [{"X-RateLimit-Limit": "x"}, {"X-RateLimit-Reset-After": ""}])
def test_broken_headers_teach_nothing(broken):
    limits = Limits()
    limits.learn("POST a 1", HEADERS | {"X-RateLimit-Remaining": "0"} | broken, 0)
    assert limits.delay("POST a 1", 0) == 0


@given(st.lists(st.floats(0, 0.2), min_size=1, max_size=300))
def test_no_second_ever_sees_more_than_fifty_calls(gaps):
    limits, now, sent = Limits(), 0.0, []
    for number, gap in enumerate(gaps):
        now += gap
        sent.append(now + limits.delay(f"POST a {number}", now))
        limits.take(f"POST a {number}", sent[-1])
    busiest = max(sum(start <= at < start + 1 for at in sent) for start in sent)
    assert busiest <= 47


@given(st.lists(st.tuples(st.floats(0, 0.05), st.floats(0, 2), st.floats(0, 2)), max_size=250))
def test_calls_that_leave_and_arrive_late_are_never_too_many_in_a_second(calls):
    """Each call: the time since the last wished to leave, until it arrives, until its answer."""
    limits, now, arrived = Limits(), 0.0, []
    answers: list[float] = []  # a heap: when calls under way will be answered

    def pass_until(moment):
        while answers and answers[0] <= moment:
            limits.ended(heappop(answers))

    for gap, there, back in calls:
        now += gap
        pass_until(now)
        while wait := limits.crowd(now):
            now += wait
            pass_until(now)
        limits.leaves()
        arrived.append(now + there)
        heappush(answers, now + there + back)
    assert all(sum(start <= at < start + 1 for at in arrived) <= 50 for start in arrived)


# --- permissions -------------------------------------------------------------------------

GUILD = {
    "id": "1",
    "owner_id": "9",
    "roles": [
        {"id": "1", "permissions": str(VIEW.bit | SEND.bit)},
        {"id": "2", "permissions": str(EMBED.bit | HISTORY.bit)},
        {"id": "3", "permissions": str(1 << 3)},
    ],
}


def member(*roles, person="5"):
    return {"user": {"id": person}, "roles": list(roles)}


def overwrite(target, *, allow=0, deny=0):
    return {"id": target, "allow": str(allow), "deny": str(deny)}


def lacking(who, *overwrites):
    bits = permissions.granted(GUILD, who, {"permission_overwrites": list(overwrites)})
    return [p.name for p in permissions.missing(bits, NEEDED)]


def test_roles_add_up():
    assert lacking(member()) == ["Embed Links", "Read Message History"]
    assert lacking(member("2")) == []


def test_owner_and_administrator_may_everything():
    denied = overwrite("1", deny=VIEW.bit)
    assert lacking(member(person="9"), denied) == []
    assert lacking(member("3"), denied) == []


def test_the_narrower_overwrite_wins():
    all_denied = overwrite("1", deny=SEND.bit)
    assert lacking(member("2"), all_denied) == ["Send Messages"]
    assert lacking(member("2"), all_denied, overwrite("2", allow=SEND.bit)) == []
    own = overwrite("5", deny=SEND.bit)
    assert lacking(member("2"), overwrite("2", allow=SEND.bit), own) == ["Send Messages"]


def test_whoever_does_not_see_a_channel_can_do_nothing_there():
    assert len(lacking(member("2"), overwrite("2", deny=VIEW.bit))) == len(NEEDED)


def test_a_thread_wants_its_own_right_to_write():
    assert "Send Messages in Threads" in [p.name for p in permissions.needed({"type": 11})]


def test_the_invitation_asks_for_what_is_used_and_nothing_else():
    query = parse_qs(urlsplit(invitation("42")).query)
    assert query["client_id"] == ["42"]
    assert query["scope"] == ["bot applications.commands"]
    assert int(query["permissions"][0]) == sum(1 << n for n in (10, 11, 14, 15, 16))
