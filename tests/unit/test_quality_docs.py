"""docs/quality.md says what the code does."""

import json
import re
from pathlib import Path

from digests.cards import condense, merit
from digests.stories import quality, relevance
from digests.stories.lexicon import LEXICON

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "quality.md").read_text("utf-8")
WEIGHTS = ROOT / "digests" / "weights"


def learned(name: str) -> dict:
    return json.loads((WEIGHTS / f"{name}.json").read_text("utf-8"))


def test_every_part_of_a_quality_stands_there_with_its_bounds() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (-?\d+) \| (-?\d+) \|", PAGE, re.MULTILINE)
    assert {code: (int(least), int(most)) for code, least, most in rows} == dict(quality.BOUNDS)


def test_the_points_of_a_part_are_those_of_the_code() -> None:
    assert f"{quality._A_SOURCE} for each person" in PAGE
    assert f"{quality._A_QUOTE} for each quotation" in PAGE
    assert f"{quality._A_LINK} for each link" in PAGE
    assert f"{quality._A_DOCUMENT} for each that is only named" in PAGE
    assert f"{quality._A_KIND} for each kind of fact" in PAGE
    assert f"{quality._FOR_MANY} more from five numbers on" in PAGE
    assert quality._MANY_NUMBERS == 5
    assert f"whole from {quality._WHOLE} words on" in PAGE
    assert f"{quality._A_PROMOTION} for each selling phrase" in PAGE


def test_publishers_are_scored_as_it_says() -> None:
    assert f"{quality.SHRINKAGE} stories of {quality.NEUTRAL} points" in PAGE
    assert f"{quality._A_FIRST} × times first ÷ (stories that others told too + {quality.SHRINKAGE})" in PAGE  # fmt: skip
    assert f"{quality._LIKED} × the sum of voices ÷ (people who voted + {quality._PEOPLE_SHRINKAGE})" in PAGE  # fmt: skip
    assert f"(useful − noise) ÷ (votes + {quality._FIRM})" in PAGE
    for people, useful in ((1, 1), (1, 400), (10, 1), (30, 5), (100, 5)):
        moved = quality._LIKED * people * quality.voice(useful, 0) / quality.A_VOICE
        moved /= people + quality._PEOPLE_SHRINKAGE
        assert f"| {people} | {useful} | {moved:+.1f} |" in PAGE
    assert f"at least {quality.FEWEST_RANKED} stories" in PAGE


def test_the_weights_of_condensing_stand_there() -> None:
    rows = re.findall(r"^\| ([a-z ]+): .* \| ([+-]\d\.\d\d) \|$", PAGE, re.MULTILINE)
    written = learned("condense")["weights"]
    assert [(sign, f"{written[sign]:+.2f}") for sign in merit.SIGNS] == rows
    assert f"{condense._REDUNDANCY} of its likeness" in PAGE
    assert f"less {condense._ALONE} when it begins with" in PAGE
    assert f"{merit._HEADLINE} × its likeness to the headline" in PAGE


def test_click_bait_is_weighed_by_as_many_signs() -> None:
    assert f"{len(learned('clickbait')['weights']):,} signs" in PAGE


def test_relevance_decides_as_it_says() -> None:
    assert f"must reach {relevance.THRESHOLD}" in PAGE
    assert f"first {relevance._READ} characters" in PAGE
    assert f"{len(learned('relevance')['weights'])} terms of a logistic" in PAGE
    weights = {w for known in LEXICON.values() for row in known for w in row}
    assert (min(weights), max(weights)) == (-4, 4)
    assert relevance._LEAST == -6
    assert relevance._MOST == 12
