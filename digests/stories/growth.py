"""What of a story's change alters what a reader should do: one line under its card says it. Pure.

Another publisher's telling does not; a CVE that is exploited now, or that the publisher corrected,
does, and so does another version in the headline: it is what people patch to.
"""

import re
from collections.abc import Iterable, Mapping

from digests.model import CveFacts, Growth, Story

_VERSION = re.compile(r"(?<![\d.-])\d+(?:\.\d+)+(?![\d-])")


def learnt(story: Story, before: Mapping[str, CveFacts], now: Iterable[CveFacts]) -> Growth:
    """What facts of its vulnerabilities say that those from `before` did not."""
    known = {one.cve: one for one in now if one.cve in story.cves}
    exploited = [cve for cve, fact in known.items() if enters(before.get(cve), fact)]
    used = [cve for cve, fact in known.items() if used_now(before.get(cve), fact)]
    return Growth(exploited=tuple(exploited), ransomware=tuple(used))


def corrected(before: Story, after: Story) -> Growth:
    """What an edit by its publisher says that the story did not, and the other way round.

    Only like is compared with like: a teaser names less than the page it stands for.
    """
    if before.full_text != after.full_text:
        return Growth()
    new = [cve for cve in after.cves if cve not in before.cves]
    facts = {fact.cve: fact for fact in after.facts}
    exploited = [cve for cve in new if cve in facts and facts[cve].kev_since]
    withdrawn = _versions(before.headline) - _versions(after.headline)
    return Growth(
        exploited=tuple(exploited),
        named=tuple(cve for cve in new if cve not in exploited),
        dropped=tuple(cve for cve in before.cves if cve not in after.cves),
        headline=before.headline if withdrawn and _versions(after.headline) else "",
    )


def enters(before: CveFacts | None, now: CveFacts) -> bool:
    """Whether it has entered the catalog of known exploited vulnerabilities."""
    return now.kev_since is not None and (before is None or before.kev_since is None)


def used_now(before: CveFacts | None, now: CveFacts) -> bool:
    """Whether ransomware is known to use now what was known to be exploited before."""
    known = before is not None and before.kev_since is not None
    return known and now.ransomware and not (before and before.ransomware)


def _versions(headline: str) -> set[str]:
    return set(_VERSION.findall(headline))
