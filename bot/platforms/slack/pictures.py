"""A picture in a channel, the way Slack takes one: an address, the bytes, and then the sharing.

Nothing is seen before the last step, so whatever fails earlier is safe to try in another form.
"""

import json

from bot.charts import Picture
from bot.platforms.slack import render
from bot.platforms.slack.client import Answer, Web
from bot.platforms.slack.errors import Failure, Kind
from digests.model import Content

_ALT = 1_000  # Slack's own limit


async def share(web: Web, place: str, content: Content, picture: Picture) -> Answer | Failure:
    """Post the picture with the content above it."""
    prepared = await web.ask(
        lambda c: c.files_getUploadURLExternal(
            filename=picture.name, length=len(picture.png), alt_txt=picture.alt[:_ALT]
        )
    )
    if isinstance(prepared, Failure):
        return _unseen(prepared)
    if failed := await web.send(prepared.text("upload_url"), picture.png):
        return _unseen(failed)
    # As blocks: a comment would be markup, and the words in it come from outside.
    above = json.dumps(render.blocks(content))
    files: list[dict[str, str | None]] = [{"id": prepared.text("file_id"), "title": picture.title}]
    return await web.ask(
        lambda c: c.files_completeUploadExternal(files=files, channel_id=place, blocks=above)
    )


def _unseen(failure: Failure) -> Failure:
    """However unclear its end, nothing of it stands in the channel."""
    return Failure(Kind.UNSENT, failure.reason, failure.code, failure.after)
