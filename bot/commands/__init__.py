"""What people may ask, and its answers: one table of verbs for every place where they are typed.

Slack's words, what Discord wants declared, the terminal's names, the checks of who may ask, the
guesses of help and docs/commands.md come from that table (table.py).

To add a verb:

1. Write `async def pause(ask: Ask) -> Reply` in the room it belongs to, or in a new one. `ask` has
   the words typed, the typed options, who asks, the asker's language, and what may be used.
2. Put `Verb("pause", later("Stop asking a feed"), pause, options=(...), who=Who.EDITOR)` into that
   room's `VERBS`. A name of two words (`watch add`) is one of a group. Whether the asker is a reader
   or an editor is checked before the handler is called, for commands and buttons alike.
3. A new room: add its `VERBS` to table.py.
4. Translate its words (`python -m digests.cards.catalogs`), and write docs/commands.md anew
   (`python -m bot.commands`).

A button's state is the text of the request that it makes: at most 90 characters. What does not
fit is kept by `ask.stored(...)` and its key is the state.
"""

from bot.access import Asker
from bot.commands.answering import Commands
from bot.commands.asking import Choice, Form, Reply, Request, Shared, Showed
from bot.commands.searching import PAGE_SIZE

__all__ = [
    "PAGE_SIZE",
    "Asker",
    "Choice",
    "Commands",
    "Form",
    "Reply",
    "Request",
    "Shared",
    "Showed",
]
