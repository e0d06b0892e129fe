"""How our values lie in columns: times as integers, lists as JSON, opaque headers as bytes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
T = TypeVar("T")
compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().raw_decode


def decoded(text: str) -> Any:
    """What `compact` wrote; nothing stands around it, so nothing is looked for there."""
    return _decode(text)[0]


class _Stored(TypeDecorator[T]):
    """A value of ours in a column that knows it as something simpler; None stays None."""

    impl: type[TypeEngine[Any]] = Text
    cache_ok = True

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's
        """To the column."""
        return None if value is None else self.stored(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:  # noqa: ARG002 - SQLAlchemy's
        """From the column."""
        return None if value is None else self.loaded(value)

    def stored(self, value: T) -> Any:
        """What the column holds."""
        raise NotImplementedError

    def loaded(self, value: Any) -> T:
        """Our value again."""
        raise NotImplementedError


class Moment(_Stored[datetime]):
    """An aware time as microseconds since 1970: order and arithmetic are those of integers."""

    impl: type[TypeEngine[Any]] = BigInteger
    cache_ok = True

    def stored(self, value: datetime) -> int:
        return (value - _EPOCH) // _MICROSECOND

    def loaded(self, value: int) -> datetime:
        return _EPOCH + timedelta(microseconds=value)


class Duration(_Stored[timedelta]):
    """A length of time in microseconds."""

    impl: type[TypeEngine[Any]] = BigInteger
    cache_ok = True

    def stored(self, value: timedelta) -> int:
        return value // _MICROSECOND

    def loaded(self, value: int) -> timedelta:
        return timedelta(microseconds=value)


class Listed(_Stored[tuple[Any, ...]]):
    """A few short strings, or a few numbers, as a JSON list."""

    cache_ok = True

    def stored(self, value: tuple[Any, ...]) -> str:
        return compact(value) if value else "[]"

    def loaded(self, value: str) -> tuple[Any, ...]:
        return tuple(decoded(value)) if value != "[]" else ()


class Opaque(_Stored[str]):
    """A header value that may hold bytes of no known encoding (surrogateescape)."""

    impl: type[TypeEngine[Any]] = LargeBinary
    cache_ok = True

    def stored(self, value: str) -> bytes:
        return value.encode("utf-8", "surrogateescape")

    def loaded(self, value: bytes) -> str:
        return value.decode("utf-8", "surrogateescape")
