"""THE table of keys: what feeds.yaml may hold. Reading, JSON Schema and docs all come from it."""

from collections.abc import Iterable

from digests.config.channel_keys import OfChannel, OfWatch
from digests.config.chats import Members, ToTarget
from digests.config.durations import Duration
from digests.config.feed_keys import OfFeed
from digests.config.kinds import Choice, Flag, Group, Key, ListOf
from digests.config.models import SUMMARISER
from digests.config.settings import Welcome
from digests.config.values import AGE, PACE, Count, Range


class OfDefaults:
    """Keys of `defaults`."""

    EVERY = Key(
        "every",
        PACE,
        "How often a feed is polled at most. It is polled more slowly where the publisher asks"
        " for it, seldom publishes, or cannot be reached.",
        default="15m",
        example="30m",
    )
    FIRST = Key(
        "first",
        Count(),
        "How many cards a feed brings when it is added to a running installation: `none`, a"
        " number (the newest of the last 24 hours), or `all` (everything it holds, without any"
        " limit).",
        default="3",
        example="none",
    )
    WELCOME = Key(
        "welcome",
        Choice({welcome.value: welcome for welcome in Welcome}),
        "What the very first start tells each channel: `digest` (one list of the ten newest"
        " stories), `none`, or `first` (as if every feed were added now).",
        default="digest",
        example="none",
    )
    KEEP = Key(
        "keep",
        Duration("1d", "36500d"),
        "How long stories stay in the archive and can be searched. Never shorter than `max_age`:"
        " what is forgotten could be told again.",
        default="400d",
        example="90d",
    )
    MAX_AGE = Key(
        "max_age",
        AGE,
        "Entries older than this when first seen go into the archive and can be searched, but"
        " are never announced. `none` switches the limit off.",
        default="3d",
        example="7d",
    )
    FULL_TEXT = Key(
        "full_text",
        Flag(),
        "Whether the publisher's page is read when a feed carries a teaser only.",
        default="true",
        example="false",
    )
    ALL = (EVERY, FIRST, WELCOME, KEEP, MAX_AGE, FULL_TEXT)


class OfNetwork:
    """Keys of `network`."""

    ALLOW = Key(
        "allow",
        ListOf(Range(), "allow"),
        "Private ranges that feeds may reach, for publishers in your own network. All other"
        " private, local and reserved addresses are refused, whatever a name resolves to.",
        default="[]",
        example="[10.1.0.0/16]",
    )
    ALL = (ALLOW,)


_FILE_WORDS = (
    *("defaults", "feeds", "channels", "watches", "readers", "editors", "notices", "review"),
    "network",
    "summariser",
)


def _elsewhere(*groups: tuple[str, Iterable[str]]) -> dict[str, str]:
    """Which group a key belongs to that was written into another one."""
    return {name: group for group, names in reversed(groups) for name in names}


_IN_FILE = ("the file itself", _FILE_WORDS)
_IN_DEFAULTS = ("defaults", [key.name for key in OfDefaults.ALL])
_IN_FEED = ("a feed", [key.name for key in OfFeed.ALL])
_IN_CHANNEL = ("a channel", [key.name for key in OfChannel.ALL])
_IN_WATCH = ("a watch", [key.name for key in OfWatch.ALL])
_IN_NETWORK = ("network", [key.name for key in OfNetwork.ALL])

DEFAULTS = Group(
    "defaults", OfDefaults.ALL, _elsewhere(_IN_FILE, _IN_CHANNEL, _IN_FEED, _IN_NETWORK)
)
FEED = Group(
    "a feed",
    OfFeed.ALL,
    _elsewhere(_IN_FILE, _IN_CHANNEL, _IN_DEFAULTS, _IN_NETWORK),
)
CHANNEL = Group(
    "a channel",
    OfChannel.ALL,
    _elsewhere(_IN_FILE, _IN_FEED, _IN_DEFAULTS, _IN_NETWORK, _IN_WATCH),
)
WATCH = Group("a watch", OfWatch.ALL, _elsewhere(_IN_FILE, _IN_CHANNEL))
NETWORK = Group("network", OfNetwork.ALL)


class OfFile:
    """Keys of the file itself."""

    DEFAULTS = Key(
        "defaults",
        DEFAULTS,
        "What holds for every feed that does not say otherwise, and for the installation.",
        example="{every: 30m}",
    )
    FEEDS = Key(
        "feeds",
        ListOf(FEED, "feeds", most=10_000, least=1),
        "The feeds to poll.",
        example="[{url: https://krebsonsecurity.com/feed/}]",
        required=True,
    )
    CHANNELS = Key(
        "channels",
        ListOf(CHANNEL, "channels"),
        "Where stories are told. Without any, stories are archived and can be searched.",
        default="[]",
        example='[{name: soc, to: "slack:#security-news"}]',
    )
    WATCHES = Key(
        "watches",
        ListOf(WATCH, "watches", most=1_000),
        "Queries that somebody keeps: each new story that matches is told there at once. People"
        " make their own with `/digest watch add`.",
        default="[]",
        example='[{name: our stack, query: ivanti OR fortinet, to: "slack:@alice"}]',
    )
    READERS = Key(
        "readers",
        Members("readers", everyone=True),
        "Who may search: `everyone` in the workspaces and servers of your channels, or lists.",
        default="everyone",
        example="{slack: [U0123ABC]}",
    )
    EDITORS = Key(
        "editors",
        Members("editors", everyone=False),
        "Who may review comments, pause feeds and send held posts again. They may search too,"
        " whether or not `readers` names them.",
        usual="nobody",
        example='{discord: ["role:4567"]}',
    )
    NOTICES = Key(
        "notices",
        ToTarget(),
        "The operator's channel: feeds in trouble, held posts, mistakes in this file.",
        usual="none; the log only",
        example="slack:#nightdesk-ops",
    )
    REVIEW = Key(
        "review",
        ToTarget(),
        "Where comments wait for an editor, with buttons that `editors` alone may press. Without"
        " it nobody can comment.",
        usual="none; no comments",
        example="slack:#nightdesk-review",
    )
    NETWORK = Key(
        "network",
        NETWORK,
        "What feeds may reach.",
        example="{allow: [10.1.0.0/16]}",
    )
    SUMMARISER = Key(
        "summariser",
        SUMMARISER,
        "A language model of your own that condenses reports. What it writes is shown only where"
        " every number, name and quotation stands in the report; else, and without it, the card"
        " has the report's own sentences.",
        usual="none",
        example='{url: "http://127.0.0.1:8080/v1", model: local}',
    )
    ALL = (
        *(DEFAULTS, FEEDS, CHANNELS, WATCHES, READERS, EDITORS, NOTICES, REVIEW, NETWORK),
        SUMMARISER,
    )


FILE = Group(
    "feeds.yaml",
    OfFile.ALL,
    _elsewhere(_IN_DEFAULTS, _IN_FEED, _IN_CHANNEL, _IN_NETWORK, _IN_WATCH),
)
