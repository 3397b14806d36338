"""A client of one API, for tests of what its calls meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

import openapi
from mock_server import APIS
from tests.in_process import client_of

Step = tuple[Any, ...]
"""A call: method, path, body, the key where it is not the full one (None: no key), and further headers."""


class Caller:
    """Calls to one API of a sandbox of its own, what the last of them has met, and what none has."""

    def __init__(self, api: str) -> None:
        self.api = api
        self.http = client_of({api: APIS[api]})
        self._base = openapi.read(api).base_path
        self._ring = APIS[api].key_ring
        self._last = ""

    def begin_anew(self, leads: Mapping[str, list[dict[str, Any]]] | None = None) -> None:
        """A sandbox as if new, with these leads by the name of the key that opens their organization."""
        self.http.post("/_sandbox/reset").raise_for_status()
        self.http.delete("/_sandbox/coverage").raise_for_status()
        for key, each in (leads or {}).items():
            put = self.http.post(f"/_sandbox/leads/{self.api}", params={"key": self._ring[key]}, json={"leads": each})
            put.raise_for_status()

    def freeze(self) -> None:
        """Let the clock of all organizations stand still until they begin anew."""
        self.http.put("/_sandbox/clock", json={"now": "2026-05-08T14:23:11Z"}).raise_for_status()

    def configure(self, **settings: Any) -> None:
        """Change settings of all organizations."""
        self.http.patch("/_sandbox/settings", json={self.api: settings}).raise_for_status()

    def call(self, method: str, path: str, body: Any = None, key: str | None = "full", **headers: str) -> Any:
        """The JSON of the answer."""
        sent = {"Content-Type": "application/json"} if isinstance(body, bytes) else {}
        sent |= {} if key is None else self._credential(self._ring.get(key, key))
        content = {"content": body} if isinstance(body, bytes) else {} if body is None else {"json": body}
        answer = self.http.request(method, self._base + path, headers={**sent, **headers}, **content)
        self._last = answer.headers["X-Sandbox-Exchange"]
        return answer.json()

    def play(self, steps: Iterable[Step | Mapping[str, Any]]) -> None:
        """Make one call after the other; a mapping among them is settings to change."""
        for each in steps:
            if isinstance(each, Mapping):
                self.configure(**each)
            else:
                self.call(*each[:4], **(each[4] if len(each) > 4 else {}))

    def met(self) -> set[str]:
        """The requirements and open points that the last call has met."""
        exchanges = self.http.get("/_sandbox/journal").json()["exchanges"]
        (exchange,) = [each for each in exchanges if each["id"] == self._last]
        return {id.removeprefix(f"{self.api}/") for id in exchange["requirements"]} | set(exchange["open_points"])

    def never(self) -> list[str]:
        """What no call has met."""
        told = self.http.get("/_sandbox/coverage", params={"api": self.api}).json()["apis"][self.api]["behaviours"]
        return [each["id"].removeprefix(f"{self.api}/") for each in told if not each["times"]]

    def _credential(self, key: str) -> dict[str, str]:
        return {"X-API-KEY": key} if self.api == "octanist" else {"Authorization": f"Bearer {key}"}


def hostile_bodies(*names: str) -> st.SearchStrategy[Any]:
    """JSON of any shape, mostly objects whose members have these names and values of every type."""
    texts = st.sampled_from(["", " ", "won", "lost", "12.5", "-1", "+14155552671", "A@example.com", "x" * 300])
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
    values = st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names), inner, max_size=3),
        max_leaves=5,
    )
    return st.dictionaries(st.sampled_from(names), values, max_size=6) | values


def predicted(text: str) -> list[str]:
    """Ids out of a list in which ``operation/`` stands once before what is below it, and open points for themselves."""
    told, place = [], ""
    for word in text.split():
        if word.endswith("/"):
            place = word
        else:
            told.append(word if "-" in word else place + word)
    return told
