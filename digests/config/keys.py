"""THE table of keys: what feeds.yaml may hold. Reading, JSON Schema and docs all come from it."""

import re
from collections.abc import Iterable

from digests.config.chats import Members, ToTarget
from digests.config.codes import Country, Language
from digests.config.durations import Duration, DurationOrNone
from digests.config.kinds import Choice, Flag, Group, Key, ListOf, Text
from digests.config.mentions import ReadMention
from digests.config.models import SUMMARISER
from digests.config.requests import Headers, Secret
from digests.config.settings import Welcome
from digests.config.times import Day, PerDay, QuietHours, Quotas, ReadSchedule
from digests.config.urls import Url
from digests.config.values import Count, Publisher, Range, Rule, Topic, Zone
from digests.model import Proof

_EVERY = Duration("1m", "30d")
_MAX_AGE = DurationOrNone(Duration("1h", "36500d"))
_NAME = Text("a name on one line, at most 100 characters")
_CARD_LANGUAGES = Choice({name: name for name in ("en", "ar", "de", "es", "fr", "ja", "ru", "zh")})


class OfDefaults:
    """Keys of `defaults`."""

    EVERY = Key(
        "every",
        _EVERY,
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
        _MAX_AGE,
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


class OfFeed:
    """Keys of one feed."""

    URL = Key(
        "url",
        Url(),
        "The address to poll, http or https. No two feeds share one; addresses that differ only"
        " in `www.`, a trailing slash or tracking parameters are the same.",
        example="https://krebsonsecurity.com/feed/",
        required=True,
    )
    NAME = Key(
        "name",
        _NAME,
        "What people call it; stands in the footer of its cards.",
        usual="the publisher",
        example="Krebs on Security",
    )
    COUNTRY = Key(
        "country",
        Country(),
        "Where its publisher is at home, for `country:` in queries.",
        usual="unknown",
        example="US",
    )
    LANGUAGE = Key(
        "language",
        Language(),
        "The language it is written in.",
        usual="found out from each text",
        example="en",
    )
    PUBLISHER = Key(
        "publisher",
        Publisher(),
        "Who stands behind it; feeds with one publisher count as one voice.",
        usual="the registrable domain of `url`; host and port of a bare address",
        example="krebsonsecurity.com",
    )
    TOPICS = Key(
        "topics",
        ListOf(Topic(), "topics", most=20),
        "What all its stories are about, for `topic:` in queries.",
        default="[]",
        example="[crime, ransomware]",
    )
    SECURITY = Key(
        "security",
        Flag(),
        "Whether everything in it is security news; then nothing of it is asked whether it is.",
        default="false",
        example="true",
    )
    EVERY = Key("every", _EVERY, "Its own pace.", usual="that of `defaults`", example="6h")
    FIRST = Key(
        "first",
        Count(),
        "How many cards it brings when it is added.",
        usual="that of `defaults`",
        example="all",
    )
    MAX_AGE = Key(
        "max_age",
        _MAX_AGE,
        "Its own limit of age; a publisher who dates stories days before they appear in the feed"
        " needs a longer one.",
        usual="that of `defaults`",
        example="14d",
    )
    FULL_TEXT = Key(
        "full_text",
        Flag(),
        "Whether its publisher's pages are read.",
        usual="that of `defaults`",
        example="false",
    )
    HEADERS = Key(
        "headers",
        Headers(),
        "Headers sent with every request to it. Their values come from the environment; only"
        " `Accept` and `Accept-Language` may be written out.",
        default="{}",
        example='{X-Api-Key: "${INTEL_KEY}"}',
    )
    AUTH = Key(
        "auth",
        Secret(),
        "The value of the `Authorization` header, from the environment. It is not sent to"
        " another host when the feed redirects.",
        usual="none",
        example="Bearer ${INTEL_TOKEN}",
    )
    ALLOW_HTTP = Key(
        "allow_http",
        Flag(),
        "Whether a redirect from https to http is followed.",
        default="false",
        example="true",
    )
    USER_AGENT = Key(
        "user_agent",
        Text(
            "printable ASCII, at most 200 characters", re.compile(r"[\x21-\x7e][\x20-\x7e]*"), 200
        ),
        "Sent as `User-Agent` instead of our own name.",
        usual="Nightdesk's own",
        example="Mozilla/5.0 (compatible; ExampleBot/1.0)",
    )
    ROBOTS = Key(
        "robots",
        Flag(),
        "Whether its publisher's `robots.txt` decides which article pages are read. The feed"
        " itself is asked for by you and is not subject to it.",
        default="true",
        example="false",
    )
    WAS = Key(
        "was",
        Url(),
        "Its former address, after you changed `url`: its history is kept and nothing is told"
        " again.",
        usual="none",
        example="https://krebsonsecurity.com/rss",
    )
    ALL = (
        *(URL, NAME, COUNTRY, LANGUAGE, PUBLISHER, TOPICS, SECURITY, EVERY, FIRST, MAX_AGE),
        *(FULL_TEXT, HEADERS, AUTH, ALLOW_HTTP, USER_AGENT, ROBOTS, WAS),
    )


class OfChannel:
    """Keys of one channel."""

    NAME = Key(
        "name",
        _NAME,
        "What you call it. No two channels share one.",
        example="soc",
        required=True,
    )
    TO = Key(
        "to",
        ToTarget(),
        "Where its cards go: `slack:#name`, `slack:C0123ABC` (a conversation by id),"
        " `slack:@name` (a person), `discord:1234567890` (a channel by id), or `terminal`. No two"
        " channels share one.",
        example="slack:#security-news",
        required=True,
    )
    ONLY = Key(
        "only",
        Rule(),
        "Its rule, in the query language: only stories that match are told.",
        usual="everything",
        example="topic:ransomware OR cve:*",
    )
    LANGUAGE = Key(
        "language",
        _CARD_LANGUAGES,
        "The language of the card's own words; the story keeps its own.",
        default="en",
        example="ar",
    )
    TIMEZONE = Key(
        "timezone",
        Zone(),
        "The clock of its digests, quiet hours and limits, and of the times that it shows.",
        default="UTC",
        example="Europe/Berlin",
    )
    POST = Key(
        "post",
        ReadSchedule(),
        "When its stories are told: `each story` as a card of its own, or a digest of each"
        " period. `daily at 08:30` tells at 08:30 what came in since 08:30 the day before.",
        default="each story",
        example="weekdays at 08:30",
    )
    QUIET = Key(
        "quiet",
        QuietHours(),
        "Hours in which nothing is told, on its own clock, also across midnight. What comes in"
        " meanwhile is told together when they end.",
        usual="none",
        example="22:00-07:00",
    )
    BREAKING = Key(
        "breaking",
        Rule(),
        "Stories (of those that match `only`) that are told at once, whatever `post`, `quiet`,"
        " `limit` and `quota` say. No digest tells them again.",
        usual="nothing",
        example="topic:ransomware",
    )
    MENTION = Key(
        "mention",
        ReadMention(),
        "Whom its cards mention, and of which stories. Nothing else ever mentions anybody.",
        usual="nobody",
        example='{when: "topic:ransomware", who: "@here"}',
    )
    LIMIT = Key(
        "limit",
        PerDay(),
        "How many cards it gets in a day of its own clock; what comes after them is told in one"
        " digest when the day is over.",
        usual="none",
        example="30 per day",
    )
    QUOTA = Key(
        "quota",
        Quotas(),
        "As `limit`, for the stories that match a query, so that one subject cannot drown the"
        " others.",
        default="{}",
        example="{topic:vulnerability: 10 per day}",
    )
    THREAD = Key(
        "thread",
        Flag(),
        "Whether what changes for the reader of a story (its vulnerability is exploited now) stands"
        " in the thread under its card alone, and not in the channel as well. Without it Discord shows"
        " it as a reply; in a forum it stands in the story's post either way.",
        default="false",
        example="true",
    )
    PROOF = Key(
        "proof",
        Choice({proof.value: proof for proof in Proof}),
        "What happens to a post of which nobody knows whether it arrived, where the bot may not"
        " read the channel's history: `hold` it for you to decide, or `resend` it and risk that it"
        " stands there twice.",
        default="hold",
        example="resend",
    )
    WAS = Key(
        "was",
        _NAME,
        "Its former name, after you renamed it: nothing is told again.",
        usual="none",
        example="news",
    )
    ALL = (
        *(NAME, TO, ONLY, LANGUAGE, TIMEZONE, POST, QUIET, BREAKING, MENTION, LIMIT, QUOTA),
        *(THREAD, PROOF, WAS),
    )


class OfWatch:
    """Keys of one watch."""

    NAME = Key(
        "name",
        _NAME,
        "What its cards call it. No two watches share one.",
        example="our stack",
        required=True,
    )
    QUERY = Key(
        "query",
        Rule(),
        "What it looks for, in the query language; each new story that matches is told.",
        example='ivanti OR fortinet OR "palo alto"',
        required=True,
    )
    TO = Key(
        "to",
        ToTarget(people=True),
        "Whom it tells: `slack:@name` or `discord:@1234567890` (a person, by direct message), or"
        " any place that `to` of a channel may name.",
        example="slack:@alice",
        required=True,
    )
    UNTIL = Key(
        "until",
        Day(),
        "Its last day, on its own clock; afterwards it tells nothing more.",
        usual="no end",
        example="2027-03-01",
    )
    LANGUAGE = Key(
        "language",
        _CARD_LANGUAGES,
        "The language of the card's own words.",
        default="en",
        example="de",
    )
    TIMEZONE = Key(
        "timezone",
        Zone(),
        "The clock of its quiet hours, of its last day, and of the times that its cards show.",
        default="UTC",
        example="Europe/Berlin",
    )
    QUIET = Key(
        "quiet",
        QuietHours(),
        "Hours in which it tells nothing; what comes in meanwhile is told together when they end.",
        usual="none",
        example="22:00-07:00",
    )
    ALL = (NAME, QUERY, TO, UNTIL, LANGUAGE, TIMEZONE, QUIET)


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


_CHANNEL_LATER: dict[str, str] = {}

_FILE_LATER: dict[str, str] = {}
_FILE_WORDS = (
    *("defaults", "feeds", "channels", "watches", "readers", "editors", "notices", "review"),
    "network",
    "summariser",
)


def _elsewhere(*groups: tuple[str, Iterable[str]]) -> dict[str, str]:
    """Which group a key belongs to that was written into another one."""
    return {name: group for group, names in reversed(groups) for name in names}


_IN_FILE = ("the file itself", (*_FILE_WORDS, *_FILE_LATER))
_IN_DEFAULTS = ("defaults", [key.name for key in OfDefaults.ALL])
_IN_FEED = ("a feed", [key.name for key in OfFeed.ALL])
_IN_CHANNEL = ("a channel", [*(key.name for key in OfChannel.ALL), *_CHANNEL_LATER])
_IN_WATCH = ("a watch", [key.name for key in OfWatch.ALL])
_IN_NETWORK = ("network", [key.name for key in OfNetwork.ALL])

DEFAULTS = Group(
    "defaults", OfDefaults.ALL, {}, _elsewhere(_IN_FILE, _IN_CHANNEL, _IN_FEED, _IN_NETWORK)
)
FEED = Group(
    "a feed",
    OfFeed.ALL,
    {},
    _elsewhere(_IN_FILE, _IN_CHANNEL, _IN_DEFAULTS, _IN_NETWORK),
)
CHANNEL = Group(
    "a channel",
    OfChannel.ALL,
    _CHANNEL_LATER,
    _elsewhere(_IN_FILE, _IN_FEED, _IN_DEFAULTS, _IN_NETWORK, _IN_WATCH),
)
WATCH = Group("a watch", OfWatch.ALL, {}, _elsewhere(_IN_FILE, _IN_CHANNEL))
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
        "Who may review comments, pause feeds and send held posts again.",
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
    _FILE_LATER,
    _elsewhere(_IN_DEFAULTS, _IN_FEED, _IN_CHANNEL, _IN_NETWORK, _IN_WATCH),
)
