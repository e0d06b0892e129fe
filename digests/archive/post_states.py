"""How an outcome changes a post: every arrow of docs/delivery.md. Pure; outbox.py writes it down.

A post that is SENDING stays so until something proves how it ended. `Posted` is such a proof at
any time: it may arrive late, after the reconciler has already given the post another state.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from digests.feeds.pace import CLOCK_SLACK
from digests.model import (
    Absent,
    Destination,
    Found,
    Gone,
    Post,
    Posted,
    PostOutcome,
    PostState,
    Proof,
    Rejected,
    RemovalOutcome,
    Retry,
    Scope,
    Sighting,
    Unclear,
    Unreadable,
)

EDIT_EVERY = timedelta(minutes=10)
EDITS = 24
EDIT_WITHIN = timedelta(hours=48)  # of sending
SAID_EVERY = timedelta(minutes=1)  # votes and comments have a budget of their own
SAID_WITHIN = timedelta(days=30)
WITHDRAWN = "!"  # so ends the version of what must go from a card, however old it is
EDIT_AGAIN = timedelta(minutes=1)  # after an edit whose end is unclear: repeating it is harmless
RETRY_FIRST = timedelta(seconds=30)
RETRY_LONGEST = timedelta(hours=1)
WAIT_LONGEST = timedelta(days=1)  # an edit that should wait longer was dated by a wrong clock
UNCLEAR_TRIES = 25  # that ended unclear and left nothing there, then a person must look
UNKNOWN_TRIES = 8  # of a refusal we do not understand, then a person must look: half a day


def begun(
    post: Post, destination: Destination, *, watermark: str, now: datetime, shown: str
) -> Post:
    """A queued post with the intent to send it; the destination is fixed from here on."""
    return replace(
        post,
        state=PostState.SENDING,
        attempt=post.attempt + 1,
        destination=destination,
        watermark=watermark,
        intent_at=now,
        not_before=None,
        shown=shown,
    )


def settled(post: Post, outcome: PostOutcome, *, now: datetime, shown: str | None = None) -> Post:
    """The post after an attempt. `shown`: what was sent; None: what the intent said."""
    return _heeded(_settled(post, outcome, now=now, shown=shown))


def _settled(post: Post, outcome: PostOutcome, *, now: datetime, shown: str | None) -> Post:
    if isinstance(outcome, Posted):
        return _accepted(post, outcome.message_id, now, shown)
    if post.state is not PostState.SENDING:
        return post  # decided meanwhile
    match outcome:
        case Retry(reason, after):
            return _again(post, reason, now + (after or backoff(post.attempt)))
        case Rejected(reason, scope):
            return _rejected(post, reason, scope, now)
        case Unclear(reason):
            return replace(post, reason=reason)
        case _:
            assert_never(outcome)


def sighted(post: Post, sighting: Sighting, *, now: datetime, proof: Proof = Proof.HOLD) -> Post:
    """A doubtful post after its channel was read back."""
    return _heeded(_sighted(post, sighting, now=now, proof=proof))


def _sighted(post: Post, sighting: Sighting, *, now: datetime, proof: Proof) -> Post:
    if post.state is not PostState.SENDING:
        return post
    match sighting:
        case Found(message_id):
            return _sent(post, message_id, now, None)
        case Absent() if post.attempt >= UNCLEAR_TRIES:  # it would hold up its channel for ever
            held = post.reason or "nobody can tell how sending it ends"
            return replace(post, state=PostState.HELD, reason=held)
        case Absent():
            return replace(post, state=PostState.QUEUED, not_before=None, reason="")
        case Unreadable(reason, later) if later:
            return replace(post, reason=reason)
        case Unreadable(reason) if proof is Proof.RESEND:
            return replace(post, state=PostState.QUEUED, not_before=None, reason=reason)
        case Unreadable(reason):
            return replace(post, state=PostState.HELD, reason=reason)
        case _:
            assert_never(sighting)


def edited(post: Post, outcome: PostOutcome, *, now: datetime, shown: str) -> Post:
    """A post that stands, after an attempt to change it to `shown`.

    Each attempt for a revision counts, however it ended: their number is bounded, not their
    success. What readers said is bounded by time alone.
    """
    revised = _revision(shown) != _revision(post.shown)
    tried = replace(post, edits=post.edits + revised, edited_at=now, not_before=None)
    match outcome:
        case Posted():
            return replace(tried, shown=shown, reason="")
        case Retry(reason, after):
            # Proven not to have changed anything, so it costs no edit.
            wait = now + (after or EDIT_AGAIN)
            return replace(post, not_before=wait, reason=reason)
        case Unclear(reason):
            return replace(
                tried, edited_at=post.edited_at, not_before=now + EDIT_AGAIN, reason=reason
            )
        case Rejected(reason):
            # Given up for this revision: as far as we are concerned it shows what was wanted.
            return replace(tried, shown=shown, reason=reason)
        case _:
            assert_never(outcome)


def version(revision: str, said: int) -> str:
    """What a post should show: the story's revision, and the version of what readers said."""
    return f"{revision}.{said}" if said else revision


def may_grow(post: Post, now: datetime) -> bool:
    """Whether it may still show revisions: bounded in number, and in time since it was sent."""
    return post.edits < EDITS and (post.sent_at is None or now - post.sent_at <= EDIT_WITHIN)


def may_edit(post: Post, now: datetime) -> bool:
    """Whether a post that does not show what it should may be changed now."""
    if post.state is not PostState.SENT or not post.message_id or post.sent_at is None:
        return False
    if post.not_before is not None and now < post.not_before <= now + WAIT_LONGEST:
        return False
    stood = now - post.sent_at
    rested = now - post.edited_at if post.edited_at else None
    if rested is not None and rested < -CLOCK_SLACK:  # the clock was put back
        rested = None
    grown = (
        _revision(post.wanted) != _revision(post.shown)
        and may_grow(post, now)
        and (rested is None or rested >= EDIT_EVERY)
    )
    said = (
        _said(post.wanted) != _said(post.shown)
        and (stood <= SAID_WITHIN or post.wanted.endswith(WITHDRAWN))
        and (rested is None or rested >= SAID_EVERY)
    )
    return grown or said


def _revision(wanted: str) -> str:
    return wanted.partition(".")[0]


def _said(wanted: str) -> str:
    return wanted.partition(".")[2]


def redriven(post: Post, now: datetime) -> Post:
    """A held or dead post, sent on its way again by an operator; any other stays as it is."""
    if post.state not in (PostState.HELD, PostState.DEAD):
        return post
    return replace(
        post, state=PostState.QUEUED, queued_at=now, attempt=0, not_before=None, reason=""
    )


def retracted(post: Post, reason: str) -> Post:
    """A post that an editor takes back.

    What is under way, or may be, goes when it is known how that ended; what a digest told stands
    in the digest.
    """
    if post.state is PostState.SENDING:
        return replace(post, taken_back=reason)
    if post.state is PostState.SENT and post.message_id:
        leaving = PostState.LEAVING
        return replace(post, state=leaving, attempt=0, not_before=None, reason=reason)
    if post.state in (PostState.QUEUED, PostState.HELD, PostState.DEAD):
        return replace(post, state=PostState.RETRACTED, not_before=None, reason=reason)
    return post


def _heeded(post: Post) -> Post:
    """A post that was taken back while it was being sent, as soon as it is not any more."""
    if not post.taken_back or post.state is PostState.SENDING:
        return post
    return replace(retracted(post, post.taken_back), taken_back="")


def removed(post: Post, outcome: RemovalOutcome, now: datetime) -> Post:
    """A post that leaves, after an attempt to delete it. To repeat that is harmless."""
    if post.state is not PostState.LEAVING:
        return post
    tried = replace(post, attempt=post.attempt + 1)
    match outcome:
        case Gone():
            return replace(tried, state=PostState.RETRACTED, not_before=None)
        case Retry(_, after):
            return replace(tried, not_before=now + (after or backoff(tried.attempt)))
        case Rejected(scope=Scope.UNKNOWN | Scope.ACCESS) | Unclear() if (
            tried.attempt < UNKNOWN_TRIES
        ):
            return replace(tried, not_before=now + backoff(tried.attempt))
        case Rejected(reason) | Unclear(reason):  # it stands; a person has to take it away
            stays = f"could not be taken back: {reason}"
            return replace(tried, state=PostState.SENT, not_before=None, reason=stays)
        case _:
            assert_never(outcome)


def backoff(attempt: int) -> timedelta:
    """How long to wait after so many attempts, when the platform did not say."""
    return min(RETRY_FIRST * (1 << min(max(attempt - 1, 0), 16)), RETRY_LONGEST)


def _accepted(post: Post, message_id: str, now: datetime, shown: str | None) -> Post:
    """It stands there: where an editor took it back meanwhile, it has to leave."""
    if post.state in (PostState.SENT, PostState.LEAVING):
        return post
    sent = _sent(post, message_id, now, shown)
    if post.state is not PostState.RETRACTED:
        return sent
    return replace(sent, state=PostState.LEAVING, attempt=0, reason=post.reason)


def _sent(post: Post, message_id: str, now: datetime, shown: str | None) -> Post:
    return replace(
        post,
        state=PostState.SENT,
        message_id=message_id,
        sent_at=now,
        not_before=None,
        reason="",
        shown=post.shown if shown is None else shown,
    )


def _again(post: Post, reason: str, not_before: datetime | None) -> Post:
    return replace(post, state=PostState.QUEUED, not_before=not_before, reason=reason)


def _rejected(post: Post, reason: str, scope: Scope, now: datetime) -> Post:
    match scope:
        case Scope.CONTENT:
            return replace(post, state=PostState.DEAD, reason=reason)
        case Scope.ACCESS:
            # The channel is paused with it; the post is as good as before.
            return _again(post, reason, None)
        case Scope.UNKNOWN if post.attempt >= UNKNOWN_TRIES:
            return replace(post, state=PostState.HELD, reason=reason)
        case Scope.UNKNOWN:
            return _again(post, reason, now + backoff(post.attempt))
        case _:
            assert_never(scope)
