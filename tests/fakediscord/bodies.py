"""Messages as they come in, with files, and as history gives them."""

import json
from collections.abc import Mapping

from aiohttp import web

from tests.fakediscord.world import BOT, Body


def page(messages: list[Body], query: Mapping[str, str]) -> list[Body]:
    """Newest first, as Discord pages: `after` gives the oldest ones after it."""
    limit = min(100, int(query.get("limit", 50)))
    if after := query.get("after"):
        later = [m for m in messages if int(m["id"]) > int(after)]
        return later[:limit][::-1]
    if before := query.get("before"):
        return [m for m in messages if int(m["id"]) < int(before)][-limit:][::-1]
    if around := query.get("around"):
        older = [m for m in messages if int(m["id"]) <= int(around)][-(limit // 2) :]
        newer = [m for m in messages if int(m["id"]) > int(around)][: limit - len(older)]
        return (older + newer)[::-1]
    return messages[-limit:][::-1]


def shown(message: Body) -> Body:
    """As history gives it: no nonce, and of other people's messages no content."""
    said = {k: v for k, v in message.items() if k != "nonce"}
    if message["author"]["id"] != BOT:
        said |= {"content": "", "embeds": [], "components": []}
    return said


async def message_of(request: web.Request) -> tuple[Body, dict[str, bytes]]:
    """A message, and the files that came with it by the names of their fields."""
    if request.content_type != "multipart/form-data":
        return await request.json(), {}
    form = await request.post()
    files = {
        f"{name} {field.filename}": field.file.read()
        for name, field in form.items()
        if isinstance(field, web.FileField)
    }
    written = form["payload_json"]  # a string, or bytes where the part names its type
    assert not isinstance(written, web.FileField)
    return json.loads(written), files
