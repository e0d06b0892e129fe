"""What might be typed, made up from a seed: the same seed gives the same texts, and costs little."""

import random
from collections.abc import Iterator, Sequence

PARTS = 100
OF_A_PART = 10_000  # texts; all parts are a million
_SPANS = ((32, 127), (32, 127), (0, 0x600), (0x600, 0x3000), (0x3000, 0xFFFF), (0, 0x110000))


def lines(seed: int, pieces: Sequence[str], most: int = 5) -> Iterator[str]:
    """Without end: some of the pieces and some of any characters, with or without a space."""
    rng = random.Random(seed)
    while True:
        words = [_word(rng, pieces) for _ in range(rng.randint(0, most))]
        yield rng.choice((" ", " ", " ", "")).join(words)


def _word(rng: random.Random, pieces: Sequence[str]) -> str:
    kind = rng.random()
    if kind < 0.6:
        return rng.choice(pieces)
    if kind < 0.7:  # two halves of pieces
        one, other = rng.choice(pieces), rng.choice(pieces)
        return one[: rng.randint(0, len(one))] + other[rng.randint(0, len(other)) :]
    low, high = rng.choice(_SPANS)
    return "".join(chr(rng.randrange(low, high)) for _ in range(rng.randint(0, 40)))
