"""Where there is work and what becomes a list: random outboxes against a model in plain Python."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests.archive import channels, fold, queues
from digests.archive.post_rows import new_row
from digests.archive.schema import channel, channel_pause, place, post, post_member
from digests.feeds.pace import CLOCK_SLACK
from digests.model import Destination, NewPost, PostState
from digests.testing import START
from tests.contract.archives import story_id

HOUR = timedelta(hours=1)
AHEAD = START + CLOCK_SLACK
# Names of which one begins another, and the screen, whose place is "".
PLACES = (
    *(Destination("discord", "1"), Destination("discord", "11"), Destination("slack", "C1")),
    *(Destination("slack", "C2"), Destination("slack", "U1"), Destination("terminal", "")),
)
TARGETS = {"soc": "slack:#soc", "ops": "slack:C2", "news": "discord:11", "screen": "terminal:"}
LEADS = {**TARGETS, "soc": "slack:C1"}
CHANNELS = (*TARGETS, "watch:slack:U1", "watch:slack:U1>C1", "watch:file:ours", "gone")


@dataclass
class Row:
    """What decides of a post; the rest of it is the same for all."""

    id: int
    platform: str
    place: str
    channel: str
    state: str
    digest: str
    urgency: int
    queued_at: datetime
    intent_at: datetime | None
    not_before: datetime | None
    parent: int | None
    story: int | None

    @property
    def at(self) -> Destination:
        return Destination(self.platform, self.place)

    def values(self, subject: str = "") -> dict[str, object]:
        subject = subject or (f"story:{self.story}" if self.story else f"note:{self.id}")
        return new_row(NewPost(self.channel, self.at, subject), self.at, START) | asdict(self)


@st.composite
def outboxes(draw, places=PLACES) -> list[Row]:
    times = st.sampled_from([START - HOUR, START, START + HOUR, AHEAD, AHEAD + HOUR])
    rows: list[Row] = []
    for number in range(1, draw(st.integers(0, 25)) + 1):
        there = draw(st.sampled_from(places))
        free = all(row.at != there for row in rows if row.state == "sending")
        state = draw(st.sampled_from(["queued", "queued", "queued", "sending", "sent", "dead"]))
        row = Row(
            number,
            there.platform,
            there.place,
            draw(st.sampled_from(CHANNELS)),
            state if free or state != "sending" else "held",
            draw(st.sampled_from(["", "", "", "digest:day"])),
            draw(st.sampled_from([0, 1, 1])),
            draw(times),
            draw(st.one_of(st.none(), times)),
            draw(st.one_of(st.none(), times)),
            draw(st.one_of(st.none(), st.none(), st.integers(1, number))),
            draw(st.sampled_from([story_id(number), story_id(number), None])),
        )
        rows.append(row)
    return rows


pauses = st.dictionaries(
    st.sampled_from(CHANNELS),
    # An editor's pause lasts until somebody ends it, see acts.pause_channel.
    st.sampled_from([(None, ""), (None, "slack:E1"), (START, ""), (START + HOUR, "")]),
)
random_outboxes = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def arranged(connection, rows, paused) -> None:
    """An archive with these posts and pauses, and nothing else."""
    for table in (post_member, post, channel, channel_pause, place):
        connection.execute(table.delete())
    named = [{"name": name, "target": to, "born": START} for name, to in TARGETS.items()]
    connection.execute(channel.insert(), named)
    connection.execute(place.insert().values(target="slack:#soc", platform="slack", place="C1"))
    for name, (until, by) in paused.items():
        one = {"name": name, "reason": "", "until": until, "by": by}
        connection.execute(channel_pause.insert().values(one))
    for row in rows:
        connection.execute(post.insert().values(row.values()))


def is_paused(row: Row, paused) -> bool:
    def rests(name: str) -> bool:
        return name in paused and (paused[name][0] is None or paused[name][0] > START)

    seen_by_all = row.channel in {"watch:slack:U1>C1", "watch:file:ours"}
    quiet = [name for name, to in LEADS.items() if to == f"{row.platform}:{row.place}"]
    return rests(row.channel) or (
        seen_by_all and any(rests(name) and paused[name][1] for name in quiet)
    )


def ready(row: Row, rows, paused) -> bool:
    put_back = max(row.queued_at, row.intent_at or START) > AHEAD
    come = row.not_before is None or row.not_before <= START or put_back
    its_turn = not any(one.id == row.parent and one.state in {"queued", "sending"} for one in rows)
    return (
        (row.state, row.digest) == ("queued", "")
        and come
        and its_turn
        and (not is_paused(row, paused))
    )


@random_outboxes
@given(rows=outboxes(), paused=pauses)
async def test_there_is_work_where_something_may_be_sent_and_nothing_is_in_flight(
    archive, rows, paused
):
    flying = {row.at for row in rows if row.state == "sending"}
    first: dict[Destination, Row] = {}
    for row in sorted(rows, key=lambda row: (row.urgency, row.id)):
        if ready(row, rows, paused) and row.at not in flying:
            first.setdefault(row.at, row)
    await archive._engine.write(arranged, rows, paused)
    work = await archive._engine.read(queues.destinations_with_work, START)
    assert work == list(first)  # breaking first, then the one waiting longest
    for there in PLACES:
        found = await archive.outbox.queued(there, START)
        assert (found and found.id) == (first[there].id if there in first else None)


@random_outboxes
@given(rows=outboxes(), paused=pauses)
async def test_what_waits_for_a_pause_is_the_same_asked_of_posts_and_of_names(
    archive, rows, paused
):
    def resting(connection) -> set[int]:
        rests = channels.resting(connection, START)
        return {row.id for row in queued if rests(row.channel, row.at)}

    queued = [row for row in rows if row.state == "queued"]
    expected = {row.id for row in queued if is_paused(row, paused)}
    await archive._engine.write(arranged, rows, paused)
    assert await archive._engine.read(resting) == expected
    not_yet = {row.id for row in queued if row.not_before and row.not_before > START}
    assert {one.id for one in await archive.outbox.waiting(START)} == expected | not_yet


@random_outboxes
@given(
    rows=outboxes(PLACES[:3]),
    at_most=st.one_of(st.none(), st.integers(0, 3)),
    after_outage=st.one_of(st.none(), st.integers(0, 3)),
    open_list=st.booleans(),
)
async def test_of_the_cards_of_a_place_those_too_old_and_too_many_are_folded(
    archive, rows, at_most, after_outage, open_list
):
    def folds(connection):
        arranged(connection, rows, {})
        if open_list:
            told = Row(99, "slack", "C1", "soc", "queued", "", 1, START, None, None, None, None)
            connection.execute(post.insert().values(told.values(f"{fold.SUBJECT}7:1")))
        count = fold.fold(
            connection,
            older_than=START,
            at_most=at_most,
            after_outage=after_outage,
            now=START,
        )
        found = connection.execute(post.select().order_by(post.c.id)).all()
        return count, found

    expected: dict[Destination, list[Row]] = {}
    for there in PLACES[:3]:
        cards = [
            row
            for row in rows
            if row.at == there
            and (row.state, row.digest) == ("queued", "")
            and row.story
            and (row.not_before is None or row.not_before <= START)
        ]
        cards.sort(key=lambda row: (-row.urgency, row.queued_at, row.id))
        old = [row for row in cards if row.queued_at < START]
        stale = old or (open_list and there == Destination("slack", "C1"))
        most = after_outage if stale and after_outage is not None else at_most
        surplus = 0 if most is None else max(len(cards) - most, 0)
        if chosen := [row for row in cards if row in cards[:surplus] or row in old]:
            expected[there] = chosen
    count, found = await archive._engine.write(folds)
    folded = {row.id for row in found if row.state == PostState.FOLDED}
    assert folded == {row.id for chosen in expected.values() for row in chosen}
    assert count == len(folded)
    lists = {
        Destination(row.platform, row.place): row.members
        for row in found
        if row.subject.startswith(fold.SUBJECT) and row.members
    }
    assert lists == {
        there: tuple(row.story for row in chosen) for there, chosen in expected.items()
    }
