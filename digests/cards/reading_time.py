"""How long a text takes to read, by the speed of its language."""

import math

# Mean reading speeds of the International Reading Speed Texts (Trauzettel-Klosinski and Dietz,
# "Standardized Assessment of Reading Performance: The New International Reading Speed Texts
# IReST", IOVS 53, 2012): words a minute, for Japanese and Chinese characters a minute. Read
# aloud, so a silent reader is rather faster: what we promise is kept.
SPEED = {
    "ar": 138,
    "de": 179,
    "en": 228,
    "es": 218,
    "fr": 195,
    "ja": 357,
    "ru": 184,
    "zh": 255,
}
ELSEWHERE = 184  # the mean over all seventeen languages of that study

BY_CHARACTER = frozenset({"ja", "zh"})


def length(text: str, language: str) -> int:
    """Words; for Japanese and Chinese, which write no spaces, letters and digits."""
    if language in BY_CHARACTER:
        return sum(map(str.isalnum, text))
    return sum(word[0].isalnum() or any(map(str.isalnum, word)) for word in text.split())


def seconds(length: int, language: str) -> int:
    """Seconds to read a text of that `length`; 0 for nothing, else at least 1."""
    return math.ceil(length * 60 / SPEED.get(language, ELSEWHERE))
