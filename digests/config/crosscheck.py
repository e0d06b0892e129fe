"""What no single value shows: two feeds with one address, two channels with one name or place."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from digests.config.channel_keys import OfChannel, OfWatch
from digests.config.feed_keys import OfFeed
from digests.config.keys import OfDefaults, OfFile
from digests.config.kinds import Key, Values
from digests.config.mentions import FORMS, fits
from digests.config.settings import REVIEW, Defaults
from digests.config.sheet import Sheet
from digests.model.watching import is_watching
from digests.text.links import canonical

T = TypeVar("T")


def check(file: Values, sheet: Sheet) -> None:
    """Note what contradicts itself; values that were refused before are left out."""
    feeds = file.get(OfFile.FEEDS, ())
    channels = file.get(OfFile.CHANNELS, ())
    _unique(feeds, OfFeed.URL, _same_page, "the address of another feed", sheet)
    _unique(channels, OfChannel.NAME, str.casefold, "the name of another channel", sheet)
    _unique(channels, OfChannel.TO, str, "the target of another channel", sheet)
    _former(feeds, OfFeed.WAS, OfFeed.URL, _same_page, sheet)
    _former(channels, OfChannel.WAS, OfChannel.NAME, str.casefold, sheet)
    watches = file.get(OfFile.WATCHES, ())
    _unique(watches, OfWatch.NAME, str.casefold, "the name of another watch", sheet)
    _check_ages(file, feeds, sheet)
    _check_review(file, sheet)
    for one in channels:
        _check_name(one, sheet)
        _check_mention(one, sheet)


def _check_name(channel: Values, sheet: Sheet) -> None:
    """What watches owe is kept under names that begin so."""
    if is_watching(channel.get(OfChannel.NAME, "")):
        at = channel.place(OfChannel.NAME)
        sheet.add(at, "name: names that begin with watch: are kept for watches", "choose another")
    if channel.get(OfChannel.NAME, "") == REVIEW:
        at = channel.place(OfChannel.NAME)
        sheet.add(at, "name: that of the channel where comments wait", "choose another")


def _check_review(file: Values, sheet: Sheet) -> None:
    """Comments that nobody may decide would wait for ever."""
    if file.get(OfFile.REVIEW, None) is not None and file.get(OfFile.EDITORS, None) is None:
        at = file.place(OfFile.REVIEW)
        sheet.add(at, "review: nobody may decide about comments", "add editors:")


def _check_mention(channel: Values, sheet: Sheet) -> None:
    """Names of one platform mean nothing on another."""
    mention, to = channel.get(OfChannel.MENTION, None), channel.get(OfChannel.TO, None)
    if mention is None or to is None or to.platform not in FORMS:
        return  # a terminal mentions nobody, and is where one tries things
    at = channel.place(OfChannel.MENTION)
    for who in mention.who:
        if not fits(who, to.platform):
            what = f'mention: "{who}" cannot be mentioned on {to.platform}'
            sheet.add(at, what, f"write {FORMS[to.platform]}")


def _same_page(url: str) -> str:
    """What addresses are compared by; one without an identity is only equal to itself."""
    return canonical(url) or url


def _unique(
    groups: Iterable[Values], key: Key[T], same: Callable[[T], str], what: str, sheet: Sheet
) -> dict[str, int]:
    """Note values that stand in two groups; what was seen where."""
    seen: dict[str, int] = {}
    for group in groups:
        if key not in group:
            continue
        value, at = same(group.values[key.name]), group.place(key)
        if value in seen:
            line, _ = sheet.lines.place(seen[value])
            sheet.add(at, f"{key.name}: {what}, in line {line}", "keep one of them")
        seen.setdefault(value, at)
    return seen


def _former(
    groups: Iterable[Values], was: Key[T], now: Key[T], same: Callable[[T], str], sheet: Sheet
) -> None:
    """Note former addresses or names that are still, or twice, in use."""
    _unique(groups, was, same, f"the former {now.name} of another one too", sheet)
    current = {same(group.values[now.name]): group for group in groups if now in group}
    for group in groups:
        holder = current.get(same(group.values[was.name])) if was in group else None
        if holder is None or (
            holder is group and group.values[was.name] != group.values[now.name]
        ):
            continue  # its own in another spelling, http for https: that is a change
        line, _ = sheet.lines.place(holder.place(now))
        whose = "of this one" if holder is group else f"of line {line}"
        hint = f"was: is for the {now.name} before a change"
        sheet.add(group.place(was), f"was: the {now.name} {whose} as it is now", hint)


def _check_ages(file: Values, feeds: Iterable[Values], sheet: Sheet) -> None:
    """What is forgotten before it is too old to be told would be told again."""
    defaults = file.get(OfFile.DEFAULTS, Values(0, {}, {}))
    keep = defaults.get(OfDefaults.KEEP, Defaults().keep)
    if OfDefaults.KEEP in defaults:
        _check_age(
            defaults.get(OfDefaults.MAX_AGE, Defaults().max_age),
            keep,
            defaults.place(OfDefaults.KEEP),
            sheet,
        )
    for feed in feeds:
        if OfFeed.MAX_AGE in feed:
            _check_age(feed.get(OfFeed.MAX_AGE, None), keep, feed.place(OfFeed.MAX_AGE), sheet)


def _check_age(max_age: timedelta | None, keep: timedelta, at: int, sheet: Sheet) -> None:
    if max_age is not None and max_age > keep:
        sheet.add(at, "keep is shorter than max_age: stories would be told again")
