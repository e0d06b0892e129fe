"""Trends as a picture: drawn from whatever words there are, with the same told in words."""

import pytest

from bot.charts import Chart, Group, available, described, picture

OVER = tuple((f"{day} Nov 2026", day % 5) for day in range(1, 16))


@pytest.mark.skipif(not available(), reason="the extra `charts` is not installed")
@pytest.mark.parametrize("groups", range(6))
async def test_any_number_of_groups_and_any_words_are_drawn(groups: int) -> None:
    rows = (("APT28 العربية $x^2$ 勒索", 4), ("", 1))
    chart = Chart(
        "Trends: $x$ 趋势", "", OVER, tuple(Group("Groups", rows) for _ in range(groups))
    )
    drawn = await picture(chart)
    assert drawn.png.startswith(b"\x89PNG")
    assert 0 < len(drawn.alt) <= 1_000


def test_a_picture_is_told_in_words() -> None:
    told = described(Chart("Trends", "42 stories", OVER, (Group("Groups", (("Turla", 9),)),)))
    assert told.startswith("Trends. 42 stories. 1 Nov 2026: 1, ")
    assert told.endswith("Groups: Turla 9")
