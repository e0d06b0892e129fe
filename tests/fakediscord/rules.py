"""What Discord would refuse, or what we never want it to get: the checks of every outgoing body.

Two judges: Discord's own OpenAPI document where it lies beside the project, and rules written by
hand for what that document does not say. The second one always runs.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.corpus import SHARED, specs

Body = dict[str, Any]

# Where each kind of body stands in the OpenAPI document.
PATHS = {
    "create": ("/channels/{channel_id}/messages", "post"),
    "thread": ("/channels/{channel_id}/messages/{message_id}/threads", "post"),
    "post": ("/channels/{channel_id}/threads", "post"),
    "channel": ("/channels/{channel_id}", "patch"),
    "edit": ("/channels/{channel_id}/messages/{message_id}", "patch"),
    "original": ("/webhooks/{webhook_id}/{webhook_token}/messages/@original", "patch"),
    "callback": ("/interactions/{interaction_id}/{interaction_token}/callback", "post"),
    "commands": ("/applications/{application_id}/commands", "put"),
}

_MESSAGE = [
    "content",
    "embeds",
    "components",
    "allowed_mentions",
    "nonce",
    "enforce_nonce",
    "message_reference",
    "flags",
    "tts",
    "attachments",
]
_EMBED = [
    "title",
    "description",
    "url",
    "timestamp",
    "color",
    "author",
    "footer",
    "thumbnail",
    "image",
    "fields",
]
_KEYS = {
    "author": {"name", "url", "icon_url"},
    "footer": {"text", "icon_url"},
    "thumbnail": {"url"},
    "image": {"url"},
}
_BUTTON = {"type", "style", "label", "url", "custom_id", "disabled"}
_LIMITS = {"title": 256, "description": 4096, "author": 256, "footer": 2048}

_PING = re.compile(
    r"(?<!\\)(?:\\\\)*(?:<[@#/]|<id:|@everyone|@here|discord(?:app)?\.(?:gg|com))", re.IGNORECASE
)
_CODE = re.compile(r"(?<!\\)`[^`\n]*`")
_LINK = re.compile(r"\]\(https?://[^\s()]+\)|<https?://[^\s<>]+>")  # made by us, targets in sight
_BARE = re.compile(r"(?<!\\)https?://", re.IGNORECASE)
_SECRETS = re.compile(
    r"xox[a-z]-|xapp-|[MNO][\w-]{23,}\.[\w-]{6}\.[\w-]{27,}|/api/webhooks/\d+/|Bearer [\w-]{16,}|Bot [\w-]{20,}"
)
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\U000e0000-\U000e007f]")
_COMMAND = re.compile(r"[-_'\w]{1,32}")


def faults_of(body: Body, kind: str = "create", *, schema: bool = True) -> list[str]:
    """Everything wrong with a message's body; empty when Discord would take it."""
    found = [*_message(body), *_outside(body)]
    if schema and kind != "starter":  # of a forum's post: checked with the post
        found += _document(body, kind)
    return found if _sendable(body) else [*found, "it cannot be written as UTF-8"]


def thread_faults(body: Body, kind: str) -> list[str]:
    """Everything wrong with the body that opens or changes a thread or forum."""
    known = {
        "thread": {"name"},
        "post": {"name", "message", "applied_tags"},
        "channel": {"archived", "available_tags"},
    }
    faults = [*_unknown(kind, body, known[kind]), *_document(body, kind)]
    name = str(body.get("name", "x"))
    if not name.strip() or units(name) > 100:
        faults.append(f"name {name!r}")
    if _HIDDEN.search(name) or _SECRETS.search(name):
        faults.append(f"what no name may have: {name!r}")
    tags = [str(tag.get("name")) for tag in body.get("available_tags") or ()]
    if len(body.get("applied_tags") or ()) > 5 or len(tags) > 20:
        faults.append("too many tags")
    faults += [f"tag {tag!r}" for tag in tags if not 0 < units(tag) <= 20]
    return faults


def file_faults(body: Body, files: dict[str, bytes]) -> Iterator[str]:
    """Everything wrong with the files of a message: each is named, described, shown, and whole."""
    named = {f"files[{one['id']}] {one['filename']}" for one in body.get("attachments", ())}
    shown = re.findall(r"attachment://([\w.-]+)", json.dumps(body))
    if named != set(files) or {name.partition(" ")[2] for name in files} != set(shown):
        yield f"files {sorted(files)} are not those named: {sorted(named)}, shown: {shown}"
    for one in body.get("attachments", ()):
        if not 0 < len(one.get("description", "")) <= 1024:
            yield f"{one['filename']} says nothing to who cannot see it"
    for name, content in files.items():
        if name.endswith(".png") and not (content[:4] == b"\x89PNG" and content[-8:-4] == b"IEND"):
            yield f"{name} is no picture"


def callback_faults(body: Body) -> list[str]:
    """Everything wrong with the first answer to an interaction."""
    faults = list(_document(body, "callback"))
    if body.get("type") == 5 and not body.get("data", {}).get("flags", 0) & 64:
        faults.append("the answer is not for the asker alone")
    if body.get("type") == 9:
        faults += _window(body["data"])
    if len(body.get("data", {}).get("choices", ())) > 25:
        faults.append("more than 25 choices")
    return faults


def command_faults(commands: list[Body]) -> list[str]:
    """Everything wrong with a set of slash commands."""
    long = [f"command {c['name']} of {n}" for c in commands if (n := _size(c)) > 8000]
    return [*_document(commands, "commands"), *(f for c in commands for f in _command(c)), *long]


def _size(command: Body) -> int:
    """Discord counts names, descriptions and choices together, each in its longest language."""
    told = command.get("description_localizations") or {}
    says = max(units(text) for text in (command.get("description", ""), *told.values()))
    choices = sum(units(one["name"] + str(one["value"])) for one in command.get("choices") or ())
    inner = sum(_size(option) for option in command.get("options") or ())
    return units(command["name"]) + says + choices + inner


def units(text: str) -> int:
    """Length as the strictest counter sees it, UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _window(form: Body) -> Iterator[str]:
    """Of a form (modal)."""
    if not 1 <= units(form["title"]) <= 45 or not 1 <= len(form["custom_id"]) <= 100:
        yield f"title or name of a form: {form['title']!r}"
    if not 1 <= len(form["components"]) <= 5:
        yield f"{len(form['components'])} fields"
    for row in form["components"]:
        for one in row["components"]:
            if not 1 <= units(one["label"]) <= 45 or not 1 <= one["max_length"] <= 4000:
                yield f"a field that is none: {one}"


# --- a message ---------------------------------------------------------------------------


def _message(body: Body) -> Iterator[str]:
    yield from _unknown("message", body, set(_MESSAGE))
    content, embeds = body.get("content") or "", body.get("embeds") or []
    if units(content) > 2000:
        yield f"content of {units(content)}"
    if not (content.strip() or embeds):
        yield "an empty message"
    if len(embeds) > 10:
        yield f"{len(embeds)} embeds"
    for embed in embeds:
        yield from _embed(embed)
    if (total := sum(units(text) for embed in embeds for _, text in _texts(embed))) > 6000:
        yield f"embeds of {total} in all"
    if body.get("allowed_mentions") != {"parse": []}:
        yield f"allowed_mentions is not closed: {body.get('allowed_mentions')}"
    yield from _nonce(body)
    yield from _rows(body.get("components") or [])


def _nonce(body: Body) -> Iterator[str]:
    nonce = body.get("nonce")
    if nonce is not None and not (isinstance(nonce, str) and 0 < len(nonce) <= 25):
        yield f"nonce {nonce!r}"
    if (nonce is None) == bool(body.get("enforce_nonce")):
        yield "nonce and enforce_nonce do not go together"


def _texts(embed: Body) -> Iterator[tuple[str, str]]:
    yield "title", embed.get("title") or ""
    yield "description", embed.get("description") or ""
    yield "author", (embed.get("author") or {}).get("name") or ""
    yield "footer", (embed.get("footer") or {}).get("text") or ""
    for field in embed.get("fields") or ():
        yield "field", field["name"]
        yield "field", field["value"]


def _embed(embed: Body) -> Iterator[str]:
    yield from _unknown("embed", embed, set(_EMBED))
    for name, keys in _KEYS.items():
        yield from _unknown(name, embed.get(name) or {}, keys)
    for name, text in _texts(embed):
        if units(text) > _LIMITS.get(name, 1024):
            yield f"{name} of {units(text)}"
        if name in embed and not text.strip():
            yield f"{name} without text"
    if not (embed.get("title") or embed.get("description")):
        yield "an embed that says nothing"
    for url in (embed.get("url"), *(embed[n].get("url") for n in _KEYS if n in embed)):
        yield from _address(url, 2048)


def _rows(rows: list[Body]) -> Iterator[str]:
    if len(rows) > 5:
        yield f"{len(rows)} rows"
    buttons = [button for row in rows for button in row.get("components", ())]
    for row in rows:
        yield from _unknown("row", row, {"type", "components"})
        if row.get("type") != 1 or not 1 <= len(row.get("components", ())) <= 5:
            yield f"a row that is none: {row}"
    for button in buttons:
        yield from _button(button)
    ids = [button["custom_id"] for button in buttons if "custom_id" in button]
    if len(set(ids)) < len(ids):
        yield f"custom_id twice: {ids}"


def _button(button: Body) -> Iterator[str]:
    yield from _unknown("button", button, _BUTTON)
    if not button.get("label", "").strip() or units(button["label"]) > 80:
        yield f"button label {button.get('label')!r}"
    if ("url" in button) == ("custom_id" in button) or (button["style"] == 5) != ("url" in button):
        yield f"a button that is neither link nor action: {button}"
    if len(button.get("custom_id", "")) > 100:
        yield "custom_id over 100"
    yield from _address(button.get("url"), 512)


def _address(url: str | None, limit: int) -> Iterator[str]:
    if url is None or re.fullmatch(r"attachment://[\w.-]+", url):
        return
    if not re.match(r"https?://[^/@\s]+\.[^/@\s]+", url, re.IGNORECASE):
        yield f"address {url!r}"
    if len(url) > limit:
        yield f"address of {len(url)}, limit {limit}"


def _unknown(where: str, part: Body, known: set[str]) -> Iterator[str]:
    if strange := part.keys() - known:
        yield f"{where} has unknown keys {sorted(strange)}"


# --- text from outside, secrets ----------------------------------------------------------


def _outside(body: Body) -> Iterator[str]:
    embeds = body.get("embeds") or []
    texts = [body.get("content") or "", *(text for e in embeds for _, text in _texts(e))]
    marked = [
        body.get("content") or "",
        *(t for e in embeds for n, t in _texts(e) if n in ("title", "description", "field")),
    ]
    for text in marked:
        bare = _LINK.sub("", _CODE.sub("", text))
        if ping := _PING.search(bare):
            yield f"text pings, links or unfolds: {bare[ping.start() : ping.end() + 20]!r}"
        if address := _BARE.search(bare):
            yield f"an address in running text is a link: {bare[address.start() :][:40]!r}"
    for text in texts:
        if hidden := _HIDDEN.search(text):
            yield f"hidden character {hidden.group()!r}"
        if secret := _SECRETS.search(text):
            yield f"a secret: {secret.group()!r}"


def _sendable(body: Body) -> bool:
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


# --- commands ----------------------------------------------------------------------------


def _command(command: Body, depth: int = 0) -> Iterator[str]:
    name = command.get("name", "")
    if not _COMMAND.fullmatch(name) or name != name.lower():
        yield f"command name {name!r}"
    if not 1 <= units(command.get("description", "")) <= 100:
        yield f"description of {name}"
    options = command.get("options") or []
    if len(options) > 25 or depth > 3:  # a group, its subcommand, and that one's options
        yield f"options of {name}"
    for option in options:
        yield from _command(option, depth + 1)


# --- Discord's own document --------------------------------------------------------------


def _document(body: object, kind: str) -> list[str]:
    if SHARED is None:
        return []
    found = _validator(kind).iter_errors(body)
    return [f"OpenAPI {kind} {error.json_path}: {error.message[:300]}" for error in found]


@cache
def _validator(kind: str) -> Draft202012Validator:
    document = json.loads(specs("discord_openapi.json").read_text())
    resource = Resource.from_contents(document, default_specification=DRAFT202012)
    path, method = PATHS[kind]
    pointer = "/".join(
        part.replace("~", "~0").replace("/", "~1")
        for part in ("paths", path, method, "requestBody", "content", "application/json", "schema")
    )
    pointer = pointer.replace("{", "%7B").replace("}", "%7D")
    return Draft202012Validator(
        {"$ref": f"urn:discord#/{pointer}"},
        registry=Registry().with_resource("urn:discord", resource),
        format_checker=FormatChecker(),
    )
