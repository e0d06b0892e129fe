"""The ways in which the Slack stand-in can fail, by script or by seeded chance."""

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """One way a call can end badly; the second half happens after Slack did what was asked."""

    DROP_UNREAD = "the connection breaks before the request is read"
    ERROR_500 = "500 before anything is done"
    ERROR_503 = "503 with a page before anything is done"
    LIMITED = "429 with Retry-After"
    LIMITED_NO_HEADER = "429 without Retry-After"
    LIMITED_ABSURD = "429 with an absurd Retry-After"
    LIMITED_NO_BODY = "429 with a page instead of JSON"
    LIMITED_BY_CODE = "200 with the code ratelimited"
    REVOKED = "token_revoked"
    NOT_IN_CHANNEL = "not_in_channel"
    ARCHIVED = "is_archived"
    INVALID_BLOCKS = "invalid_blocks"
    UNKNOWN_CODE = "a code nobody knows"
    INTERNAL_UNDONE = "internal_error, and nothing was done"
    # --- done, but badly told ---
    DROP_ACCEPTED = "done, then the connection breaks"
    ERROR_500_AFTER = "done, then 500"
    ERROR_502_AFTER = "done, then 502 with a page"
    SLOW = "done, after the client has left"
    HALF_BODY = "done, half of the answer arrives"
    BROKEN_JSON = "done, the answer is no JSON"
    NO_JSON_OBJECT = "done, the answer is a JSON list"
    EMPTY_BODY = "done, the answer is empty"
    PLAIN_BODY = "done, the answer is plain text"
    NO_TS = "done, the answer has no id"
    INTERNAL = "done, the answer says internal_error"
    FATAL = "done, the answer says fatal_error"

    @property
    def done(self) -> bool:
        """Whether Slack does what was asked all the same."""
        return self.value.startswith("done")


# code of a refusal -> what the body says
REFUSALS = {
    Fault.LIMITED_BY_CODE: "ratelimited",
    Fault.REVOKED: "token_revoked",
    Fault.NOT_IN_CHANNEL: "not_in_channel",
    Fault.ARCHIVED: "is_archived",
    Fault.INVALID_BLOCKS: "invalid_blocks",
    Fault.UNKNOWN_CODE: "some_code_of_the_year_2031",
    Fault.INTERNAL_UNDONE: "internal_error",
}

# What a healthy set-up meets now and then; the rest would pause the channel for good.
PASSING = tuple(
    fault
    for fault in Fault
    if fault
    not in {
        Fault.REVOKED,
        Fault.NOT_IN_CHANNEL,
        Fault.ARCHIVED,
        Fault.INVALID_BLOCKS,
        Fault.UNKNOWN_CODE,
        Fault.LIMITED_ABSURD,
    }
)


@dataclass
class Faults:
    """Which fault the next call of a method meets: scripted ones first, then by chance."""

    seed: int = 0
    share: float = 0.0  # of the calls of `methods`
    among: Sequence[Fault] = PASSING
    methods: Collection[str] = ("chat.postMessage", "chat.update", "conversations.history")
    scripted: dict[str, deque[Fault]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)

    def script(self, method: str, *faults: Fault) -> None:
        """The next calls of a method meet these, in order."""
        self.scripted.setdefault(method, deque()).extend(faults)

    def next(self, method: str) -> Fault | None:
        """The fault of this call, None when it goes well."""
        waiting = self.scripted.get(method)
        if waiting:
            return waiting.popleft()
        if method in self.methods and self._random.random() < self.share:
            return self._random.choice(self.among)
        return None
