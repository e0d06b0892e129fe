"""What the archive remembers of every decision: steps, refusals, the entries of a story."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from digests.archive import traces
from digests.model import Happening, Reason, Refusal, Relevance, Ruled, Step, StoryId
from digests.testing import START
from tests.contract.archives import entry, poll, story_id, told

SOC = Ruled("soc", True, (Reason("only", "is:kev"), Reason("quiet", "22:00-07:00")), "digest:x")
OPS = Ruled("ops", False, (Reason("not-only", 'title:"a b" -é'),))
STEP = Step(
    story_id(1),
    START,
    Happening.ALIKE,
    "Example News",
    quiet=Reason("old", "3d"),
    relevance=Relevance(0.25, relevant=False, reasons=("-recipe", "+flaw")),
    likeness=0.5,
    ruled=(SOC, OPS),
)

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
reasons = st.builds(Reason, texts, texts)
ruled = st.builds(Ruled, texts, st.booleans(), st.tuples(reasons), texts)


async def test_a_step_is_remembered_whole(archive):
    await archive.commit_poll(poll(told(1), steps=(STEP, replace(STEP, ruled=()))))
    assert await archive.traces.steps(story_id(1)) == [STEP, replace(STEP, ruled=())]
    assert await archive.traces.steps(story_id(2)) == []


@given(one=ruled)
def test_whatever_was_ruled_is_read_as_it_was_written(one):
    assert traces._ruled(traces._ruling_text(one)) == one


async def test_a_ruling_is_written_once_for_many_stories(archive):
    steps = tuple(replace(STEP, story=story_id(n)) for n in range(1, 60))
    await archive.commit_poll(poll(told(1), steps=steps))
    await archive.commit_poll(poll(steps=steps))
    rulings = await archive._engine.read(lambda c: c.exec_driver_sql(
        "SELECT count(*) FROM ruling").scalar_one())  # fmt: skip
    assert (rulings, await archive.traces.count()) == (2, 118)


async def test_steps_are_forgotten_after_a_month_and_rulings_in_use_are_not(archive):
    late = START + timedelta(days=29)
    await archive.commit_poll(poll(steps=(STEP,), refused=(Refusal("a", "no title"),)))
    await archive.commit_poll(poll(steps=(replace(STEP, at=late, story=story_id(2)),), at=late))
    assert await archive.traces.forget(START + timedelta(days=31)) == 1
    assert await archive.traces.steps(story_id(1)) == []
    (kept,) = await archive.traces.steps(story_id(2))
    assert kept.ruled == (SOC, OPS)
    assert await archive.traces.refusals("a") == []
    await archive.traces.forget(late + timedelta(days=40))
    left = await archive._engine.read(lambda c: c.exec_driver_sql(
        "SELECT count(*) FROM ruling").scalar_one())  # fmt: skip
    assert left == 0


async def test_retention_takes_the_steps_along(archive):
    await archive.commit_poll(poll(steps=(STEP,)))
    gone = await archive.forget(now=START + timedelta(days=31), keep=timedelta(days=400))
    assert gone.steps == 1


async def test_what_was_refused_is_found_by_a_part_of_its_name(archive):
    url = "https://news.example/feed"
    refusals = (
        Refusal("https://news.example/a?x=100%_", "no safe link"),
        Refusal("entry 7", "no"),
    )
    await archive.commit_poll(poll(refused=refusals))
    await archive.commit_poll(poll(refused=refusals[:1], at=START + timedelta(hours=1)))
    (one,) = await archive.traces.refusals("x=100%_")
    assert (one.feed, one.reason) == (url, "no safe link")
    assert (one.first, one.last) == (START, START + timedelta(hours=1))
    assert await archive.traces.refusals("100_") == []


async def test_a_feed_of_nothing_but_faults_fills_no_disk(archive):
    for n in range(8):
        refusals = tuple(Refusal(f"{n}-{i}-\udc80\0", "x" * 5000) for i in range(500))
        await archive.commit_poll(poll(refused=refusals, at=START + timedelta(hours=n)))
    kept = await archive.traces.refusals("", limit=10_000)
    assert len(kept) == traces.REFUSED_EACH
    assert kept[0].entry.startswith("7-")
    assert max(len(one.reason) for one in kept) <= 300


async def test_the_entries_of_a_story_are_found_by_link_and_by_story(archive):
    await archive.commit_poll(poll(told(1), entries=(entry(1), entry(2, story_id(1)))))
    first, second = await archive.traces.entries_of(story_id(1))
    assert (first.title, second.title) == ("Title 1", "Title 2")
    assert await archive.traces.entries_at("https://news.example/2") == [second]
    assert await archive.traces.find_entry(second.id) == second
    assert await archive.traces.entries_of(StoryId(1)) == []
