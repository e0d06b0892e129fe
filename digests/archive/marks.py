"""The two names of a post on a platform, made from its id whenever they are needed.

Both are opaque: whoever sees one learns nothing, and another installation's never equal ours.

The mark stands in the message for as long as the message does, so it never changes. The nonce is
what makes a platform take a second sending for the first one; it must be the same for all attempts
of our own, also after a crash. Only when an operator redrives a post it changes: a message that
was deleted by hand still owns its nonce on Discord, which then answers "not found" to the new one,
and the operator has looked at the channel.
"""

from dataclasses import dataclass
from hashlib import blake2b

_ALPHABET = b"0123456789abcdefghijklmnopqrstuvwxyz"
_LETTERS = bytes(_ALPHABET[byte % len(_ALPHABET)] for byte in range(256))
MARK_LENGTH = 12  # 61 bits
NONCE_LENGTH = 25  # what Discord allows


@dataclass(frozen=True, slots=True)
class Names:
    """Names the posts of one installation."""

    installation: str

    def mark(self, post: int) -> str:
        """What is shown small in the message, to find it again."""
        return self._name("mark", str(post), MARK_LENGTH)

    def nonce(self, post: int, life: int) -> str:
        """`life`: how often an operator has sent it on its way again."""
        return self._name("nonce", f"{post}/{life}", NONCE_LENGTH)

    def _name(self, purpose: str, what: str, length: int) -> str:
        key = self.installation.encode()[:64]
        digest = blake2b(what.encode(), digest_size=length, key=key, person=purpose.encode())
        return digest.digest().translate(_LETTERS).decode("ascii")
