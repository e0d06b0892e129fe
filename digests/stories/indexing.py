"""The words by which a story is found. Pure.

Headline and sentences as they stand, and what people search for beside them: its CVEs, and each
name in its first spelling and the one that stands here. Of an English text the meaning too.
"""

from collections.abc import Iterable
from dataclasses import replace

from digests.model import IndexTokens, Name, Story
from digests.text.meaning import meaning
from digests.text.tokens import terms

_UNDERSTOOD = "en"  # the words of other languages have no vectors, or those of English words
_TITLE_WEIGHT = 2


def words(
    title: str, texts: Iterable[str], cves: Iterable[str], names: Iterable[Name], language: str
) -> IndexTokens:
    """As the index keeps them: in order, a space between them."""
    spellings = (spelling for one in names for spelling in (one.name, one.alias))
    body = " ".join((*texts, *cves, *spellings))
    found = IndexTokens(title=terms(title, language), body=terms(body, language))
    if language != _UNDERSTOOD:
        return found
    return replace(found, meaning=meaning_of(found))


def meaning_of(tokens: IndexTokens) -> bytes:
    """The vector of an English text by its words."""
    return meaning((*tokens.title.split() * _TITLE_WEIGHT, *tokens.body.split()))


def words_of(story: Story) -> IndexTokens:
    """The words of a story that is kept, for when it is indexed anew."""
    return words(story.headline, story.sentences, story.cves, story.names, story.language)
