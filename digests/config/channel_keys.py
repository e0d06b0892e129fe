"""The keys of a channel, and of a watch."""

from digests.config.chats import ToTarget
from digests.config.kinds import Choice, Flag, Key
from digests.config.mentions import ReadMention
from digests.config.times import Day, PerDay, QuietHours, Quotas, ReadSchedule
from digests.config.values import ONE_LINE, SPOKEN, Rule, Zone
from digests.model import Proof


class OfChannel:
    """Keys of one channel."""

    NAME = Key(
        "name",
        ONE_LINE,
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
        SPOKEN,
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
        ONE_LINE,
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
        ONE_LINE,
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
        SPOKEN,
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
