"""Real input that lies beside the project; absent on most machines, then its tests skip."""

from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared"
SHARED: Path | None = _BESIDE if (_BESIDE / "corpus").is_dir() else None

needs_corpus = pytest.mark.skipif(
    SHARED is None, reason="no corpus of real feeds beside the project"
)


def corpus(*parts: str) -> Path:
    """A path inside the corpus; only for tests marked `needs_corpus`."""
    assert SHARED is not None
    return SHARED.joinpath("corpus", *parts)


def specs(*parts: str) -> Path:
    """A path inside the platforms' own specifications."""
    assert SHARED is not None
    return SHARED.joinpath("specs", *parts)
