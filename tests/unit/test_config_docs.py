"""The table of keys, the models, the schema and the docs say the same."""

import dataclasses
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from digests.config import Defaults, Settings, load, parse, schema
from digests.config.__main__ import schema_text
from digests.config.chats import DISCORD_PEOPLE, SLACK_PEOPLE
from digests.config.keys import CHANNEL, DEFAULTS, FEED, FILE, NETWORK, WATCH
from digests.config.kinds import Group, Key
from digests.config.mentions import GROUP as MENTION
from digests.config.models import SUMMARISER
from digests.config.reference import BEGIN, END, reference, renewed
from digests.errors import ConfigError
from digests.model import Channel, Feed, FiledWatch
from digests.text.links import canonical
from tests.corpus import corpus, needs_corpus

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGE = (DOCS / "configure.md").read_text("utf-8")
ENV = {"INTEL_TOKEN": "t", "INTEL_KEY": "k", "LLM_KEY": "l"}
FENCES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
GROUPS = (FILE, DEFAULTS, FEED, CHANNEL, WATCH, NETWORK, SUMMARISER)
KEYS = [(group, key) for group in GROUPS for key in group.keys]


def plain(text: str) -> Any:
    found = YAML(typ="safe", pure=True).load(text)
    return json.loads(json.dumps(found, default=str))  # a day is a text to editors


def names(group: Group) -> set[str]:
    return {key.name for key in group.keys}


def fields(model: type) -> set[str]:
    return {field.name for field in dataclasses.fields(model)}


def file_with(group: Group, key: Key[Any], value: str) -> str:
    """A whole file in which this key has this value."""
    line = f"{key.name}: {value}"
    base = "feeds: [{url: https://n.example/feed}]\n"
    if group is FILE:
        editors = "\neditors: {slack: [U0123ABC]}" if key.name == "review" else ""  # who decide
        return line if key.name == "feeds" else base + line + editors
    if group in (DEFAULTS, NETWORK):
        return f"{base}{group.name}:\n  {line}\n"
    if group is SUMMARISER:
        given = {"url": "http://127.0.0.1:1/v1", "model": "m"} | {key.name: value}
        return f"{base}summariser:\n" + "".join(f"  {k}: {v}\n" for k, v in given.items())
    required = {"url": "https://n.example/feed", "name": "n", "to": "terminal", "query": "q"}
    others = [f"{k.name}: {required[k.name]}" for k in group.keys if k.required and k != key]
    rows = "\n    ".join([*others, line])
    listed = "watches" if group is WATCH else "channels"
    where = "feeds:\n  - " if group is FEED else f"{base}{listed}:\n  - "
    return where + rows


def test_every_key_of_a_feed_is_a_field_of_the_model() -> None:
    assert names(FEED) == fields(Feed)


def test_every_key_of_a_channel_is_a_field_of_the_model() -> None:
    assert names(CHANNEL) == fields(Channel)


def test_every_key_of_a_watch_is_a_field_of_the_model() -> None:
    assert names(WATCH) == fields(FiledWatch)


def test_every_key_of_the_file_is_a_field_of_the_settings() -> None:
    assert names(DEFAULTS) == fields(Defaults)
    assert names(FILE) - {"network"} | names(NETWORK) == fields(Settings)


def test_every_key_is_in_the_schema_and_no_other() -> None:
    whole = schema()
    listed = whole["properties"]
    assert set(listed) == names(FILE)
    assert set(listed["defaults"]["properties"]) == names(DEFAULTS)
    assert set(listed["network"]["properties"]) == names(NETWORK)
    assert set(whole["$defs"]["feed"]["properties"]) == names(FEED)
    assert set(whole["$defs"]["channel"]["properties"]) == names(CHANNEL)
    assert set(whole["$defs"]["watch"]["properties"]) == names(WATCH)


def test_the_schema_in_docs_is_current() -> None:
    hint = "renew it: python -m digests.config"
    assert (DOCS / "feeds.schema.json").read_text("utf-8") == schema_text(), hint
    assert json.loads(schema_text()) == schema()


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_every_key_is_documented_and_the_page_is_current() -> None:
    assert renewed(PAGE) == PAGE, "renew it: python -m digests.config"
    made = PAGE.partition(BEGIN)[2].partition(END)[0]
    headings = re.findall(r"^#### `(\w+)`$", made, re.MULTILINE)
    people = [SLACK_PEOPLE.name, DISCORD_PEOPLE.name, *(key.name for key in MENTION.keys)]
    assert sorted(headings) == sorted([key.name for _, key in KEYS] + people)


@pytest.mark.parametrize(("group", "key"), KEYS, ids=lambda part: part.name)
def test_every_key_says_what_it_does_and_its_example_works(group: Group, key: Key[Any]) -> None:
    assert key.about.endswith(".")
    assert key.example in reference()
    text = file_with(group, key, key.example)
    parse(text, "example", ENV)
    jsonschema.validate(plain(text), schema())


@pytest.mark.parametrize(("group", "key"), KEYS, ids=lambda part: part.name)
def test_the_default_that_is_written_down_is_the_default(group: Group, key: Key[Any]) -> None:
    if not key.default:
        assert key.required or key.usual or isinstance(key.kind, Group)
        return
    text = file_with(group, key, key.default)
    line = f"{key.name}: {key.default}"
    without = text.replace(line, "{}" if group in (DEFAULTS, NETWORK) else "")
    assert parse(text, "with", {}) == parse(without, "without", {})


@pytest.mark.parametrize("text", [f for f in FENCES if f.startswith("feeds:\n")])
def test_the_files_in_the_page_are_good(text: str) -> None:
    assert parse(text, "configure.md", ENV).feeds


BAD_FOR_BOTH = [
    "feeds: []",
    "feeds: [{name: n}]",
    "feeds: [{url: 'file:///etc/passwd'}]",
    "feeds: [{url: https://n.example/, every: 15 minutes}]",
    "feeds: [{url: https://n.example/, country: no}]",
    "feeds: [{url: https://n.example/, security: 'true'}]",
    "feeds: [{url: https://n.example/, headers: {X-Key: literal}}]",
    "feeds: [{url: https://n.example/, auth: literal}]",
    "feeds: [{url: https://n.example/, topics: crime}]",
    "feeds: [{url: https://n.example/}]\nchannels: [{name: a, to: '#a'}]",
    "feeds: [{url: https://n.example/}]\nchannels: [{name: a, to: terminal, language: xx}]",
    "feeds: [{url: https://n.example/}]\neditors: everyone",
    "feeds: [{url: https://n.example/}]\nnetwork: {allow: intranet}",
    "feeds: [{url: https://n.example/}]\ndefaults: {first: -1}",
    "feeds: [{url: https://n.example/}]\nunknown: 1",
]


@pytest.mark.parametrize("text", BAD_FOR_BOTH)
def test_the_schema_refuses_what_reading_refuses(text: str) -> None:
    with pytest.raises(ConfigError):
        parse(text, "f", {})
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain(text), schema())


# --- the project's own files ---------------------------------------------------------------


def own_feeds() -> tuple[Feed, ...]:
    return load(ROOT / "feeds.yaml", {}).feeds


def test_our_own_feeds_yaml_is_good_and_fits_the_schema() -> None:
    settings = load(ROOT / "feeds.yaml", {})
    jsonschema.validate(plain((ROOT / "feeds.yaml").read_text("utf-8")), schema())
    assert [str(channel.to) for channel in settings.channels] == ["terminal"]
    assert settings.defaults == Defaults()


def test_our_own_feeds_are_many_named_and_of_many_places() -> None:
    feeds = own_feeds()
    assert len(feeds) >= 60
    assert len({feed.name for feed in feeds}) == len(feeds)
    assert all(feed.country and feed.language and feed.topics for feed in feeds)
    assert len({feed.country for feed in feeds}) >= 20
    assert len({feed.language for feed in feeds}) >= 8
    assert sum(feed.every == timedelta(minutes=15) for feed in feeds) == len(feeds)


def test_the_examples_in_our_own_feeds_yaml_are_good() -> None:
    text = (ROOT / "feeds.yaml").read_text("utf-8")
    for line in re.findall(r"^( *)# (.*: .*|- .*)$", text, re.MULTILINE):
        indent, rest = line
        if re.match(
            r"(?:- )?(?:name|to|only|language|timezone|notices|readers|editors|network):",
            rest.strip(),
        ):
            text = text.replace(f"{indent}# {rest}\n", f"{indent}{rest}\n")
    settings = parse(text, "feeds.yaml with its examples", {})
    assert len(settings.channels) == 4
    assert settings.notices
    assert settings.allow
    assert settings.editors.slack


@needs_corpus
def test_our_own_feeds_answered_on_the_day_they_were_checked() -> None:
    results = json.loads(corpus("opml", "clivoa-feed_status.json").read_text("utf-8"))["results"]
    active = {
        canonical(address)
        for url, result in results.items()
        for address in (url, result["final_url"])
        if result["status"] == "active" and result["entries"]
    }
    text = (ROOT / "feeds.yaml").read_text("utf-8")
    last = text.partition("# --- In more languages ---")[2]
    unknown = [feed.url for feed in own_feeds() if canonical(feed.url) not in active]
    assert len(own_feeds()) - len(unknown) >= 60
    assert all(url in last for url in unknown)


def test_the_example_of_the_environment_names_every_variable() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    assert re.findall(r"^([A-Z_]+)=", text, re.MULTILINE) == [
        *("NIGHTDESK_CONFIG", "NIGHTDESK_DATABASE"),
        *("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "DISCORD_TOKEN"),
        *("SLACK_API_URL", "DISCORD_API_URL", "DISCORD_GATEWAY_URL"),
        *("NIGHTDESK_KEV", "NIGHTDESK_EPSS", "NIGHTDESK_CVE", "NIGHTDESK_SETTLE"),
    ]
    assert all(line.startswith("#") or "=" in line for line in text.splitlines() if line)
