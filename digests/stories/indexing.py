"""The words by which a story is found. Pure.

Headline and sentences as they stand, and what people search for beside them: its CVEs, and each
name in its first spelling and the one that stands here.
"""

from collections.abc import Iterable

from digests.model import IndexTokens, Name, Story
from digests.text.tokens import terms


def words(
    title: str, texts: Iterable[str], cves: Iterable[str], names: Iterable[Name], language: str
) -> IndexTokens:
    """As the index keeps them: in order, a space between them."""
    spellings = (spelling for one in names for spelling in (one.name, one.alias))
    body = " ".join((*texts, *cves, *spellings))
    return IndexTokens(title=terms(title, language), body=terms(body, language))


def words_of(story: Story) -> IndexTokens:
    """The words of a story that is kept, for when it is indexed anew."""
    return words(story.headline, story.sentences, story.cves, story.names, story.language)
