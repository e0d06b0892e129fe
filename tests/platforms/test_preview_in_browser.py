"""The cards in a real browser: nothing is cut, nothing overlaps, and each line runs its own way."""

import asyncio
import importlib.util
import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from bot.preview import page
from digests.cards.compose import compose
from digests.cards.reasons import why
from digests.model import Content, Rating
from digests.testing import START
from tests.golden.test_card_texts import STORIES

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "make_pictures.py"
LANGUAGES = ("ar", "en", "ja", "ru")
RATING = Rating(64, 3, "US")

# What stands outside its view or hides part of itself.
CUT = """[...document.querySelectorAll('.view')].flatMap(view => {
  const room = view.getBoundingClientRect();
  return [...view.querySelectorAll('*')].filter(e => {
    const box = e.getBoundingClientRect();
    const cut = e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX != 'visible';
    return cut || box.right > room.right + 1 || box.left < room.left - 1;
  }).map(e => view.id + ': ' + e.className + ' ' + e.textContent.slice(0, 60));
})"""

# Lines of one view that lie on each other.
OVERLAPS = """[...document.querySelectorAll('.view')].flatMap(view => {
  const lines = [...view.querySelectorAll('.context, .rich, .section, .line, .title, .footer')];
  const boxes = lines.map(e => e.getBoundingClientRect());
  return lines.filter((_, i) => i && boxes[i].top < boxes[i - 1].bottom - 1
    && boxes[i].bottom > boxes[i - 1].top + 1 && !lines[i - 1].contains(lines[i]))
    .map(e => view.id + ': ' + e.textContent.slice(0, 60));
})"""

# Which way the lines of Discord's cards run: the browser's own reading of their first letters.
WAYS = """[...document.querySelectorAll('#discord-light-%d .line')]
  .map(e => [getComputedStyle(e).direction, e.textContent])"""


def contents() -> list[Content]:
    """Full cards in four scripts, one in Arabic throughout, one with endless words, the reasons."""
    story = STORIES["gateway"]
    full = [compose(story, language, rating=RATING) for language in LANGUAGES]
    long = replace(story, headline="Supercalifragilistic" * 12, byline="x" * 200)
    return [
        *full,
        compose(STORIES["clinic"], "ar"),
        compose(long, "ar", rating=RATING),
        why(story, "ar", rating=RATING),
    ]


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pictures", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_every_card_is_whole_in_a_browser(tmp_path: Path) -> None:
    pictures = loaded(PICTURES)
    shown = contents()
    path = tmp_path / "preview.html"
    path.write_text(page(shown, now=START + timedelta(hours=1)), "utf-8")
    with pictures.running(CHROMIUM, tmp_path / "profile"):
        async with asyncio.timeout(60):
            address = await pictures.spoken_address(tmp_path / "profile")
        async with pictures.tab(address) as ask:
            await ask("Page.enable")
            await ask("Page.navigate", url=path.as_uri())
            await pictures.loaded(ask)

            async def told(script: str) -> list[object]:
                return json.loads(str(await pictures.value(ask, f"JSON.stringify({script})")))

            assert await told(CUT) == []
            assert await told(OVERLAPS) == []
            for number, content in enumerate(shown[: len(LANGUAGES)], 1):
                ways = await told(WAYS % number)
                assert ways
                own = [way for way, line in ways if not line.isascii() or content.rtl]
                assert "rtl" in own if content.rtl else "rtl" not in own
            seen = await pictures.picture(ask, "slack-dark-1")
    assert seen.startswith(b"\x89PNG")
    assert len(seen) > 5_000
