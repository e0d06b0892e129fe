"""feeds.yaml as JSON Schema, so that editors complete keys and mark mistakes while one types."""

from typing import Any

from digests.config.keys import CHANNEL, FEED, FILE, WATCH
from digests.config.kinds import VARIABLE

_FEEDS, _CHANNELS, _WATCHES = "feeds", "channels", "watches"


def schema() -> dict[str, Any]:
    """The schema (draft 2020-12) made from the table of keys.

    It is a first check: what only reading can tell (queries, zones, duplicates, secrets) is told
    when the file is loaded.
    """
    whole = FILE.schema()
    for name, group in ((_FEEDS, FEED), (_CHANNELS, CHANNEL), (_WATCHES, WATCH)):
        whole["properties"][name]["items"] = {"$ref": f"#/$defs/{group.name.split()[-1]}"}
    definitions = {
        "channel": CHANNEL.schema(),
        "feed": FEED.schema(),
        "watch": WATCH.schema(),
        "variable": VARIABLE | {"description": "a text with ${NAME}, from the environment"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "feeds.yaml of Nightdesk",
        **whole,
        "$defs": definitions,
    }
