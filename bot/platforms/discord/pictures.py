"""A picture in a channel, the way Discord takes one: a form with the message and the bytes."""

import json

import aiohttp

from bot.charts import Picture
from bot.platforms.discord import render
from bot.platforms.discord.controls import Body
from bot.platforms.discord.escape import fit, verbatim
from digests.model import Content

_ALT = 1_024  # characters; Discord's own limit


def message(content: Content, picture: Picture, *, nonce: str) -> Body:
    """The message with the picture in its embed, and beside it the words for who cannot see it."""
    body = render.message(content, nonce=nonce)
    first, *others = render.embeds(content)
    first |= {"image": {"url": f"attachment://{picture.name}"}}
    shown = {"id": "0", "filename": picture.name, "description": fit(picture.alt, _ALT, verbatim)}
    return body | {"embeds": [first, *others], "attachments": [shown]}


def form(body: Body, picture: Picture) -> aiohttp.FormData:
    """The message and the file in one request; good for one sending."""
    data = aiohttp.FormData(quote_fields=False)
    data.add_field("payload_json", json.dumps(body), content_type="application/json")
    data.add_field("files[0]", picture.png, filename=picture.name, content_type="image/png")
    return data
