"""Logging: one line an event, no secrets, nothing from outside can forge a line."""

import logging
import re
import sys

_SHAPES = re.compile(
    r"xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}|[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"
    r"|(?<=hooks\.slack\.com/)\S+|(?<=api/webhooks/)\S+"
)


class Redacting(logging.Formatter):
    """The usual line with token shapes and given secrets masked and line breaks spelled out."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = tuple(secret for secret in secrets if len(secret) > 5)  # noqa: PLR2004 - less is no secret, and would mask words

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "***")
        line = _SHAPES.sub("***", line)
        return line.replace("\r", "\\r").replace("\n", "\\n")


def set_up(secrets: tuple[str, ...] = (), *, verbose: bool = False) -> None:
    """Send the log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacting(secrets))
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, handlers=[handler], force=True
    )
