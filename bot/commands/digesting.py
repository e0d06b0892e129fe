"""digest: what was told in a period, now, for the asker alone; by the rule of where it is asked."""

from bot.commands import periods
from bot.commands.asking import Ask, Option, Reply, Verb
from bot.digesting import digest_now
from digests.cards.words import later

_PERIOD = Option("period", later("How far back: 24h (usual), 7d, today, week, or a date"))


async def digest(ask: Ask) -> Reply:
    """The most important stories of a period, grouped by topic."""
    since = periods.start_of(ask.text, ask.now) if ask.text else None
    if ask.text and since is None:
        return periods.no_period(ask, ask.text)
    channel = await ask.here()
    told = await digest_now(
        ask.archive,
        channel,
        now=ask.now,
        language=ask.say.language,
        platform=ask.asker.platform,
        zone=channel.timezone if channel else "UTC",
        since=since,
    )
    return await ask.listed(Reply(told), ask.text) if told.lines else Reply(told)


VERBS = (
    Verb("digest", later("A digest now, for you alone"), digest, (_PERIOD,), examples=("", "7d")),
)
