"""What Slack refuses, and what it should never be sent: the judge of every body we send it.

Three judges: the Block Kit schema (where it lies beside the project), the models of slack_sdk,
and rules written here for what both of them let through. They know nothing of our renderer.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft7Validator, ValidationError
from jsonschema.exceptions import best_match
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from tests.corpus import SHARED, specs

Json = dict[str, Any]

MOST_BLOCKS = 50
MOST_TEXT = 12_000  # over all blocks; not documented, seen in practice

# (kind of object, its field) -> longest value
_LONGEST = {
    ("section", "text"): 3000,
    ("header", "text"): 150,
    ("mrkdwn", "text"): 3000,
    ("plain_text", "text"): 3000,
    ("button", "text"): 75,
    ("button", "url"): 3000,
    ("button", "value"): 2000,
    ("image", "image_url"): 3000,
    ("image", "alt_text"): 2000,
}
_MOST_ELEMENTS = {"context": 10, "actions": 25}
# The words alone are news: advisories are about missing authorization and bearer tokens.
_SECRET = re.compile(r"xox[a-z]-|xapp-|Bearer [\w.-]{16,}|\bAuthorization: \w", re.IGNORECASE)
_UNSENDABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_TOKEN = re.compile(r"<([^<>]*)>")
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_DATE = re.compile(r"!date\^\d+\^[^|<>]+\|[^|<>]+")


def broken_rules(
    body: Mapping[str, Any], *, posted: bool = False, schema: bool = True
) -> list[str]:
    """Everything wrong with a body; `posted`: by chat.postMessage, into a channel.

    Without the `schema` it takes a tenth of the time.
    """
    blocks = list(body.get("blocks", []))
    found = [*_by_schema(body.get("text", ""), blocks), *_by_models(blocks)] if schema else []
    for rule in _RULES:
        found += rule(body, blocks)
    if posted:
        found += _posting(body)
    return found


def text_length(blocks: Sequence[Json]) -> int:
    """All text of the blocks, the addresses of links in it counted too."""
    shown = (value for _, key, value in _strings(blocks) if key in {"text", "fallback", "format"})
    links = (o["url"] for o in _objects(blocks) if o.get("type") == "link")
    return sum(map(len, shown)) + sum(map(len, links))


# --- the judges that others wrote ----------------------------------------------------------


@cache
def _validator(kind: str) -> Draft7Validator:
    schema = json.loads(specs("slack_blockkit.schema.json").read_text("utf-8"))
    names = {
        definition["properties"]["type"]["const"]: name
        for name, definition in schema["definitions"].items()
        if name.endswith("Block") and "const" in definition.get("properties", {}).get("type", {})
    }
    wanted = names.get(kind, "KnownBlock")
    return Draft7Validator(
        {"$ref": f"#/definitions/{wanted}", "definitions": schema["definitions"]}
    )


def _by_schema(text: object, blocks: Sequence[Json]) -> list[str]:
    if SHARED is None:
        return []
    found = [] if isinstance(text, str) and len(text) <= 40_000 else ["schema: text"]
    for block in blocks:
        errors: Iterator[ValidationError] = _validator(block.get("type", "")).iter_errors(block)
        worst = best_match(errors)
        if worst is not None:
            found.append(f"schema: {block.get('type')} {worst.json_path}: {worst.message[:200]}")
    return found


def _by_models(blocks: Sequence[Json]) -> list[str]:
    found = []
    for block in blocks:
        try:
            model = Block.parse(block)
            if model is None:
                found.append(f"models: unknown block {block.get('type')}")
            else:
                model.validate_json()
        except SlackObjectFormationError as error:
            found.append(f"models: {error}")
    return found


# --- the rules they miss, and those that must hold without the schema -------------------------


def _shape(body: Mapping[str, Any], blocks: Sequence[Json]) -> list[str]:
    found = [] if len(blocks) <= MOST_BLOCKS else [f"{len(blocks)} blocks"]
    if text_length(blocks) > MOST_TEXT:
        found.append(f"{text_length(blocks)} characters of text in all")
    for thing in _objects(blocks):
        kind = thing.get("type", "")
        if len(thing.get("elements", [])) > _MOST_ELEMENTS.get(kind, 10_000):
            found.append(f"too many elements in {kind}")
        for (owner, name), longest in _LONGEST.items():
            value = thing.get(name, "") if kind == owner else ""
            value = value["text"] if isinstance(value, dict) else value
            if len(value) > longest:
                found.append(f"{owner}.{name} has {len(value)} characters")
    return found


def _ids(body: Mapping[str, Any], blocks: Sequence[Json]) -> list[str]:
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    actions = Counter(o["action_id"] for o in _objects(blocks) if "action_id" in o)
    found = [f"block_id {name!r} twice" for name, n in ids.items() if n > 1]
    found += [f"action_id {name!r} twice" for name, n in actions.items() if n > 1]
    return found + [f"id too long: {name[:20]}" for name in [*ids, *actions] if len(name) > 255]


def _nothing_empty(body: Mapping[str, Any], blocks: Sequence[Json]) -> list[str]:
    found = [] if str(body.get("text", "")).strip() else ["no text"]
    for thing in _objects(blocks):
        for name in ("text", "alt_text", "elements"):
            value = thing.get(name, "-")
            if not value or (isinstance(value, str) and not _meant(thing, value)):
                found.append(f"empty {name} in {thing.get('type')}")
    return found


def _meant(thing: Json, value: str) -> bool:
    """Within a paragraph a run may be a mere line break; elsewhere something must be seen."""
    return thing.get("type") == "text" or any(c.isprintable() and c != " " for c in value)


def _addresses(body: Mapping[str, Any], blocks: Sequence[Json]) -> list[str]:
    urls = [o[key] for o in _objects(blocks) for key in ("url", "image_url") if key in o]
    return [f"address {url[:60]!r}" for url in urls if not _web(url)]


def _web(url: str) -> bool:
    parts = urlsplit(url)
    plain = url.isascii() and url.isprintable() and not re.search(r"[\s<>|\"]", url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and plain


def _markup(body: Mapping[str, Any], blocks: Sequence[Json]) -> list[str]:
    """Nothing in mrkdwn that pings, that hides a target, or that Slack would misread."""
    texts = [str(body.get("text", ""))]
    texts += [o["text"] for o in _objects(blocks) if o.get("type") == "mrkdwn"]
    found = []
    for text in texts:
        found += [
            f"markup <{inside[:60]}>"
            for inside in _TOKEN.findall(text)
            if not _DATE.fullmatch(inside)
        ]
        bare = _TOKEN.sub("", text)
        if "<" in bare or ">" in bare or _ENTITY.search(bare):
            found.append(f"unescaped: {bare[:60]!r}")
    kinds = {o.get("type") for o in _objects(blocks)}
    return found + [f"mention: {k}" for k in kinds & {"user", "usergroup", "broadcast", "channel"}]


def _unsendable(body: Mapping[str, Any], blocks: Sequence[Json]) -> list[str]:
    strings = [value for _, _, value in _strings([dict(body)])]
    found = [f"secret: {v[:20]!r}" for v in strings if _SECRET.search(v)]
    return found + [f"unsendable: {v[:40]!r}" for v in strings if _UNSENDABLE.search(v)]


def _posting(body: Mapping[str, Any]) -> list[str]:
    found = [
        f"{flag} is not false"
        for flag in ("unfurl_links", "unfurl_media")
        if body.get(flag) is not False
    ]
    if body.get("link_names") or body.get("parse") == "full":
        found.append("names in untrusted text would be linked")
    metadata = body.get("metadata")
    if "metadata" not in body:  # an answer that somebody shared: nobody will look for it
        return found
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        return [*found, "no metadata"]
    if len(json.dumps(metadata)) > 300:
        found.append("metadata says more than a key")
    return found


_RULES: tuple[Callable[[Mapping[str, Any], Sequence[Json]], list[str]], ...] = (
    _shape,
    _ids,
    _nothing_empty,
    _addresses,
    _markup,
    _unsendable,
)


def _objects(value: object) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _objects(inner)


def _strings(value: object) -> Iterator[tuple[Json, str, str]]:
    for thing in _objects(value):
        for key, inner in thing.items():
            if isinstance(inner, str):
                yield thing, key, inner
