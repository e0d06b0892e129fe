"""Story to card, in English and Arabic, as text files that people can review.

Characters that cannot be seen are written by name. `GOLDEN=write pytest tests/golden` writes the
files anew; the change is then reviewed like any other.
"""

import os
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from digests.cards.compose import compose, folded, welcome
from digests.cards.condense import condense
from digests.cards.reading_time import length
from digests.model import (
    Button,
    Card,
    Content,
    CveFacts,
    Indicator,
    Key,
    Line,
    Name,
    Part,
    Quality,
    Rating,
    Source,
    Story,
    StoryId,
)

FOLDER = Path(__file__).parent / "cards"
UNSEEN = {"\u2068": "⟨", "\u2069": "⟩", "\u200e": "‹LRM›", "\u200f": "‹RLM›", "\u00a0": "‹NBSP›"}
SEEN = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)

GATEWAY = """
SOUTH BEND — A flaw in the remote access gateway of Meridian Networks lets anyone log in without
a password, the company said on Monday. Attackers have used it since 9 November to enter at least
41 hospitals and two city halls.

Sign up for our newsletter and never miss a story.

The flaw, CVE-2026-21901, is in the part that checks session cookies. Meridian published fixed
versions 9.4.2 and 10.1.7 and advises customers to end all sessions after the update. “We
should have found this ourselves,” said Ida Brandt, who leads its security team. Does it ever
end? The attackers, whom researchers call Night Heron, left web shells under harmless names.

Photo: Meridian Networks

The post Who opened the door? Hospitals ask appeared first on Example Wire.
"""

CLINIC = """
أعلنت مجموعة مستشفيات في عمّان أن مهاجمين شفّروا سجلات 41 ألف مريض يوم الأحد. أوقفت المجموعة شبكتها
خلال ساعة وأبلغت الشرطة. طلب المهاجمون الذين يسمون أنفسهم Night Heron ثلاثين بيتكوين. قالت المجموعة
إنها لن تدفع وإنها تستعيد السجلات من نسخ احتياطية. اقرأ أيضًا: كيف تحمي سجلاتك
"""


def story(text: str, number: int, **changes: object) -> Story:
    language = str(changes.get("language", "en"))
    told = condense(text, title=str(changes["headline"]), language=language)
    values: dict[str, object] = {
        "id": StoryId((int(SEEN.timestamp()) << 20) + number),
        "key": Key("k7f3"),
        "url": f"https://wire.example/{number}",
        "publisher": "wire.example",
        "feed": "Example Wire",
        "feed_url": "https://wire.example/feed",
        "seen": SEEN,
        "published": SEEN - timedelta(hours=3),
        "sentences": tuple(told),
        "length_here": length(" ".join(told), language),
        "length_there": length(text, language) * 9,
    }
    return Story(**(values | changes))  # type: ignore[arg-type]  # what a test changes


def sources(*publishers: str) -> tuple[Source, ...]:
    return tuple(Source(name, name, "", f"https://{name}/", SEEN) for name in publishers)


STORIES = {
    "gateway": story(
        GATEWAY,
        1,
        headline="Hospitals entered through a hole in Meridian's gateway",
        byline="Ida Brandt and Tomás Ruiz",
        topics=("vulnerability", "health care"),
        cves=("CVE-2026-21901",),
        also=sources("nightly.example", "ledger.example", "אתר.example"),
        picture="https://wire.example/gateway.png",
        names=(
            Name("actor", "Night Heron"),
            Name("tool", "China Chopper"),
            Name("product", "Meridian Gateway"),
        ),
        indicators=(
            Indicator("domain", "cdn.heron.example"),
            Indicator("ipv4", "203.0.113.7"),
            Indicator(
                "sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
            ),
        ),
        quality=Quality(71, (Part("start", 20), Part("byline", 8, "Ida Brandt"))),
        facts=(
            CveFacts("CVE-2026-21901", date(2026, 11, 24), ransomware=True, epss=0.91, cvss=9.8),
        ),
    ),
    "clinic": story(
        CLINIC,
        2,
        headline="مهاجمون يشفّرون سجلات مستشفيات عمّان",
        language="ar",
        publisher="akhbar.example",
        feed="أخبار الأمن",
        byline="ليلى حدّاد",
        topics=("برمجيات الفدية",),
        also=sources("wire.example"),
    ),
    "bare": story("", 3, headline="Patch now", url="", published=None),
}


def shown(content: Content) -> str:
    """Every field on lines of its own, what cannot be seen written out."""
    lines = []
    for field in fields(content):
        value = getattr(content, field.name)
        many = value if isinstance(value, tuple) else (value,)
        lines += [f"{field.name}: {one_line(one)}" for one in many if one not in ("", ())]
    return "".join(UNSEEN.get(char, char) for char in "\n".join(lines)) + "\n"


def one_line(value: object) -> str:
    if isinstance(value, Button):
        return f"[{value.label}] {value.action} {value.state}"
    if not isinstance(value, Line):
        return str(value)
    return " | ".join((value.key, f"{value.at:%H:%M}", value.publisher, value.headline, value.url))


def compare(name: str, content: Content) -> None:
    path = FOLDER / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(shown(content), "utf-8")
    assert shown(content) == path.read_text("utf-8")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", STORIES)
def test_a_story_becomes_this_card(name: str, language: str) -> None:
    zone = "Europe/Berlin" if language == "en" else "Asia/Amman"
    rating = Rating(64, 3, "US") if name == "gateway" else None
    card = compose(STORIES[name], language, zone, rating=rating)
    assert isinstance(card, Card)
    compare(f"{name}.{language}", card)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_stories_become_these_lists(language: str) -> None:
    told = list(STORIES.values())
    earlier = [replace(one, seen=one.seen - timedelta(hours=30)) for one in told]
    compare(f"welcome.{language}", welcome(told, language=language))
    compare(f"folded.{language}", folded(told + earlier, language=language, total=480))
    compare(f"quiet.{language}", welcome([], language=language))
