"""docs/channels.md: its examples are accepted, its figures are those of the code."""

import re
from pathlib import Path

import pytest

from bot.courier import FLOOD_CARDS, STALE
from digests.archive.gather import PART, PARTS
from digests.cards.compose import MOST_LINES
from digests.config.channel_keys import OfChannel
from digests.config.loader import parse
from digests.desk.deciding import AWAY
from digests.model import Pace
from digests.rules.query import parse_lenient
from digests.rules.routing import BURST, BURST_TIME, GATHER
from digests.stories.announce import FLOOD

PAGE = Path(__file__).parents[2].joinpath("docs", "channels.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
SCHEDULES = re.findall(r"^\| `([^`:]+(?::\d\d)?)` \|", PAGE, re.MULTILINE)
SNIPPETS = re.findall(r"`((?:post|quiet|limit|quota): [^`…]+)`", PAGE)


def test_the_example_is_a_file_that_is_accepted() -> None:
    (example,) = EXAMPLES
    told = parse(example, "docs/channels.md", {})
    assert [channel.name for channel in told.channels] == ["soc", "managers", "developers"]


@pytest.mark.parametrize("line", [f"post: {one}" for one in SCHEDULES] + SNIPPETS)
def test_what_stands_in_the_text_is_accepted(line: str) -> None:
    text = f"feeds: [{{url: https://n.example/}}]\nchannels:\n  - name: a\n    to: terminal\n    {line}\n"
    assert len(parse(text, "docs/channels.md", {}).channels) == 1


def test_every_way_to_post_and_every_rule_is_explained() -> None:
    assert {one.partition(" at ")[0].partition(" on ")[0] for one in SCHEDULES} == set(Pace)
    rules = ("only", "post", "quiet", "breaking", "mention", "limit", "quota", "thread")
    names = {key.name for key in OfChannel.ALL}
    assert set(rules) <= names
    assert all(f"{rule}:" in PAGE for rule in rules)


def test_the_figures_are_those_of_the_code() -> None:
    minutes, hours = 60, 3600
    assert (FLOOD, BURST, FLOOD_CARDS) == (25, 25, 10)
    assert (BURST_TIME.total_seconds(), GATHER.total_seconds()) == (10 * minutes, 5 * minutes)
    assert STALE.total_seconds() == AWAY.total_seconds() == 6 * hours
    assert PART * PARTS == MOST_LINES == 20
    for said in ("more than 25", "within ten\nminutes", "ten most important", "five minutes"):
        assert said in PAGE


def test_the_search_it_names_is_understood() -> None:
    (query,) = re.findall(r"more: /digest search ([^`]+)`", PAGE)
    assert parse_lenient(query).notes == ()
