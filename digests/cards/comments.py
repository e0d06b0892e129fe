"""Comments in words: for editors who decide, for writers who wait, for threads. Pure.

What readers write is hostile text: it stands here as plain words, between marks of quotation where
our own words surround it, and platforms escape it.
"""

from digests.cards.words import Words, later, words
from digests.model import Button, Comment, CommentState, Notice
from digests.text.characters import clean, clip

LONGEST = 500  # characters of a comment
APPROVE, REJECT = "approve", "reject"  # verbs of the buttons
_NAME, _HEADLINE = 60, 200

_STATES = {
    CommentState.WAITING: later("A comment waits for review"),
    CommentState.SHOWN: later("A comment was approved"),
    CommentState.REJECTED: later("A comment was rejected"),
}
_BECAME = {
    CommentState.SHOWN: later("Your comment stands under the card now."),
    CommentState.REJECTED: later("An editor decided not to show your comment."),
}


def name_of(shown: str, say: Words) -> str:
    """A person's name as others may see it: one short line, never empty."""
    return clip(" ".join(clean(shown).split()), _NAME) or say.text("a reader")


def signed(one: Comment, say: Words) -> str:
    """Whose comment it is."""
    return say.text("Comment by {name}", name=name_of(one.name, say))


def review(one: Comment, headline: str, language: str, zone: str) -> Notice:
    """What editors see: with buttons until it is decided, then with who decided."""
    say = words(language)
    by = say.line(name_of(one.name, say), one.person, say.date(one.at, zone))
    lines = [say.isolate(clip(headline, _HEADLINE)), f"“{one.text}”", by]
    waits = one.state is CommentState.WAITING
    if not waits:
        editor = name_of(one.editor, say)
        lines.append(say.text("Decided by {name}", name=say.line(editor, one.decided_by)))
    buttons = (
        Button(say.text("Approve"), APPROVE, str(one.id)),
        Button(say.text("Reject"), REJECT, str(one.id)),
    )
    return Notice(
        say.text(_STATES[one.state]),
        "\n\n".join(lines),
        language,
        rtl=say.rtl,
        buttons=buttons if waits else (),
    )


def verdict(one: Comment, headline: str) -> Notice:
    """What its writer is told, in the writer's language."""
    say = words(one.language)
    became = say.text(_BECAME.get(one.state, _STATES[CommentState.WAITING]))
    lines = (became, f"“{one.text}”", say.isolate(clip(headline, _HEADLINE)))
    return Notice("Nightdesk", "\n\n".join(lines), one.language, rtl=say.rtl)


def in_thread(one: Comment, language: str) -> Notice:
    """An approved comment as a line of its own under the card."""
    say = words(language)
    return Notice(signed(one, say), one.text, language, rtl=say.rtl, aside=True)


def taken_back(language: str) -> Notice:
    """What stands where a comment was that its writer took back."""
    say = words(language)
    return Notice("Nightdesk", say.text("This comment was taken back."), language, rtl=say.rtl)
