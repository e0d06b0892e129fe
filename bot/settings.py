"""Environment and .env: where things are, and the secrets, whose values are never printed."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

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
    """The environment with the .env beside feeds.yaml under it; arguments win."""
    path = Path(config or env.get("NIGHTDESK_CONFIG") or "feeds.yaml")
    dotenv = path.parent / ".env"
    below = dotenv_values(dotenv) if dotenv.is_file() else {}
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
        warnings=_open_to_all(dotenv),
    )


def _seconds(written: str) -> float:
    try:
        return max(0.0, float(written)) if written else SETTLE
    except ValueError:
        return SETTLE


def _open_to_all(dotenv: Path) -> tuple[str, ...]:
    if not dotenv.is_file() or not os.stat(dotenv).st_mode & stat.S_IROTH:  # noqa: PTH116
        return ()
    return (f"{dotenv} can be read by everyone on this machine: chmod 600 {dotenv}",)
