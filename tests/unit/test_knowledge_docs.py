"""docs/knowledge.md says what the code does."""

from pathlib import Path

from digests.desk.raising import RAISED
from digests.knowledge.sources import EPSS_EVERY, KEV_EVERY, sources
from digests.stories.cluster import SAME_HEADLINES
from digests.stories.events import RELATED, SAME, WITHIN
from digests.stories.topics import TOPICS

TEXT = (Path(__file__).parents[2] / "docs" / "knowledge.md").read_text("utf-8")
WORDS = " ".join(TEXT.split())


def test_the_topics_are_those_of_the_code_in_its_order() -> None:
    assert f"{', '.join(TOPICS)}." in WORDS


def test_bars_and_times_are_those_of_the_code() -> None:
    hours = WITHIN.total_seconds() / 3600
    assert f"last {hours:.0f} hours" in WORDS
    assert f"From a likeness of {SAME:.2f} on" in WORDS
    assert f"from {RELATED:.2f} on a related one" in WORDS
    assert f"begins at {SAME_HEADLINES:.2f} for an event told of just now" in WORDS
    assert f"every {KEV_EVERY.total_seconds() / 3600:.0f} hours" in WORDS
    assert f"every {EPSS_EVERY.total_seconds() / 3600:.0f} hours" in WORDS
    assert f"stories of the last {RAISED.days} days" in WORDS


def test_the_addresses_that_are_shown_are_understood() -> None:
    shown = dict(line.split("=", 1) for line in TEXT.splitlines() if line.startswith("NIGHTDESK_"))
    found = sources(shown)
    assert (found.kev, found.epss) == (shown["NIGHTDESK_KEV"], shown["NIGHTDESK_EPSS"])
    assert found.record("CVE-2024-3400").endswith("/2024/3xxx/CVE-2024-3400.json")
