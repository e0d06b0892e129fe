"""Schedules, quiet hours, limits, quotas and mentions: every accepted form means what it says."""

import json
from datetime import time

import pytest
from jsonschema import Draft202012Validator

from digests.config.channel_keys import OfChannel
from digests.config.loader import parse
from digests.config.schema import schema
from digests.model import Channel, Mention, Pace, Quiet, Quota, Schedule


def channel(to: str = "slack:#soc", **keys: str) -> Channel:
    lines = "".join(f"    {name}: {value}\n" for name, value in keys.items())
    text = (
        f"feeds: [{{url: https://n.example/}}]\nchannels:\n  - name: soc\n    to: '{to}'\n{lines}"
    )
    return parse(text, "feeds.yaml", {}).channels[0]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("each story", Schedule()),
        ("hourly", Schedule(Pace.HOURLY)),
        ("daily at 08:30", Schedule(Pace.DAILY, time(8, 30))),
        ("daily  at 8:30", Schedule(Pace.DAILY, time(8, 30))),
        ("weekdays at 00:00", Schedule(Pace.WEEKDAYS)),
        ("weekly on sunday at 23:59", Schedule(Pace.WEEKLY, time(23, 59), 6)),
    ],
)
def test_a_schedule_is_read_and_written_back(written: str, meant: Schedule) -> None:
    assert channel(post=written).post == meant
    assert channel(post=str(meant)).post == meant


def test_quiet_hours_span_midnight_and_are_written_back() -> None:
    quiet = channel(quiet="22:00-7:05").quiet
    assert quiet == Quiet(time(22), time(7, 5))
    assert str(quiet) == "22:00-07:05"


def test_limits_and_quotas_are_numbers_for_a_day() -> None:
    told = channel(
        limit="30 per day", quota="{topic:vulnerability: 10 per day, ivanti: 1 per day}"
    )
    assert told.limit == 30
    assert told.quota == (Quota("topic:vulnerability", 10), Quota("ivanti", 1))


@pytest.mark.parametrize(
    ("to", "who", "names"),
    [
        ("slack:#soc", '"@here"', ("@here",)),
        ("slack:#soc", '[U0123ABC, S0123ABC, "@channel"]', ("U0123ABC", "S0123ABC", "@channel")),
        ("discord:12", '["role:4567", 1234567890]', ("role:4567", "1234567890")),
        ("discord:12", '["@everyone", "@everyone"]', ("@everyone",)),
    ],
)
def test_a_mention_names_what_its_platform_knows(to: str, who: str, names: tuple[str]) -> None:
    told = channel(to, mention=f"{{when: topic:ransomware, who: {who}}}")
    assert told.mention == Mention("topic:ransomware", names)


def test_the_schema_accepts_what_is_accepted() -> None:
    described = Draft202012Validator(schema())
    keys = (OfChannel.POST, OfChannel.QUIET, OfChannel.LIMIT)
    good = {key.name: key.example for key in keys} | {
        "name": "soc",
        "to": "slack:#soc",
        "quota": {"topic:vulnerability": "10 per day"},
        "mention": {"when": "topic:ransomware", "who": ["@here", "U0123ABC"]},
    }
    whole = {"feeds": [{"url": "https://n.example/"}], "channels": [good]}
    assert described.is_valid(whole)
    for key, bad in (("post", "daily at 25:00"), ("quiet", "22-7"), ("limit", "30")):
        wrong = json.loads(json.dumps(whole))
        wrong["channels"][0][key] = bad
        assert not described.is_valid(wrong)
