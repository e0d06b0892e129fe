"""What editors undo: posts sent again or taken back, entries taken out of a story; forgetting."""

from collections.abc import Sequence
from dataclasses import replace

from bot.commands.administering import NOT_HERE, doing_of
from bot.commands.asking import Ask, Option, Reply, Verb, Who
from bot.commands.stories import LINK, named, unknown
from digests.archive.watches import REMOVED
from digests.cards.tracing import STATES
from digests.cards.words import later
from digests.desk.separating import Inseparable
from digests.model import (
    Button,
    EntryId,
    KeptEntry,
    Key,
    NewPost,
    Post,
    PostId,
    PostState,
    Story,
    StoryId,
)
from digests.model.watching import is_personal, is_watching
from digests.rules.ledger import provisional
from digests.text.links import canonical
from digests.text.plain import clip

REDRIVE, TAKE_OUT, FORGET = "redrive", "separate-entry", "forget-now"
_TROUBLED = (PostState.HELD, PostState.DEAD)
_SHOWN = 6  # of what can be chosen by a button
_LINES = 20
_POST = Option("post", later("Its number in the list; all for every one"), longest=12)
_REASON = Option("reason", later("Why; others read it in the log of who did what"), longest=200)
_WHY_NOT = {
    Inseparable.UNKNOWN: later("There is no such entry any more."),
    Inseparable.ALONE: later("It is all there is of its story."),
    Inseparable.FIRST: later("It began the story; take the others out instead."),
}


async def redrive(ask: Ask) -> Reply:
    """Without a number, what waits for a decision; with one, that is sent on its way again."""
    say, doing = ask.say, doing_of(ask)
    waiting = await _undelivered(ask)
    wanted = (ask.option("post") or ask.text).removeprefix("p").casefold()
    if not waiting:
        return ask.notice(say.text("Nothing is held back or given up."))
    if not wanted:
        return await _offered(ask, waiting)
    if doing is None:
        return ask.failure(say.text(NOT_HERE))
    chosen = [post for post in waiting if wanted in ("all", str(post.id))]
    if not chosen:
        return await _offered(ask, waiting)
    deed = ask.deed(", ".join(f"p{post.id}" for post in chosen))
    driven = await ask.archive.acts.redrive([PostId(post.id) for post in chosen], deed)
    doing.wake()
    return ask.notice(
        say.plural(
            "{n} post is on its way again.", "{n} posts are on their way again.", len(driven)
        )
    )


async def retract(ask: Ask) -> Reply:
    """Take a story's cards back everywhere: what stands is deleted, what waits is not sent."""
    say, doing = ask.say, doing_of(ask)
    key, _, typed = ask.text.partition(" ")
    story = await named(replace(ask, request=replace(ask.request, text=key)))
    if doing is None:
        return ask.failure(say.text(NOT_HERE))
    if story is None:
        return unknown(replace(ask, request=replace(ask.request, text=key)))
    given = clip(ask.option("reason") or typed.strip(), 160)
    deed, reason = ask.deed(story.key, given), given or f"taken back by {ask.person}"
    done = await ask.archive.acts.retract(story.id, reason, _nowhere(ask, story, reason), deed)
    doing.wake()
    stays = [
        say.line(post.channel, say.text(STATES[post.state]))
        for post in await ask.archive.outbox.about(story.id)
        if post.state is PostState.FOLDED and not is_watching(post.channel)
    ]
    taken = [await ask.named(post.channel) for post in done.taken]
    channels = say.names(dict.fromkeys(taken))
    said = [say.text("Taken back: {channels}.", channels=channels)] if taken else []
    if stays:
        said.append(say.text("What stands in a digest stays:"))
    return ask.notice("\n".join((*said, *stays)) or say.text("It stands nowhere."), story.headline)


def _nowhere(ask: Ask, story: Story, reason: str) -> list[NewPost]:
    """A post for each channel that is never sent: a later revision must not tell it after all."""
    return [
        NewPost(one.name, provisional(one), f"story:{story.id}", state=PostState.RETRACTED,
                reason=reason)
        for one in ask.around.settings().channels
    ]  # fmt: skip


async def separate(ask: Ask) -> Reply:
    """By its address, an entry leaves its story; by a story's name, its entries to choose from."""
    if "://" in ask.text:
        link = canonical(ask.text)
        found = await ask.archive.traces.entries_at(link) if link else []
        if len(found) == 1:
            return await _taken_out(ask, found[0].id)
        return await _choice(ask, found) if found else unknown(ask)
    story = await ask.archive.find_story(Key(ask.text.lower()))
    if story is None:
        return unknown(ask)
    return await _choice(ask, (await ask.archive.traces.entries_of(story.id))[1:])


async def take_out(ask: Ask) -> Reply:
    """A button: this entry."""
    number = int(ask.text) if ask.text.isascii() and ask.text.isdecimal() else 0
    return await _taken_out(ask, EntryId(min(number, 2**62)))


async def forget_me(ask: Ask) -> Reply:
    """Says what goes, and asks once more."""
    say = ask.say
    if ask.asker.platform == "terminal" or ask.archive.read_only:
        return ask.notice(say.text("Votes and comments are given in a channel; ask there."))
    text = say.text(
        "Your votes, comments and watches will be removed, here and under every card. This"
        " cannot be undone."
    )
    reply = ask.notice(text, say.text("Forget me"))
    return replace(reply, buttons=(Button(say.text("Forget me"), FORGET, "me"),))


async def forget_now(ask: Ask) -> Reply:
    """The button: nobody can press it for somebody else, since the platform says who presses."""
    if ask.asker.platform == "terminal" or not ask.asker.user or ask.archive.read_only:
        return await forget_me(ask)
    doing = doing_of(ask)
    count = await ask.archive.readers.forget(ask.person)
    count += await ask.archive.watches.forget(ask.person)
    if doing is not None:
        doing.forget(ask.person)
    return ask.notice(
        ask.say.plural("{n} of yours is removed.", "{n} of yours are removed.", count)
    )


async def _undelivered(ask: Ask) -> list[Post]:
    """Held and dead posts of channels that the file still has, and of watches that go on."""
    channels = {one.name for one in ask.around.settings().every_channel}
    channels |= {one.channel for one in await ask.archive.watches.every()}
    found = await ask.archive.outbox.in_state(*_TROUBLED)
    return [post for post in found if post.channel in channels and post.reason != REMOVED]


async def _offered(ask: Ask, waiting: Sequence[Post]) -> Reply:
    say = ask.say
    # First, since a platform that cuts a long list cuts its end.
    lines = [say.text("What is held back may stand there already; then it would stand twice.")]
    lines += [
        say.line(f"p{post.id}", *await _about(ask, post), say.text(STATES[post.state]),
                 clip(post.reason, 80))
        for post in waiting[:_LINES]
    ]  # fmt: skip
    label = say.text("Send all again")
    buttons = [Button(f"p{post.id}", REDRIVE, str(post.id)) for post in waiting[:_SHOWN]]
    reply = ask.notice("\n".join(lines), say.text("Held back or given up"))
    return replace(reply, buttons=(Button(label, REDRIVE, "all"), *buttons))


async def _about(ask: Ask, post: Post) -> tuple[str, ...]:
    """Where it goes and what it tells; of direct messages neither is an editor's to know."""
    where = await ask.named(post.channel)
    return (where,) if is_personal(post.channel) else (where, post.subject)


async def _choice(ask: Ask, entries: Sequence[KeptEntry]) -> Reply:
    say = ask.say
    if not entries:
        return ask.failure(say.text(_WHY_NOT[Inseparable.ALONE]))
    shown = entries[-_SHOWN:]
    lines = [say.line(f"{n}", clip(one.title, 100), one.link) for n, one in enumerate(shown, 1)]
    buttons = tuple(
        Button(say.text("Take out {n}", n=n), TAKE_OUT, str(one.id))
        for n, one in enumerate(shown, 1)
    )
    return replace(ask.notice("\n".join(lines), say.text("Which one?")), buttons=buttons)


async def _taken_out(ask: Ask, this: EntryId) -> Reply:
    say, doing = ask.say, doing_of(ask)
    entry = await ask.archive.traces.find_entry(this)
    if doing is None:
        return ask.failure(say.text(NOT_HERE))
    if entry is None:
        return ask.failure(say.text(_WHY_NOT[Inseparable.UNKNOWN]))
    deed = replace(ask.deed(entry.link or entry.title), verb="separate")
    made = await doing.separate(this, deed)
    if isinstance(made, Inseparable):
        return ask.failure(say.text(_WHY_NOT[made]))
    before = await _key(ask, entry.story)
    text = say.text(
        "It is story {key} now; {before} stays without it.", key=made.key, before=before
    )
    return ask.notice(text, made.headline)


async def _key(ask: Ask, story: StoryId) -> str:
    found: Story | None = await ask.archive.find_story(story)
    return found.key if found else "?"


VERBS = (
    Verb(
        REDRIVE,
        later("What was held back or given up, and sending it again"),
        redrive,
        (_POST,),
        who=Who.EDITOR,
        examples=("", "all"),
    ),
    Verb(
        "retract",
        later("Take a story's cards back everywhere"),
        retract,
        (LINK, _REASON),
        who=Who.EDITOR,
        examples=("k7f3 wrong vendor",),
    ),
    Verb(
        "separate",
        later("Take an entry out of a story that it does not belong to"),
        separate,
        (LINK,),
        who=Who.EDITOR,
        examples=("k7f3", "https://krebsonsecurity.com/2026/02/a-story/"),
    ),
    Verb(TAKE_OUT, later("Take this entry out"), take_out, who=Who.EDITOR, listed=False),
    Verb("forget me", later("Remove your votes, comments and watches"), forget_me, examples=("",)),
    Verb(FORGET, later("Remove them now"), forget_now, listed=False),
)
