"""The way from nothing to cards: docs/discord.md says what the code does."""

from pathlib import Path

import pytest

from bot.platforms.discord import errors
from bot.platforms.discord.invite import ASKED, FOR_THREADS, invitation

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "discord.md").read_text("utf-8")


def test_the_page_has_the_invitation_link():
    assert invitation("YOUR_APPLICATION_ID") in PAGE


@pytest.mark.parametrize("permission", ASKED, ids=lambda p: p.name)
def test_the_page_gives_the_reason_for_each_permission(permission):
    assert f"| {permission.name} | {permission.reason} |" in PAGE


def test_the_page_asks_for_no_other_permission():
    table = PAGE.partition("| permission | why |\n|---|---|\n")[2].partition("\n\n")[0]
    assert len(table.splitlines()) == len(ASKED)
    assert all(f"| {one.name} | a channel with" in PAGE for one in FOR_THREADS)


@pytest.mark.parametrize("code", [10003, 50001, 50008, 50013, 50083, 160005, 200000])
def test_the_page_and_the_errors_know_the_same_troubles(code):
    answer = errors.Answer(403, {"code": code, "message": "no"})
    assert ";" in errors.posted(answer).reason
    assert str(code) in PAGE
