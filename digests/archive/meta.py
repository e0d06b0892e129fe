"""A few named values: who this installation is, and what must outlive the rows it came from."""

from sqlalchemy import Connection, select

from digests.archive import dialects
from digests.archive.schema import meta

INSTALLATION = "installation"
WELCOMED = "welcomed"
ANALYZER = "analyzer"


def get(connection: Connection, name: str) -> str | None:
    """The value, or None."""
    return connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar_one_or_none()


def put(connection: Connection, name: str, value: str) -> None:
    """Set it."""
    statement = dialects.insert(meta).values(name=name, value=value)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )
