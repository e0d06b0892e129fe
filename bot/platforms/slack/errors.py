"""What each answer of Slack means for a post: accepted, refused, or nobody knows. PURE.

Slack has no key that makes a repeated post harmless, so the line between "refused" and "unclear"
decides whether anything is told twice: whatever may stand in the channel is `Unclear`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import isnan
from types import MappingProxyType

from digests.model import (
    Gone,
    Rejected,
    RemovalOutcome,
    Retry,
    Scope,
    Unclear,
    Unreadable,
)

_SHORTEST_WAIT, _LONGEST_WAIT = 1.0, 3600.0  # seconds; an absurd Retry-After silences nobody


class Kind(StrEnum):
    """How a call of the Web API failed."""

    UNSENT = "unsent"  # no byte of the request left: name, connection or TLS failed
    LIMITED = "limited"  # 429
    REFUSED = "refused"  # a well-formed error with a code
    UNCLEAR = "unclear"  # it may have been done


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that did not succeed; `reason` is one line for people, without secrets."""

    kind: Kind
    reason: str
    code: str = ""
    after: timedelta | None = None

    def __str__(self) -> str:
        """The reason, with what to do about it when that is known."""
        cure = CURES.get(self.code, "")
        return f"{self.reason}: {cure}" if cure else self.reason


# Slack itself warns that the operation may have succeeded before the error was raised.
_DONE_PERHAPS = frozenset({"internal_error", "fatal_error", "request_timeout"})

_AGAIN = frozenset(
    {
        "message_limit_exceeded",
        "rate_limited",
        "ratelimited",
        "service_unavailable",
        "team_added_to_org",
    }
)

_CONTENT = frozenset(
    {
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "cant_delete_message",
        "compliance_exports_prevent_deletion",
        "cannot_reply_to_message",
        "cant_update_message",
        "edit_window_closed",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_charset",
        "invalid_form_data",
        "invalid_json",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_post_type",
        "json_not_object",
        "markdown_text_conflict",
        "message_not_found",
        "metadata_must_be_sent_from_app",
        "metadata_too_large",
        "missing_post_type",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
        "update_failed",
    }
)

# There is no thread to write to: the card was deleted, or threads are closed there.
NO_THREAD = frozenset(
    {
        "cannot_reply_to_message",
        "message_not_found",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
    }
)

_INVITE = "invite the bot there with /invite @nightdesk"
_TOKEN = "put a valid SLACK_BOT_TOKEN (xoxb-…) in the environment and start again"  # noqa: S105 - advice
_SCOPES = "add the scopes of the app manifest and install the app again"
_ADMIN = "ask an administrator of the workspace to let the app post there"

# What the operator can do about each refusal of access; also the list of such refusals.
CURES: Mapping[str, str] = MappingProxyType(
    {
        "access_denied": _ADMIN,
        "accesslimited": "ask an administrator to allow this machine's address",
        "account_inactive": _TOKEN,
        "app_missing_action_url": "switch Socket Mode on in the app's settings",
        "cannot_dm_bot": "a bot cannot be written to; name a person",
        "channel_not_found": f"check the channel in feeds.yaml; if it is private, {_INVITE}",
        "channel_type_not_supported": "name a channel or a person",
        "deprecated_endpoint": "update Nightdesk",
        "ekm_access_denied": _ADMIN,
        "enterprise_is_restricted": _ADMIN,
        "external_channel_migrating": "wait until Slack has moved the channel",
        "invalid_auth": _TOKEN,
        "is_archived": "unarchive the channel, or name another one in feeds.yaml",
        "is_inactive": "the person's account is switched off; name another one",
        "messages_tab_disabled": "switch the app's Messages tab on (App Home)",
        "method_deprecated": "update Nightdesk",
        "method_not_supported_for_channel_type": "name a channel or a person",
        "missing_scope": _SCOPES,
        "no_permission": _INVITE,
        "not_allowed_token_type": _TOKEN,
        "not_authed": _TOKEN,
        "not_in_channel": _INVITE,
        "org_login_required": "wait until Slack has moved the workspace",
        "posting_to_channel_denied": _ADMIN,
        "restricted_action": _ADMIN,
        "restricted_action_non_threadable_channel": _ADMIN,
        "restricted_action_read_only_channel": _ADMIN,
        "restricted_action_thread_locked": _ADMIN,
        "restricted_action_thread_only_channel": _ADMIN,
        "slack_connect_blocked": _ADMIN,
        "slack_connect_file_link_sharing_blocked": _ADMIN,
        "team_access_not_granted": _SCOPES,
        "team_not_found": _TOKEN,
        "token_expired": _TOKEN,
        "token_revoked": _TOKEN,
        "two_factor_setup_required": _ADMIN,
        "user_disabled": "the person's account is switched off; name another one",
        "user_not_found": "check the person's name in feeds.yaml",
        "user_not_visible": _ADMIN,
    }
)


def refusal(
    status: int, code: str, *, retry_after: str = "", details: tuple[str, ...] = ()
) -> Failure:
    """The failure behind an HTTP answer that says no; `code` is "" when the body says nothing."""
    said = "; ".join(filter(None, (code or f"HTTP {status}", *details)))
    if status == 429 or code in {"ratelimited", "rate_limited"}:  # noqa: PLR2004 - Too Many Requests
        return Failure(Kind.LIMITED, "Slack asks to slow down", code, _wait(retry_after))
    if status >= 500 or not code:  # noqa: PLR2004 - a server error
        return Failure(Kind.UNCLEAR, f"Slack answered {said}", code)
    kind = Kind.UNCLEAR if code in _DONE_PERHAPS else Kind.REFUSED
    return Failure(kind, f"Slack says {said}", code)


def outcome(failure: Failure) -> Retry | Rejected | Unclear:
    """What a failed post or edit means for the outbox."""
    match failure.kind:
        case Kind.UNSENT | Kind.LIMITED:
            return Retry(str(failure), failure.after)
        case Kind.UNCLEAR:
            return Unclear(str(failure))
        case Kind.REFUSED:
            return _refused(failure)


def removal(failure: Failure) -> RemovalOutcome:
    """What a failed deletion means: what is not there any more needs none."""
    if failure.code == "message_not_found":
        return Gone()
    return outcome(failure)


def sighting(failure: Failure) -> Unreadable:
    """What a failed reading of the channel means for the reconciler."""
    for_good = failure.kind is Kind.REFUSED and failure.code in CURES
    return Unreadable(str(failure), later=not for_good)


def _refused(failure: Failure) -> Retry | Rejected | Unclear:
    if failure.code in _AGAIN:
        return Retry(str(failure))
    if failure.code in _CONTENT:
        return Rejected(str(failure), Scope.CONTENT)
    if failure.code in CURES:
        return Rejected(str(failure), Scope.ACCESS)
    return Rejected(str(failure), Scope.UNKNOWN)


def _wait(retry_after: str) -> timedelta | None:
    """The wait that Slack asks for, within reason; None when it cannot be read."""
    try:
        asked = float(retry_after)
    except ValueError:
        return None
    return (
        None if isnan(asked) else timedelta(seconds=min(max(asked, _SHORTEST_WAIT), _LONGEST_WAIT))
    )
