"""The pictures of the README: cards of the demo's newsroom in a real browser, as PNG files.

`make pictures` runs it. Chromium and the Noto fonts are installed from Debian when they are
absent and this account may do so; nothing else is fetched, and the pages load nothing.
"""

import asyncio
import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import aiohttp

from bot.charts import Chart, Group, available
from bot.charts import picture as chart_of
from bot.commands.trending import bars
from bot.newsroom.documents import printed
from bot.newsroom.publishers import PUBLISHERS
from bot.newsroom.stories import Publisher, Tale
from bot.preview import THEMES, page
from digests.cards.comments import review
from digests.cards.compose import compose, listing
from digests.cards.condense import condense
from digests.cards.reading_time import length
from digests.cards.words import words
from digests.model import (
    Comment,
    CommentId,
    CommentState,
    Content,
    CveFacts,
    Feedback,
    Key,
    Notice,
    Rating,
    Source,
    Span,
    Story,
    StoryId,
)
from digests.stories.quality import quality
from digests.stories.topics import topics
from digests.text import names
from digests.text.indicators import cves
from digests.text.indicators import find as found_indicators

FOLDER = Path(__file__).parent / "pictures"
PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-cjk", "fonts-dejavu-core")
SCALE = 1.5  # pixels of the picture for one of the page
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)  # a fixed moment: the same pictures every time
SHOWN = (
    "card-slack",
    "card-discord",
    "card-terminal",
    "arabic-slack",
    "arabic-discord",
    "search-slack",
    "commented-slack",
    "commented-discord",
    "review-slack",
    "review-discord",
    "trends-slack",
    "trends-discord",
)
DEADLINE = 60.0  # seconds for the browser to start, and for each answer

TRENDS = Chart(  # invented, like the newsroom's stories
    "Trends: ransomware",
    "61 stories · since 1 Feb 2026 · 48 in as long a time before",
    tuple(
        (f"{day} Feb 2026", n)
        for day, n in zip(range(1, 29, 4), (6, 9, 4, 12, 8, 15, 7), strict=True)
    ),
    (
        Group("Malware", (("LockBit", 14), ("Akira", 9), ("Qilin", 4))),
        Group("Products", (("Ivanti Connect Secure", 8), ("Fortinet FortiOS", 5))),
        Group("Publishers", (("ledger.example", 23), ("signal.example", 17))),
    ),
)
LEDGER, SIGNAL, ALMANAC = PUBLISHERS[:3]
OBSERVATORY = next(one for one in PUBLISHERS if one.language == "ar")


def main() -> None:
    """Make every picture anew."""
    browser = found_browser() or installed_browser()
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "preview.html"
        path.write_text(page(list(pictured().values()), now=NOW, mark="q2w8"), "utf-8")
        asyncio.run(take(browser, path, Path(folder) / "profile"))
    if available():  # the extra `charts`
        (FOLDER / "trends-shared.png").write_bytes(asyncio.run(chart_of(TRENDS)).png)


# --- what is shown ---------------------------------------------------------------------------


def pictured() -> dict[str, Content]:
    """Contents by the name of their pictures."""
    gateway = story(LEDGER, LEDGER.tales[0], 1, also=(SIGNAL, ALMANAC))
    hospitals = story(OBSERVATORY, OBSERVATORY.tales[0], 2)
    payroll, extension = story(LEDGER, LEDGER.tales[1], 3), story(SIGNAL, SIGNAL.tales[1], 4)
    comment = Comment(
        CommentId(12),
        gateway.id,
        "slack:U0123ABC",
        "Ana Duarte",
        "We saw this too: look for new accounts made on Sunday night, before the fix was out.",
        NOW,
    )
    approved = replace(comment, state=CommentState.SHOWN)
    said = Feedback(useful=14, noise=2, comments=(approved,))
    return {
        "commented": compose(
            gateway,
            "en",
            "Europe/Berlin",
            rating=Rating(64, 3, "US"),
            feedback=said,
            commented=True,
        ),
        "review": review(comment, gateway.headline, "en", "Europe/Berlin"),
        "card": compose(gateway, "en", "Europe/Berlin", rating=Rating(64, 3, "US")),
        "arabic": compose(hospitals, "ar", "Asia/Amman", rating=Rating(71, 1, "JO")),
        "search": listing(
            [gateway, payroll, extension],
            title=words("en").text("Search: {query}", query="password since:7d"),
            language="en",
            footer=words("en").plural("{n} story", "{n} stories", 3),
            excerpts={one.id: marked(one, "password") for one in (gateway, payroll, extension)},
        ),
        "trends": Notice(TRENDS.title, bars(TRENDS, words("en")), "en"),
    }


def story(
    publisher: Publisher, tale: Tale, number: int, *, also: tuple[Publisher, ...] = ()
) -> Story:
    """A tale as the desk would keep it."""
    paper = printed(publisher, tale, "https:/", 1, [NOW])
    text = "\n\n".join(paper.paragraphs)
    told = tuple(condense(text, title=paper.title, language=publisher.language))
    named = cves(f"{paper.title}\n{text}")
    known = tuple(names.find(f"{paper.title}\n{text}"))
    return Story(
        id=StoryId((int(NOW.timestamp()) << 20) + number),
        key=Key(("k7f3", "m2pq", "t9hx", "w4dn")[number - 1]),
        headline=paper.title,
        url=paper.link,
        publisher=publisher.domain,
        feed=publisher.name,
        feed_url=f"https://{publisher.domain}/feed",
        seen=paper.at + timedelta(minutes=4),
        byline=publisher.author,
        published=paper.at,
        language=publisher.language,
        sentences=told,
        length_here=length(" ".join(told), publisher.language),
        length_there=length(text, publisher.language),
        topics=topics(paper.title, text, known, named),
        cves=named,
        names=known,
        indicators=tuple(one for one in found_indicators(text) if one.kind != "cve"),
        quality=quality(paper.title, text, language=publisher.language, byline=publisher.author),
        # Its vulnerability is invented, so what is known of it is as well.
        facts=tuple(
            CveFacts(one, date(2026, 3, 1), ransomware=False, epss=0.87, cvss=9.8) for one in named
        ),
        also=tuple(Source(one.domain, one.name, paper.title, paper.link, NOW) for one in also),
    )


def marked(one: Story, word: str) -> tuple[Span, ...]:
    """The first sentence with the word, as search marks it."""
    sentence = next((s for s in one.sentences if word in s), one.sentences[0])
    before, found, after = sentence.partition(word)
    return tuple(span for span in (Span(before), Span(found, hit=True), Span(after)) if span.text)


# --- the browser -----------------------------------------------------------------------------


def found_browser() -> str:
    """Where Chromium is, when the fonts are there too."""
    fonts = subprocess.run(["fc-list"], capture_output=True, text=True, check=False).stdout
    ready = "NotoSansArabic" in fonts and "NotoSansCJK" in fonts
    return (shutil.which("chromium") or "") if ready else ""


def installed_browser() -> str:
    """Chromium and the fonts from Debian; ends with a word to people where that is not possible."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (sudo and not shutil.which("sudo")):
        sys.exit(f"make pictures needs these of Debian's packages: {' '.join(PACKAGES)}")
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    for step in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        if subprocess.run([*sudo, *quiet, *step], check=False).returncode:
            sys.exit(f"apt-get {step[0]} failed; install by hand: {' '.join(PACKAGES)}")
    return found_browser() or sys.exit("Chromium or the Noto fonts are still absent")


async def take(browser: str, path: Path, profile: Path) -> None:
    """A picture of each view of the page."""
    with running(browser, profile):
        async with asyncio.timeout(DEADLINE):
            address = await spoken_address(profile)
        async with tab(address) as ask:
            await ask("Page.enable")
            await ask("Page.navigate", url=path.as_uri())
            await loaded(ask)
            for name, theme in itertools.product(SHOWN, THEMES):
                of, view = name.split("-")
                number = 1 + list(pictured()).index(of)
                taken = await picture(ask, f"{view}-{theme}-{number}")
                (FOLDER / f"{name}-{theme}.png").write_bytes(taken)
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.name}/")


@contextmanager
def running(browser: str, profile: Path) -> Iterator[None]:
    """Chromium without a window, ended in the end."""
    command = [
        *(browser, "--headless=new", "--disable-gpu", "--no-first-run", "--hide-scrollbars"),
        *(f"--user-data-dir={profile}", "--remote-debugging-port=0", "--window-size=780,1000"),
        *(["--no-sandbox"] if os.geteuid() == 0 else []),  # Chromium refuses root otherwise
        "about:blank",
    ]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(DEADLINE)


async def spoken_address(profile: Path) -> str:
    """Where the browser listens; it writes the port into its profile."""
    noted = profile / "DevToolsActivePort"
    while not (noted.exists() and noted.read_text().strip()):  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.05)
    return f"http://127.0.0.1:{noted.read_text().split()[0]}"


class Ask:
    """Calls of the browser's own protocol, one at a time."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    async def __call__(self, method: str, **params: object) -> dict[str, object]:
        """The result of one call."""
        number = next(self._numbers)
        await self._socket.send_str(json.dumps({"id": number, "method": method, "params": params}))
        async with asyncio.timeout(DEADLINE):
            while True:  # events come in between
                heard = await self._socket.receive_json()
                if heard.get("id") == number:
                    return dict(heard["result"])


@asynccontextmanager
async def tab(address: str) -> AsyncIterator[Ask]:
    """The browser's first tab."""
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{address}/json/list") as answer:
            tabs = await answer.json(content_type=None)
        first = next(one for one in tabs if one["type"] == "page")
        async with session.ws_connect(first["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            yield Ask(socket)


async def value(ask: Ask, expression: str) -> object:
    """What an expression gives on the page."""
    answer = await ask("Runtime.evaluate", expression=expression, returnByValue=True)
    result = answer["result"]
    assert isinstance(result, dict)
    return result.get("value")


async def loaded(ask: Ask) -> None:
    """Return when the page and its fonts are there."""
    state = "location.protocol == 'file:' && document.readyState == 'complete'"
    async with asyncio.timeout(DEADLINE):
        ready = f"{state} && document.fonts.status == 'loaded'"
        while not await value(ask, ready):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


async def picture(ask: Ask, name: str) -> bytes:
    """The element of that id as PNG."""
    box = f"document.getElementById('{name}').getBoundingClientRect()"
    sides = await value(ask, f"(({{x, y, width, height}}) => ({{x, y, width, height}}))({box})")
    assert isinstance(sides, dict)
    clip = sides | {"scale": SCALE}
    shot = await ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
    return base64.b64decode(str(shot["data"]))


if __name__ == "__main__":
    main()
