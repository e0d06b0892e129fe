"""docs/commands.md: every verb as the table has it."""

from collections.abc import Iterator

from bot.commands.asking import Option, Verb, Who
from bot.commands.table import TABLE

_HEAD = """\
# What can be asked

Made from the table of commands by `python -m bot.commands`; a test holds it to the table.

In Discord each is a subcommand of `/digest` with the options below; where names are known
(publishers, topics, groups, feeds, stories) they are completed while you type. In Slack type the
same words: `/digest search ivanti since:7d`; what stands behind the verb is its first option, and
`/digest` alone opens the help. Answers are in your own language, and only you see them, until you
press **Share**. Buttons work after a restart too; a list that is older than thirty days says so.

Who may ask stands under `readers` and `editors` in feeds.yaml (docs/configure.md). It is checked on
our side for commands, buttons, forms and completion alike. In a server or workspace where no
channel of the file lies, the answer is "Nightdesk is not set up here."

The terminal asks with the same words: `nightdesk trends ransomware 90d`, with `--json` for programs;
answers there name commands as they are typed there. `--page 2` shows the next page of a list, and after
`story` who told it when. It ends with 0, with 1 when what was asked for is not there, with 2 when
what a verb needs was left out.

`--json` gives one object, its `kind` first: `card`, `list` (with its `stories`), `notice` (`title` and
`text`), and figures for `trends` (`total`, `before` for as long a time before, `steps` with `start`,
`end` and `stories`, then `actors`, `malware`, `products`, `publishers` and `topics`, each a `value` with
its `stories`, of the `counted` newest matches) and `publishers` (`total`, and of each on the page
`place`, `publisher`, `country`, `score`, `rank` in its country or null, `stories`, `first` of `shared`
that others told too, the votes `useful` and `noise`, and the `reasons` of its score as `code`, `points`
and `detail`: [quality.md](quality.md)).

| command | what it does |
|---|---|
"""
_PICTURES = {
    "search": "![A search in Slack](pictures/search-slack-light.png)",
    "trends": """\
For the asker alone they are bars of text; shared, they are a picture with the same in words for who
cannot see it (extra `charts`: `pip install 'nightdesk[charts]'`).

![Trends in Discord](pictures/trends-discord-dark.png)
![Trends as they are shared](pictures/trends-shared.png)""",
}


def page() -> str:
    """The whole page."""
    verbs = TABLE.listed()
    table = "".join(f"| `{_typed(verb)}` | {verb.says}{_for(verb)} |\n" for verb in verbs)
    return _HEAD + table + "".join("\n" + "\n".join(_section(verb)) + "\n" for verb in verbs)


def _section(verb: Verb) -> Iterator[str]:
    yield f"## {verb.name}"
    yield ""
    yield f"{verb.says}{_for(verb)}."
    if verb.options:
        yield ""
        yield from map(_option, verb.options)
    if verb.examples:
        yield ""
        yield "    " + "\n    ".join(f"/digest {verb.name} {one}".strip() for one in verb.examples)
    if verb.name in _PICTURES:
        yield ""
        yield _PICTURES[verb.name]
    if verb.form:
        yield ""
        yield "Sent without words it opens a form with these fields, in Discord and in Slack."


def _option(option: Option) -> str:
    needed = "" if option.required else " (may be left out)"
    choices = f": {', '.join(option.choices)}" if option.choices else ""
    return f"- `{option.name}:` {option.says}{needed}{choices}"


def _typed(verb: Verb) -> str:
    first = verb.options[:1]
    words = (f" {one.name.upper()}" if one.required else f" [{one.name.upper()}]" for one in first)
    return f"/digest {verb.name}{''.join(words)}"


def _for(verb: Verb) -> str:
    return " (for editors)" if verb.who is Who.EDITOR else ""
