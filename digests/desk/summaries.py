"""Summaries by the operator's own model: asked for, guarded in the worker, remembered for each text.

Off unless the file names an endpoint. Whatever it does, a story is told: what it wrote is shown
only where every fact of it stands in the report, else the report's own sentences are.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar

from digests.archive.store import Archive
from digests.cards.guard import doubts
from digests.cards.reading_time import length
from digests.errors import WorkerError
from digests.model import EXTRACT, Clock, Summariser, Telling
from digests.text.sentences import split
from digests.web.completions import Answered, Completions, Silent

log = logging.getLogger(__name__)
T = TypeVar("T")

ARTICLE = 12_000  # characters of a report that a model gets and the guard compares with
FEWEST = 600  # characters of a report; a shorter one is its own summary
REST = 300.0  # seconds for which an endpoint that does not work is left alone
_TASK = b"1"  # part of each fingerprint: another task asks for everything anew


class Worker(Protocol):
    """Where work on strangers' texts is done; what a model wrote is one."""

    async def run(
        self, function: Callable[..., T], *args: object, size: int, slow: bool = False
    ) -> T:
        """The function's result; raises WorkerError."""


class Summaries:
    """Retells what was condensed, where the file wants that."""

    def __init__(self, archive: Archive, worker: Worker, clock: Clock) -> None:
        self._archive = archive
        self._worker = worker
        self._clock = clock
        self._of: Summariser | None = None
        self._model: Completions | None = None
        self._rests_until = 0.0

    @property
    def wanted(self) -> bool:
        """Whether tellings need their article's text."""
        return self._of is not None

    def use(self, summariser: Summariser | None) -> None:
        """Take up what the file says now."""
        if summariser != self._of:
            self._of = summariser
            self._model = Completions(summariser) if summariser else None
            self._rests_until = 0.0

    async def retold(self, title: str, telling: Telling) -> Telling:
        """The telling in the model's words when these can be trusted, else as it was."""
        article = telling.article[:ARTICLE]
        telling = replace(telling, article="")
        if self._of is None:
            return telling
        own = replace(telling, origin=EXTRACT)
        if len(article) < FEWEST:
            return own
        text = await self._text(self._of, title, article, telling.language)
        return _told(own, text, self._of.model) if text else own

    async def _text(self, of: Summariser, title: str, article: str, language: str) -> str:
        """A summary that passed the guard; "" when there is none."""
        key = _fingerprint(of, title, article)
        known = await self._archive.summary(key)
        if known is not None:
            return known
        answer = await self._asked(title, article)
        if isinstance(answer, Silent):
            log.info("no summary: %s", answer.reason)
            if answer.down:
                return ""
        text = await self._guarded(answer, title, article, language)
        await self._archive.save_summary(key, text, now=self._clock.now())
        return text

    async def _asked(self, title: str, article: str) -> Answered | Silent:
        assert self._model is not None
        if self._clock.monotonic() < self._rests_until:
            return Silent("the endpoint did not work a moment ago", down=True)
        answer = await self._model.summary(title, article)
        if isinstance(answer, Silent) and answer.down:
            self._rests_until = self._clock.monotonic() + REST
        return answer

    async def _guarded(
        self, answer: Answered | Silent, title: str, article: str, language: str
    ) -> str:
        if isinstance(answer, Silent):
            return ""
        try:
            found = await self._worker.run(
                partial(doubts, title=title), answer.text, article, language, size=len(article)
            )
        except WorkerError as error:
            log.info("a summary could not be checked: %s", error)
            return ""
        if found:
            log.info("a summary was not believed: %s", found[0])
        return "" if found else answer.text


def _told(own: Telling, text: str, model: str) -> Telling:
    sentences = tuple(split(text, own.language))
    return replace(own, sentences=sentences, length_here=length(text, own.language), origin=model)


def _fingerprint(of: Summariser, title: str, article: str) -> str:
    parts = (
        _TASK,
        *(one.encode("utf-8", "replace") for one in (of.url, of.model, title, article)),
    )
    return hashlib.blake2b(b"\0".join(parts), digest_size=16).hexdigest()
