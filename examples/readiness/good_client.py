"""A client that survives every scenario of ``docs/scenarios.md``: small, and careful where it has to be.

Run it against a sandbox: ``python -m examples.readiness.good_client octanist http://127.0.0.1:4020 my-own-test-key``
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import httpx

from examples.readiness.apis import APIS, Api, Json, Lead

ATTEMPTS = 4


class Refused(Exception):
    """The API has said no for good: asking again would not help."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"{response.request.method} {response.request.url.path}: {response.status_code}")
        self.status = response.status_code


class Unsure(Exception):
    """Nobody knows whether a call took effect: its answer did not come, or not whole, or was a server's failure."""


class GoodClient:
    """Creates, reads and updates leads. `sleep` waits so many seconds."""

    def __init__(self, api: Api, http: httpx.Client, key: str, sleep: Callable[[float], object] = time.sleep) -> None:
        self.api = api
        self.http = http
        self.key = key
        self.sleep = sleep

    def create(self, email: str) -> Lead:
        """A new lead; where it is not sure that there is one, it looks before it tries again."""
        conversation = self.conversation(email) if self.api.conversations else ""
        for _ in range(ATTEMPTS):
            try:
                made = self.once("POST", "/leads", self.api.new_lead(email, conversation))
                return self.lead({"email": email, "status": "open", **self.api.data(made)})
            except Unsure:
                if found := self.find(email):
                    return found[0]
        raise Unsure(f"POST /leads: {ATTEMPTS} attempts")

    def conversation(self, customer: str) -> str:
        body = {"channel": "webform", "customer_identifier": customer}
        return str(self.once("POST", "/conversations", body)["id"])

    def get(self, id: str) -> Lead:
        return self.lead(self.api.data(self.call("GET", f"/leads/{id}")))

    def find(self, email: str) -> list[Lead]:
        """The leads of an e-mail, newest first."""
        path = f"/leads?search={email}" if self.api.by_email else "/leads"
        leads = [self.lead(each) for each in self.api.data(self.call("GET", path))]
        return [lead for lead in leads if lead.email == email]

    def update(self, lead: Lead, status: str) -> bool:
        """Give the lead a status: by its e-mail where that is the API's way, by its id where that is not enough.

        Sending it twice does what sending it once does. False where the lead is no longer there.
        """
        try:
            self.send_update("" if self.api.by_email else lead.id, lead.email, status)
        except Refused as refusal:
            if refusal.status == 409:
                self.send_update(lead.id, lead.email, status)
            elif refusal.status == 404:
                return False
            else:
                raise
        return True

    def send_update(self, id: str, email: str, status: str) -> None:
        path, body = self.api.update(id, email, status)
        self.call("PATCH", path, body)

    def lead(self, data: Json) -> Lead:
        """What is needed of a lead: unknown fields are left alone, an unknown status is a text like any other."""
        return Lead(data["id"], data["email"], data["status"])

    def call(self, method: str, path: str, body: Json | None = None) -> Any:
        """The answer to a call that may be sent again. Raises Unsure where that was of no use, and Refused."""
        for attempt in range(ATTEMPTS):
            try:
                return self.once(method, path, body)
            except Unsure:
                self.sleep(0.2 * 2**attempt)
        raise Unsure(f"{method} {path}: {ATTEMPTS} attempts")

    def once(self, method: str, path: str, body: Json | None = None) -> Any:
        """The answer to a call; one that was not even looked at, with 429, is sent again when the API says so.

        Raises Refused, and Unsure where it is not known whether the call took effect.
        """
        for _ in range(ATTEMPTS):
            try:
                response = self.send(method, path, body)
            except httpx.TimeoutException:
                return self.after_silence(method, path, body)
            except httpx.TransportError:
                return self.after_a_lost_connection(method, path, body)
            if response.status_code != 429:
                return self.read(response)
            self.after_too_many(response)
        raise Unsure(f"{method} {path}: still too many")

    def send(self, method: str, path: str, body: Json | None) -> httpx.Response:
        headers = self.api.headers(self.key)
        return self.http.request(method, self.api.base + path, json=body, headers=headers)

    def read(self, response: httpx.Response) -> Any:
        """The JSON of a success. Raises Refused and Unsure."""
        if response.status_code >= 500:
            return self.after_a_server_error(response)
        if response.status_code >= 400:
            raise Refused(response)
        try:
            return response.json()
        except ValueError:
            return self.after_half_an_answer(response)

    # What to do when a call did not go as it should: each a decision that a worse client takes differently.

    def after_too_many(self, response: httpx.Response) -> None:
        self.sleep(float(response.headers["Retry-After"]))

    def after_a_server_error(self, response: httpx.Response) -> Any:
        raise Unsure(str(response.status_code))

    def after_half_an_answer(self, response: httpx.Response) -> Any:
        raise Unsure("the answer is no JSON")

    def after_silence(self, method: str, path: str, body: Json | None) -> Any:
        raise Unsure("no answer in time")

    def after_a_lost_connection(self, method: str, path: str, body: Json | None) -> Any:
        raise Unsure("the connection was lost")


def work(client: GoodClient) -> None:
    """A morning of an integration: two leads come in and move on."""
    for email in ("ada@example.com", "bob@example.com"):
        lead = client.get(client.create(email).id)
        client.update(lead, "qualified")
    client.find("ada@example.com")
    client.create("eve@example.com")


def main(api: str, url: str, key: str) -> None:
    """Do the work against a sandbox; an unusable key ends it."""
    with httpx.Client(base_url=url, timeout=10) as http:
        work(GoodClient(APIS[api], http, key))


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in APIS:
        sys.exit(f"usage: python -m examples.readiness.good_client {'|'.join(APIS)} URL KEY")
    try:
        main(*sys.argv[1:])
    except (Refused, Unsure) as why:
        sys.exit(f"stopped: {why}")
