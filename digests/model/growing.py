"""What a revision of a story says that its readers have to act on."""

import json
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Self


@dataclass(frozen=True, slots=True)
class Growth:
    """What became known, or was corrected; empty when nobody has to act differently for it."""

    exploited: tuple[str, ...] = ()  # CVEs that are known to be exploited now
    ransomware: tuple[str, ...] = ()  # of exploited ones, those that ransomware uses now
    named: tuple[str, ...] = ()  # CVEs that the publisher names now
    dropped: tuple[str, ...] = ()  # and no longer
    headline: str = ""  # the former one, where it named another version

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return self != Growth()

    @property
    def reason(self) -> str:
        """A short name of just this growth, for the subject of its line: what it is, and of what."""
        kind = next(name for name, value in asdict(self).items() if value)
        return f"{kind}-{blake2b(self.written.encode(), digest_size=6).hexdigest()}"

    @property
    def written(self) -> str:
        """As a post keeps it."""
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    @classmethod
    def read(cls, text: str) -> Self:
        """What was `written`; nothing for a line that was owed before lines kept it."""
        found = json.loads(text) if text else {}
        cves = {name: tuple(value) for name, value in found.items() if name != "headline"}
        return cls(**cves, headline=found.get("headline", ""))
