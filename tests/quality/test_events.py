"""Grouping on headlines of our own: better than TF-IDF, and series never grow together."""

from collections.abc import Sequence
from datetime import timedelta

from benchmarks.same_event import tfidf_groups
from digests.stories.cluster import group
from digests.testing import START

EVENTS = (
    (
        "Flaw in Meridian gateways lets attackers log in without a password",
        "Meridian patches login bypass in its remote access gateways",
        "Attackers enter Meridian gateways without any password, agencies warn",
    ),
    (
        "Ransomware crew hits three Northfield hospitals in one night",
        "Northfield hospitals divert ambulances after ransomware attack",
        "Three hospitals in Northfield cannot reach patient records after attack",
    ),
    (
        "Harbour bank Quillon says data of 270,000 customers was stolen",
        "270,000 customers affected in Quillon data breach",
        "Quillon breach: names and account numbers taken, bank says",
    ),
    (
        "Tern file transfer flaw exploited for extortion",
        "Extortion groups use hole in Tern file transfer servers",
        "Tern urges customers to update file transfer servers at once",
    ),
    (
        "Police arrest suspected administrator of the Wadewell botnet",
        "Alleged Wadewell botnet operator arrested in joint operation",
        "Wadewell botnet taken down, one man arrested",
    ),
    (
        "Malicious packages on Orchard registry steal developer tokens",
        "Developers' tokens stolen by packages planted in Orchard registry",
        "Orchard removes 40 malicious packages after token theft",
    ),
)


def bcubed(said: Sequence[int], true: Sequence[int]) -> float:
    """The harmonic mean of B-cubed precision and recall (Bagga and Baldwin, 1998)."""
    places = range(len(true))
    precision = recall = 0.0
    for one in places:
        ours = {other for other in places if said[other] == said[one]}
        theirs = {other for other in places if true[other] == true[one]}
        precision += len(ours & theirs) / len(ours)
        recall += len(ours & theirs) / len(theirs)
    return 2 * precision * recall / (precision + recall) / len(true)


def test_events_are_found_in_other_words_better_than_by_tfidf() -> None:
    told = [(title, number) for turn in range(3) for number, event in enumerate(EVENTS)
            for title in event[turn : turn + 1]]  # fmt: skip
    titles, true = [title for title, _ in told], [number for _, number in told]
    at = [START + timedelta(minutes=n) for n in range(len(told))]
    ours = bcubed(group([(t, "", when) for t, when in zip(titles, at, strict=True)]), true)
    rival = max(bcubed(tfidf_groups(titles, at, bar), true) for bar in (0.02, 0.05, 0.1, 0.2))
    assert ours >= 0.80
    assert ours >= rival


def test_no_series_grows_together_beyond_three_days() -> None:
    titles = [f"{maker} patch day: {n} flaws fixed in all products" for n in range(50, 62)
              for maker in ("Meridian", "Tern")]  # fmt: skip
    at = [START + timedelta(days=14 * (n // 2)) for n in range(len(titles))]
    said = group([(t, "", when) for t, when in zip(titles, at, strict=True)])
    for number in set(said):
        days = [at[n] for n in range(len(said)) if said[n] == number]
        assert max(days) - min(days) <= timedelta(days=3)
