"""One request and its answer, over a network that may fail: retried where that is safe, within bounds."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from conformance.client import proxy_variables, within
from conformance.exchange import is_page
from conformance.live.budget import Budget
from conformance.outcomes import GatewayAnswer, HeldBack, OddAnswer, TargetFault

TIMEOUT = 10.0
"""Seconds that the target may take to answer, unless another time is given."""

_PAUSES = (0.25, 1.0)
"""Seconds before the second and the third try."""

_LONGEST_BODY = 32 * 2**20
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_GATEWAY = (502, 503, 504, *range(520, 531))

_PATIENCE = 5
_LONGEST_WAIT = 65.0
_WORTH_TELLING = 3.0
"""Seconds of waiting that somebody who looks on wants to know the reason of."""

_NO_KEY = (401, 403)

_CUT = (httpx.NetworkError, httpx.RemoteProtocolError)
"""What comes of a connection that the target has closed without saying so: from then on each request has its own."""

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True)
class Answer:
    """What came back: the body is whole and no longer compressed; header names are found in any case."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


class Transport:
    """Sends requests through a client, from one thread or several.

    A rate limit is waited out: a 429, and where the target announces that none is left (X-RateLimit-Remaining)
    already before the next request. Redirects to the same host are followed; a credential never leaves it.
    """

    def __init__(
        self,
        client: httpx.Client,
        budget: Budget,
        *,
        timeout: float = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`client` must not follow redirects. `timeout` is in seconds, for the whole of an answer."""
        self.requests = 0
        self._client = client
        self._budget = budget
        self._timeout = timeout
        self._sleep = sleep
        self._now = now
        self._counting = threading.Lock()
        self._not_before = 0.0
        self._once_each = False

    def answer(
        self,
        method: str,
        url: httpx.URL,
        headers: Mapping[str, str],
        content: bytes | None,
        *,
        judged: bool = False,
        keyless: bool = False,
    ) -> Answer:
        """The answer to a request. `judged` takes a page for the target's own answer: its form is what is tried.

        Where the request is `keyless`, a page that refuses it (401, 403) is the answer of the whole deployment.
        Raises TargetFault where nothing comes, OddAnswer where something else than the target answers, HeldBack where
        a rate limit asks for more time than there is.
        """
        pauses = iter(_PAUSES)
        while True:
            try:
                answer = self._unlimited(method, url, headers, content)
                _refuse_gateway(answer, judged or (keyless and answer.status_code in _NO_KEY))
                return answer
            except OddAnswer:
                if method != "GET" or (pause := next(pauses, None)) is None:
                    raise
            except httpx.HTTPError as error:
                never_sent = isinstance(error, _NEVER_SENT)
                self._once_each |= isinstance(error, _CUT) and not never_sent
                why = f"{type(error).__name__}: {error}"
                if isinstance(error, httpx.ProxyError):
                    why = f"the proxy of {' and '.join(proxy_variables())} fails: {error}"
                if method != "GET" and not never_sent:
                    raise TargetFault(f"{why}; it may have been carried out, and is not sent again") from error
                if (pause := next(pauses, None)) is None:
                    raise TargetFault(f"{why}; tried {len(_PAUSES) + 1} times") from error
            self._sleep(pause)

    def _unlimited(self, method: str, url: httpx.URL, headers: Mapping[str, str], content: bytes | None) -> Answer:
        """The first answer that is no 429. Raises TargetFault where the limit does not end."""
        for _ in range(_PATIENCE):
            answer = self._redirected(method, url, headers, content)
            if answer.status_code != 429:
                return answer
            self._wait_out(self._wait(answer.headers))
        raise TargetFault(f"the target still limits requests (429) after {_PATIENCE} waits")

    def _redirected(self, method: str, url: httpx.URL, headers: Mapping[str, str], content: bytes | None) -> Answer:
        """The first answer that leads nowhere else."""
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._once(method, url, headers, content)
            if answer.status_code not in _REDIRECTS or "location" not in answer.headers:
                return answer
            url = _followed(method, url, answer)
        raise OddAnswer(f"it is redirected more than {_MOST_REDIRECTS} times")

    def _once(self, method: str, url: httpx.URL, headers: Mapping[str, str], content: bytes | None) -> Answer:
        if (wait := self._not_before - self._now()) > 0:
            self._wait_out(wait)
        self._not_before = 0.0
        with self._counting:
            self._budget.pass_request()
            self.requests += 1
        deadline = time.monotonic() + self._timeout
        sent = {**headers, "Connection": "close"} if self._once_each else dict(headers)
        stream = self._client.stream(method, url, headers=sent, content=content, timeout=self._timeout)
        with within(self._timeout), stream as answer:
            if "," in answer.headers.get("content-encoding", ""):
                raise OddAnswer("the answer is compressed several times over (Content-Encoding)")
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout(f"the answer is not complete after {self._timeout:g} seconds")
                if len(body) > _LONGEST_BODY:
                    raise OddAnswer(f"the answer is longer than {_LONGEST_BODY} bytes")
        if answer.status_code != 429 and answer.headers.get("x-ratelimit-remaining", "").strip() == "0":
            self._not_before = self._now() + self._until_reset(answer.headers, 0.0)
        return Answer(answer.status_code, answer.headers, bytes(body))

    def _wait_out(self, seconds: float) -> None:
        """Raises HeldBack where that is too long."""
        if seconds > _LONGEST_WAIT:
            raise HeldBack(
                f"the rate limit of the target asks to wait {seconds:.0f} s, longer than {_LONGEST_WAIT:g} s"
            )
        if seconds > _WORTH_TELLING:
            print(f"waiting {seconds:.0f} s for the rate limit", file=sys.stderr, flush=True)
        self._sleep(seconds)

    def _wait(self, headers: Mapping[str, str]) -> float:
        """Seconds to wait after a 429: what Retry-After says, or until X-RateLimit-Reset; at least one."""
        after = headers.get("retry-after", "").strip()
        seconds = self._seconds(after) if after.isdecimal() else self._until(after)
        if seconds is None:
            seconds = self._until_reset(headers, 5.0)
        return max(seconds, 1.0)

    def _seconds(self, digits: str) -> float:
        """What digits say: a moment, in seconds since 1970, or a number of seconds."""
        return float(digits) - self._now() if len(digits) > 9 else float(digits)

    def _until(self, date: str) -> float | None:
        """Seconds until an HTTP date; None for what is none."""
        try:
            return parsedate_to_datetime(date).timestamp() - self._now()
        except (ValueError, TypeError):
            return None

    def _until_reset(self, headers: Mapping[str, str], otherwise: float) -> float:
        """Seconds until X-RateLimit-Reset, which is a moment or a number of seconds."""
        reset = headers.get("x-ratelimit-reset", "").strip()
        return self._seconds(reset) if reset.isdecimal() else otherwise


def _refuse_gateway(answer: Answer, judged: bool) -> None:
    """Raises OddAnswer for what a gateway says in the place of the target."""
    if answer.status_code in _GATEWAY:
        raise GatewayAnswer(f"it was answered {answer.status_code}, as a gateway does")
    if is_page(answer.headers, answer.content) and not judged:
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower() or "no content type"
        raise OddAnswer(f"it was answered {answer.status_code} with a page ({kind}) instead of JSON")


def _followed(method: str, url: httpx.URL, answer: Answer) -> httpx.URL:
    """Where a redirect leads. Raises OddAnswer where it leads to another host, or the request would become another."""
    status, location = answer.status_code, answer.headers["location"]
    try:
        there = url.join(location)
    except (httpx.InvalidURL, ValueError):
        raise OddAnswer(f"it was redirected ({status}) to what is no URL") from None
    upgraded = url.scheme == "http" and there.scheme == "https"
    same = (there.scheme, there.port) == (url.scheme, url.port)
    if there.host != url.host or not (same or upgraded):
        raise OddAnswer(f"it was redirected ({status}) to {_origin(there)}, which is another host")
    if method != "GET" and status not in (307, 308):
        raise OddAnswer(f"it was redirected ({status}) to {there.path[:200]}, which is only followed for reading")
    return there


def _origin(url: httpx.URL) -> str:
    parts = urlsplit(str(url))
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
