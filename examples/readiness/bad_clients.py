"""One client for each scenario that does not survive it: each is the good client with one habit that is common."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypedDict

import httpx

from examples.readiness.apis import Json, Lead
from examples.readiness.good_client import GoodClient, Refused


class Impatient(GoodClient):
    """Tries again at once, whatever Retry-After says."""

    def after_too_many(self, response: httpx.Response) -> None:
        return


class Discouraged(GoodClient):
    """Takes any 5xx for the end of the matter, and goes on with the next lead."""

    def after_a_server_error(self, response: httpx.Response) -> Any:
        return {}


class Forgetful(GoodClient):
    """Hangs up on a slow answer, and forgets what it had asked for."""

    def after_silence(self, method: str, path: str, body: Json | None) -> Any:
        return {}


class Stubborn(GoodClient):
    """Updates by e-mail alone, and asks the same ambiguous question again and again."""

    def update(self, lead: Lead, status: str) -> bool:
        for _ in range(4):
            try:
                return super().update(Lead("", lead.email, lead.status), status)
            except Refused as refusal:
                if refusal.status != 409:
                    raise
        return False


class AuraLead(TypedDict):
    """Aura's lead on the day on which the client was written."""

    id: str
    full_name: str
    email: str
    phone: str
    company: str
    status: str
    timezone: str
    notes: list[Json]
    metadata: Json
    source: Json
    disqualification_data: Json
    payment_status: str
    payment_count: int
    total_paid_cents: int
    last_payment_at: str
    created_at: str
    updated_at: str


class Strict(GoodClient):
    """Breaks when a lead of Aura has a field that it did not have when the client was written."""

    def lead(self, data: Json) -> Lead:
        if surplus := data.keys() - AuraLead.__annotations__.keys():
            raise TypeError(f"a lead has no {', '.join(surplus)}")
        return super().lead(data)


class Status(Enum):
    """The statuses that somebody once saw."""

    NEW = "new"
    OPEN = "open"
    QUALIFIED = "qualified"
    WON = "won"
    LOST = "lost"
    BOOKED = "booked"
    CONVERTED = "converted"


class Enumerating(GoodClient):
    """Breaks on a status that it does not know."""

    def lead(self, data: Json) -> Lead:
        return super().lead({**data, "status": Status(data["status"]).value})


class Deaf(GoodClient):
    """Takes a 401 for a passing trouble, and tries every call four times."""

    def read(self, response: httpx.Response) -> Any:
        if response.status_code == 401:
            return self.after_a_server_error(response)
        return super().read(response)


class Insistent(GoodClient):
    """Takes a 404 for a delay, and updates a lead that is gone until it gives up."""

    def update(self, lead: Lead, status: str) -> bool:
        update = super().update
        return any(update(lead, status) for _ in range(4))


class Trusting(GoodClient):
    """Takes a status of success for the whole story, and never looks at what came with it."""

    def after_half_an_answer(self, response: httpx.Response) -> Any:
        return {}


class Repeating(GoodClient):
    """Sends whatever got lost a second time, a create as well."""

    def after_a_lost_connection(self, method: str, path: str, body: Json | None) -> Any:
        return self.once(method, path, body)
