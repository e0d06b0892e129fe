"""Tales as feed documents, in the formats that publishers use. Pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from babel.dates import format_date

from bot.newsroom.stories import Publisher, Shape, Tale

_TEASER = 140  # characters before a teaser breaks off
_DAY = re.compile(r"\{day([+-]\d+)\}")
# The version in which each vulnerability is listed, and what the catalog says of it.
EXPLOITED = (
    (1, "CVE-2026-40001", "Tern", "File Transfer", "Unrestricted Upload", "Known"),
    (3, "CVE-2026-41234", "Meridian", "Gateway", "Authentication Bypass", "Unknown"),
)
_XML = '<?xml version="1.0" encoding="utf-8"?>\n'


@dataclass(frozen=True, slots=True)
class Printed:
    """A tale ready for print: its words with weekdays filled in, its address and its times."""

    slug: str
    title: str
    paragraphs: tuple[str, ...]
    link: str
    at: datetime
    changed: datetime

    @property
    def markup(self) -> str:
        """The whole text as HTML."""
        return "".join(f"<p>{escape(part)}</p>\n" for part in self.paragraphs)


def printed(
    publisher: Publisher, tale: Tale, base: str, version: int, moments: Sequence[datetime]
) -> Printed:
    """A tale in this version; `moments` says when each version came out."""

    def dated(text: str) -> str:
        return _DAY.sub(lambda m: _weekday(moments[0], int(m[1]), publisher.language), text)

    came, worded = moments[tale.version - 1], tale.at(version)
    at = (came - timedelta(minutes=tale.minutes)).replace(microsecond=0)
    edited = [moments[e.version - 1] for e in tale.edits if e.version <= version]
    return Printed(
        slug=tale.slug,
        title=dated(worded.title),
        paragraphs=tuple(map(dated, worded.paragraphs)),
        link=f"{base}/{publisher.domain}/{tale.slug}",
        at=at,
        changed=max([at, *edited]).replace(microsecond=0),
    )


def feed(
    publisher: Publisher, base: str, version: int, moments: Sequence[datetime]
) -> tuple[str, str]:
    """The feed document of this version, and its media type."""
    tales = [printed(publisher, t, base, version, moments) for t in publisher.told_by(version)]
    match publisher.shape:
        case Shape.ATOM:
            return _atom(publisher, tales), "application/atom+xml"
        case Shape.JSON:
            return _json(publisher, tales), "application/feed+json"
        case Shape.RDF:
            return _rdf(publisher, tales, base), "application/rdf+xml"
        case Shape.CUT if version == 1:
            return _torn(_rss(publisher, tales, base)), "application/rss+xml"
        case Shape.RSS | Shape.TEASER | Shape.CUT:
            return _rss(publisher, tales, base), "application/rss+xml"


def _weekday(today: datetime, days: int, language: str) -> str:
    return format_date(today + timedelta(days=days), "EEEE", locale=language)


def _rss(publisher: Publisher, tales: Sequence[Printed], base: str) -> str:
    items = "".join(_rss_item(publisher, tale) for tale in tales)
    return (
        f'{_XML}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">\n<channel>\n'
        f"<title>{escape(publisher.name)}</title>\n<link>{base}/{publisher.domain}/</link>\n"
        f"<description>{escape(publisher.name)}</description>\n"
        f"<language>{publisher.language}</language>\n{items}</channel>\n</rss>\n"
    )


def _rss_item(publisher: Publisher, tale: Printed) -> str:
    first = tale.paragraphs[0]
    if publisher.shape is Shape.TEASER:
        first, whole = f"{first[:_TEASER].rsplit(' ', 1)[0]} […]", ""
    else:
        whole = f"<content:encoded><![CDATA[{tale.markup}]]></content:encoded>\n"
    return (
        f"<item>\n<title>{escape(tale.title)}</title>\n<link>{tale.link}</link>\n"
        f"<guid>{tale.link}</guid>\n<pubDate>{format_datetime(tale.at)}</pubDate>\n"
        f"<dc:creator>{escape(publisher.author)}</dc:creator>\n"
        f"<description>{escape(escape(first))}</description>\n{whole}</item>\n"
    )


def _torn(document: str) -> str:
    """The document up to the middle of its last entry, as a lost connection leaves it."""
    start = document.rindex("<item>")
    return document[: start + (document.rindex("</item>") - start) // 2]


def _atom(publisher: Publisher, tales: Sequence[Printed]) -> str:
    entries = "".join(
        f"<entry>\n<id>tag:{publisher.domain},{tale.at.year}:{tale.slug}</id>\n"
        f'<title>{escape(tale.title)}</title>\n<link rel="alternate" href="{tale.link}"/>\n'
        f"<published>{tale.at.isoformat()}</published>\n"
        f"<updated>{tale.changed.isoformat()}</updated>\n"
        f"<author><name>{escape(publisher.author)}</name></author>\n"
        f'<content type="html">{escape(tale.markup)}</content>\n</entry>\n'
        for tale in tales
    )
    return (
        f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{publisher.language}">\n'
        f"<title>{escape(publisher.name)}</title>\n<id>tag:{publisher.domain},2026:feed</id>\n"
        f"<updated>{max(tale.changed for tale in tales).isoformat()}</updated>\n{entries}</feed>\n"
    )


def _rdf(publisher: Publisher, tales: Sequence[Printed], base: str) -> str:
    listed = "".join(f'<rdf:li rdf:resource="{tale.link}"/>' for tale in tales)
    items = "".join(
        f'<item rdf:about="{tale.link}">\n<title>{escape(tale.title)}</title>\n'
        f"<link>{tale.link}</link>\n<dc:date>{tale.at.isoformat()}</dc:date>\n"
        f"<dc:creator>{escape(publisher.author)}</dc:creator>\n"
        f"<description>{escape(tale.markup)}</description>\n</item>\n"
        for tale in tales
    )
    return (
        f'{_XML}<rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="{base}/{publisher.domain}/feed">\n'
        f"<title>{escape(publisher.name)}</title>\n<link>{base}/{publisher.domain}/</link>\n"
        f"<description>{escape(publisher.name)}</description>\n"
        f"<dc:language>{publisher.language}</dc:language>\n"
        f"<items><rdf:Seq>{listed}</rdf:Seq></items>\n</channel>\n{items}</rdf:RDF>\n"
    )


def _json(publisher: Publisher, tales: Sequence[Printed]) -> str:
    items = [
        {
            "id": f"{publisher.domain}/{tale.slug}",
            "url": tale.link,
            "title": tale.title,
            "content_html": tale.markup,
            "date_published": tale.at.isoformat(),
            "date_modified": tale.changed.isoformat(),
            "authors": [{"name": publisher.author}],
        }
        for tale in tales
    ]
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publisher.name,
        "language": publisher.language,
        "items": items,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def catalog(version: int, today: datetime) -> str:
    """The catalog of known exploited vulnerabilities, in the shape of the real one."""
    rows = [
        {
            "cveID": cve,
            "vendorProject": vendor,
            "product": product,
            "vulnerabilityName": f"{vendor} {product} {flaw}",
            "dateAdded": f"{today:%Y-%m-%d}",
            "knownRansomwareCampaignUse": ransom,
        }
        for since, cve, vendor, product, flaw, ransom in EXPLOITED
        if since <= version
    ]
    return json.dumps({"title": "Known exploited", "count": len(rows), "vulnerabilities": rows})
