"""Brings contacts into Aura and Vorel, and sales into Octanist."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

ATTEMPTS = 4
REPEATABLE = ("GET", "PATCH")
"""A POST makes something: it is sent again only where it surely was refused."""


class ApiError(Exception):
    """An API refused a call; the text is its answer."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"{response.status_code}: {response.text[:200]}")
        self.status = response.status_code


class Uncertain(Exception):
    """The connection broke while something was being made: it may be there or not."""


@dataclass(frozen=True)
class Contact:
    """Somebody who may buy something."""

    email: str
    name: str
    phone: str | None = None


class Api:
    """Sends calls to one API, and again where that is right. `sleep` waits for so many seconds."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx.Client(base_url=base_url, headers=dict(headers), transport=transport, timeout=5)
        self._sleep = sleep

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON of the answer. Raises ApiError where the call is refused for good, and Uncertain."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = self._http.request(method, path, json=body)
            except httpx.TransportError as error:
                if method not in REPEATABLE:
                    raise Uncertain(f"{method} {path}: {error}") from error
                self._sleep(2**attempt)
                continue
            if not _is_passing(method, response.status_code):
                break
            self._sleep(float(response.headers.get("Retry-After", 2**attempt)))
        else:
            raise Uncertain(f"{method} {path}: no answer that can be used, {ATTEMPTS} times")
        if not response.is_success:
            raise ApiError(response)
        return response.json()

    def close(self) -> None:
        self._http.close()


def _is_passing(method: str, status: int) -> bool:
    """Whether the same call may succeed later, and does no harm if it is made twice."""
    return status == 429 or (status >= 500 and method in REPEATABLE)


class Leads:
    """What our product does with the three APIs."""

    def __init__(self, *, aura: Api, octanist: Api, vorel: Api) -> None:
        self._aura = aura
        self._octanist = octanist
        self._vorel = vorel

    def add(self, contact: Contact) -> tuple[str, str]:
        """Bring a contact into Aura and Vorel; the ids of the leads there."""
        known = {"email": contact.email, "phone": contact.phone}
        aura = self._aura.call("POST", "/v1/leads", {"full_name": contact.name, **known})["data"]["id"]
        opened = {"channel": "webform", "customer_identifier": contact.email, "customer_name": contact.name}
        conversation = self._vorel.call("POST", "/conversations", opened)["id"]
        lead = {"conversation_id": conversation, "name": contact.name, **known}
        return aura, self._vorel.call("POST", "/leads", lead)["id"]

    def qualify(self, vorel_lead: str, score: int) -> None:
        """Tell Vorel how promising a lead is, from 0 to 100."""
        self._vorel.call("PATCH", f"/leads/{vorel_lead}", {"qualification_score": score, "status": "qualified"})

    def forget_phone(self, vorel_lead: str) -> None:
        """Remove the phone number from Vorel; Aura lets nobody empty one."""
        self._vorel.call("PATCH", f"/leads/{vorel_lead}", {"phone": None})

    def sold(self, email: str, value: float) -> bool:
        """Tell Octanist what a lead has brought; whether it knew a lead, and one only, of that address."""
        try:
            self._octanist.call("PATCH", "/leads", {"email": email, "status": "won", "value": value})
        except ApiError as error:
            if error.status in (404, 409):
                return False
            raise
        return True

    def score(self, vorel_lead: str) -> int | None:
        """How promising Vorel says that a lead is; None for one that is gone."""
        try:
            score: int | None = self._vorel.call("GET", f"/leads/{vorel_lead}")["qualification_score"]
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        return score
