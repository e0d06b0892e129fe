"""Environment and .env: where things are, and the secrets, whose values are never printed."""

import io
import math
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from digests.errors import ConfigError, Problem

SETTLE = 60.0


class Secret:
    """A value that shows itself only when asked by name."""

    def __init__(self, value: str = "") -> None:
        self._value = value

    def reveal(self) -> str:
        """The value; keep it out of logs and errors."""
        return self._value

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self._value)

    def __repr__(self) -> str:
        """Never the value."""
        return "***" if self._value else "(none)"

    __str__ = __repr__


NO_SECRET = Secret()


@dataclass(frozen=True, slots=True)
class Environment:
    """What the surroundings say; the file says the rest."""

    config: Path
    database: str
    values: Mapping[str, str]  # for ${NAME} in the file and for proxies; holds secrets
    slack_bot_token: Secret = NO_SECRET
    slack_app_token: Secret = NO_SECRET
    discord_token: Secret = NO_SECRET
    slack_api_url: str = ""
    discord_api_url: str = ""
    discord_gateway_url: str = ""
    settle: float = SETTLE  # seconds before a doubtful post is looked up
    warnings: tuple[str, ...] = ()


def read(env: Mapping[str, str], *, config: str = "", database: str = "") -> Environment:
    """The environment with the .env beside feeds.yaml under it; arguments win. May raise ConfigError."""
    path = Path(config or env.get("NIGHTDESK_CONFIG") or "feeds.yaml")
    dotenv = path.parent / ".env"
    bindings = _bindings(dotenv)
    good = "".join(one.original.string for one in bindings if not one.error)
    below = dotenv_values(stream=io.StringIO(good))
    values = {name: value for name, value in below.items() if value is not None} | dict(env)
    return Environment(
        config=path,
        database=database
        or values.get("NIGHTDESK_DATABASE", "")
        or str(path.parent / "nightdesk.db"),
        values=values,
        slack_bot_token=Secret(values.get("SLACK_BOT_TOKEN", "")),
        slack_app_token=Secret(values.get("SLACK_APP_TOKEN", "")),
        discord_token=Secret(values.get("DISCORD_TOKEN", "")),
        slack_api_url=values.get("SLACK_API_URL", ""),
        discord_api_url=values.get("DISCORD_API_URL", ""),
        discord_gateway_url=values.get("DISCORD_GATEWAY_URL", ""),
        settle=_seconds(values.get("NIGHTDESK_SETTLE", "")),
        warnings=(*_open_to_all(dotenv), *_unread(dotenv, bindings)),
    )


def _seconds(written: str) -> float:
    try:
        seconds = float(written or SETTLE)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        message = f"found {written!r}; accepted: seconds, such as 60"
        raise ConfigError((Problem("NIGHTDESK_SETTLE", 0, 1, message),))
    return seconds


def _bindings(dotenv: Path) -> list[Binding]:
    """What stands in the file; a file that cannot be read is a mistake of whoever wrote it."""
    if not dotenv.is_file():
        return []
    try:
        return list(parse_stream(io.StringIO(dotenv.read_text("utf-8"))))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError((Problem(str(dotenv), 0, 1, f"cannot be read: {why}"),)) from None


def _line(one: Binding) -> int:
    """Where it stands; what the reader gives begins with the empty lines before it."""
    text = one.original.string
    return one.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _unread(dotenv: Path, bindings: Sequence[Binding]) -> tuple[str, ...]:
    """A word for each line that says nothing; never what stands in it, which may be a secret."""
    return tuple(
        f"{dotenv}:{_line(one)}: no NAME=value; the line is left out"
        for one in bindings
        if one.error
    )


def _open_to_all(dotenv: Path) -> tuple[str, ...]:
    if not dotenv.is_file() or not os.stat(dotenv).st_mode & stat.S_IROTH:  # noqa: PTH116 - one look, links followed
        return ()
    return (f"{dotenv} can be read by everyone on this machine: chmod 600 {dotenv}",)
