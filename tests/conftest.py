"""Options and fixtures that every test may use."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="also run the long runs")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--nightly"):
        return
    for test in items:
        if "nightly" in test.keywords:
            test.add_marker(pytest.mark.skip(reason="a long run; make nightly"))


@pytest.fixture
def whole_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its length a document is read at once; portions have tests of their own."""
    for module in ("entries", "slices"):
        monkeypatch.setattr(f"digests.feeds.{module}.MAX_ENTRIES", 5_000)
