"""feedparser's own test documents through our way of parsing: the same titles, links, ids, dates.

Its source distribution carries them. It is fetched once by pip into .cache and never committed;
without a package index these tests are skipped.
"""

import calendar
import importlib.metadata
import io
import re
import subprocess
import sys
import tarfile
import warnings
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import feedparser
import pytest

from digests.feeds.dates import believable
from digests.feeds.parse import parse
from digests.model import Document
from digests.text.plain import title_text

CACHE = Path(__file__).parents[2] / ".cache" / "feedparser"
VERSION = importlib.metadata.version("feedparser")
NOW = datetime(2026, 11, 24, tzinfo=UTC)
HEADER = re.compile(rb"Header:\s+([^\s:]+):\s*(.+)")
NOTHING: frozenset[bytes] = frozenset()

# Where we differ, and why.
SANITIZED = (
    "a headline is shown as words and never read as markup again, so what looks like a tag in it"
    " is its subject; feedparser removes it"
)
DIFFERENT = {
    "illformed/rss_incomplete_cdata.xml": "half an entry waits until the document is whole",
    "wellformed/base/http_entry_id_base_content_location.xml": "an id is kept as it is written",
    "wellformed/rss/entity_in_doctype.xml": "entities that a document declares are not expanded",
}


GUESSED = (
    "its charset is named nowhere and is not UTF-8: without a guesser both read it wrongly, each"
    " in its own way"
)


def different(name: str) -> str:
    """The reason why we may read this document otherwise; "" when we must not."""
    if name.startswith("illformed/chardet/"):
        return GUESSED
    if name.startswith("wellformed/sanitize/entry_title_"):
        return SANITIZED
    return DIFFERENT.get(name, "")


class Facts(NamedTuple):
    title: str
    link: str
    id: str
    at: datetime | None


@cache
def documents() -> dict[str, bytes]:
    """All documents by their place in feedparser's tests; fetched when they are not there."""
    packed = CACHE / f"feedparser-{VERSION}.tar.gz"
    if not packed.is_file() and not fetched(packed.parent):
        return {}
    found = {}
    with tarfile.open(packed) as archive:
        for member in archive.getmembers():
            _, mark, name = member.name.partition("/tests/")
            if mark and name.endswith(".xml") and (stream := archive.extractfile(member)):
                found[name] = stream.read()
    return found


def fetched(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    ask = ["download", "--quiet", "--no-binary", ":all:", "--no-deps", "--retries", "0"]
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "pip", *ask, "-d", str(folder), f"feedparser=={VERSION}"],
            check=False,
            capture_output=True,
            timeout=60,
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


@pytest.fixture(scope="module")
def theirs() -> dict[str, bytes]:
    if not documents():
        pytest.skip("feedparser's source distribution could not be fetched")
    return documents()


def headers(body: bytes) -> dict[str, str]:
    """What the document's first comment says that its server would say."""
    pairs = {name.decode().lower(): value for name, value in HEADER.findall(body[:3000])}
    found = {name: value.decode("latin-1").strip() for name, value in pairs.items()}
    return {"content-type": "application/xml"} | found


def by_feedparser(body: bytes) -> list[Facts]:
    """As feedparser is shipped: it sanitizes and resolves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        parsed = feedparser.parse(io.BytesIO(body), response_headers=headers(body))
    return [_facts(entry) for entry in parsed.entries]


def _facts(entry: dict) -> Facts:
    detail = dict.get(entry, "title_detail") or {}
    title = dict.get(entry, "title") or ""
    if detail.get("type") == "text/plain":
        title = title.replace("<", "&lt;")
    dates = (dict.get(entry, f"{name}_parsed") for name in ("published", "created", "updated"))
    found = next(filter(None, dates), None)
    at = datetime.fromtimestamp(calendar.timegm(found), UTC) if found else None
    link, id_ = dict.get(entry, "link") or "", dict.get(entry, "id") or ""
    return Facts(one_line(title), link, id_, believable(at, NOW))


def by_us(body: bytes) -> list[Facts]:
    said = headers(body)
    document = Document("", "", body, said["content-type"], said.get("content-location", ""))
    found = parse(document, NOTHING, NOW)
    return [Facts(one_line(e.title), e.link, e.id, e.published) for e in found.entries]


def one_line(title: str) -> str:
    return " ".join(title_text(title).split())


def test_each_document_gives_what_feedparser_gives(theirs):
    wrong = [
        name
        for name, body in theirs.items()
        if not different(name) and by_us(body) != by_feedparser(body)
    ]
    assert wrong == []


def test_what_we_read_otherwise_is_still_read_otherwise(theirs):
    """A reason that no longer holds is taken off the list."""
    assert [n for n in DIFFERENT if by_us(theirs[n]) == by_feedparser(theirs[n])] == []


def test_all_of_them_were_looked_at(theirs):
    kinds = Counter(name.partition("/")[0] for name in theirs)
    assert kinds["wellformed"] > 1_700
    assert min(kinds["entities"], kinds["encoding"], kinds["illformed"]) > 15
