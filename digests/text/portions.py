"""A text of many lines in portions, each within a limit, none cut in the middle of a line. Pure."""

from collections.abc import Callable

from digests.text.characters import clip


def portions(text: str, room: int, most: int, cost: Callable[[str], int] = len) -> list[str]:
    """The text in at most `most` portions that cost at most `room` each, by whole lines.

    A line that alone costs more is broken between words. What no portion has room for stays with
    the last one, for the caller to cut.
    """
    found: list[str] = []
    lines = [part for line in text.split("\n") for part in _parts(line, room, cost)]
    for line in lines:
        joined = f"{found[-1]}\n{line}" if found else line
        if found and (len(found) == most or cost(joined) <= room):
            found[-1] = joined
        else:
            found.append(line)
    return found


def _parts(line: str, room: int, cost: Callable[[str], int]) -> list[str]:
    """One line, or pieces of it, each within the room."""
    parts: list[str] = []
    while cost(line) > room:
        head = clip(line, max(2, room * len(line) // cost(line))).removesuffix("…")
        if not head or not line.startswith(head):  # nothing smaller can be cut off
            break
        while cost(head) > room and len(head) > 1:
            head = clip(head, len(head) // 2 + 1).removesuffix("…")
        parts.append(head)
        line = line[len(head) :].lstrip()
    return [*parts, line]
