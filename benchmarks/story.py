"""T1: everything the worker and the desk make of one story, step by step, in CPU milliseconds.

Real security stories from beside the project; also the memory that the words need.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from benchmarks.data import articles

ROUNDS = 5
STORIES = 150
AT = datetime(2026, 11, 24, tzinfo=UTC)

Told = tuple[str, str]  # headline and text


def stories() -> list[Told]:
    rows = map(json.loads, articles("casie-dev.jsonl").read_text("utf-8").splitlines())
    return [(one["title"] or "", one["text"] or "") for one in rows][:STORIES]


def steps() -> dict[str, Callable[[str, str], object]]:
    """What is done with each story, in the order in which it is done."""
    from digests.cards.condense import condense
    from digests.stories.likeness import vector
    from digests.stories.quality import quality
    from digests.stories.relevance import relevance
    from digests.stories.topics import topics
    from digests.text import indicators, names
    from digests.text.language import detect
    from digests.text.sentences import split
    from digests.text.tokens import terms

    return {
        "language": lambda title, text: detect(f"{title}\n{text[:160]}"),
        "first sentences": lambda _, text: split(text[:2_000], "en"),
        "relevance": lambda title, text: relevance(title, text, "en"),
        "names": lambda title, text: names.find(f"{title}\n{text}"),
        "indicators": lambda title, text: indicators.find(f"{title}\n{text}"),
        "topics": lambda title, text: topics(title, text, (), ()),
        "condensing": lambda title, text: condense(text, title=title),
        "quality": quality,
        "index terms": lambda title, text: terms(f"{title}\n{text[:600]}", "en"),
        "likeness": lambda title, text: vector(title.split(), text[:400].split()),
    }


def whole() -> Callable[[str, str], object]:
    """A draft, its telling, and the card made of it."""
    from digests.cards.compose import compose
    from digests.feeds.entries import RawEntry
    from digests.model import Feed, FeedFacts, Key, Story, StoryId
    from digests.reading import _draft, tell

    feed = Feed("https://x.example/feed", "X", "x.example")

    def make(title: str, text: str) -> object:
        draft = _draft(RawEntry(id="1", title=title or "-", body=text), feed, FeedFacts(), 0)
        told = tell(draft, None)
        story = Story(
            StoryId(1), Key("k1"), draft.title, "", "x.example", "X", feed.url, AT,
            language=told.language, sentences=told.sentences, names=told.names,
            topics=told.topics, cves=told.cves, quality=told.quality,
            length_here=told.length_here, length_there=told.length_there,
        )  # fmt: skip
        return compose(story, "en")

    return make


def milliseconds(step: Callable[[str, str], object], told: Sequence[Told]) -> float:
    """CPU time for one story: the best of several rounds, since other programs only add."""
    step("Warm up", "One sentence. Another one. A third one. And a fourth.")
    spent = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for title, text in told:
            step(title, text)
        spent.append(time.process_time() - start)
    return 1_000 * min(spent) / len(told)


def t1() -> None:
    told = stories()
    size = sum(len(text) for _, text in told) / len(told)
    for name, step in steps().items():
        print(f"   {name:<16} {milliseconds(step, told):6.3f} ms")
    print(
        f"T1 one story through everything {milliseconds(whole(), told):.2f} ms (goal 5),"
        f" {size:.0f} characters in the mean"
    )
    scale = 1024 if sys.platform == "linux" else 2**20
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
    print(f"   this process, all words loaded: {used:.0f} MB (goal 250)")


if __name__ == "__main__":
    t1()
