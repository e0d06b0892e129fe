"""Cards, lists, notices and replies as Slack messages, within Slack's limits by construction. PURE.

Slack refuses more than about 12,000 characters over all blocks of one message, without saying so
anywhere. The shares below add up to less than 10,000 for the largest card and the longest list.
"""

from collections.abc import Sequence
from typing import assert_never

from bot.commands import Reply
from bot.platforms.slack.blocks import (
    Json,
    button,
    context,
    linked,
    mentions,
    moment,
    packed,
    rich,
    row,
    run,
    section,
    sections,
)
from bot.platforms.slack.text import cost, escape, fit, tame, web_link
from digests.cards.words import words
from digests.model import Button, Card, Content, Line, Listing, Notice, Said, Span

METADATA_EVENT = "nightdesk_post"
READ = "nightdesk:read"  # action ids of our buttons
PREVIOUS = "nightdesk:previous"
NEXT = "nightdesk:next"
ACT = "nightdesk:act:"  # a card's button: this, the verb of the request it makes

_TITLE = 400
_TITLE_LINK = 1500  # a longer address opens from the button alone
_LINE = 400  # one line about exploitation
_CHIPS = 4  # texts of 250 characters: all chips of a card
_BUTTONS = 10
_COMMENTS = 1800  # all comments of a card
_COMMENTER = 90
_LIST_TITLE = 150
_LIST_NOTES = 3
_LIST_LINES = 20
_LIST_ROOM = 8400  # for all lines of a list, shared as follows
_HEADLINES = 2400
_LINKS = 4000
_PUBLISHER = 45
_HEADING = 40
_TOLD = 120  # publisher, date and key of one line
_EXCERPT = 300
_SUMMARY = 1500
_PLAIN = 3500


def message(content: Content, *, mark: str = "", key: str = "", plain: bool = False) -> Json:
    """What chat.postMessage is given, but for the channel.

    `mark` names the post for reconciling: in the metadata, and small in what people see.
    `plain` leaves out the blocks: the form that Slack is least likely to refuse.
    """
    body: Json = {"unfurl_links": False, "unfurl_media": False}
    if plain:
        body |= {"text": plain_text(content, mark), "mrkdwn": False}
    else:
        body |= {"text": summary(content), "blocks": blocks(content, mark=mark, key=key)}
    if mark:
        body["metadata"] = {"event_type": METADATA_EVENT, "event_payload": {"key": key or mark}}
    return body


def reply(answer: Reply, *, replace: bool = False) -> Json:
    """What the asker alone sees; `replace`: in the place of the answer whose button was pressed."""
    body = message(answer.content)
    say = words(answer.content.language)
    previous = button(PREVIOUS, say.text("Previous"), value=answer.previous)
    following = button(NEXT, say.text("Next"), value=answer.next)
    others = [
        one
        for at, each in enumerate(answer.buttons[:_BUTTONS])
        for one in button(f"{ACT}{each.action}:{at}", each.label, value=each.state)
    ]
    body["blocks"] += row(previous + following + others)
    return body | {"response_type": "ephemeral", "replace_original": replace}


def announced(answer: Reply) -> Json:
    """A reply as a message for everybody, with its buttons."""
    body = reply(answer)
    return {name: body[name] for name in ("text", "blocks", "unfurl_links", "unfurl_media")}


def blocks(content: Content, *, mark: str = "", key: str = "") -> list[Json]:
    """The blocks of any content; `key`, else the mark, is the footer's block id for reading back."""
    match content:
        case Card():
            return _card(content) + _footer(content.footer, mark, key)
        case Listing():
            return _listing(content) + _footer(content.footer, mark, key)
        case Notice():
            drawn = rich(run(fit(content.title, _TITLE), bold=True)) + sections(content.text)
            return (drawn or section("…")) + row(_acts(content.buttons)) + _footer("", mark, key)
        case _:
            assert_never(content)


def summary(content: Content) -> str:
    """What notifications and screen readers say; escaped, never empty."""
    match content:
        case Card():
            told = _told_by(content.headline, content.publisher)
            lines = (told, content.exploitation, *content.sentences)
        case Listing():
            lines = (content.title, *(line.headline for line in content.lines), content.empty)
        case Notice():
            lines = (content.title, content.text)
        case _:
            assert_never(content)
    return escape(fit(_lines(lines), _SUMMARY) or "Nightdesk")


def plain_text(content: Content, mark: str = "") -> str:
    """All of it as lines of text, addresses bare; escaped, never empty."""
    match content:
        case Card():
            told = _told_by(content.headline, content.publisher)
            link, known = web_link(content.url), content.exploitation
            lines = (told, link, known, *content.sentences, content.quality, content.footer)
        case Listing():
            told_lines = (f"{line.headline}\n{web_link(line.url)}" for line in content.lines)
            lines = (content.title, *content.notes, *told_lines, content.empty, content.footer)
        case Notice():
            lines = (content.title, content.text)
        case _:
            assert_never(content)
    shown = fit(_lines(lines), _PLAIN) or "Nightdesk"
    return escape(_lines((shown, mark)))


def block_id(key: str) -> str:
    """The id of the footer that carries a key."""
    return f"nightdesk:{key}"


def _card(card: Card) -> list[Json]:
    say = words(card.language)
    headline = fit(card.headline, _TITLE) or fit(card.key, _TITLE) or "…"
    return [
        *mentions(card.mention),
        *rich(linked(headline, card.url, longest_link=_TITLE_LINK)),
        *context(say.line(card.publisher, card.byline), when=card.at),
        *rich(run(fit(card.exploitation, _LINE), bold=True)),
        *section("\n".join(card.sentences), picture=card.picture, alt=card.headline),
        *context(card.origin),
        *context(*packed((card.quality, card.reading_time))),
        *context(card.also),
        *context(*(say.line(chips) for chips in packed(card.chips)[:_CHIPS])),
        *context(card.indicators),
        *_comments(card.comments),
        *row(_buttons(card)),
    ]


def _buttons(card: Card) -> list[Json]:
    """Read first, then what comes back to us; Slack takes twenty-five in one row."""
    return button(READ, card.read_label, url=web_link(card.url)) + _acts(card.buttons)


def _acts(buttons: Sequence[Button]) -> list[Json]:
    """What comes back to us."""
    shown: list[Json] = []
    for one in _each_once(buttons)[:_BUTTONS]:
        shown += button(ACT + one.action, one.label, value=one.state)
    return shown


def _comments(comments: Sequence[Said]) -> list[Json]:
    """What readers wrote, each in a paragraph of its own."""
    room = _COMMENTS // max(1, len(comments))
    return [
        block
        for one in comments
        for block in rich(
            [
                *run(fit(one.by, _COMMENTER), bold=True),
                *run("\n"),
                *run(fit(one.text, room - _COMMENTER)),
            ]
        )
    ]


def _each_once(buttons: Sequence[Button]) -> list[Button]:
    """Slack refuses a row in which two buttons have one name."""
    return list({one.action: one for one in reversed(buttons)}.values())[::-1]


def _listing(listing: Listing) -> list[Json]:
    lines = listing.lines[:_LIST_LINES]
    drawn = [
        *mentions(listing.mention),
        *rich(run(fit(listing.title, _LIST_TITLE), bold=True)),
        *context(*listing.notes[:_LIST_NOTES]),
        *_list_lines(lines),
        *([] if lines else section(listing.empty)),
    ]
    return drawn or section("…")


def _list_lines(lines: Sequence[Line]) -> list[Json]:
    """One block for each line; excerpts share what headlines and links leave of the room."""
    headlines = [_headline(line, len(lines)) for line in lines]
    headings = _headings(lines)
    taken = sum(cost(part["text"]) + cost(part.get("url", "")) for (part,) in headlines)
    taken += sum(map(cost, headings))
    room = (_LIST_ROOM - taken) // max(1, len(lines)) - _TOLD
    return [
        block
        for line, headline, heading in zip(lines, headlines, headings, strict=True)
        for block in (
            *context(heading),
            *rich([*headline, *_excerpt(line.excerpt, min(room, _EXCERPT)), *_told(line)]),
        )
    ]


def _headings(lines: Sequence[Line]) -> list[str]:
    """What stands before each line: its heading where that is another than before."""
    before = ("", *(line.heading for line in lines))
    return [
        fit(line.heading, _HEADING) if line.heading != last else ""
        for line, last in zip(lines, before, strict=False)
    ]


def _headline(line: Line, of: int) -> list[Json]:
    text = fit(line.headline, min(_TITLE, _HEADLINES // of)) or fit(line.key, 20) or "…"
    return linked(text, line.url, longest_link=min(_TITLE_LINK, _LINKS // of))


def _excerpt(spans: Sequence[Span], room: int) -> list[Json]:
    """The sentence found, its hits bold, cut to the room without losing which part is which."""
    whole = "".join(tame(span.text) for span in spans)
    shown = fit(whole, room) if room > 0 else ""
    if not shown:
        return []
    lead = len(whole) - len(whole.lstrip())
    kept = _common(whole[lead:], shown)
    runs, start = run("\n"), -lead
    for span in spans:
        text = tame(span.text)
        runs += run(text[max(0, -start) : max(0, kept - start)], bold=span.hit)
        start += len(text)
    return runs + run(shown[kept:])


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _told(line: Line) -> list[Json]:
    publisher = fit(line.publisher, _PUBLISHER)
    lead = f"\n{publisher} · " if publisher else "\n"
    return [*run(lead), *moment(line.at), *run(f" · {fit(line.key, 20)}")]


def _footer(footer: str, mark: str, key: str) -> list[Json]:
    name = key or mark
    text = " · ".join(filter(None, (footer, mark)))
    return context(text, block_id=block_id(name) if name else "")


def _told_by(headline: str, publisher: str) -> str:
    return " — ".join(filter(None, (headline, publisher)))


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(line for line in lines if line.strip())
