"""What a field of the query language looks for, as words of the index.

A publisher, a topic or a CVE is indexed as one word of its own kind. So a query of words and fields
alike is one question to the full-text index, which intersects the lists by itself, newest first.
The kinds start with a character of the private use area: no text of a story can hold such a word.
"""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

from digests.model import Story

_MARK = "\ue000"
ALL = f"{_MARK}all"  # in every story: "everything except" needs something to take away from
ANY_CVE = f"{_MARK}cve"


def facets_of(story: Story) -> str:
    """All such words of a story, joined by spaces."""
    return " ".join(dict.fromkeys(_facets(story)))


@lru_cache(maxsize=4_096)
def facet(field: str, value: str) -> str:
    """The word for `field:value`; the value as rules/fields.py normalises it."""
    if field == "cve" and value == "*":
        return ANY_CVE
    # Any value is one word: hashed, so that neither its characters nor its length matter.
    digest = blake2b(value.encode("utf-8", "surrogatepass"), digest_size=9)
    return f"{_MARK}{field}{digest.hexdigest()}"


def _facets(story: Story) -> Iterator[str]:
    yield ALL
    publisher = story.publisher.casefold()
    yield facet("publisher", publisher)
    for at, character in enumerate(publisher):
        if character == ".":  # publisher:krebsonsecurity means krebsonsecurity.com
            yield facet("publisher", publisher[:at])
    yield facet("feed", story.feed.casefold())
    yield facet("country", story.country.upper())
    yield facet("language", story.language.casefold())
    yield from (facet("topic", topic.casefold()) for topic in story.topics)
    if story.cves:
        yield ANY_CVE
    yield from (facet("cve", cve) for cve in story.cves)
