"""The line under a card: what a reader should do differently now. Pure."""

from collections.abc import Sequence

from digests.cards import exploitation
from digests.cards.words import Words
from digests.model import CveFacts, Growth

_MOST_NAMED = 5


def line(growth: Growth, facts: Sequence[CveFacts], say: Words) -> str:
    """One line, the gravest first. `facts`: of all the CVEs that the story names.

    Facts that were taken back since are not said: then what is known is, or nothing.
    """
    exploited = [fact for fact in facts if fact.cve in growth.exploited]
    parts = [exploitation.line(exploited, say)] if exploited else []
    parts += _ransomware(growth, say) + _corrections(growth, say)
    return say.line(*parts) if parts else exploitation.line(facts, say)


def _ransomware(growth: Growth, say: Words) -> list[str]:
    if not growth.ransomware:
        return []
    names = _few(growth.ransomware, say)
    return [say.text("Now used in ransomware campaigns: {names}", names=names)]


def _corrections(growth: Growth, say: Words) -> list[str]:
    said = []
    if growth.named:
        said.append(say.text("The publisher now names {names}", names=_few(growth.named, say)))
    if growth.dropped:
        names = _few(growth.dropped, say)
        said.append(say.text("The publisher no longer names {names}", names=names))
    if growth.headline:
        before = say.isolate(growth.headline)
        said.append(say.text("The headline was corrected; before: {headline}", headline=before))
    return said


def _few(cves: Sequence[str], say: Words) -> str:
    named = list(cves[:_MOST_NAMED])
    if len(cves) > _MOST_NAMED:
        rest = len(cves) - _MOST_NAMED
        named.append(say.plural("{n} more CVE", "{n} more CVEs", rest))
    return say.names(named)
