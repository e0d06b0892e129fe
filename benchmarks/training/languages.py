"""Which letters speak for which Latin language: digests/weights/languages.bin.

    python -m benchmarks.training.languages

Nothing is learned here: the model of the package py3langid tells 139 languages apart and takes
half a second and 80 MB to load; of it, the sequences of letters that tell our four Latin
languages apart are written down, with their logarithms of likelihood in steps of a twentieth.
"""

import json
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from digests.text.letters import LANGUAGES, STEP

TARGET = Path(__file__).parents[2] / "digests" / "weights" / "languages.bin"
TELLING = 0.1  # between the likeliest language and the least; below lies what only others have
_MIDDLE = 128
_LATIN_TAILS = frozenset({0xC2, 0xC3, 0xC5, 0xE2})  # first bytes of letters of our four


def main() -> None:
    """Read the model, leave out what decides nothing here, and write the file."""
    from py3langid import langid
    from py3langid.modelio import load_model

    likely, prior, labels, moves, rows, output = load_model(langid.MODEL_DIR / langid.MODEL_FILE)
    columns = [labels.index(language) for language in LANGUAGES]
    found: dict[bytes, bytes] = {}
    for letters, feature in _features(moves, rows, output):
        logs = likely[feature, columns].astype(float)
        if _is_latin(letters) and logs.max() - logs.min() > TELLING:
            found.setdefault(letters, _steps(logs - logs.mean()))
    TARGET.write_bytes(_written(found, [float(prior[column]) for column in columns]))
    print(f"{len(found):,} sequences of letters, {TARGET.stat().st_size:,} bytes")


def _features(moves: Any, rows: Any, output: Any) -> Iterator[tuple[bytes, int]]:
    """Each sequence the automaton knows, shortest first: a longer one repeats what its end says."""
    names, waiting, seen = {0: b""}, deque([0]), set()
    while waiting:
        state = waiting.popleft()
        feature = output[state]
        if feature >= 0 and feature not in seen:
            seen.add(feature)
            yield names[state], feature
        for byte in range(256):
            following = moves[(rows[state] << 8) + byte]
            if following not in names:
                names[following] = names[state] + bytes([byte])
                waiting.append(following)


def _is_latin(letters: bytes) -> bool:
    """Whether a text in Latin letters may hold it; it may begin or end inside a letter."""
    try:
        return all(ord(sign) < 0x250 or 0x2000 <= ord(sign) < 0x20D0 for sign in letters.decode())
    except UnicodeDecodeError:
        return all(byte < 0xC0 or byte in _LATIN_TAILS for byte in letters)


def _steps(logs: Any) -> bytes:
    return bytes(round(log / STEP) + _MIDDLE for log in logs)


def _written(found: dict[bytes, bytes], priors: list[float]) -> bytes:
    """A line of JSON, then four bytes for each sequence, then the sequences, parted by zeros."""
    ordered = sorted(found)
    head = json.dumps({"languages": LANGUAGES, "priors": priors, "count": len(ordered)})
    weights = b"".join(found[letters] for letters in ordered)
    return zlib.compress(head.encode() + b"\n" + weights + b"\0".join(ordered), 9)


if __name__ == "__main__":
    main()
