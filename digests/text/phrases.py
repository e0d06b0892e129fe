"""Many phrases looked for at once, as whole words, in time that grows with the text only."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from digests.text.characters import lower_in_place

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick


class Phrases:
    """A set of phrases, whatever their case. Chinese and Japanese ones are found inside runs too.

    They are written with commas between; a star behind one stands for any ending of its last word.
    """

    def __init__(self, phrases: str) -> None:
        written = sorted({phrase.strip().lower() for phrase in phrases.split(",")} - {""})
        self._phrases = [phrase.rstrip("*") for phrase in written]
        self._open = [phrase.endswith("*") for phrase in written]
        self._found: AhoCorasick | None = None

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and phrase of each place, in order; of those at one place the longest."""
        lower = lower_in_place(text)
        for number, start, end in self._automaton().find_matches_as_indexes(lower):
            if _whole(lower, start, end, ends=not self._open[number]):
                yield start, end, self._phrases[number]

    def count(self, text: str) -> int:
        """At how many places one of the phrases stands."""
        return sum(1 for _ in self.find(text))

    def _automaton(self) -> "AhoCorasick":
        if self._found is None:
            from ahocorasick_rs import AhoCorasick, MatchKind  # noqa: PLC0415 - native code; only the worker needs it

            self._found = AhoCorasick(self._phrases, matchkind=MatchKind.LeftmostLongest)
        return self._found


def _whole(text: str, start: int, end: int, *, ends: bool) -> bool:
    """Whether no word is cut. Scripts without spaces have no words to cut."""
    return not (
        (start and _joined(text[start - 1], text[start]))
        or (ends and end < len(text) and _joined(text[end - 1], text[end]))
    )


def _joined(one: str, other: str) -> bool:
    return one.isalnum() and other.isalnum() and min(one, other) < "\u3040"
