"""What the service does beside its main job."""

import logging

from bot.upkeep import reindex
from digests.archive import reindex as indexing
from digests.archive.store import Archive
from digests.model import Name
from digests.stories.indexing import words_of
from digests.testing import build_story
from digests.text.tokens import query_terms


async def test_after_an_upgrade_of_the_analyzer_all_is_indexed_anew(tmp_path, monkeypatch, caplog):
    path = tmp_path / "nightdesk.db"
    archive = await Archive.open(path)
    await reindex(archive)
    assert not caplog.records  # nothing to do
    await archive.close()
    monkeypatch.setattr(indexing, "ANALYZER_VERSION", 99)
    archive = await Archive.open(path)
    with caplog.at_level(logging.WARNING):
        await reindex(archive)
    assert "indexed anew" in caplog.text
    assert not archive.index_outdated
    await archive.close()


async def test_an_archive_that_refuses_is_tried_at_the_next_start(tmp_path, monkeypatch, caplog):
    path = tmp_path / "nightdesk.db"
    await (await Archive.open(path)).close()
    monkeypatch.setattr(indexing, "ANALYZER_VERSION", 99)
    archive = await Archive.open(path)
    await archive.close()
    await reindex(archive)
    assert "tried at the next start" in caplog.text


def test_a_story_is_found_by_its_words_its_cves_and_both_spellings_of_a_name():
    story = build_story(
        headline="Routers fall",
        sentences=("Nobody noticed for weeks.",),
        cves=("CVE-2026-1111",),
        names=(Name("actor", "APT28", "Fancy Bear"),),
    )
    found = words_of(story)
    sought = ("routers", "noticed", "cve-2026-1111", "apt28", "fancy", "bear")
    indexed = set(f"{found.title} {found.body}".split())
    for word in sought:
        assert all(indexed & forms for forms in query_terms(word)), word
