"""Durations as the file writes them: a whole number and one letter, 15m or 400d."""

import re
from dataclasses import dataclass
from datetime import timedelta

from digests.config.kinds import Schema, or_variable, written_text
from digests.config.sheet import Refused, Sheet
from digests.config.tree import Node

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_WRITTEN = re.compile(r"(0|[1-9][0-9]{0,5})([smhdw])", re.ASCII)
_PART = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*([a-z]*)", re.ASCII)
_UNITS = {
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("", "m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "wk", "week", "weeks"),
}
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Duration:
    """A duration between two bounds, written with them."""

    floor: str
    ceiling: str

    @property
    def accepts(self) -> str:
        """The bounds, in words."""
        return f"a duration from {self.floor} to {self.ceiling}, such as 15m, 6h, 3d or 2w"

    def read(self, node: Node, sheet: Sheet) -> timedelta:
        """The duration; raises Refused."""
        text = written_text(node, sheet)
        duration = parse(text)
        if duration is None:
            meant = guess(text)
            raise Refused(hint=f"write {meant}" if meant else _clock_hint(text))
        if duration < _known(self.floor):
            raise Refused(f"below the floor of {self.floor}")
        if duration > _known(self.ceiling):
            raise Refused(f"above {self.ceiling}")
        return duration

    def schema(self) -> Schema:
        """Its shape; JSON Schema cannot compare durations."""
        return or_variable({"type": "string", "pattern": "^[1-9][0-9]{0,5}[mhdw]$"})


@dataclass(frozen=True, slots=True)
class DurationOrNone:
    """A duration, or `none`."""

    duration: Duration

    @property
    def accepts(self) -> str:
        """The same and none."""
        return f"{self.duration.accepts}; or none"

    def read(self, node: Node, sheet: Sheet) -> timedelta | None:
        """The duration, None for none; raises Refused."""
        return None if written_text(node, sheet) == "none" else self.duration.read(node, sheet)

    def schema(self) -> Schema:
        """Either."""
        return {"anyOf": [{"const": "none"}, *self.duration.schema()["anyOf"]]}


def parse(text: str) -> timedelta | None:
    """The duration of exactly the form we write; None for any other text."""
    match = _WRITTEN.fullmatch(text)
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2]]) if match else None


def guess(text: str) -> str:
    """What was probably meant by "15 minutes", "1h30m", "1.5 h" or "15"; "" when unclear."""
    if len(text) > 40:  # noqa: PLR2004 - no duration is that long
        return ""
    rest = re.sub(r",|\band\b", " ", text.lower()).strip()
    parts = _PART.findall(rest)
    if not parts or _PART.sub("", rest).strip() or any(word not in _UNIT for _, word in parts):
        return ""
    seconds = sum(float(number) * _SECONDS[_UNIT[word]] for number, word in parts)
    meant = _spelled(round(seconds)) if seconds >= 1 else ""
    return meant if parse(meant) else ""


def _spelled(seconds: int) -> str:
    """The duration in the largest unit up to days that divides it; seconds are rounded up."""
    for unit in ("d", "h", "m"):
        if seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{max(1, round(seconds / 60))}m"


def _clock_hint(text: str) -> str:
    return "a time of day is no duration" if re.fullmatch(r"\d+(?::\d\d)+", text[:20]) else ""


def _known(written: str) -> timedelta:
    duration = parse(written)
    assert duration is not None, written
    return duration
