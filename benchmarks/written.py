"""Feeds written for measuring: invented words with the frequencies of real ones, seeded.

Lengths, markup, links, lists, CVE identifiers, categories and the mix of formats are those of
security news; no sentence of it means anything.
"""

import html
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import accumulate
from random import Random

OPENING = datetime(2026, 11, 23, 8, tzinfo=UTC)
_SMALL = [
    "the",
    "of",
    "to",
    "and",
    "in",
    "a",
    "for",
    "on",
    "with",
    "is",
    "that",
    "by",
    "as",
    "from",
    "was",
    "are",
    "at",
    "be",
    "this",
    "an",
    "has",
    "it",
    "have",
    "which",
    "their",
    "were",
    "they",
    "will",
    "its",
    "not",
    "can",
    "been",
    "after",
    "more",
    "who",
    "said",
    "could",
    "would",
    "into",
    "over",
    "about",
]
_TRADE = [
    "attackers",
    "vulnerability",
    "exploit",
    "patch",
    "update",
    "malware",
    "ransomware",
    "remote",
    "code",
    "execution",
    "flaw",
    "access",
    "server",
    "campaign",
    "credentials",
    "phishing",
    "cloud",
    "kernel",
    "driver",
    "backdoor",
    "botnet",
    "loader",
    "token",
    "breach",
    "firmware",
    "router",
    "advisory",
    "severity",
    "bypass",
    "privilege",
    "injection",
    "gateway",
    "cluster",
    "registry",
    "package",
    "maintainer",
    "supply",
    "chain",
    "identity",
    "session",
    "certificate",
    "encryption",
    "tunnel",
    "domain",
    "hash",
    "detection",
    "response",
    "incident",
    "analyst",
    "disclosure",
    "deadline",
    "mitigation",
    "vendor",
    "customers",
    "release",
]
_ONSETS = ("b", "br", "c", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "st", "t", "tr", "v")
_RHYMES = ("a", "e", "i", "o", "u", "an", "el", "ir", "on", "us")
_WORDS = 30_000


class Writer:
    """Writes titles, sentences, articles and feeds; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        spoken = Random(1)
        invented = (
            "".join(
                spoken.choice(_ONSETS) + spoken.choice(_RHYMES)
                for _ in range(spoken.randint(2, 4))
            )
            for _ in range(_WORDS)
        )
        self._words = list(dict.fromkeys((*_SMALL, *_TRADE, *invented)))
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self._words))))

    def _some(self, count: int) -> list[str]:
        return self._chance.choices(self._words, cum_weights=self._weights, k=count)

    def word(self) -> str:
        return self._chance.choice(self._words)

    def sentence(self, low: int = 8, high: int = 22) -> str:
        return " ".join(self._some(self._chance.randint(low, high))).capitalize() + "."

    def identifier(self) -> str:
        return f"CVE-20{self._chance.randint(15, 26)}-{self._chance.randint(1000, 49_999)}"

    def title(self) -> str:
        words = " ".join(self._some(self._chance.randint(5, 11))).title()
        return f"{words} ({self.identifier()})" if self._chance.random() < 0.25 else words

    def article(self, words: int) -> str:
        """Markup of about so many words."""
        parts = []
        while words > 0:
            paragraph = self._paragraph()
            words -= paragraph.count(" ")
            parts.append(paragraph)
            parts.append(self._extra())
        return "\n".join(filter(None, parts))

    def _paragraph(self) -> str:
        text = " ".join(self.sentence() for _ in range(self._chance.randint(2, 5)))
        words = html.escape(text).split(" ")
        for _ in range(2):
            at = self._chance.randrange(len(words))
            page = f"/{self.word()}/{self._chance.randint(1, 999)}?utm_source=rss&amp;n=1"
            words[at] = f'<a href="{page}">{words[at]}</a>'
        return f'<p class="block" style="margin:0 auto">{" ".join(words)}</p>'

    def _extra(self) -> str:
        kind = self._chance.random()
        if kind < 0.2:
            return (
                f'<figure><img src="/i/{self._chance.randint(1, 9999)}.jpg" width="640"'
                f' height="360" alt="{self.word()}"/><figcaption>{self.sentence(3, 6)}'
                "</figcaption></figure>"
            )
        if kind < 0.35:
            rows = (f"<li>{self.identifier()} &#8211; {self.sentence(4, 9)}</li>" for _ in "1234")
            return f"<ul>{''.join(rows)}</ul>"
        if kind < 0.42:
            return f"<pre><code>GET /api/{' '.join(self._some(12))}</code></pre>"
        return ""

    def feed(self, kind: str, entries: int, site: str, words: tuple[int, int]) -> bytes:
        """A document of so many entries, newest first; `words` bounds each body's length."""
        head, tail = _FRAMES[kind]
        at, parts = OPENING, [head.format(title=self.title(), site=site, about=self.sentence())]
        for number in range(entries):
            at -= timedelta(minutes=self._chance.randint(10, 600))
            parts.append(self.entry(kind, number, site, at, words))
        return "\n".join((*parts, tail)).encode()

    def entry(
        self, kind: str, number: int, site: str, at: datetime, words: tuple[int, int]
    ) -> str:
        link = f"{site}/2026/{number}-{self.word()}"
        body = self.article(self._chance.randint(*words))
        topics = self._chance.choices(_TRADE, k=self._chance.randint(0, 5))
        return _ENTRIES[kind](
            title=html.escape(self.title()),
            link=link,
            id=f"{site}/?p={number}",
            author=self.word().title(),
            at=at,
            topics=topics,
            summary=f"{self.sentence()} {self.sentence()}",
            body=body,
        )


def with_entry(document: bytes, entry: str) -> bytes:
    """The document with one more entry before all others."""
    mark = next(m for m in (b"<item", b"<entry") if m in document)
    at = document.index(mark)
    return document[:at] + entry.encode() + b"\n" + document[at:]


def kind_of(number: int) -> str:
    """Six in ten are RSS, three Atom, one RDF."""
    return "rss" if number % 10 < 6 else "atom" if number % 10 < 9 else "rdf"


def parse_corpus(count: int = 40) -> list[bytes]:
    """Whole articles, 20 to 100 entries a feed."""
    writer, chance = Writer(11), Random(12)
    return [
        writer.feed(kind_of(n), chance.randint(20, 100), f"https://s{n}.example", (60, 700))
        for n in range(count)
    ]


def poll_corpus(count: int = 500, entries: int = 30) -> list[tuple[bytes, bytes]]:
    """Small feeds, each with the version that has one entry more."""
    writer = Writer(5)
    made = []
    for number in range(count):
        kind, site = "rss" if number % 3 else "atom", f"https://s{number}.example"
        document = writer.feed(kind, entries, site, (20, 160))
        later = OPENING + timedelta(minutes=5)
        more = writer.entry(kind, entries, site, later, (20, 160))
        made.append((document, with_entry(document, more)))
    return made


def _rss(*, title, link, id, author, at, topics, summary, body) -> str:  # noqa: A002 - as it is called there
    categories = "".join(f"<category><![CDATA[{topic}]]></category>" for topic in topics)
    return (
        f"<item><title>{title}</title><link>{link}</link>"
        f"<dc:creator><![CDATA[{author}]]></dc:creator><pubDate>{format_datetime(at)}</pubDate>"
        f'{categories}<guid isPermaLink="false">{id}</guid>'
        f"<description><![CDATA[<p>{summary}</p>]]></description>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded>"
        f'<media:thumbnail url="{link}.jpg"/></item>'
    )


def _atom(*, title, link, id, author, at, topics, summary, body) -> str:  # noqa: A002 - as it is called there
    categories = "".join(f'<category term="{topic}"/>' for topic in topics)
    return (
        f'<entry><title type="html">{title}</title><id>{id}</id>'
        f'<link href="{link}" rel="alternate"/><published>{at.isoformat()}</published>'
        f"<updated>{at.isoformat()}</updated><author><name>{author}</name></author>{categories}"
        f'<summary type="html">{html.escape(summary)}</summary>'
        f'<content type="html">{html.escape(body)}</content></entry>'
    )


def _rdf(*, title, link, author, at, body, **_) -> str:
    return (
        f'<item rdf:about="{link}"><title>{title}</title><link>{link}</link>'
        f"<dc:date>{at.isoformat()}</dc:date><dc:creator>{author}</dc:creator>"
        f"<description>{html.escape(body)}</description></item>"
    )


_ENTRIES = {"rss": _rss, "atom": _atom, "rdf": _rdf}
_FRAMES = {
    "rss": (
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"'
            ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
            ' xmlns:media="http://search.yahoo.com/mrss/"><channel><title>{title}</title>'
            "<link>{site}/</link><description>{about}</description><language>en-US</language>"
        ),
        "</channel></rss>",
    ),
    "atom": (
        (
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"'
            ' xml:lang="en"><title type="text">{title}</title><id>{site}/</id>'
            '<link href="{site}/" rel="alternate"/><updated>2026-11-23T08:00:00+00:00</updated>'
        ),
        "</feed>",
    ),
    "rdf": (
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF'
            ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
            ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            '<channel rdf:about="{site}/"><title>{title}</title><link>{site}/</link>'
            "<description>{about}</description></channel>"
        ),
        "</rdf:RDF>",
    ),
}
