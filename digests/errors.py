"""The tree of our errors; foreign errors become one of these at the border file.

NightdeskError
├── ConfigError        feeds.yaml or the environment is wrong; carries every problem with its place
├── ArchiveError       the database refused, is locked, full, or of another version
│   ├── ArchiveBusy    another instance holds the lock
│   └── ArchiveNewer   the database was written by a newer version
├── WorkerError        work on an untrusted document did not end well
│   ├── WorkerKilled   a limit ended it: time, memory
│   └── WorkerFailed   it raised
├── KnowledgeError     a published list or record of vulnerabilities is none
├── QueryError         a query that does not parse, with the place in the text
└── ChatError          a chat platform cannot be used at all (token, set-up); single sends end in outcomes
"""

from collections.abc import Mapping
from dataclasses import dataclass


class NightdeskError(Exception):
    """Base of all errors that Nightdesk raises on purpose."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for people that are put into their language by whoever tells them; English as text."""

    msgid: str
    args: Mapping[str, str | int]

    def __str__(self) -> str:
        """In English, as files and logs have it."""
        return self.msgid.format(**self.args)


def said(msgid: str, /, **args: str | int) -> Wording:
    """`{name}` in it takes the argument; the catalogs know the string by this call."""
    return Wording(msgid, args)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a configuration file, with its place and the cure."""

    file: str
    line: int  # from 1; 0 when the place is the file itself
    column: int  # from 1
    message: str  # what was found, what is accepted
    hint: str = ""  # the nearest known word, or what to write instead

    def __str__(self) -> str:
        """`file:line:column: message (hint)`, the shape editors understand."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class ConfigError(NightdeskError):
    """A configuration that cannot be used; `problems` is never empty."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class ArchiveError(NightdeskError):
    """The database could not do what was asked."""


class ArchiveBusy(ArchiveError):
    """Another instance works on this database."""


class ArchiveNewer(ArchiveError):
    """The database was written by a newer version of Nightdesk."""


class WorkerError(NightdeskError):
    """Work on an untrusted document did not end well; `reason` is for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WorkerKilled(WorkerError):
    """A limit of time or memory ended the task."""


class WorkerFailed(WorkerError):
    """The task raised."""


class KnowledgeError(NightdeskError):
    """A published document is not what it should be; the message says what is missing."""


class QueryError(NightdeskError):
    """A query that does not parse: what is wrong, where, and what would be right."""

    def __init__(self, fault: Wording, *, column: int, cure: Wording) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.column = column  # from 1, in characters of the query's text
        self.cure = cure

    @property
    def message(self) -> str:
        """The fault in English."""
        return str(self.fault)

    @property
    def hint(self) -> str:
        """The cure in English."""
        return str(self.cure)


class ChatError(NightdeskError):
    """A chat platform cannot be used: bad token, missing set-up."""
