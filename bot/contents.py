"""What a post says: made anew from the archive, in its channel's language, when it is sent.

The subject of a post names its kind, up to the first colon. Each kind has its composer in the table
at the end; a new kind of post is a function here and a line there.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from digests.archive.fold import SUBJECT as BUSY
from digests.archive.gather import PART
from digests.archive.store import Archive
from digests.cards import comments
from digests.cards.comments import in_thread, taken_back
from digests.cards.compose import compose, folded, welcome
from digests.cards.digest import by_importance, digest, everything_since
from digests.cards.growth import line
from digests.cards.words import words
from digests.model import Channel, Comment, CommentId, Content, Growth, Notice, Post, StoryId
from digests.stories.ids import time_of
from digests.text.plain import clip

_WATCHED = 80  # characters of what the watches are called that a card is told for


@dataclass(frozen=True, slots=True)
class Saying:
    """A post to be put into words, and what its words depend on."""

    post: Post
    channel: Channel | None  # None: no longer in the file
    archive: Archive
    now: datetime
    commented: bool = False  # whether comments can be written

    @property
    def language(self) -> str:
        """Of the channel."""
        return self.channel.language if self.channel else "en"

    @property
    def zone(self) -> str:
        """The channel's clock, an IANA name."""
        return self.channel.timezone if self.channel else "UTC"

    @property
    def aside(self) -> bool:
        """Whether what comes later stands in a thread under the card alone."""
        return self.channel is not None and self.channel.thread

    @property
    def kind(self) -> str:
        """What kind of post it is, e.g. story, note, welcome, digest or notice."""
        return self.post.subject.partition(":")[0]

    @property
    def story(self) -> StoryId:
        """The story that the subject names; ValueError when it names none."""
        return story_named_by(self.post)


def story_named_by(post: Post) -> StoryId:
    """The story that the subject of a post names (kind:ID…); ValueError when it names none."""
    return StoryId(int(post.subject.split(":")[1]))


async def content_of(saying: Saying) -> Content | None:
    """What the post says now; None when the archive has forgotten what it was about."""
    composer = _COMPOSERS.get(saying.kind)
    if composer is None:
        composer = _text if saying.post.text else _folded
    return await composer(saying)


async def _card(saying: Saying) -> Content | None:
    story = await saying.archive.find_story(saying.story)
    if story is None:
        return None
    rating = await saying.archive.rating(story.publisher)
    said = await saying.archive.readers.feedback(story.id)
    card = compose(
        story,
        saying.language,
        saying.zone,
        now=saying.now,
        rating=rating,
        feedback=replace(said, comments=()) if saying.aside else said,
        commented=saying.commented,
    )
    if watched := saying.post.text:
        say = words(saying.language)
        chip = say.text("Watch: {name}", name=clip(watched, _WATCHED))
        card = replace(card, chips=(chip, *card.chips))
    return replace(card, mention=saying.post.mention)


async def _note(saying: Saying) -> Content | None:
    """A line under a card: what its readers should do differently now."""
    story = await saying.archive.find_story(saying.story)
    if story is None:
        return None
    if (said := _comment_in(saying.post)) is not None:
        found = await saying.archive.readers.find_comment(said)
        return in_thread(found, saying.language) if found else taken_back(saying.language)
    say = words(saying.language)
    known = line(Growth.read(saying.post.text), story.facts, say)
    return Notice(story.headline, known, saying.language, rtl=say.rtl, aside=saying.aside)


def _comment_in(post: Post) -> CommentId | None:
    """The comment that a line under a card tells, None for other lines."""
    _, _, *more = post.subject.split(":")
    return CommentId(int(more[1])) if more[:1] == ["said"] else None


async def _announced(saying: Saying) -> Content:
    """What was said for a watch; asked for only where it was taken back and could not be deleted."""
    say = words(saying.language)
    return Notice("Nightdesk", say.text("ended"), saying.language, rtl=say.rtl)


async def _review(saying: Saying) -> Content:
    """A comment for editors: to decide about, or decided."""
    found, headline = await _comment(saying)
    if found is None:
        return taken_back(saying.language)
    return comments.review(found, headline, saying.language, saying.zone)


async def _verdict(saying: Saying) -> Content:
    """What became of a comment, for its writer."""
    found, headline = await _comment(saying)
    return comments.verdict(found, headline) if found else taken_back(saying.language)


async def _comment(saying: Saying) -> tuple[Comment | None, str]:
    """The comment of review:ID or verdict:ID, and the headline of its story."""
    found = await saying.archive.readers.find_comment(
        CommentId(int(saying.post.subject.split(":")[1]))
    )
    story = await saying.archive.find_story(found.story) if found else None
    return found, story.headline if story else ""


async def _text(saying: Saying) -> Content:
    """Words that were written when the post was owed."""
    rtl = words(saying.language).rtl
    return Notice("Nightdesk", saying.post.text, saying.language, rtl=rtl)


async def _welcome(saying: Saying) -> Content:
    stories = await saying.archive.stories(saying.post.members)
    told = welcome(stories, language=saying.language)
    return replace(told, mention=saying.post.mention)


async def _digest(saying: Saying) -> Content:
    """A part of a digest; one without members, or of what was folded, is a plain list."""
    post = saying.post
    if post.subject.startswith(BUSY) or not post.members:
        return await _folded(saying)
    told = digest(
        await saying.archive.stories(post.members[:PART]),
        post.subject,
        language=saying.language,
        zone=saying.zone,
        total=len(post.members),
        platform=post.destination.platform,
        query=everything_since(
            time_of(min(post.members)), saying.channel.only if saying.channel else ""
        ),
    )
    return replace(told, mention=post.mention)


async def _folded(saying: Saying) -> Content:
    """What waited too long, the most important first."""
    post = saying.post
    by_id = {story.id: story for story in await saying.archive.stories(post.members)}
    ordered = [by_id[story] for story in by_importance(list(by_id.values()))]
    told = folded(
        ordered,
        language=saying.language,
        zone=saying.zone,
        total=len(post.members),
        platform=post.destination.platform,
    )
    return replace(told, mention=post.mention)


_COMPOSERS: Mapping[str, Callable[[Saying], Awaitable[Content | None]]] = {
    "story": _card,
    "note": _note,
    "notice": _text,
    "welcome": _welcome,
    "digest": _digest,
    "announced": _announced,
    "review": _review,
    "verdict": _verdict,
}
