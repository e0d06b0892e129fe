"""What English words mean, in 64 bytes each: digests/weights/meaning.bin.

    pip install wordllama tokenizers safetensors wordfreq
    python -m benchmarks.training.meaning

Nothing is learned here: the package wordllama brings a vector of 256 dimensions for each piece of
a word. Of the commonest English words the pieces are averaged, words with one stem by how common
they are, and each stem is made as long as it is rare. The 64 directions are kept in which texts
differ most, that is in which words differ, weighed by how often they come (principal axes).
"""

import json
import math
import re
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from digests.text.meaning import DIMENSIONS, hash_of
from digests.text.tokens import terms

TARGET = Path(__file__).parents[2] / "digests" / "weights" / "meaning.bin"
WORDS = 60_000  # the commonest
A_TEXT = 300  # words, of which rarity is reckoned
RAREST = 9.0  # what a rarer word says is no more
_CUT = 99.9  # percentile of the components that a byte holds uncut
_SPELLED = re.compile("[a-z]{2,25}")


def main() -> None:
    """Read both packages, and write the table."""
    words = _common_words()
    stems = _by_stem(words, _vectors([word for word, _ in words]))
    ordered = sorted(stems)
    often = np.array([stems[stem][0] for stem in ordered])
    vectors = np.stack([stems[stem][1] for stem in ordered])
    rarity = np.minimum(-np.log(1 - np.exp(-often * A_TEXT)), RAREST)[:, None]
    _, _, axes = np.linalg.svd(vectors * rarity * np.exp(-rarity / 2), full_matrices=False)
    small = vectors @ axes[:DIMENSIONS].T * rarity
    steps = np.clip(np.round(small / np.percentile(np.abs(small), _CUT) * 127), -127, 127)
    count = _write(ordered, often, (steps + 128).astype(np.uint8))
    print(f"{count:,} stems, {TARGET.stat().st_size:,} bytes")


def _common_words() -> list[tuple[str, float]]:
    from wordfreq import top_n_list, word_frequency

    found = top_n_list("en", WORDS, wordlist="large")
    spelled = [word for word in found if _SPELLED.fullmatch(word)]
    return [(word, word_frequency(word, "en", wordlist="large")) for word in spelled]


def _vectors(words: list[str]) -> Any:
    """The mean of the pieces of each word, (words, 256)."""
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    spec = find_spec("wordllama")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    package = Path(spec.submodule_search_locations[0])
    (pieces,) = load_file(package / "weights" / "l2_supercat_256.safetensors").values()
    pieces = pieces.astype(np.float32)
    tokenizer = Tokenizer.from_file(
        str(package / "tokenizers" / "l2_supercat_tokenizer_config.json")
    )
    encoded = tokenizer.encode_batch(words, add_special_tokens=False)
    return np.stack([pieces[one.ids].mean(axis=0) for one in encoded])


def _by_stem(words: list[tuple[str, float]], vectors: Any) -> dict[str, tuple[float, Any]]:
    """How common each stem is, and the mean vector of its words."""
    of: dict[str, list[tuple[float, Any]]] = defaultdict(list)
    for (word, often), vector in zip(words, vectors, strict=True):
        found = terms(word, "en").split()
        if len(found) == 1:
            of[found[0]].append((often, vector))
    return {
        stem: (total, sum(often * vector for often, vector in those) / total)
        for stem, those in of.items()
        for total in [math.fsum(often for often, _ in those)]
    }


def _write(stems: list[str], often: Any, vectors: Any) -> int:
    """A line of JSON, then the hashes in order, then the vectors; of one hash the commoner stem."""
    rows: dict[int, int] = {}
    for row in sorted(range(len(stems)), key=lambda at: -often[at]):
        rows.setdefault(hash_of(stems[row]), row)
    ordered = sorted(rows)
    head = json.dumps({"dimensions": DIMENSIONS, "count": len(ordered)}).encode()
    hashes = np.array(ordered, dtype="<u4").tobytes()
    TARGET.write_bytes(head + b"\n" + hashes + vectors[[rows[one] for one in ordered]].tobytes())
    return len(ordered)


if __name__ == "__main__":
    main()
