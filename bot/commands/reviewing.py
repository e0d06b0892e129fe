"""Comments: written in a form under a card, decided by editors; and what waits for editors."""

from bot.commands.asking import Ask, Option, Reply, Verb, Who
from bot.commands.saying import NOT_TOLD, press_of
from bot.commands.stories import ID, named, unknown
from digests.cards.comments import APPROVE, LONGEST, REJECT, name_of
from digests.cards.compose import COMMENT
from digests.cards.words import later, words
from digests.config.settings import Settings
from digests.model import (
    Button,
    Comment,
    CommentId,
    CommentState,
    Decision,
    Post,
    PostState,
    Unwritten,
)
from digests.text.characters import clean
from digests.text.plain import clip

_TEXT = Option(
    "text", later("Your comment; an editor reads it first"), required=True, longest=LONGEST
)
_NUMBER = Option("number", later("The number of the comment"), required=True)
_LISTED = 4  # comments with buttons: eight of them fit
_NUMBERS = 15  # digits of a comment's number, at most
_NOT_WRITTEN = {
    Unwritten.NOT_TOLD: NOT_TOLD,
    Unwritten.TOO_MANY: later("Enough for today, or until an editor has read what you wrote."),
}
_ALREADY = {
    CommentState.SHOWN: later("It was approved before, by {name}."),
    CommentState.REJECTED: later("It was rejected before, by {name}."),
    CommentState.WAITING: later("It still waits."),
}


async def comment(ask: Ask) -> Reply:
    """Keep a comment until an editor has read it."""
    say, review = ask.say, ask.around.settings().reviewers
    text = clean(ask.option("text"))
    found = await named(ask)
    if found is None:
        return unknown(ask)
    if not text:
        return ask.notice(say.text("Nothing was written. Press the button again."))
    if len(text) > LONGEST:
        too_long = later("At most {most} characters; yours has {n}.")
        return ask.notice(say.text(too_long, most=say.number(LONGEST), n=say.number(len(text))))
    assert review is not None  # else the verb is closed
    name = name_of(ask.asker.name, words(review.language))
    written = Comment(
        CommentId(0), found.id, ask.person, name, text, ask.now, language=say.language
    )
    kept = await ask.archive.readers.comment(press_of(ask), written, review)
    if isinstance(kept, Unwritten):
        return ask.notice(say.text(_NOT_WRITTEN[kept]))
    _wake(ask)
    return ask.notice(say.text("Thank you. An editor reads it first; you are told either way."))


async def approve(ask: Ask) -> Reply:
    """It stands under the card from now on."""
    return await _decided(ask, CommentState.SHOWN)


async def reject(ask: Ask) -> Reply:
    """It is shown nowhere."""
    return await _decided(ask, CommentState.REJECTED)


async def _decided(ask: Ask, state: CommentState) -> Reply:
    this = _number(ask.text)
    asides = frozenset(one.name for one in ask.around.settings().channels if one.thread)
    name = name_of(ask.asker.name, ask.say)
    made = Decision(state, ask.person, name, ask.now, asides)
    deed = ask.deed(f"c{this}")
    if ask.archive.read_only:
        return ask.notice(ask.say.text("Nothing can be decided from here."))
    if await ask.archive.readers.decide(this, made, deed) is not None:
        _wake(ask)
        done = {CommentState.SHOWN: later("Approved."), CommentState.REJECTED: later("Rejected.")}
        return ask.notice(ask.say.text(done[state]))
    before = await ask.archive.readers.find_comment(this)
    if before is None:
        return ask.notice(ask.say.text("There is no such comment any more."))
    return ask.notice(ask.say.text(_ALREADY[before.state], name=before.editor))


async def review(ask: Ask) -> Reply:
    """What waits for an editor: comments, and posts that are held."""
    say = ask.say
    waiting = await ask.archive.readers.waiting()
    held = await ask.archive.outbox.in_state(PostState.HELD)
    lines = [await _line(ask, one) for one in waiting[:_LISTED]]
    if (more := len(waiting) - _LISTED) > 0:
        lines.append(say.plural("and {n} more comment", "and {n} more comments", more))
    lines += _held(ask, held)
    reply = ask.notice("\n\n".join(lines) or say.text("Nothing waits."), say.text("For review"))
    buttons = () if ask.archive.read_only else tuple(
        Button(f"{label} c{one.id}", verb, str(one.id))
        for one in waiting[:_LISTED]
        for verb, label in ((APPROVE, say.text("Approve")), (REJECT, say.text("Reject")))
    )  # fmt: skip
    return Reply(reply.content, buttons=buttons)


async def _line(ask: Ask, one: Comment) -> str:
    say = ask.say
    story = await ask.archive.find_story(one.story)
    headline = say.isolate(clip(story.headline, 100)) if story else ""
    head = say.line(f"c{one.id}", one.name, one.person, say.date(one.at), headline)
    return f"{head}\n“{one.text}”"


def _held(ask: Ask, held: list[Post]) -> list[str]:
    if not held:
        return []
    say = ask.say
    count = say.plural("{n} post is held", "{n} posts are held", len(held))
    return [say.text("{count}; {command} shows them.", count=count, command=say.typed("redrive"))]


def _number(text: str) -> CommentId:
    """The comment that a button names; 0, which none has, when it names none."""
    digits = text.removeprefix("c")
    good = digits.isascii() and digits.isdecimal() and len(digits) <= _NUMBERS
    return CommentId(int(digits) if good else 0)


def _wake(ask: Ask) -> None:
    if ask.around.doing is not None:
        ask.around.doing.wake()


def _closed(settings: Settings) -> str:
    return "" if settings.review else later("Nobody can comment here: feeds.yaml has no review.")


VERBS = (
    Verb(
        COMMENT, later("Write a comment under a card"), comment, (ID, _TEXT), listed=False,
        terminal=False, form=True, submit=later("Send"), closed=_closed,
    ),
    Verb(
        APPROVE, later("Show a comment under its card"), approve, (_NUMBER,), who=Who.EDITOR,
        listed=False, terminal=False,
    ),
    Verb(
        REJECT, later("Show a comment nowhere"), reject, (_NUMBER,), who=Who.EDITOR,
        listed=False, terminal=False,
    ),
    Verb(
        "review", later("Comments and posts that wait for an editor"), review, who=Who.EDITOR,
        examples=("",),
    ),
)  # fmt: skip
