"""Keeps what is known of vulnerabilities fresh: asks its publishers, in turn and politely.

Nothing is shipped and nothing is needed: without an answer cards simply say less. Lists are
asked for with validators, so that an unchanged one costs a header; their bytes go to the worker.
"""

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from digests.archive.store import Archive
from digests.desk.desk import Desk
from digests.desk.summaries import Worker
from digests.errors import WorkerError
from digests.knowledge import parse
from digests.knowledge.sources import (
    AGAIN,
    EPSS_EVERY,
    KEV_EVERY,
    RECORD_EVERY,
    RECORDS_AT_ONCE,
    Sources,
)
from digests.model import Clock, CveFacts, Document, Fetched, NotModified, Validators
from digests.stories.ids import first_id
from digests.web.client import Client

T = TypeVar("T")
log = logging.getLogger(__name__)

_NAMED = timedelta(days=30)  # CVEs of older stories are asked for no more
_KEV_KEPT = "knowledge.kev"  # validators, beside the facts that came with them
_SHRUNK = 0.8  # a catalog with fewer of its rows left is a broken one


@dataclass(slots=True)
class Learner:
    """Belongs to one event loop; `look` is called often and does what is due."""

    client: Client
    worker: Worker
    archive: Archive
    desk: Desk
    clock: Clock
    sources: Sources
    _due: dict[str, datetime] = field(default_factory=dict)  # source -> when to ask again
    _asked: dict[str, datetime] = field(default_factory=dict)  # CVE -> when its record was asked
    _scores: Document | None = None  # the last EPSS list, for CVEs that are named later
    _scored: set[str] = field(default_factory=set)  # CVEs looked up in it
    _validators: Validators = field(default_factory=Validators)  # of that list

    async def look(self) -> None:
        """Ask what is due. Never raises for what a publisher does."""
        await self._catalog()
        await self._forecast()
        await self._records()

    def ask_now(self) -> None:
        """Whatever was asked before is due again."""
        self._due.clear()

    def _is_due(self, source: str) -> bool:
        due = self._due.get(source)
        return due is None or self.clock.now() >= due

    def _next(self, source: str, after: timedelta) -> None:
        self._due[source] = self.clock.now() + after

    async def _catalog(self) -> None:
        if not self.sources.kev or not self._is_due("kev"):
            return
        self._next("kev", AGAIN)
        exploited = await self.archive.exploited()
        kept = await self.archive.get_meta(_KEV_KEPT) if exploited else None
        validators = Validators(*json.loads(kept)) if kept else Validators()
        outcome = await self.client.get(self.sources.kev, validators=validators)
        match outcome:
            case NotModified():
                self._next("kev", KEV_EVERY)
            case Fetched(document):
                facts = await self._parsed(parse.kev, document)
                if facts is None or len(facts) < _SHRUNK * len(exploited):
                    return
                await self.desk.learn(await self._with_catalog(facts, exploited))
                fresh = outcome.validators
                text = json.dumps([fresh.etag, fresh.last_modified])
                await self.archive.set_meta(_KEV_KEPT, text)
                self._next("kev", KEV_EVERY)
            case _:
                log.warning("known exploited vulnerabilities: %s", outcome.reason)

    async def _with_catalog(
        self, listed: Sequence[CveFacts], exploited: frozenset[str]
    ) -> list[CveFacts]:
        """What is known, with what the catalog says now; what left it is exploited no more."""
        names = {one.cve for one in listed}
        known = await self.archive.facts(names | exploited)
        facts = [
            replace(
                known.get(one.cve, one),
                kev_since=one.kev_since,
                ransomware=one.ransomware,
                title=known[one.cve].title or one.title if one.cve in known else one.title,
                product=one.product,
            )
            for one in listed
        ]
        gone = (known[cve] for cve in exploited - names if cve in known)
        return facts + [replace(one, kev_since=None, ransomware=False) for one in gone]

    async def _forecast(self) -> None:
        if not self.sources.epss:
            return
        if self._is_due("epss"):
            self._next("epss", AGAIN)
            outcome = await self.client.get(self.sources.epss, validators=self._validators)
            match outcome:
                case NotModified():
                    self._next("epss", EPSS_EVERY)
                case Fetched(document):
                    self._scores, self._validators = document, outcome.validators
                    self._scored.clear()
                    self._next("epss", EPSS_EVERY)
                case _:
                    log.warning("exploit predictions: %s", outcome.reason)
        await self._look_up()

    async def _look_up(self) -> None:
        """Scores of the CVEs that are named, or exploited, and were not looked up yet."""
        if self._scores is None:
            return
        wanted = (await self._named() | await self.archive.exploited()) - self._scored
        if not wanted:
            return
        found = await self._parsed(parse.epss, self._scores, frozenset(wanted))
        self._scored |= wanted
        if found:
            known = await self.archive.facts(found)
            await self.desk.learn(
                [
                    replace(known.get(cve, CveFacts(cve)), epss=score)
                    for cve, score in found.items()
                ]
            )

    async def _records(self) -> None:
        """The records of CVEs without a score, newest first, a few at a time."""
        if not self.sources.cve:
            return
        now = self.clock.now()
        named = await self._named()
        self._asked = {cve: at for cve, at in self._asked.items() if now - at < RECORD_EVERY}
        known = await self.archive.facts(named)
        wanting = [
            cve
            for cve in sorted(named - self._asked.keys(), reverse=True)
            if cve not in known or known[cve].cvss is None
        ]
        facts = [await self._record(cve, now) for cve in wanting[:RECORDS_AT_ONCE]]
        if found := [one for one in facts if one is not None]:
            await self.desk.learn(await self._with_records(found))

    async def _record(self, cve: str, now: datetime) -> CveFacts | None:
        self._asked[cve] = now
        outcome = await self.client.get(self.sources.record(cve))
        if not isinstance(outcome, Fetched):
            return None
        found = await self._parsed(parse.record, outcome.document)
        return found if found is not None and found.cve == cve else None

    async def _with_records(self, found: Iterable[CveFacts]) -> list[CveFacts]:
        by_name = {one.cve: one for one in found}
        known = await self.archive.facts(by_name)
        return [
            replace(
                known.get(cve, CveFacts(cve)),
                cvss=one.cvss,
                title=one.title or (known[cve].title if cve in known else ""),
                product=(known[cve].product if cve in known else "") or one.product,
            )
            for cve, one in by_name.items()
        ]

    async def _named(self) -> frozenset[str]:
        return await self.archive.named(first_id(self.clock.now() - _NAMED))

    async def _parsed(
        self, function: Callable[..., T], document: Document, *more: object
    ) -> T | None:
        """What the worker reads; None when it cannot, which the log then says."""
        try:
            size = len(document.body)
            return await self.worker.run(function, document.body, *more, size=size)
        except WorkerError as error:
            log.warning("%s: %s", document.url, error.reason)
            return None
