"""The table of verbs: whatever can be asked anywhere, in the order in which help tells it."""

from bot.commands import (
    administering,
    digesting,
    feeds,
    helping,
    publishers,
    reviewing,
    saying,
    searching,
    sharing,
    stories,
    trending,
    undoing,
    watching,
    why,
)
from bot.commands.asking import Table

TABLE = Table(
    (
        *searching.VERBS,
        *stories.VERBS,
        *why.VERBS,
        *trending.VERBS,
        *digesting.VERBS,
        *watching.VERBS,
        *publishers.VERBS,
        *feeds.VERBS,
        *saying.VERBS,
        *reviewing.VERBS,
        *administering.VERBS,
        *undoing.VERBS,
        *sharing.VERBS,
        *helping.VERBS,
    )
)
