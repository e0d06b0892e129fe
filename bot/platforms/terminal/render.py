"""Content as lines for a terminal: narrow or wide, in either direction. Pure.

Nothing from outside can move the cursor, colour the screen or hide an address: only what is
printable gets through, and all escape sequences are ours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from bot.platforms.terminal.layout import (
    Column,
    apart,
    blank,
    column,
    harmless,
    inline,
    is_address,
    printed,
    stacked,
    styled,
    unbroken,
)
from digests.cards.words import Words, runs_rtl, words
from digests.model import Alarm, Card, Content, Line, Listing, Notice, Span
from digests.text.sentences import running

if TYPE_CHECKING:
    from rich.text import Text

NARROWEST, WIDEST = 30, 120
WIDE = 100  # columns; from here on a card has its facts beside its text

_MARGIN = 3
_FACTS = 32  # columns of the facts beside a text
_LONGEST_ROW = 92  # columns; longer rows are hard to read
_NUMBER = 4  # columns of a number in a list
_EDGE = "──"

_TITLE, _PUBLISHER, _QUIET = "bold", "bold cyan", "dim"
_ALARMS = {
    Alarm.EXPLOITED: "bold red",
    Alarm.LIKELY: "bold yellow",
    Alarm.SEVERE: "yellow",
    Alarm.NONE: "",
}
_HIT, _ADDRESS, _CHIP = "bold yellow", "blue", "magenta"


def text(content: Content, *, now: datetime, width: int = 80, tty: bool = False) -> str:
    """The content wrapped to `width` columns (30 to 120), ending with a line break.

    With `tty` it has colours and links; without, it is text alone. Addresses are never broken,
    even where they are longer than the line.
    """
    width = max(NARROWEST, min(width, WIDEST))
    page = _Page(width, words(content.language), now, content.rtl, tty)
    return printed(_drawn(content, page), tty=tty)


@dataclass(frozen=True, slots=True)
class _Page:
    """What every part needs to know of the place it is drawn on."""

    width: int
    say: Words
    now: datetime
    rtl: bool
    tty: bool

    @property
    def room(self) -> int:
        """Columns between the margins."""
        return min(self.width - 2 * _MARGIN, _LONGEST_ROW)

    def ours(self, run: str, style: str = "", room: int = 0) -> Column:
        """Words of our own, in their own direction."""
        return column(styled(run, style), room or self.room, rtl=self.rtl)

    def theirs(self, run: "Text", room: int = 0) -> Column:
        """Words from outside, in the direction of their first letter."""
        rtl = runs_rtl(run.plain, unsaid=self.rtl)
        return column(run, room or self.room, rtl=rtl)

    def within_margins(self, body: Column) -> tuple["Text", ...]:
        """The lines of a body in their final place."""
        left = self.width - _MARGIN - body.width if self.rtl else _MARGIN
        return body.indented(max(0, left)).lines


def _drawn(content: Content, page: _Page) -> list["Text"]:
    match content:
        case Card():
            age = page.say.ago(page.now - content.at)
            top, body = _rule(page, content.publisher, age), _card(content, page)
        case Listing():
            top, body = _rule(page, content.title), _listing(content, page)
        case Notice(aside=True):
            top, body = [], _aside(content, page)
        case Notice():
            lines = content.text.splitlines()
            body = stacked(*(page.ours(line) if line.strip() else blank() for line in lines))
            top = _rule(page, content.title)
        case _:
            assert_never(content)
    return [*top, *page.within_margins(body)]


def _aside(line: Notice, page: _Page) -> Column:
    """A line under a card that is far above: small, without a heading of its own."""
    arrow = "↲" if page.rtl else "↳"
    return stacked(
        page.ours(f"{arrow} {page.say.isolate(line.title)}", _QUIET), page.ours(line.text)
    )


# --- a card ------------------------------------------------------------------------------


def _card(card: Card, page: _Page) -> Column:
    if page.width >= WIDE:
        body = _wide(card, page)
    else:
        body = apart(_told(card, page, page.room), _facts(card, page, page.room))
    address = _address(card.read_label, card.url, page, body.width)
    said = [page.theirs(styled(f"{one.by}: {one.text}"), body.width) for one in card.comments]
    foot = stacked(address, page.ours(card.footer, _QUIET, body.width))
    return apart(body, *said, foot)


def _wide(card: Card, page: _Page) -> Column:
    between = styled(" │ ", _QUIET)
    told = _told(card, page, page.width - 2 * _MARGIN - _FACTS - between.cell_len)
    facts = _facts(card, page, _FACTS)
    if not facts.lines:
        return told
    return facts.beside(told, between) if page.rtl else told.beside(facts, between)


def _told(card: Card, page: _Page, room: int) -> Column:
    headline = page.theirs(styled(card.headline or card.key, _TITLE, card.url), room)
    byline = page.ours(card.byline, _QUIET, room)
    alarm = page.ours(card.exploitation, _ALARMS[card.alarm], room)
    told = running(card.sentences).split("\n")
    sentences = stacked(*(page.theirs(styled(line), room) for line in told))
    return apart(stacked(headline, byline), alarm, sentences)


def _facts(card: Card, page: _Page, room: int) -> Column:
    lines = (card.origin, card.quality, card.reading_time, card.also)
    chips = stacked(
        *(column(styled(row, _CHIP), room, rtl=page.rtl) for row in _rows(card.chips, room))
    )
    said = (page.ours(line, "", room) for line in lines)
    return stacked(*said, chips, page.ours(card.indicators, "", room))


def _rows(chips: Iterable[str], room: int) -> list[str]:
    """Chips in rows, so that none is broken at a space of its own."""
    rows: list[str] = []
    for chip in chips:
        if rows and styled(f"{rows[-1]}  {chip}").cell_len <= room:
            rows[-1] += f"  {chip}"
        else:
            rows.append(chip)
    return rows


def _address(label: str, url: str, page: _Page, room: int) -> Column:
    if not is_address(url):
        return stacked()
    lead = styled(f"{label}: " if label else "", _QUIET)
    link = styled(page.say.isolate(url), _ADDRESS, url)
    return unbroken(lead.append_text(link), room, rtl=page.rtl)


# --- a list ------------------------------------------------------------------------------


def _listing(listing: Listing, page: _Page) -> Column:
    notes = stacked(*(page.ours(note, _QUIET) for note in listing.notes))
    told = _lines(listing, page) or [page.ours(listing.empty)]
    return apart(notes, *told, page.ours(listing.footer, _QUIET))


def _lines(listing: Listing, page: _Page) -> list[Column]:
    """The stories by number, under the headings of their groups."""
    lines: list[Column] = []
    heading = ""
    for number, line in enumerate(listing.lines, 1):
        if line.heading != heading:
            lines.append(page.theirs(styled(line.heading, _CHIP)))
        heading = line.heading
        lines.append(_line(number, line, page))
    return lines


def _line(number: int, line: Line, page: _Page) -> Column:
    room = page.room - _NUMBER
    about = page.say.line(line.publisher, page.say.ago(page.now - line.at), line.key)
    told = stacked(
        page.theirs(styled(line.headline or line.key, _TITLE, line.url), room),
        page.ours(about, _QUIET, room),
        page.theirs(_excerpt(line.excerpt, page), room),
        _address("", line.url, page, room),
    )
    gutter = unbroken(styled(f"{number}."), _NUMBER, rtl=page.rtl)
    return told.beside(gutter) if page.rtl else gutter.beside(told)


def _excerpt(spans: Sequence[Span], page: _Page) -> "Text":
    """The sentence found; hits in colour, or between asterisks where there is none."""
    found = styled("")
    for span in spans:
        run = harmless(span.text)
        found.append(f"*{run}*" if span.hit and not page.tty else run, _HIT if span.hit else None)
    return found


# --- what all have -----------------------------------------------------------------------


def _rule(page: _Page, title: str, aside: str = "") -> list["Text"]:
    """A line across with a title where reading begins, and something small where it ends."""
    last = _on_the_rule(aside, _QUIET, page)
    first = _on_the_rule(title, _PUBLISHER, page)
    below: tuple[Text, ...] = ()
    if first.cell_len + last.cell_len + 2 * _MARGIN > page.width:
        first, below = styled(""), page.within_margins(page.ours(title, _PUBLISHER))
    fill = page.width - first.cell_len - last.cell_len - 2 * len(_EDGE)
    parts = [styled(_EDGE, _QUIET), first, styled("─" * fill, _QUIET), last, styled(_EDGE, _QUIET)]
    return [styled("").join(reversed(parts) if page.rtl else parts), *below]


def _on_the_rule(run: str, style: str, page: _Page) -> "Text":
    shown = inline(styled(run, style), rtl=page.rtl)
    return styled(" ").append_text(shown).append(" ") if run else shown
