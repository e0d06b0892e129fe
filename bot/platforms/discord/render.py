"""Content becomes the JSON body of a Discord message: an embed and its buttons. Pure.

Every limit is kept by construction: each part has a budget, and the budgets add up to less than
Discord takes. Counted in UTF-16 units; the figures are those of Discord's API documents.
"""

import re
from collections.abc import Iterable
from datetime import UTC

from bot.commands import Reply
from bot.platforms.discord import controls
from bot.platforms.discord.controls import Body
from bot.platforms.discord.escape import address, escape, fit, units, verbatim
from bot.platforms.discord.excerpts import excerpt
from digests.model import Alarm, Card, Content, Line, Listing, Notice
from digests.text.portions import portions
from digests.text.sentences import running

TITLE = 256
DESCRIPTION = 4096
AUTHOR = 256
FOOTER = 512  # Discord takes 2048
CONTENT = 2000

_COLOUR = 0x3B6EA8
_ALARMS = {Alarm.EXPLOITED: 0xC0392B, Alarm.LIKELY: 0xD9822B, Alarm.SEVERE: 0xC9A227}
# The parts of a card's description; together with line breaks below DESCRIPTION.
_SENTENCES = 1600
_EXPLOITATION = 300
_LINE = 200  # quality, reading times, whose sentences these are
_ALSO = 400
_INDICATORS = 250
_CHIP = 40
_MOST_CHIPS = 18
_COMMENTS = 1000  # all comments, with the names of who wrote them
_COMMENTER = 90
_ROW_OF_CHIPS = 56  # characters, the marks of code spans counted

# A list may fill two embeds: all text of a message's embeds together is at most 6000.
_LIST = 5000
_BLOCK = 1200
_MOST_LINES = 20
_NOTES = 700
_MOST_NOTES = 5
_MORE = 1400  # the second part of a long notice: all text together is at most 6000
_PUBLISHER = 80
_HEADING = 60

_ROLE = re.compile(r"role:[1-9][0-9]{0,19}", re.ASCII)
_USER = re.compile(r"[1-9][0-9]{0,19}", re.ASCII)
_RLM, _FSI, _PDI = "\u200f", "\u2068", "\u2069"


def message(content: Content, *, mark: str = "", nonce: str = "", plain: bool = False) -> Body:
    """A new message. `plain`: text alone, the form least likely to be refused."""
    body: Body = {"allowed_mentions": {"parse": []}}
    if plain:  # words from outside stand in it: it pings nobody
        body["content"] = _text(content, mark)
    else:
        body |= {"embeds": embeds(content, mark), "components": controls.under(content)}
        body |= _mentions(content)
    if nonce:
        body |= {"nonce": nonce, "enforce_nonce": True}
    return body


def edit(content: Content, *, mark: str = "", plain: bool = False) -> Body:
    """What shall stand instead; it clears what the other form left."""
    empty: Body = {"content": None, "embeds": [], "components": []}
    silent: Body = {"allowed_mentions": {"parse": []}}  # whom it mentions was told when it came
    return empty | message(content, mark=mark, plain=plain) | silent


def reply(answer: Reply, *, plain: bool = False) -> Body:
    """What the asker alone sees, with buttons to turn pages."""
    body = edit(answer.content, plain=plain)
    if rows := controls.beside(answer):
        above = [] if plain else controls.under(answer.content)
        body["components"] = [*above, *rows]
    return body


def announced(answer: Reply) -> Body:
    """A reply as a message for everybody, with its buttons."""
    return {name: part for name, part in reply(answer).items() if part}


def embeds(content: Content, mark: str = "") -> list[Body]:
    """The frames in which a content stands; never none."""
    match content:
        case Card():
            return [_card(content, mark)]
        case Listing():
            return _listing(content, mark)
        case Notice():
            return _notice(content, mark)


def _mentions(content: Content) -> Body:
    """The names out of feeds.yaml: alone in the message's text, and permitted one by one."""
    names = () if isinstance(content, Notice) else content.mention
    roles = [who.removeprefix("role:") for who in names if _ROLE.fullmatch(who)]
    users = [who for who in names if _USER.fullmatch(who)]
    every = [who for who in names if who in ("@here", "@everyone")]
    text = " ".join([*every, *(f"<@&{one}>" for one in roles), *(f"<@{one}>" for one in users)])
    if not text:
        return {}
    allowed = {"parse": ["everyone"] if every else [], "roles": roles, "users": users}
    return {"content": text, "allowed_mentions": _filled_lists(allowed)}


def _filled_lists(allowed: dict[str, list[str]]) -> Body:
    """Discord refuses a list beside the same kind in `parse`; empty ones are left out."""
    return {name: names for name, names in allowed.items() if names or name == "parse"}


# --- a card ------------------------------------------------------------------------------


def _card(card: Card, mark: str) -> Body:
    author = " · ".join(part for part in (card.publisher, card.byline) if part)
    return _filled(
        title=_title(card.headline or card.key, rtl=False),
        url=address(card.url),
        author=_filled(name=_own(fit(author, AUTHOR - 1, verbatim), rtl=card.rtl)),
        description="\n\n".join(_paragraphs(card)),
        thumbnail=_filled(url=address(card.picture)),
        timestamp=card.at.astimezone(UTC).isoformat(timespec="seconds"),
        footer=_footer(card.footer, mark),
        color=_ALARMS.get(card.alarm, _COLOUR),
        fields=_comments(card),
    )


def _comments(card: Card) -> list[Body]:
    """What readers wrote, each in a field of its own; what one leaves of the room others may use."""
    fields: list[Body] = []
    left = _COMMENTS
    for index, one in enumerate(card.comments):
        share = left // (len(card.comments) - index)
        name = fit(one.by, min(_COMMENTER, share // 2))
        text = fit(one.text, share - units(name))
        left -= units(name) + units(text)
        fields.append({"name": _own(name, rtl=card.rtl) or "…", "value": text or "…"})
    return fields


def _paragraphs(card: Card) -> list[str]:
    lines = (
        (card.origin, _LINE),
        (card.quality, _LINE),
        (card.reading_time, _LINE),
        (card.also, _ALSO),
        (card.indicators, _INDICATORS),
    )
    own = [_own(fit(text, room), rtl=card.rtl) for text, room in lines]
    rows = _rows(_chip(chip) for chip in card.chips[:_MOST_CHIPS])
    chips = "\n".join(_own(row, rtl=card.rtl) for row in rows)
    alarm = fit(card.exploitation, _EXPLOITATION)
    told = (
        _own(f"**{alarm}**", rtl=card.rtl) if alarm else "",
        fit(running(card.sentences), _SENTENCES, lines=True),
        "\n".join(line for line in (*own[:-1], chips, own[-1]) if line),
    )
    return [part for part in told if part]


def _rows(chips: Iterable[str]) -> list[str]:
    """Chips in rows as wide as an embed: Discord would break a CVE at its hyphens."""
    rows: list[str] = []
    for chip in filter(None, chips):
        if rows and units(rows[-1]) + 1 + units(chip) <= _ROW_OF_CHIPS:
            rows[-1] += " " + chip
        else:
            rows.append(chip)
    return rows


def _chip(chip: str) -> str:
    """In a code span nothing is markup but the backtick; what is copied from it is the word alone."""
    word = chip.removeprefix(_FSI).removesuffix(_PDI)
    shown = fit(word.replace("`", "'"), _CHIP, verbatim)
    if not shown:
        return ""
    return f"{_FSI}`{shown}`{_PDI}" if word != chip else f"`{shown}`"


# --- a list ------------------------------------------------------------------------------


def _listing(listing: Listing, mark: str) -> list[Body]:
    pages = _pages(_blocks(listing)) or [""]
    embeds = [_filled(description=page, color=_COLOUR) for page in pages]
    embeds[0]["title"] = _title(listing.title, rtl=listing.rtl)
    embeds[-1] |= _filled(footer=_footer(listing.footer, mark))
    return embeds


def _blocks(listing: Listing) -> list[str]:
    """Notes, then lines; what one line leaves of its share the next may use."""
    notes = [fit(note, _NOTES // _MOST_NOTES) for note in listing.notes[:_MOST_NOTES]]
    if not listing.lines:
        notes.append(fit(listing.empty, _NOTES))
    blocks = [_own(note, rtl=listing.rtl) for note in notes if note]
    left = _LIST - sum(units(block) + 2 for block in blocks)
    lines = listing.lines[:_MOST_LINES]
    heading = ""
    for index, line in enumerate(lines):
        share = min(left // (len(lines) - index), _BLOCK)
        head = _heading(line, heading)
        heading = line.heading
        blocks.append(head + _line(line, share - 2 - units(head), rtl=listing.rtl))
        left -= units(blocks[-1]) + 2
    return blocks


def _heading(line: Line, before: str) -> str:
    """The heading of a line's group, where it begins."""
    shown = fit(line.heading, _HEADING) if line.heading != before else ""
    return f"__{shown}__\n" if shown else ""


def _line(line: Line, budget: int, *, rtl: bool) -> str:
    about = " · ".join(
        part
        for part in (
            fit(line.publisher, _PUBLISHER),
            f"<t:{int(line.at.timestamp())}:d>",
            _chip(line.key),
        )
        if part
    )
    about = _own(about, rtl=rtl)
    left = budget - units(about) - 1
    head = _headline(line, left)
    found = excerpt(line.excerpt, left - units(head) - 1)
    return "\n".join(part for part in (head, about, found) if part)


def _headline(line: Line, budget: int) -> str:
    url = address(line.url).replace("(", "%28").replace(")", "%29")
    url = url if len(url) <= budget // 2 else ""
    room = budget - len(url) - len("**[]()**")
    # A bracket inside a link's text ends it, escaped or not.
    brackets = str.maketrans("[]", "()") if url else {}
    shown = fit((line.headline or line.key).translate(brackets), room) or "…"
    if not url:
        return f"**{shown}**"
    return f"**[{shown}]({url})**"


def _pages(blocks: Iterable[str]) -> list[str]:
    """The blocks, a blank line between, in as few descriptions as hold them."""
    pages: list[str] = []
    for block in blocks:
        if pages and units(pages[-1]) + 2 + units(block) <= DESCRIPTION:
            pages[-1] += "\n\n" + block
        else:
            pages.append(block)
    return pages


# --- a notice, and what all have ---------------------------------------------------------


def _notice(notice: Notice, mark: str) -> list[Body]:
    """One embed, or two where the text is longer than one takes."""
    first, *second = portions(notice.text, DESCRIPTION, 2, lambda text: units(escape(text)))
    texts = [fit(first, DESCRIPTION, lines=True), *(fit(one, _MORE, lines=True) for one in second)]
    embeds = [_filled(description=text, color=_COLOUR) for text in texts]
    embeds[0]["title"] = _title(notice.title, rtl=notice.rtl)
    embeds[-1] |= _filled(footer=_footer("", mark))
    return embeds


def _title(text: str, *, rtl: bool) -> str:
    return _own(fit(text, TITLE - 1), rtl=rtl) or "…"


def _footer(text: str, mark: str) -> Body:
    """The mark comes last and whole: by it a doubtful message is recognised."""
    shown = fit(text, FOOTER - len(mark) - 3, verbatim)
    return _filled(text=" · ".join(part for part in (shown, mark) if part))


def _own(text: str, *, rtl: bool) -> str:
    """A line of our own words, begun in their direction even when its first letter is foreign."""
    return _RLM + text if text and rtl and not text.startswith(_RLM) else text


def _filled(**parts: object) -> Body:
    return {name: part for name, part in parts.items() if part not in ("", {}, [], None)}


# --- text alone --------------------------------------------------------------------------


def _text(content: Content, mark: str) -> str:
    """The same in one piece of text; the mark is its last word, as in an embed's footer."""
    end = f"-# {mark}" if mark else ""
    room = CONTENT - units(end) - 1
    kept: list[str] = []
    for line in _text_lines(content):
        if line and units(line) + 1 <= room:
            kept.append(line)
            room -= units(line) + 1
    return "\n".join([*(kept or ["…"]), *([end] if end else [])])


def _text_lines(content: Content) -> list[str]:
    match content:
        case Card():
            return _card_text(content)
        case Listing():
            return _listing_text(content)
        case Notice():
            return [fit(content.title, TITLE), fit(content.text, 1500, lines=True)]


def _card_text(card: Card) -> list[str]:
    url = address(card.url, 600)
    return [
        fit(card.headline or card.key, 300),
        f"<{url}>" if url else "",
        fit(card.exploitation, 300),
        fit(running(card.sentences), 600, lines=True),
        fit(card.footer, 250),
    ]


def _listing_text(listing: Listing) -> list[str]:
    lines = [fit(f"{line.headline} ({line.publisher})", 80) for line in listing.lines]
    heads = [fit(listing.title, 120), *(fit(note, 120) for note in listing.notes[:2])]
    return [*heads, *(lines or [fit(listing.empty, 300)])]
