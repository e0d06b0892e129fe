"""The keys of a feed."""

import re

from digests.config.codes import Country, Language
from digests.config.kinds import Flag, Key, ListOf, Text
from digests.config.requests import Headers, Secret
from digests.config.urls import Url
from digests.config.values import AGE, ONE_LINE, PACE, Count, Publisher, Topic


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
        ONE_LINE,
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
        "What all its stories are about, for `topic:` in queries. Cards and digests name them behind"
        " a story's own topics, but for the kinds of feeds: advisory, news, research,"
        " threat-research.",
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
    EVERY = Key("every", PACE, "Its own pace.", usual="that of `defaults`", example="6h")
    FIRST = Key(
        "first",
        Count(),
        "How many cards it brings when it is added.",
        usual="that of `defaults`",
        example="all",
    )
    MAX_AGE = Key(
        "max_age",
        AGE,
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
