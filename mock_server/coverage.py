"""Which documented behaviours a client's own calls have met, and which never."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import openapi
from mock_server.behaviours import open_points_of, unmeetable
from mock_server.met import Coverage, Met
from mock_server.on_demand.armed import documented_errors
from mock_server.recording import reading_id
from mock_server.settings import spelt

REQUIREMENT, ERROR, READING = "requirement", "error", "reading"
"""The kinds of behaviour: a documented sentence, a documented error of an operation, a reading of an open point."""


@dataclass(frozen=True)
class Documented:
    """A behaviour that a client of the sandbox can meet. `source` says where it is documented."""

    id: str
    kind: str
    api: str
    operation_id: str
    text: str
    source: str


@dataclass(frozen=True)
class Covered:
    """A behaviour, how many calls have met it, and the first that did: its exchange and what it was in short.

    Both are empty where none has.
    """

    behaviour: Documented
    times: int
    example: str = ""
    call: str = ""

    def as_json(self) -> dict[str, Any]:
        each = self.behaviour
        return {
            "id": each.id,
            "kind": each.kind,
            "operation": each.operation_id,
            "text": each.text,
            "source": each.source,
            "times": self.times,
            "example": self.example,
            "call": self.call,
        }


@cache
def documented(api: str) -> tuple[Documented, ...]:
    """Every behaviour of an API that a client of the sandbox can meet, in the order of its contract."""
    return (*_requirements(api), *_errors(api), *_readings(api))


def coverage(api: str, known: Iterable[Coverage]) -> list[Covered]:
    """What has been met of an API, merged."""
    merged = [each.met for each in known]
    return [_covered(each, [met[each.id] for met in merged if each.id in met]) for each in documented(api)]


def _covered(behaviour: Documented, met: list[Met]) -> Covered:
    return (
        Covered(behaviour, sum(each.times for each in met), met[0].example, met[0].call)
        if met
        else Covered(behaviour, 0)
    )


def _requirements(api: str) -> Iterator[Documented]:
    unseen = unmeetable(api)
    for each in openapi.read(api).requirements.values():
        if each.id not in unseen:
            yield Documented(each.id, REQUIREMENT, api, each.operation_id, each.text, each.source)


def _errors(api: str) -> Iterator[Documented]:
    """A failure of the server itself is met by a fault only, and an answer with a fault in it never counts."""
    unseen = unmeetable(api)
    for operation in openapi.read(api).operations.values():
        for status in documented_errors(api, operation.id):
            if status < 500 and f"{api}/{operation.id}/{status}" not in unseen:
                text = f"{operation.method} {operation.path} is answered {status}."
                yield Documented(f"{api}/{operation.id}/{status}", ERROR, api, operation.id, text, "responses")


def _readings(api: str) -> Iterator[Documented]:
    points = openapi.read(api).open_points
    for id in open_points_of(api):
        point = points[id]
        for reading in point.values if point.setting else (point.sandbox,):
            text = f"{point.text} Here: {spelt(reading)}."
            yield Documented(reading_id(api, point, spelt(reading)), READING, api, "", text, f"open point {id}")
