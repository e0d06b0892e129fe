"""help: every verb in a line, examples that can be run, and a guess at what a misspelt word meant."""

import difflib
from dataclasses import replace

from bot.commands.asking import RUN, Ask, Reply, Verb, Who
from digests.cards.words import Words, later
from digests.model import Button

_MOST_EXAMPLES = 8
_PLACEHOLDER = "k7f3"  # in an example it stands for a name that only a real story has


async def help_(ask: Ask) -> Reply:
    """What the asker can ask. Also the answer to what nobody knows."""
    say, asked, table = ask.say, ask.request.verb, ask.around.table
    verbs = tuple(one for one in table.listed() if ask.may_edit or one.who is Who.READER)
    lines = [_line(verb, say) for verb in verbs]
    verb = table.find(asked)
    if verb is None:
        near = difflib.get_close_matches(asked, [verb.name for verb in verbs], n=1)
        if near:
            lines.insert(0, say.text("Did you mean {verb}?", verb=near[0]))
    elif asked != "help":
        lines = [_line(verb, say), *(say.typed(verb.name, one) for one in verb.examples if one)]
    answer = ask.notice if asked == HELP.name else ask.failure
    return replace(answer("\n".join(lines)), buttons=_examples(verbs))


def greeting(say: Words) -> tuple[str, str, tuple[Button, ...]]:
    """What is said where the bot was invited: a title, a text with three examples, their buttons."""
    examples = (("search", "ivanti since:7d"), ("latest", ""), ("trends", "30d"))
    lines = [
        say.text("Stories of your channels come as set in feeds.yaml. Anybody may also ask:"),
        *(say.typed(*one) for one in examples),
        _line(HELP, say),
    ]
    typed = [" ".join(filter(None, one)) for one in examples]
    buttons = tuple(Button(one, RUN, one) for one in typed)
    return say.text("Nightdesk is on duty"), "\n".join(lines), buttons


def _line(verb: Verb, say: Words) -> str:
    wanted = "".join(
        f" {option.name.upper()}" if option.required else f" [{option.name.upper()}]"
        for option in verb.options[:1]
    )
    line = say.text(
        "{command} - {what}", command=f"{say.typed(verb.name)}{wanted}", what=say.text(verb.says)
    )
    return say.line(line, say.text("for editors") if verb.who is Who.EDITOR else "")


def _examples(verbs: tuple[Verb, ...]) -> tuple[Button, ...]:
    """One of each verb that can be run as it stands; what editors do is no example to try."""
    tried = [verb for verb in verbs if verb.examples and verb.who is Who.READER]
    lines = [f"{verb.name} {verb.examples[-1]}".strip() for verb in tried]
    shown = [line for line in lines if _PLACEHOLDER not in line][:_MOST_EXAMPLES]
    return tuple(Button(line, RUN, line) for line in shown)


HELP = Verb("help", later("Examples to try"), help_, terminal=False)
VERBS = (HELP,)
