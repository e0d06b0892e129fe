"""Every database that the archive can stand on goes through the same suite."""

from collections.abc import AsyncIterator

import pytest

from digests.archive.store import Archive
from tests.contract.archives import Archives


@pytest.fixture(params=["sqlite"])
async def archives(request, tmp_path) -> AsyncIterator[Archives]:
    """Opens archives on one new database, and closes whatever is still open at the end."""
    made = Archives(str(tmp_path / "news.db"))
    yield made
    await made.close()


@pytest.fixture
async def archive(archives) -> Archive:
    """An open archive, new and empty."""
    return await archives.open()
