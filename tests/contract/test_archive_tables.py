"""The tables: what the revisions make is what the code expects, and an upgrade is all or nothing."""

import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from digests.archive import dialects, upgrade
from digests.archive.engine import Engine
from digests.archive.schema import REVISIONS, metadata
from digests.archive.store import Archive
from digests.errors import ArchiveError
from digests.model import Draft, PostState
from digests.testing import START
from tests.contract.archives import FEED, SOC, plans_of, poll, story_id, told

DRAFT = Draft(id="a", link="b", shown_link="b", title="T", text="", title_key="t")


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(upgrade._MIGRATIONS))
    return ScriptDirectory.from_config(config)


def differences(connection) -> list[object]:
    def ours(thing, name, kind, _reflected, _compare_to) -> bool:
        return not (kind == "table" and name.startswith(("story_fts", "story_terms")))

    context = MigrationContext.configure(
        connection, opts={"include_object": ours, "compare_type": True}
    )
    return compare_metadata(context, metadata)


def test_the_revisions_are_one_line_and_all_known_to_the_code():
    known = [script.revision for script in scripts().walk_revisions()]
    assert tuple(reversed(known)) == REVISIONS


async def test_the_revisions_make_the_tables_that_the_code_expects(archive):
    assert await archive._engine.read(differences) == []


async def test_the_statements_that_run_all_the_time_use_their_indexes(archive):
    outbox = archive.outbox
    queued = await plans_of(archive, outbox.queued(SOC, START))
    assert "ix_post_queued (platform=? AND place=? AND digest=?)" in queued
    assert "uq_post_sending (platform=? AND place=?)" in queued
    assert "TEMP B-TREE" not in queued
    assert "ix_post_queued" in await plans_of(archive, outbox.destinations_with_work(START))
    assert "ix_post_edits (sent_at>?)" in await plans_of(archive, outbox.edits_due(START))
    assert "uq_post_sending" in await plans_of(archive, outbox.doubtful())
    assert "ix_post_queued" in await plans_of(archive, outbox.waiting(START))
    assert "ix_post_queued" in await plans_of(archive, outbox.gathered(START))
    assert "ix_post_story (story>?)" in await plans_of(archive, outbox.owed_since(story_id(1)))
    held = outbox.in_state(PostState.HELD, PostState.DEAD)
    assert "ix_post_trouble (state=?)" in await plans_of(archive, held)
    folded = await plans_of(archive, outbox.fold(START, now=START))
    assert "ix_post_queued" in folded
    assert "ix_story_seen (seen>?)" in await plans_of(archive, archive.window(START))
    await archive.commit_poll(poll(told(1)))
    seen = await plans_of(archive, archive.seen_entries(FEED, [DRAFT]))
    for name in ("publisher_id", "link", "title_key"):
        assert f"ix_entry_{name} (feed=? AND {name}=?)" in seen
    ways = archive.traces
    assert "ix_trace_story (story=?)" in await plans_of(archive, ways.steps(story_id(1)))
    assert "ix_entry_story (story=?)" in await plans_of(archive, ways.entries_of(story_id(1)))
    assert "ix_entry_link (feed=? AND link=?)" in await plans_of(archive, ways.entries_at("x"))


async def test_the_newest_matches_are_read_in_the_order_of_the_index(archive):
    def explain(connection) -> str:
        text = f"EXPLAIN QUERY PLAN {dialects.NEWEST}"
        return "\n".join(row[3] for row in dialects.asked(connection, text, ("a", 0, 9, 5)))

    steps = await archive._engine.read(explain)
    assert "SCAN story_fts VIRTUAL TABLE INDEX" in steps
    assert "TEMP B-TREE" not in steps


async def test_an_upgrade_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    def broken(_connection) -> None:
        raise sqlite3.OperationalError("no such module: fts5")

    monkeypatch.setattr(dialects, "create_index", broken)
    with pytest.raises(ArchiveError, match="no such module: fts5"):
        await Archive.open(tmp_path / "news.db")
    monkeypatch.undo()
    engine = Engine(tmp_path / "news.db")
    engine.start()
    assert await engine.read(upgrade.revision_of) is None
    await engine.close()
    archive = await Archive.open(tmp_path / "news.db")
    assert archive.fresh
    await archive.close()


async def test_an_installation_keeps_its_name_and_is_fresh_until_it_was_welcomed(archives):
    archive = await archives.open(newcomer="abc")
    assert (archive.installation, archive.fresh) == ("abc", True)
    archive = await archives.reopen()
    assert (archive.installation, archive.fresh) == ("abc", True)
    await archive.set_welcomed()
    assert not archive.fresh
    assert not (await archives.reopen()).fresh


async def test_named_values_are_kept_apart_from_our_own(archives, archive):
    assert await archive.get_meta("installation") is None
    await archive.set_meta("installation", "mine")
    await archive.set_meta("installation", "mine too")
    archive = await archives.reopen()
    assert await archive.get_meta("installation") == "mine too"
    assert archive.installation != "mine too"
