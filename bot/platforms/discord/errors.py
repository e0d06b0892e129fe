"""How an attempt at Discord ended: its answers and every foreign exception become our outcomes.

The only place that knows Discord's error codes and the exceptions of aiohttp and discord.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import aiohttp

from digests.model import (
    Gone,
    Posted,
    PostOutcome,
    Rejected,
    RemovalOutcome,
    Retry,
    Scope,
    Unclear,
    Unreadable,
)

_HOUR = timedelta(hours=1)
_REASON = 300  # characters of a reason: one line for people

UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_MEMBER: Final = 10007
UNKNOWN_MESSAGE: Final = 10008
UNKNOWN_INTERACTION: Final = 10062
ALREADY_ACKNOWLEDGED: Final = 40060
_EDITED_TOO_OFTEN: Final = 30046

_NO_RIGHT = "give the bot View Channel, Send Messages and Embed Links there"
_WRONG_PLACE = "take the number of a text channel"
# Codes whose meaning differs from what their HTTP status says, or that have a better cure.
_ACCESS = {
    UNKNOWN_CHANNEL: "the channel is gone, or its number is wrong: copy the channel's ID again",
    40001: "renew the token",
    50001: f"the bot does not see the channel: {_NO_RIGHT}",
    50007: "this person takes no direct messages from the bot",
    50008: _WRONG_PLACE,
    50033: "there is no such person",
    50013: f"a permission is missing: {_NO_RIGHT}",
    50024: _WRONG_PLACE,
    50083: "the thread is archived: open it again",
    160005: "the thread is locked: unlock it",
    40067: "the forum wants a tag on every post and has none that the bot may set: add one",
}
_CONTENT = {
    UNKNOWN_MESSAGE: "the message was deleted there",
    20009: "refused as explicit content",
    40005: "too large",
    50006: "nothing to show",
    50035: "not the form that Discord takes",
    200000: "blocked by the server's AutoMod",
    200001: "blocked by the server's AutoMod",
    240000: "blocked as a harmful link",
}
_BY_STATUS = {400: Scope.CONTENT, 401: Scope.ACCESS, 403: Scope.ACCESS, 404: Scope.ACCESS}

# Close codes after which connecting again cannot help; the operator has to do something.
_CLOSED = {
    4004: "Discord refused the token: renew it in the developer portal and set DISCORD_TOKEN",
    4010: "Discord refused the shard",
    4011: "this bot is in so many servers that Discord wants shards, which Nightdesk has not",
    4012: "Discord no longer speaks this version of its gateway: update Nightdesk",
    4013: "Discord refused the intents",
    4014: "Discord refused the intents: Nightdesk needs none of the privileged ones",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Discord answered, well or badly."""

    status: int
    payload: object = None  # decoded JSON; None when there was none or it was broken
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """A 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP

    @property
    def error(self) -> Mapping[str, object] | None:
        """Discord's own error object, None when something else answered."""
        payload = self.payload
        return payload if isinstance(payload, dict) and "code" in payload else None

    @property
    def code(self) -> int:
        """Discord's error code, 0 when there is none."""
        code = (self.error or {}).get("code")
        return code if isinstance(code, int) else 0


@dataclass(frozen=True, slots=True)
class NotSent:
    """No byte of the request went out."""

    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """The request went out, or part of it, and no whole answer came back."""

    reason: str


Result = Answer | NotSent | Lost


def failed(error: aiohttp.ClientError | OSError | ValueError) -> NotSent | Lost:
    """What an exception says about whether the request reached anybody."""
    reason = _one_line(f"{type(error).__name__}: {error}")
    before = (
        aiohttp.ClientConnectorError,  # name, TCP, TLS, certificate, proxy
        aiohttp.ConnectionTimeoutError,
        aiohttp.ClientHttpProxyError,
        aiohttp.InvalidURL,
    )
    return NotSent(reason) if isinstance(error, before) else Lost(reason)


def posted(result: Result) -> PostOutcome:
    """The outcome of sending or editing one message."""
    match result:
        case NotSent(reason, after):
            return Retry(reason, after)
        case Lost(reason):
            return Unclear(reason)
        case Answer() if result.good:
            found = message_id(result.payload)
            return Posted(found) if found else Unclear("accepted, but the answer names no message")
        case Answer():
            return _refused(result)


def removed(result: Result) -> RemovalOutcome:
    """The outcome of deleting one message: what is not there any more needs no deleting."""
    if isinstance(result, Answer):
        if result.good or result.code == UNKNOWN_MESSAGE:
            return Gone()
        return _refused(result)
    if isinstance(result, NotSent):
        return Retry(result.reason, result.after)
    return Unclear(result.reason)


def unreadable(result: Result) -> Unreadable:
    """Why a channel could not be read, and whether asking later may help."""
    if isinstance(result, NotSent | Lost):
        return Unreadable(result.reason, later=True)
    match posted(result):
        case Rejected(reason, scope):
            return Unreadable(reason, later=scope is not Scope.ACCESS)
        case Retry(reason) | Unclear(reason):
            return Unreadable(reason, later=True)
        case Posted():
            return Unreadable("the answer is no list of messages", later=True)


def fatal(error: Exception | None) -> str:
    """What the operator must do, "" when connecting again is all there is to do."""
    import discord  # here, or importing this room would load the whole library

    match error:
        case discord.LoginFailure():
            return _CLOSED[4004]
        case discord.PrivilegedIntentsRequired():
            return _CLOSED[4014]
        case discord.ConnectionClosed(code=code):
            return _CLOSED.get(code, "")
        case _:
            return ""


def message_id(payload: object) -> str:
    """The id in a message object, "" when there is none."""
    found = payload.get("id") if isinstance(payload, dict) else None
    return found if isinstance(found, str) and found.isascii() and found.isdigit() else ""


def pause(answer: Answer) -> timedelta | None:
    """How long a 429 asks to wait; None when it does not say or cannot mean what it says."""
    body = answer.payload if isinstance(answer.payload, dict) else {}
    for said in (body.get("retry_after"), answer.headers.get("Retry-After")):
        try:
            seconds = float(said)  # type: ignore[arg-type]  # anything else is a TypeError
        except (TypeError, ValueError):
            continue
        if 0 < seconds <= _HOUR.total_seconds():  # not for NaN
            return timedelta(seconds=seconds)
    return None


def _refused(answer: Answer) -> Retry | Rejected | Unclear:
    reason = _reason(answer)
    if answer.status == 429:  # noqa: PLR2004 - HTTP
        return Retry(reason, pause(answer))
    if answer.code == _EDITED_TOO_OFTEN:
        return Retry(reason, _HOUR)
    if answer.status >= 500:  # noqa: PLR2004 - HTTP
        return Unclear(reason)  # it may have been accepted behind the failing front
    return Rejected(reason, _scope(answer))


def _scope(answer: Answer) -> Scope:
    if answer.error is None:
        return Scope.UNKNOWN  # not Discord's own word: a proxy, a firewall, a cut body
    if answer.code in _ACCESS:
        return Scope.ACCESS
    if answer.code in _CONTENT:
        return Scope.CONTENT
    return _BY_STATUS.get(answer.status, Scope.UNKNOWN)


def _reason(answer: Answer) -> str:
    error = answer.error
    if error is None:
        return f"Discord answered {answer.status}"
    words = [f"Discord answered {answer.status} (code {answer.code}): {error.get('message', '')}"]
    words += [_ACCESS.get(answer.code) or _CONTENT.get(answer.code, "")]
    words += _details(error.get("errors"), "")
    return _one_line("; ".join(word for word in words if word))


def _details(errors: object, path: str) -> Iterator[str]:
    """Discord's nested complaints as `embeds.0.title: too long`."""
    if not isinstance(errors, dict):
        return
    for name, below in errors.items():
        if name == "_errors" and isinstance(below, list):
            said = (one.get("message", "") for one in below if isinstance(one, dict))
            yield f"{path}: {' '.join(map(str, said))}"
        else:
            yield from _details(below, f"{path}.{name}".strip("."))


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_REASON]
