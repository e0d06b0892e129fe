"""The border to slack_sdk: a call ends in an `Answer` or a `Failure`, never in an exception.

No retry happens here unless `read` is asked for: slack_sdk on its own would send a message again
after a connection broke, and so post it twice.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.platforms.slack.errors import Failure, Kind, refusal
from digests.model import Clock

API_URL = "https://slack.com/api/"
TIMEOUT = 10.0  # seconds for a whole call; the outbox's SETTLE is built on it

_CONNECT = 5.0  # seconds; less than the whole, so that we know when nothing was sent
_KEEPALIVE = 5.0  # seconds; an idle connection that Slack closed would make a post unclear
_TRIES = 3
_LONGEST_PAUSE = 30.0  # seconds between two tries of a reading

Call = Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]

# The SDKs' own debug lines carry bodies and one-time addresses; only their errors are ours.
sdk_log = logging.getLogger("nightdesk.slack_sdk")
sdk_log.setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Answer:
    """A call that Slack says it did."""

    body: Mapping[str, Any]
    scopes: frozenset[str] = frozenset()  # what the token may do; empty when Slack did not say

    def text(self, name: str) -> str:
        """A field that should be text; "" when it is not."""
        value = self.body.get(name)
        return value if isinstance(value, str) else ""

    def rows(self, name: str) -> list[dict[str, Any]]:
        """A field that should be a list of objects; what is none is left out."""
        value = self.body.get(name)
        return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []

    def has_rows(self, name: str) -> bool:
        """Whether the list is there at all, empty or not."""
        return isinstance(self.body.get(name), list)

    def inner(self, name: str) -> dict[str, Any]:
        """A field that should be an object; empty when it is not."""
        value = self.body.get(name)
        return value if isinstance(value, dict) else {}

    @property
    def cursor(self) -> str:
        """Where the next page begins; "" on the last one."""
        cursor = self.inner("response_metadata").get("next_cursor")
        return cursor if isinstance(cursor, str) else ""


class Web:
    """Slack's Web API under one token."""

    def __init__(
        self, token: str, clock: Clock, *, base_url: str = API_URL, timeout: float = TIMEOUT
    ) -> None:
        self._token = token
        self._clock = clock
        self._base_url = base_url
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=min(_CONNECT, timeout / 2))
        self._client: AsyncWebClient | None = None
        self._session: aiohttp.ClientSession | None = None
        self.ahead: timedelta | None = None  # of our clock is Slack's; None until Slack answered

    async def ask(self, call: Call) -> Answer | Failure:
        """One request, sent once."""
        try:
            response = await call(self.client)
        except SlackApiError as error:
            return _refused(error.response)
        except (aiohttp.ClientError, OSError) as error:
            return _broken(error)
        # Answers that are no JSON object make slack_sdk trip; the request itself was sent.
        except (AttributeError, TypeError, ValueError) as error:
            return Failure(Kind.UNCLEAR, f"Slack's answer is unreadable ({type(error).__name__})")
        self._set_clock(response.headers)
        body = response.data
        return Answer(body if isinstance(body, dict) else {}, _scopes(response.headers))

    async def read(self, call: Call) -> Answer | Failure:
        """A request that changes nothing: tried again when it fails for now."""
        answer = await self.ask(call)
        for attempt in range(1, _TRIES):
            if isinstance(answer, Answer) or answer.kind is Kind.REFUSED:
                break
            wait = answer.after.total_seconds() if answer.after else float(attempt)
            if wait > _LONGEST_PAUSE:
                break
            await self._clock.sleep(wait)
            answer = await self.ask(call)
        return answer

    async def respond(self, url: str, body: Mapping[str, Any]) -> Failure | None:
        """Show the asker an answer through the address that came with the request."""
        hook = AsyncWebhookClient(url, session=self.session, retry_handlers=[], logger=sdk_log)
        hook.proxy = None  # the session knows it
        try:
            response = await hook.send_dict(dict(body))
        except (aiohttp.ClientError, OSError) as error:
            return _broken(error)
        if response.status_code == 200:  # noqa: PLR2004 - OK
            return None
        retry_after = response.headers.get("Retry-After", "")
        return refusal(response.status_code, response.body[:80], retry_after=retry_after)

    async def send(self, url: str, content: bytes) -> Failure | None:
        """Bring a file to the address that Slack named for it."""
        try:
            async with self.session.post(url, data=content) as response:
                if response.status == 200:  # noqa: PLR2004 - OK
                    return None
                return refusal(response.status, "")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _broken(error)

    async def close(self) -> None:
        """Let go of the connections; a later call opens new ones."""
        session, self._session, self._client = self._session, None, None
        if session is not None:
            await session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections, made when first needed: aiohttp wants to be inside the loop."""
        if self._session is None:
            connector = aiohttp.TCPConnector(keepalive_timeout=_KEEPALIVE)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=self._timeout, trust_env=True
            )
        return self._session

    @property
    def client(self) -> AsyncWebClient:
        """slack_sdk's client, without its retries."""
        if self._client is None:
            self._client = AsyncWebClient(
                self._token,
                base_url=self._base_url,
                session=self.session,
                retry_handlers=[],
                logger=sdk_log,
            )
            # The SDK takes a proxy from the environment even for addresses that NO_PROXY names;
            # the session reads the same variables and honours it.
            self._client.proxy = None
        return self._client

    def _set_clock(self, headers: Mapping[str, str]) -> None:
        try:
            theirs = parsedate_to_datetime(headers.get("Date", ""))
        except ValueError:
            return
        self.ahead = theirs - self._clock.now() if theirs.tzinfo else None

    def platform_time(self, at: datetime) -> datetime:
        """A moment of our clock as Slack's clock showed it."""
        return at + (self.ahead or timedelta())


def _scopes(headers: Mapping[str, str]) -> frozenset[str]:
    listed = headers.get("X-OAuth-Scopes", "").split(",")
    return frozenset(scope.strip() for scope in listed if scope.strip())


def _refused(response: Any) -> Failure:
    """What the SDK raised for: its own response, or aiohttp's when the body was no JSON."""
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    data = getattr(response, "data", None)
    body = data if isinstance(data, dict) else {}
    code = body.get("error")
    retry_after = response.headers.get("Retry-After") or body.get("retry_after", "")
    return refusal(
        status,
        code if isinstance(code, str) else "",
        retry_after=str(retry_after),
        details=_details(body),
    )


def _details(body: Mapping[str, Any]) -> tuple[str, ...]:
    """What Slack adds for people: the scope it misses, the block it dislikes."""
    needed, errors = body.get("needed"), body.get("errors")
    said = [f"needed: {needed}"] if isinstance(needed, str) else []
    said += [str(error)[:200] for error in errors[:2]] if isinstance(errors, list) else []
    return tuple(said)


def _broken(error: Exception) -> Failure:
    """A connection that failed: before the request went out, or nobody knows when."""
    name = type(error).__name__
    unsent = (
        aiohttp.ClientConnectorError,  # name, TCP, TLS, and the way to a proxy
        aiohttp.ConnectionTimeoutError,
        aiohttp.ClientHttpProxyError,
        aiohttp.InvalidURL,
    )
    if isinstance(error, unsent):
        return Failure(Kind.UNSENT, f"Slack cannot be reached ({name})")
    if isinstance(error, TimeoutError):
        return Failure(Kind.UNCLEAR, "Slack did not answer in time")
    return Failure(Kind.UNCLEAR, f"the connection to Slack broke ({name})")
