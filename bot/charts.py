"""Trends as a picture, where the extra `charts` is installed; as lines of text everywhere else.

The picture has its own dark ground, so that it reads the same in a light window and in a dark one.
"""

import asyncio
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GROUND, _INK, _QUIET = "#1f2430", "#f2f4f8", "#aab2c0"
_BARS = ("#5aa9e6", "#ff9f5a", "#8fd694", "#d59bf6", "#f6d55c")  # apart for colour-blind eyes too
_SIZE, _DOTS = (10.0, 6.2), 100  # inches, and dots in each
_MOST_GROUPS = 4
_LABEL = 22  # characters
_TICKS = 6
_ALT = 1_000


@dataclass(frozen=True, slots=True)
class Group:
    """Names and how many stories have each, most first."""

    title: str
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What there is to show, in people's words."""

    title: str
    subtitle: str
    over: tuple[tuple[str, int], ...]  # stories by time, oldest first
    groups: tuple[Group, ...] = ()
    alt: str = ""  # in words for who cannot see it; "" makes them of the rest


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG, and what it shows in words for who cannot see it."""

    name: str
    title: str
    png: bytes
    alt: str  # at most 1,000 characters


def available() -> bool:
    """Whether pictures can be drawn here."""
    try:
        return find_spec("matplotlib") is not None
    except ValueError:  # Python's word for what was shut out on purpose
        return False


async def picture(chart: Chart) -> Picture:
    """The chart as a picture; drawn beside the loop, since it takes half a second."""
    png = await asyncio.to_thread(_drawn, chart)
    return Picture("trends.png", chart.title, png, described(chart))


def described(chart: Chart) -> str:
    """What the picture shows, in words."""
    if chart.alt:
        return chart.alt[:_ALT]
    over = ", ".join(f"{name}: {count}" for name, count in chart.over)
    groups = [
        f"{group.title}: " + ", ".join(f"{name} {count}" for name, count in group.rows)
        for group in chart.groups
    ]
    return ". ".join([chart.title, chart.subtitle, over, *groups])[:_ALT]


def _drawn(chart: Chart) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, dpi=_DOTS, facecolor=_GROUND, layout="constrained")
    FigureCanvasAgg(figure)
    groups = chart.groups[:_MOST_GROUPS]
    top, *below = figure.subplot_mosaic(
        [["over"] * max(1, len(groups)), [*range(len(groups))]] if groups else [["over"]],
        height_ratios=[3, 2] if groups else None,
    ).values()
    heading = figure.suptitle(_plain(chart.title), color=_INK, fontsize=15, fontweight="bold")
    heading.set_parse_math(False)
    _over(top, chart)
    for axes, group, colour in zip(below, groups, _BARS[1:], strict=False):
        _group(axes, group, colour)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _over(axes: "Axes", chart: Chart) -> None:
    from matplotlib.ticker import MaxNLocator

    places = range(len(chart.over))
    axes.bar(places, [count for _, count in chart.over], color=_BARS[0], width=0.8)
    every = max(1, -(-len(chart.over) // _TICKS))
    shown = [at for at in places if at % every == 0]
    axes.set_xticks(shown, [_plain(chart.over[at][0]) for at in shown])
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    _calm(axes, chart.subtitle)
    axes.grid(axis="y", color=_QUIET, alpha=0.25)


def _group(axes: "Axes", group: Group, colour: str) -> None:
    rows = group.rows[::-1]
    bars = axes.barh(range(len(rows)), [count for _, count in rows], color=colour, height=0.7)
    axes.set_yticks(range(len(rows)), [_plain(name, _LABEL) for name, _ in rows])
    axes.set_xticks([])
    axes.bar_label(bars, padding=3, color=_INK, fontsize=9)
    axes.margins(x=0.2)
    _calm(axes, group.title)


def _calm(axes: "Axes", title: str) -> None:
    axes.set_title(_plain(title), color=_QUIET, fontsize=10, loc="left").set_parse_math(False)
    axes.set_facecolor(_GROUND)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_INK, labelsize=9, length=0)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_parse_math(False)
    for edge in axes.spines.values():
        edge.set_visible(False)


def _plain(text: str, most: int = 90) -> str:
    """Letters that the font has; what is foreign to it is left to the words beside the picture."""
    known = _letters()
    shown = "".join(c for c in unicodedata.normalize("NFC", text) if ord(c) in known).strip()
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"


def _letters() -> Sequence[int] | dict[int, Any]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    charmap: dict[int, Any] = get_font(findfont(FontProperties())).get_charmap()
    return charmap
