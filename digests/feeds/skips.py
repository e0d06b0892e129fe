"""The hours and days in which an RSS document asks to be left alone. Pure.

feedparser keeps only the last of them, so they are read from the bytes before the first entry.
"""

import re

_LOOKED_AT = 64 * 1024  # bytes: a channel's own elements are a few lines
_FIRST_ENTRY = re.compile(rb"<item[\s>]")
_HOURS = re.compile(rb"<skipHours>([^\x00]{0,4096}?)</skipHours>", re.IGNORECASE)
_DAYS = re.compile(rb"<skipDays>([^\x00]{0,4096}?)</skipDays>", re.IGNORECASE)
_HOUR = re.compile(rb"<hour>\s{0,8}(\d{1,2})\s{0,8}</hour>", re.IGNORECASE)
_DAY = re.compile(rb"<day>\s{0,8}([A-Za-z]{6,9})\s{0,8}</day>", re.IGNORECASE)
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def skips_of(body: bytes) -> tuple[int, int]:
    """Hours (bit 0 is midnight UTC; 24 is midnight too) and weekdays (bit 0 is Monday)."""
    head = body[:_LOOKED_AT]
    entry = _FIRST_ENTRY.search(head)
    head = head[: entry.start()] if entry else head
    hours = days = 0
    for block in _HOURS.findall(head)[:1]:
        for hour in _HOUR.findall(block):
            hours |= 1 << int(hour) % 24 if int(hour) <= 24 else 0  # noqa: PLR2004 - RSS 0.91 says 1 to 24
    for block in _DAYS.findall(head)[:1]:
        for day in _DAY.findall(block):
            name = day.decode("ascii").lower()
            days |= 1 << _WEEK.index(name) if name in _WEEK else 0
    return hours, days
