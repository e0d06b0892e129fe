"""feeds.yaml to Settings: read the text, check it as a whole, fill in the defaults."""

import os
import re
import stat
import unicodedata
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from digests.config.channel_keys import OfChannel, OfWatch
from digests.config.crosscheck import check
from digests.config.feed_keys import OfFeed
from digests.config.keys import FILE, OfDefaults, OfFile, OfNetwork
from digests.config.kinds import Values
from digests.config.models import OfSummariser
from digests.config.places import Lines
from digests.config.settings import Defaults, People, Settings
from digests.config.sheet import Refused, Sheet
from digests.config.tree import Node, Unreadable, compose
from digests.errors import ConfigError, Problem
from digests.model import Channel, Feed, FiledWatch, Proof, Schedule, Summariser
from digests.text.links import host_of, registrable_domain
from digests.text.masks import find_tokens

# What YAML forbids or takes for a line end, and the marks that make a text look other than it is.
_ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff"
    "\ufffe\uffff]"
)
LARGEST = 1 << 20  # bytes; a feed needs about 200


def load(path: Path, env: Mapping[str, str]) -> Settings:
    """Read the file. Raises ConfigError with every problem in it."""
    return parse_bytes(read_bytes(path), str(path), env)


def read_bytes(path: Path) -> bytes:
    """The file's content; ConfigError when it is no file that can be read, or too large."""
    try:
        # Non-blocking: opening a pipe nobody writes to would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _unusable(path, "is not a regular file")
            body = file.read(LARGEST + 1)
    except FileNotFoundError:
        hint = (
            "docs/configure.md begins with a whole one, `nightdesk feeds add URL` writes one, "
            "`nightdesk demo` needs none; --config names another"
        )
        raise _unusable(path, "there is no such file", hint) from None
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror or 'unknown reason'}") from None
    except ValueError:  # a NUL in the path
        raise _unusable(path, "cannot be read: not a path") from None
    return body


def parse_bytes(body: bytes, file: str, env: Mapping[str, str]) -> Settings:
    """As `parse`, from the bytes of the file: UTF-8, with or without a byte order mark."""
    if len(body) > LARGEST:
        raise ConfigError((Problem(file, 0, 1, f"larger than {LARGEST // 1024:,} KiB"),))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        before = body[: error.start].decode("utf-8").removeprefix("\ufeff")
        line, column = Lines(before).place(len(before))
        message = f"byte {error.start} (0x{body[error.start]:02x}) is not UTF-8"
        raise ConfigError(
            (Problem(file, line, column, message, "save the file as UTF-8"),)
        ) from None
    return parse(text, file, env)


def parse(text: str, file: str, env: Mapping[str, str]) -> Settings:
    """Read the text of a file. Raises ConfigError with every problem in it."""
    text = text.removeprefix("\ufeff")
    sheet = Sheet(file, text, env)
    if len(text) > LARGEST:
        raise ConfigError((Problem(file, 0, 1, f"larger than {LARGEST // 1024:,} KiB"),))
    for index, kind in find_tokens(text):
        sheet.add(index, f"{kind} written into the file", "write ${NAME} and put it into .env")
    values = _read(sheet)
    if values is not None:
        check(values, sheet)
    error = sheet.error()
    if error is not None or values is None:
        raise error or ConfigError((Problem(file, 1, 1, "nothing could be read"),))
    return _settled(values)


def _read(sheet: Sheet) -> Values | None:
    """The values of the file; None when there is nothing to go on with. Notes the problems."""
    if _refuse_characters(sheet):
        return None
    try:
        root, complaints = compose(sheet.text, sheet.lines)
    except Unreadable as error:
        complaint = error.complaint
        sheet.add(complaint.index, complaint.message, complaint.hint)
        return None
    for complaint in complaints:
        sheet.add(complaint.index, complaint.message, complaint.hint)
    return _values(root, sheet)


def _values(root: Node | None, sheet: Sheet) -> Values | None:
    if root is None:
        sheet.add(0, "the file is empty", "begin with feeds:")
        return None
    try:
        return FILE.read(root, sheet)
    except Refused as refused:
        sheet.refuse("feeds.yaml", root, refused, FILE.accepts)
        return None


def _refuse_characters(sheet: Sheet) -> bool:
    """Note characters that YAML forbids, or that make a text look other than it is."""
    found = list(islice(_ODD.finditer(sheet.text), 1_000))  # a binary file has nothing else
    for match in found:
        name = unicodedata.name(match[0], "a control character").lower()
        sheet.add(match.start(), f"U+{ord(match[0]):04X}, {name}", "remove it")
    return bool(found)


def _settled(file: Values) -> Settings:
    defaults = _defaults(file.get(OfFile.DEFAULTS, Values(0, {}, {})))
    network = file.get(OfFile.NETWORK, Values(0, {}, {}))
    return Settings(
        defaults=defaults,
        feeds=tuple(_feed(values, defaults) for values in file.get(OfFile.FEEDS, ())),
        channels=tuple(_channel(values) for values in file.get(OfFile.CHANNELS, ())),
        watches=tuple(_watch(values) for values in file.get(OfFile.WATCHES, ())),
        readers=file.get(OfFile.READERS, People(everyone=True)),
        editors=file.get(OfFile.EDITORS, People()),
        notices=file.get(OfFile.NOTICES, None),
        review=file.get(OfFile.REVIEW, None),
        allow=network.get(OfNetwork.ALLOW, ()),
        summariser=_summariser(file.get(OfFile.SUMMARISER, None)),
    )


def _summariser(values: Values | None) -> Summariser | None:
    if values is None:
        return None
    return Summariser(
        url=values.get(OfSummariser.URL, ""),
        model=values.get(OfSummariser.MODEL, ""),
        key=values.get(OfSummariser.KEY, ""),
    )


def _defaults(values: Values) -> Defaults:
    usual = Defaults()
    return Defaults(
        every=values.get(OfDefaults.EVERY, usual.every),
        first=values.get(OfDefaults.FIRST, usual.first),
        welcome=values.get(OfDefaults.WELCOME, usual.welcome),
        keep=values.get(OfDefaults.KEEP, usual.keep),
        max_age=values.get(OfDefaults.MAX_AGE, usual.max_age),
        full_text=values.get(OfDefaults.FULL_TEXT, usual.full_text),
    )


def _feed(values: Values, defaults: Defaults) -> Feed:
    url = values.get(OfFeed.URL, "")
    publisher = values.get(OfFeed.PUBLISHER, "") or registrable_domain(url) or host_of(url) or url
    return Feed(
        url=url,
        name=values.get(OfFeed.NAME, publisher),
        publisher=publisher,
        country=values.get(OfFeed.COUNTRY, ""),
        language=values.get(OfFeed.LANGUAGE, ""),
        topics=values.get(OfFeed.TOPICS, ()),
        security=values.get(OfFeed.SECURITY, False),
        every=values.get(OfFeed.EVERY, defaults.every),
        first=values.get(OfFeed.FIRST, defaults.first),
        full_text=values.get(OfFeed.FULL_TEXT, defaults.full_text),
        max_age=values.get(OfFeed.MAX_AGE, defaults.max_age),
        headers=values.get(OfFeed.HEADERS, ()),
        auth=values.get(OfFeed.AUTH, ""),
        allow_http=values.get(OfFeed.ALLOW_HTTP, False),
        user_agent=values.get(OfFeed.USER_AGENT, ""),
        robots=values.get(OfFeed.ROBOTS, True),
        was=values.get(OfFeed.WAS, ""),
    )


def _channel(values: Values) -> Channel:
    return Channel(
        name=values.get(OfChannel.NAME, ""),
        to=values.values[OfChannel.TO.name],
        only=values.get(OfChannel.ONLY, ""),
        language=values.get(OfChannel.LANGUAGE, "en"),
        timezone=values.get(OfChannel.TIMEZONE, "UTC"),
        post=values.get(OfChannel.POST, Schedule()),
        quiet=values.get(OfChannel.QUIET, None),
        breaking=values.get(OfChannel.BREAKING, ""),
        mention=values.get(OfChannel.MENTION, None),
        limit=values.get(OfChannel.LIMIT, None),
        quota=values.get(OfChannel.QUOTA, ()),
        thread=values.get(OfChannel.THREAD, False),
        proof=values.get(OfChannel.PROOF, Proof.HOLD),
        was=values.get(OfChannel.WAS, ""),
    )


def _watch(values: Values) -> FiledWatch:
    return FiledWatch(
        name=values.get(OfWatch.NAME, ""),
        query=values.get(OfWatch.QUERY, ""),
        to=values.values[OfWatch.TO.name],
        until=values.get(OfWatch.UNTIL, None),
        language=values.get(OfWatch.LANGUAGE, "en"),
        timezone=values.get(OfWatch.TIMEZONE, "UTC"),
        quiet=values.get(OfWatch.QUIET, None),
    )


def _unusable(path: Path, what: str, hint: str = "") -> ConfigError:
    return ConfigError((Problem(str(path), 0, 1, what, hint),))
