"""The outbox loop: claim, post, settle, reconcile, edit.

One task for each place, so that a slow channel holds up no other. The intent is committed before
the first byte leaves; what ends unclear is looked up on the platform before anything is sent again
(docs/delivery.md). What a post says is made in contents.py.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.contents import Saying, content_of, story_named_by
from bot.doubts import Doubts, look_from
from bot.platforms import Chat, Housed
from digests.archive.gather import Room
from digests.archive.store import Archive
from digests.cards.digest import by_importance
from digests.config.settings import Settings
from digests.errors import ArchiveError, ChatError
from digests.model import (
    Absent,
    Channel,
    Clock,
    Content,
    Destination,
    Gathering,
    Post,
    Posted,
    PostOutcome,
    PostState,
    Proof,
    Rejected,
    Retry,
    Scope,
    Target,
    Unreadable,
)
from digests.model.watching import is_personal, is_placed
from digests.rules.calendar import day
from digests.rules.routing import FLOOD

log = logging.getLogger(__name__)

STALE = timedelta(hours=6)  # a card that waited longer is told as one line of a list
FLOOD_CARDS = 10  # the most important of a flood get cards of their own
FOLD_EVERY = timedelta(minutes=5)
BROKEN = 2.0  # seconds that a place rests after an error of our own
IDLE = 1.0  # seconds between looks at the outbox when nobody says that there is work
PERSON_AGAIN = timedelta(hours=1)  # after a person could not be written to
LOOK_WITHIN = 3.0  # seconds for asking whether watches may still tell in their places
RESOLVE_AGAIN = 60.0  # seconds after a place could not be found
UNRESOLVED_FOR = 300.0  # seconds until that is worth a word: a platform may be away for a moment


@dataclass(frozen=True, slots=True)
class _Unresolved:
    """A place that could not be found; monotonic seconds."""

    first: float
    again: float
    reason: str


@dataclass(slots=True)
class Courier:
    """Brings posts to platforms. `chats` by platform name."""

    archive: Archive
    chats: Mapping[str, Chat]
    settings: Callable[[], Settings]
    clock: Clock
    settle: timedelta = timedelta(seconds=60)
    watching: Callable[[str], Channel | None] = lambda _: None  # channels of watches, by name
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: dict[Destination, asyncio.Task[None]] = field(default_factory=dict)
    _unresolved: dict[str, _Unresolved] = field(default_factory=dict)
    # What stands there is changed beside it: an edit that has to wait must hold up no post.
    _changing: dict[Destination, asyncio.Task[None]] = field(default_factory=dict)
    _doubts: Doubts = field(init=False)
    _stopping: bool = False

    def __post_init__(self) -> None:
        self._doubts = Doubts(self.clock, self.settle)

    def wake(self) -> None:
        """There may be work."""
        self._awake.set()

    async def run(self) -> None:
        """Work until cancelled; sends under way are then finished or left for reconciling."""
        fold_at = self.clock.monotonic()
        while True:
            try:
                if self.clock.monotonic() >= fold_at:
                    fold_at = self.clock.monotonic() + FOLD_EVERY.total_seconds()
                    await self.fold(self.clock.now())
                    await self._correct_old(self.clock.now())
                await self.round()
            except ArchiveError as error:  # the archive itself says so, once
                log.info("outbox cannot be worked now: %s", error)
            except Exception:  # one post must never end the courier
                log.exception("a round of the courier broke")
            self._awake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE):
                    await self._awake.wait()

    async def fold(self, now: datetime) -> None:
        """What waited too long becomes a list; then there was an outage, and few cards remain."""
        await self.archive.outbox.fold(now - STALE, now=now, after_outage=FLOOD_CARDS)

    async def _correct_old(self, now: datetime) -> None:
        """What a person took back goes from cards that are not edited for anything else."""
        for post in await self.archive.outbox.withdrawn(now):
            self._change(post.destination, self._edit(post))

    async def round(self) -> None:
        """Start what can be started; returns without waiting for the platforms."""
        now = self.clock.now()
        await self._gather(now)
        doubtful = await self.archive.outbox.doubtful()
        self._doubts.keep(post.id for post in doubtful)
        for post in doubtful:
            if self._ripe(post):
                self._start(post.destination, self._reconcile(post))
        for destination in await self.archive.outbox.destinations_with_work(now):
            self._start(destination, self._drain(destination))
        for post in await self.archive.outbox.leaving(now):
            self._change(post.destination, self._remove(post))
        for post in await self.archive.outbox.edits_due(now):
            self._change(post.destination, self._edit(post))

    async def _gather(self, now: datetime) -> None:
        """Digests whose time has come are owed; of a flood the most important become cards."""
        for told in await self.archive.outbox.gathered(now):
            stories = await self.archive.stories(told.members)
            room = self._room(told, now)
            await self.archive.outbox.gather(told, by_importance(stories), room, now=now)

    def _room(self, told: Gathering, now: datetime) -> Room:
        channel = self._channel(told.channel)
        if channel is None or not told.digests[0].startswith(FLOOD):
            return Room()
        return Room(FLOOD_CARDS, channel.limit, day(channel.timezone, now).start)

    async def drained(self) -> None:
        """Wait for everything that was started."""
        while tasks := self._tasks():
            await asyncio.wait(tasks)

    async def stop(self, within: float) -> None:
        """Let sends finish for so many seconds, then leave the rest to reconciling."""
        self._stopping = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self.drained()
        tasks = self._tasks()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _tasks(self) -> set[asyncio.Task[None]]:
        return {*self._busy.values(), *self._changing.values()}

    def _start(self, destination: Destination, work: Coroutine[None, None, None]) -> None:
        self._begin(self._busy, destination, work)

    def _change(self, destination: Destination, work: Coroutine[None, None, None]) -> None:
        self._begin(self._changing, destination, work)

    def _begin(
        self,
        lane: dict[Destination, asyncio.Task[None]],
        destination: Destination,
        work: Coroutine[None, None, None],
    ) -> None:
        """One task at a time for each place in each lane."""
        if destination in lane or destination.platform not in self.chats:
            work.close()  # it never ran
            return
        task = asyncio.create_task(self._guarded(work))
        lane[destination] = task

        def done(_: object) -> None:
            lane.pop(destination, None)
            self.wake()

        task.add_done_callback(done)

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except ArchiveError as error:
            log.info("outbox cannot be written now: %s", error)
            await asyncio.sleep(IDLE)
        except Exception:  # an error of ours: other places go on, and this one not in a hot loop
            log.exception("a post could not be worked")
            await asyncio.sleep(BROKEN)

    def _ripe(self, post: Post) -> bool:
        """Whether a doubtful post may be looked up: a platform may commit after we hung up."""
        chat = self.chats.get(post.destination.platform)
        if chat is None or post.destination in self._busy:
            return False
        return self._doubts.is_ripe(post.id, _nonce_window(chat, post.destination))

    async def _drain(self, destination: Destination) -> None:
        """All that is due for one place, in order."""
        while not self._stopping:
            post = await self.archive.outbox.queued(destination, self.clock.now())
            if post is None or not await self._send(post):
                return

    async def _send(self, post: Post) -> bool:
        """One post, from its intent to its end; False: go on later."""
        if self._channel(post.channel) is None:
            return await self._orphaned(post)
        chat = self.chats[post.destination.platform]
        place = await self._place(post, chat)
        if place is None:
            return False
        content = await self._content(post)
        if content is None:
            await self.archive.outbox.hold(post.id, "its stories were forgotten")
            return True
        if _is_note(post) and not await self._card_of(post):
            await self.archive.outbox.drop(post.id, "its card says it, or does not stand any more")
            return True
        mark = await chat.watermark(place)
        began = self.clock.monotonic()
        begun = await self.archive.outbox.begin(
            post, watermark=mark, now=self.clock.now(), destination=place
        )
        if begun is None:
            return True
        try:
            outcome = await self._deliver(chat, begun, content)
        finally:
            self._doubts.ended(begun.id, began)
        after = await self.archive.outbox.settle(
            begun.id, outcome, now=self.clock.now(), shown=post.wanted
        )
        log.info("post %s to %s: %s", post.subject, place, after.state if after else "gone")
        return isinstance(outcome, Posted | Rejected) and not _ends_access(outcome)

    async def _orphaned(self, post: Post) -> bool:
        """A post of a channel that the file does not name: removed, or just being renamed."""
        if post.channel in await self.archive.channel_births():
            return False
        await self.archive.outbox.drop(post.id, "channel removed")
        return True

    async def _deliver(self, chat: Chat, post: Post, content: Content) -> PostOutcome:
        """Send; what is refused for its content is tried once in its plainest form."""
        card = await self._card_of(post)

        async def attempt(*, plain: bool) -> PostOutcome:
            return await chat.post(
                post.destination,
                content,
                mark=post.mark,
                nonce=post.nonce,
                plain=plain,
                reply_to=card,
            )

        # Asked after the intent: a restart in between repeats the question too, not only the post.
        if barred := await self._barred(chat, post.channel, post.destination):
            return barred
        outcome = await attempt(plain=False)
        if isinstance(outcome, Rejected) and outcome.scope is Scope.CONTENT:
            outcome = await attempt(plain=True)
        return outcome

    async def _barred(
        self, chat: Chat, channel: str, destination: Destination
    ) -> Retry | Rejected | None:
        """Why a person's watches may not tell there; None when they may, and for all else."""
        if not (is_placed(channel) and isinstance(chat, Housed)):
            return None
        return await chat.barred(destination)

    async def look_at_places(self) -> None:
        """Places where watches may not tell are paused before anything is owed there.

        What was not asked in time is asked when something is sent.
        """
        now = self.clock.now()
        watches = await self.archive.watches.every()
        told = {one.channel: one.to for one in watches if not one.is_over(now)}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_WITHIN):
                for channel, to in told.items():
                    await self._look_at(channel, Destination(to.platform, to.address))

    async def _look_at(self, channel: str, place: Destination) -> None:
        chat = self.chats.get(place.platform)
        barred = await self._barred(chat, channel, place) if chat else None
        if isinstance(barred, Rejected):
            await self.archive.pause_channel(channel, barred.reason)

    async def _card_of(self, post: Post) -> str:
        """The id of what a note belongs to, there: the card, or the list that told its story.

        "" for what is no note.
        """
        if not _is_note(post):
            return ""
        cards = await self.archive.outbox.standing(story_named_by(post))
        ids = (
            card.message_id
            for card in cards
            if card.destination == post.destination and card.state is PostState.SENT
        )
        return next(ids, "")

    async def _place(self, post: Post, chat: Chat) -> Destination | None:
        """Where the post goes; resolved once, then remembered by the archive."""
        channel = self._channel(post.channel)
        if channel is None or channel.to.platform == "terminal":
            return post.destination
        written = str(channel.to)
        known = (await self.archive.places()).get(written)
        if known is not None:
            return known
        failed = self._unresolved.get(written)
        if failed is not None and failed.again > self.clock.monotonic():
            return None
        return await self._resolve(channel.to, chat, post.channel)

    async def _resolve(self, target: Target, chat: Chat, channel: str) -> Destination | None:
        try:
            place = await chat.resolve(target)
        except ChatError as error:
            log.warning("%s: %s", target, error)
            if is_personal(channel):  # told to its owner where watches are listed, to nobody else
                until = self.clock.now() + PERSON_AGAIN
                await self.archive.pause_channel(channel, str(error), until)
            else:
                self._note_unresolved(str(target), str(error))
            return None
        self._unresolved.pop(str(target), None)
        await self.archive.save_place(str(target), place)
        return place

    def _note_unresolved(self, target: str, reason: str) -> None:
        now = self.clock.monotonic()
        before = self._unresolved.get(target)
        first = before.first if before else now
        self._unresolved[target] = _Unresolved(first, now + RESOLVE_AGAIN, reason)

    def unresolved(self) -> dict[str, str]:
        """The channels whose places could not be found for a while, each with the reason."""
        now = self.clock.monotonic()
        lasting = {
            target: one.reason
            for target, one in self._unresolved.items()
            if now - one.first >= UNRESOLVED_FOR
        }
        settings = self.settings()
        named = [(one.name, str(one.to)) for one in settings.every_channel]
        named += [(one.name, str(one.to)) for one in settings.watches]
        return {name: lasting[target] for name, target in named if target in lasting}

    async def _reconcile(self, post: Post) -> None:
        """Find out whether a doubtful post stands there."""
        chat = self.chats[post.destination.platform]
        if self._doubts.may_repeat(post.id, _nonce_window(chat, post.destination)):
            await self._repeat(chat, post)
            return
        sighting = await chat.find(
            post.destination,
            mark=post.mark,
            nonce=post.nonce,
            since=look_from(post, self.clock.now()),
            watermark=post.watermark,
            reply_to=await self._card_of(post),
        )
        if isinstance(sighting, Absent) and not self._doubts.is_settled(post.id):
            # Reading may have shown that the place keeps no nonce (a forum): then SETTLE first.
            if self.settle <= _nonce_window(chat, post.destination):
                await self._repeat(chat, post)  # see Doubts.is_ripe
            return
        if isinstance(sighting, Unreadable) and sighting.later:
            self._doubts.put_off(post.id)
        channel = self._channel(post.channel)
        proof = channel.proof if channel else Proof.HOLD
        await self.archive.outbox.settle_sighting(
            post.id, sighting, now=self.clock.now(), proof=proof
        )
        log.info("reconciled %s: %s", post.subject, type(sighting).__name__)

    async def _repeat(self, chat: Chat, post: Post) -> None:
        """Send a doubtful post again under its nonce, which makes that harmless."""
        began = self._doubts.began(post.id)
        try:
            content = await self._content(post)
            if content is None:
                return  # what stands there is read back later
            outcome = await self._deliver(chat, post, content)
        finally:
            self._doubts.ended(post.id, began)
        # Only an acceptance says where the earlier attempt stands; a refusal does not.
        if isinstance(outcome, Posted):
            # What stands may be the first attempt's, however new the words of this one.
            await self.archive.outbox.settle(post.id, outcome, now=self.clock.now(), shown=None)

    async def _edit(self, post: Post) -> None:
        """Bring what stands there up to what should stand there."""
        chat = self.chats[post.destination.platform]
        content = await self._content(post)
        outcome: PostOutcome = Rejected("its story was forgotten", Scope.CONTENT)
        if content is not None:
            outcome = await chat.edit(post.destination, post.message_id, content, mark=post.mark)
        await self.archive.outbox.settle_edit(
            post.id, outcome, now=self.clock.now(), shown=post.wanted
        )

    async def _remove(self, post: Post) -> None:
        """Delete what an editor took back."""
        chat = self.chats[post.destination.platform]
        outcome = await chat.remove(post.destination, post.message_id)
        await self.archive.outbox.settle_removal(post.id, outcome, now=self.clock.now())
        log.info("taking back %s: %s", post.subject, type(outcome).__name__)

    async def _content(self, post: Post) -> Content | None:
        """What the post says now; None when what it was about is forgotten."""
        channel = self._channel(post.channel)
        commented = self.settings().review is not None
        return await content_of(Saying(post, channel, self.archive, self.clock.now(), commented))

    def _channel(self, name: str) -> Channel | None:
        found = next((c for c in self.settings().every_channel if c.name == name), None)
        return found or self.watching(name)


def _nonce_window(chat: Chat, destination: Destination) -> timedelta:
    """For so long after the intent, posting again cannot repeat in that place."""
    return chat.nonce_window if chat.keeps_nonce(destination) else timedelta()


def _is_note(post: Post) -> bool:
    """Whether it is a line under a card."""
    return post.subject.startswith("note:")


def _ends_access(outcome: PostOutcome) -> bool:
    return isinstance(outcome, Rejected) and outcome.scope is not Scope.CONTENT
