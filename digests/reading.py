"""What the worker does with one document: `read` a feed, `tell` an entry. Top to bottom.

Both run in a killable child process, since everything here depends on bytes from strangers.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from digests.cards.boilerplate import without_formula
from digests.cards.condense import condense
from digests.cards.reading_time import length
from digests.feeds.entries import RawEntry
from digests.feeds.pages import Page, extract
from digests.feeds.parse import parse
from digests.feeds.teasers import is_short, without_invitation
from digests.model import (
    Document,
    Draft,
    Feed,
    FeedFacts,
    Indicator,
    Reading,
    Refusal,
    Telling,
)
from digests.stories.identity import title_key, words_hash
from digests.stories.indexing import words
from digests.stories.quality import quality
from digests.stories.relevance import relevance
from digests.stories.topics import topics
from digests.text import indicators, names
from digests.text.indicators import cves
from digests.text.language import detect
from digests.text.links import canonical, host_of, shown
from digests.text.plain import Plain, clean, clip, title_text, to_plain, usable
from digests.text.sentences import split
from digests.text.tokens import terms
from digests.web.addresses import AddressRules

MAX_TOPICS = 12
MAX_TOPIC = 60  # characters
MAX_BYLINE = 120
MAX_ID = 1_024
MAX_LINKS = 40
MAX_INDICATORS = 50  # a report of a campaign lists hundreds; its page has them all
MAX_CVES = 100  # a monthly patch round names more; the card shows three

_ANYWHERE = AddressRules()  # whatever the operator opened for feeds
_TITLE_FROM_TEXT = 120  # characters, when the publisher gave no title
_TOLD_LANGUAGE = 160  # characters of text that language detection gets; more hears no better
_LEAD_SENTENCES = 3
_ENOUGH_PROSE = 120  # characters; with less beside it, what is set as code is the text itself
_LEAD_TEXT = 2_000  # characters that the first sentences are looked for in
_COMPARED = 8_000  # characters of a page looked at for it
_SAME_ARTICLE = 0.4  # share of the words of headline and first sentence that their article has


def read(document: Document, known: frozenset[bytes], feed: Feed, now: datetime) -> Reading:
    """Every entry of a feed document: unchanged, a draft, or refused with a reason."""
    parsed = parse(document, known, now)
    drafts: list[Draft] = []
    refused = list(parsed.refused)
    for position, raw in zip(parsed.positions, parsed.entries, strict=True):
        outcome = _drafted(raw, feed, parsed.facts, position)
        if isinstance(outcome, Draft):
            drafts.append(outcome)
        else:
            refused.append(outcome)
    return Reading(
        parsed.facts,
        drafts=tuple(drafts),
        refused=tuple(refused),
        unchanged=parsed.unchanged,
        slices=parsed.slices,
        whole=parsed.whole,
    )


def _drafted(raw: RawEntry, feed: Feed, facts: FeedFacts, position: int) -> Draft | Refusal:
    try:
        return _draft(raw, feed, facts, position)
    except Exception as fault:  # noqa: BLE001 - an entry that breaks us must not take the others along
        return Refusal(
            raw.id or raw.link or f"entry {position + 1}", f"not understood: {fault!r}"[:200]
        )


def _draft(raw: RawEntry, feed: Feed, facts: FeedFacts, position: int) -> Draft | Refusal:
    plain = to_plain(raw.body, base=raw.base)
    text, truncated = _without_page_words(plain.text)
    prose = _without_code(_without_page_words(plain.prose)[0], text)
    link = shown(raw.link)
    title = title_text(raw.title) or _first_words(text) or link
    if not title:
        return Refusal(raw.id or f"entry {position + 1}", "neither title nor text nor a safe link")
    hint = feed.language or raw.language or facts.language
    language = detect(f"{title}\n{(prose or text)[:_TOLD_LANGUAGE]}", hint=hint)
    lead = tuple(split((prose or text)[:_LEAD_TEXT], language)[:_LEAD_SENTENCES])
    named = cves(f"{title}\n{text}")[:MAX_CVES]
    known = tuple(names.find(" ".join((title, *lead))))
    return Draft(
        id=_id(raw.id),
        link=canonical(raw.link),
        shown_link=link,
        title=title,
        text=text,
        author=clip(title_text(raw.author), MAX_BYLINE),
        published=raw.published,
        language=language,
        topics=_topics(raw.categories),
        picture=_picture(raw, plain),
        teaser=bool(link) and (truncated or is_short(text, language)),
        title_key=title_key(title, language),
        words_hash=words_hash(title, text),
        lead=lead,
        cves=named,
        names=known,
        about=topics(title, text, known, named),
        links=plain.written_links(MAX_LINKS),
        base=raw.base,
        relevance=None if feed.security else relevance(title, text, language),
        tokens=words(title, lead, named, known, language),
        position=position,
        prose=prose,
    )


def _without_page_words(text: str) -> tuple[str, bool]:
    """The text as its author wrote it, and whether it is cut off: no closing formula, no link words."""
    paragraphs = (without_formula(paragraph) for paragraph in text.split("\n\n"))
    return without_invitation("\n\n".join(filter(None, paragraphs)))


def _without_code(prose: str, text: str) -> str:
    """The prose of a text where code is left out and enough remains to be told; else ""."""
    return prose if len(text) > len(prose) >= _ENOUGH_PROSE else ""


def _first_words(text: str) -> str:
    return clip(text.partition("\n")[0], _TITLE_FROM_TEXT) if text else ""


def _id(id_: str) -> str:
    """The publisher's id; a very long one by its fingerprint, since cut ones would collide."""
    plain = clean(id_)
    if len(plain) <= MAX_ID:
        return plain
    return hashlib.blake2b(plain.encode(), digest_size=16).hexdigest()


# What publishing systems say when nobody chose a category, or of every entry alike.
_EMPTY_TOPICS = frozenset({
    "uncategorized", "uncategorised", "severity", "feature", "featured", "allgemein",
    "nicht kategorisiert", "non classé", "sin categoría", "без рубрики", "未分类", "未分類", "غير مصنف",
})  # fmt: skip


def _topics(categories: Iterable[str]) -> tuple[str, ...]:
    """Categories as plain words, each once whatever its case."""
    found: dict[str, str] = {}
    for category in categories:
        topic = clip(title_text(category), MAX_TOPIC)
        if topic and topic.casefold() not in _EMPTY_TOPICS:
            found.setdefault(topic.casefold(), topic)
    return tuple(found.values())[:MAX_TOPICS]


def _picture(raw: RawEntry, plain: Plain) -> str:
    """The first picture that may be shown: over https only, or platforms refuse it."""
    declared = (shown(address, raw.base) for address in raw.pictures)
    return _first_secure(declared) or _first_secure(plain.pictures)


def _first_secure(addresses: Iterable[str]) -> str:
    """The chat's servers fetch a picture, so none is named that leads into somebody's house."""
    return next((one for one in addresses if one.startswith("https://") and _is_public(one)), "")


def _is_public(address: str) -> bool:
    return not _ANYWHERE.refused_name(host_of(address).strip("[]"), 443)


def tell(draft: Draft, page: Document | None, *, sentences: int = 3, keep: int = 0) -> Telling:
    """What a card needs of one entry, from its article page when that is better than the feed.

    `keep` is how many characters of the text it was made from to hand over as well. Never raises
    on a page: extraction that fails leaves the feed's own text.
    """
    article = _article(page, draft)
    full_text = len(article.text) > len(draft.text)
    text = article.text if full_text else draft.text
    without_code = _without_code(article.prose, text) if full_text else draft.prose
    prose = _prose(without_code or text)
    told = tuple(condense(prose, title=draft.title, language=draft.language, sentences=sentences))
    all_of_it = f"{draft.title}\n{draft.text}\n{article.text}"
    named = cves(all_of_it)[:MAX_CVES]
    known = tuple(names.find(f"{draft.title}\n{text}"))
    whole = text if full_text or not draft.teaser else ""
    byline = draft.author or clip(article.byline, MAX_BYLINE)
    return Telling(
        sentences=told,
        language=draft.language,
        length_here=length(" ".join(told), draft.language),
        length_there=length(whole, draft.language),
        byline=byline,
        picture=draft.picture or article.picture,
        cves=named,
        names=known,
        indicators=_indicators(all_of_it),
        topics=topics(draft.title, text, known, named),
        quality=quality(
            draft.title,
            text,
            language=draft.language,
            byline=byline,
            links=usable(draft.links, draft.base, MAX_LINKS),
            teaser=draft.teaser and not full_text,
        ),
        tokens=words(draft.title, told, named, known, draft.language),
        full_text=full_text,
        article=prose[:keep],
    )


def _indicators(text: str) -> tuple[Indicator, ...]:
    found = (one for one in indicators.find(text) if one.kind != "cve")
    return tuple(filter(indicators.tells_something, found))[:MAX_INDICATORS]


def _article(page: Document | None, draft: Draft) -> Page:
    """The article behind an entry; empty when the page tells something else (a wall, a notice)."""
    if page is None:
        return Page()
    found = extract(
        page.body, page.final_url, language=draft.language, content_type=page.content_type
    )
    return found if _tells_the_same(found.text, draft) else Page()


def _prose(text: str) -> str:
    """A text without the rows of its tables, which the extractor writes between bars."""
    return "\n\n".join(part for part in text.split("\n\n") if not part.startswith("|"))


def _tells_the_same(text: str, draft: Draft) -> bool:
    """Whether enough of what the feed says is found in a page's text."""
    said = set(terms(" ".join((draft.title, *draft.lead[:1])), draft.language).split())
    found = set(terms(text[:_COMPARED], draft.language).split())
    return bool(text) and len(said & found) >= _SAME_ARTICLE * len(said)


# One entry without small words of any language, so that its language is really looked up.
_SAMPLE = """<rss version="2.0"><channel><title>Sample</title><item><title>Firewall 7.2.1</title>
<link>https://sample.example/1</link><description>Gateway firewall update 7.2.1, CVE-2024-3400.
</description></item></channel></rss>"""
_SAMPLE_PAGE = "<html><body><article><p>Gateway firewall update 7.2.1.</p></article></body></html>"


def warm_worker() -> None:
    """Read and tell once, so that no worker's first task pays for loading models and libraries."""
    url = "https://sample.example/"
    feed = Feed(url=url, name="Sample", publisher="sample.example")
    document = Document(url, url, _SAMPLE.encode(), "application/rss+xml")
    for draft in read(document, frozenset(), feed, datetime(2026, 1, 1, tzinfo=UTC)).drafts:
        tell(draft, Document(url, url, _SAMPLE_PAGE.encode(), "text/html"))
