"""Many clients at once: each sees what it sees when it is alone."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass
from typing import Any

from tests.programs import serving

CLIENTS = 64
CALLS = 16


@dataclass(frozen=True)
class Answer:
    """What came over the wire; `headers` are its lines without the date."""

    status: int
    headers: tuple[str, ...]
    body: bytes


Transcript = list[Answer]

VALUES: list[Any] = ["ada@example.com", "not an address", "+14155552671", "won", "new", None, 7, ["x"], {"a": 1}, ""]
FIELDS = ["email", "name", "full_name", "phone", "status", "value", "note", "company", "attributes", "unknown"]


class Wire:
    """One connection, for one call after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, root: str) -> Wire:
        host, _, port = root.removeprefix("http://").partition(":")
        return cls(*await asyncio.open_connection(host, int(port)))

    async def call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(content)}"]
        lines += [f"{name}: {value}" for name, value in {"Content-Type": "application/json", **headers}.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        status, *told = (await self._reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        length = next(int(line[15:]) for line in told if line.startswith("content-length:"))
        received = await self._reader.readexactly(length)
        return Answer(int(status.split()[1]), tuple(line for line in told if not line.startswith("date:")), received)

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


class Client:
    """Makes calls that look random and follow from its number and from what it was answered."""

    def __init__(self, number: int, wire: Wire) -> None:
        self._random = random.Random(number)
        self._wire = wire
        self._known = ["3c90c3cc-0d44-4b50-8888-8dd25736052a"]
        digits = f"c{number:047x}"
        self._bearer = {
            "vorel": {"Authorization": f"Bearer vapk_live_{digits}"},
            "aura": {"Authorization": f"Bearer aura_pk_live_{digits}"},
            "octanist": {"X-API-KEY": f"concurrency_{digits}"},
        }
        self._keys = [f"vapk_live_{digits}", f"aura_pk_live_{digits}", f"concurrency_{digits}"]

    async def transcript(self) -> Transcript:
        """What it is answered; now and then it steers its own organizations meanwhile."""
        return [await self._step() for _ in range(CALLS)]

    async def _step(self) -> Answer:
        if self._random.random() < 0.2:
            await self._steer()
        answer = await self._call()
        self._learn(answer)
        return answer

    async def _call(self) -> Answer:
        id = self._random.choice(self._known)
        api, method, path, body = self._random.choice(
            [
                ("aura", "POST", "/v1/leads", {"email": "ada@example.com", **self._some()}),
                ("aura", "PATCH", f"/v1/leads/{id}", self._some()),
                ("aura", "GET", f"/v1/leads?limit={self._random.randint(0, 3)}", None),
                ("octanist", "POST", "/api/leads", {"email": "ada@example.com", **self._some()}),
                ("octanist", "PATCH", "/api/leads", {"email": "ada@example.com", **self._some()}),
                ("octanist", "GET", "/api/leads", None),
                ("vorel", "POST", "/api/v1/conversations", {"channel": "webform", "customer_identifier": "ada"}),
                ("vorel", "POST", "/api/v1/leads", {"conversation_id": id}),
                ("vorel", "PATCH", f"/api/v1/leads/{id}", self._some()),
                ("vorel", "GET", f"/api/v1/leads/{id}", None),
                ("vorel", "PUT", "/api/v1/leads", None),
                ("aura", "GET", "/v1/nothing", None),
            ]
        )
        return await self._wire.call(method, path, body, self._bearer[api])

    def _some(self) -> dict[str, Any]:
        names = self._random.sample(FIELDS, self._random.randint(0, 3))
        return {name: self._random.choice(VALUES) for name in names}

    def _learn(self, answer: Answer) -> None:
        """Remember the id of what was made."""
        told = json.loads(answer.body)
        thing = told.get("data", told)
        if answer.status == 201 and isinstance(thing, dict) and "id" in thing:
            self._known.append(str(thing["id"]))

    async def _steer(self) -> None:
        method, path, body = self._random.choice(
            [
                ("POST", "reset", {"seed": self._random.randint(0, 9), "clock": "2026-01-17T08:00:00Z"}),
                ("POST", "clock/advance", {"seconds": self._random.randint(1, 99)}),
                ("PATCH", "settings", {"octanist": {"bulk_updates": self._random.random() < 0.5}}),
                ("DELETE", "journal", None),
            ]
        )
        key = self._bearer["octanist"]["X-API-KEY"] if path == "settings" else self._random.choice(self._keys)
        scope = {"X-Sandbox-Key": key}
        assert (await self._wire.call(method, f"/_sandbox/{path}", body, scope)).status == 200


async def begin(wire: Wire) -> None:
    """Let the sandbox be empty, and its clock stand still."""
    start = {"seed": 1, "clock": "2026-01-17T08:00:00Z"}
    assert (await wire.call("POST", "/_sandbox/reset", start, {})).status == 200


async def together(root: str) -> list[Transcript]:
    wires = [await Wire.to(root) for _ in range(CLIENTS)]
    await begin(wires[0])
    transcripts = await asyncio.gather(*(Client(number, wire).transcript() for number, wire in enumerate(wires)))
    for wire in wires:
        await wire.close()
    return transcripts


async def alone(root: str) -> list[Transcript]:
    """Each after the other, and each in a sandbox that has forgotten the others."""
    transcripts = []
    wire = await Wire.to(root)
    for number in range(CLIENTS):
        await begin(wire)
        transcripts.append(await Client(number, wire).transcript())
    await wire.close()
    return transcripts


def test_each_of_64_clients_sees_what_it_sees_alone() -> None:
    with serving() as (root, _):
        concurrent = asyncio.run(together(root))
    with serving() as (root, _):  # where no exchange has a number yet
        one_by_one = asyncio.run(alone(root))

    assert concurrent == one_by_one
    assert len({repr(each) for each in concurrent}) == CLIENTS
    statuses = {answer.status for each in concurrent for answer in each}
    assert {200, 201, 400, 404, 405} <= statuses
    assert max(statuses) < 500
