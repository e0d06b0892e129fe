"""How far back somebody wants to look: 24h, 7d, 4w, 6m, 1y, a date, or a word. Pure."""

import re
from datetime import UTC, datetime, timedelta

from bot.commands.asking import Ask, Option, Reply
from digests.cards.words import later
from digests.text.plain import clip

LONGEST = timedelta(days=3_650)
SINCE = Option("since", later("How far back: 24h, 7d, 30d, or a date like 2026-03-01"))
MOST_STEPS = 15
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEPS = [timedelta(hours=hours) for hours in (1, 3, 6, 12)] + [
    timedelta(days=days) for days in (1, 2, 4, 7, 14, 30, 91, 182, 365)
]
_LENGTH = re.compile(r"(\d{1,4})\s?([hdwmy])", re.ASCII | re.IGNORECASE)
_NAMED = re.compile(r"(?<!\S)since:(\S+)")
_UNITS = {"h": 1, "d": 24, "w": 7 * 24, "m": 30 * 24, "y": 365 * 24}
_WORDS = {
    "hour": "1h", "hourly": "1h", "today": "24h", "day": "24h", "daily": "24h", "yesterday": "48h",
    "week": "7d", "weekly": "7d", "month": "30d", "quarter": "90d", "year": "365d",
}  # fmt: skip


def start_of(typed: str, now: datetime) -> datetime | None:
    """When a period that ends now began; None for what is none, or lies ahead."""
    word = typed.strip().lower()
    length = _LENGTH.fullmatch(_WORDS.get(word, word))
    if length:
        hours = int(length[1]) * _UNITS[length[2].lower()]
        return now - min(timedelta(hours=hours), LONGEST) if hours else None
    try:
        day = datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    return max(day, now - LONGEST) if day < now else None


def steps(since: datetime, now: datetime) -> tuple[datetime, datetime, timedelta]:
    """A span that holds this one, of whole hours or days of UTC, and the length of its steps.

    The last step holds now; there are sixteen steps at most.
    """
    step = next((one for one in _STEPS if now - since <= one * MOST_STEPS), _STEPS[-1])
    unit = min(step, timedelta(days=1))
    end = _EPOCH + (now - _EPOCH) // unit * unit + unit
    return end - -(-(end - since) // step) * step, end, step


def no_period(ask: Ask, typed: str) -> Reply:
    """What to say of words that are no period."""
    return ask.failure(
        ask.say.text("{text} is no period; try 24h, 7d or 2026-03-01.", text=clip(typed, 40))
    )


def split(text: str, now: datetime) -> tuple[str, str]:
    """Words as typed, as a query and its period, "" when none is named.

    `since:` stands anywhere, 30d or a date at the end; a word such as day only alone, since it
    may belong to what is looked for: "zero day".
    """
    for named in reversed([*_NAMED.finditer(text)]):
        if start_of(named[1], now):
            around = text[: named.start()].strip(), text[named.end() :].strip()
            return " ".join(filter(None, around)), named[1]
    if start_of(text, now):
        return "", text.strip()
    before, _, last = text.rpartition(" ")
    numbered = last[:1].isdigit() and start_of(last, now)
    return (before.strip(), last) if numbered else (text, "")
