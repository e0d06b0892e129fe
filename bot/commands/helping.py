"""help: examples that can be typed, and a guess at what a misspelt word meant."""

import difflib

from bot.commands.asking import Ask, Reply, Verb
from digests.cards.words import later


async def help_(ask: Ask) -> Reply:
    """What can be asked. Also the answer to what nobody knows."""
    from bot.commands import table

    say = ask.say
    lines = [
        say.text("{command} - stories about it", command="/digest search ivanti since:7d"),
        say.text(
            "{command} - a phrase, without a word",
            command='/digest search "supply chain" -podcast',
        ),
        say.text(
            "{command} - every story that names it", command="/digest search cve:CVE-2024-3400"
        ),
        say.text("{command} - the newest stories", command="/digest latest"),
        say.text("{command} - one story by its short name", command="/digest story k7f3"),
    ]
    names = [verb.name for verb in table.listed()]
    near = difflib.get_close_matches(ask.request.verb, names, n=1)
    if near and table.find(ask.request.verb) is None:
        lines.insert(0, say.text("Did you mean {verb}?", verb=near[0]))
    return ask.notice("\n".join(lines))


VERBS = (Verb("help", later("Examples to try"), help_, terminal=False),)
