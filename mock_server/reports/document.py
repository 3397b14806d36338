"""The document that ``GET /_sandbox/coverage`` answers with: read, merged, compared, and counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SCHEMA = 1

OPEN_POINTS = "open points"
"""Where readings stand, which belong to no operation."""

Behaviour = Mapping[str, Any]
Document = Mapping[str, Any]

_TEXTS = ("id", "kind", "operation", "text", "source", "example", "call")


class NoDocument(ValueError):
    """Something that is not a coverage document; the text says why."""


@dataclass(frozen=True)
class Difference:
    """What was met then and is not now, and the reverse."""

    lost: tuple[Behaviour, ...]
    gained: tuple[Behaviour, ...]


def checked(value: Any) -> Document:
    """The value, where it is a coverage document. Raises NoDocument where it is not."""
    if not isinstance(value, dict) or value.get("schema") != SCHEMA or not isinstance(value.get("apis"), dict):
        raise NoDocument(f"it is no coverage document of schema {SCHEMA}")
    for api, each in value["apis"].items():
        if not isinstance(each, dict) or type(each.get("calls")) is not int:
            raise NoDocument(f"apis.{api}.calls is no number")
        if not isinstance(each.get("behaviours"), list) or not all(map(_is_behaviour, each["behaviours"])):
            raise NoDocument(f"apis.{api}.behaviours is no list of behaviours")
    return value


def _is_behaviour(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and all(isinstance(value.get(name), str) for name in _TEXTS)
        and type(value.get("times")) is int
    )


def merged(documents: Iterable[Document]) -> Document:
    """Several documents as one: what one of them has met is met, and calls are added up."""
    apis: dict[str, Any] = {}
    for document in documents:
        for api, each in document["apis"].items():
            apis[api] = _merged(apis[api], each) if api in apis else each
    return {"schema": SCHEMA, "apis": apis}


def _merged(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, Any]:
    pairs = zip(one["behaviours"], two["behaviours"], strict=True)
    behaviours = [{**(a if a["times"] else b), "times": a["times"] + b["times"]} for a, b in pairs]
    return {
        "met": sum(each["times"] > 0 for each in behaviours),
        "total": len(behaviours),
        "calls": one["calls"] + two["calls"],
        "behaviours": behaviours,
    }


def behaviours(document: Document) -> Iterator[Behaviour]:
    """Every behaviour of every API."""
    for each in document["apis"].values():
        yield from each["behaviours"]


def percentage(behaviours: Iterable[Behaviour]) -> float:
    """How many of a hundred are met, rounded down to one decimal; 0 where there are none."""
    told = [each["times"] > 0 for each in behaviours]
    return sum(told) * 1000 // len(told) / 10 if told else 0.0


def by_operation(behaviours: Iterable[Behaviour]) -> dict[str, list[Behaviour]]:
    """The behaviours of one API by operation, in their order; the readings of open points come last."""
    groups: dict[str, list[Behaviour]] = {}
    for each in behaviours:
        groups.setdefault(each["operation"] or OPEN_POINTS, []).append(each)
    return groups


def compared(now: Document, then: Document) -> Difference:
    """What changed from one document to another, by id."""
    was = {each["id"]: each for each in behaviours(then) if each["times"]}
    is_now = {each["id"]: each for each in behaviours(now) if each["times"]}
    return Difference(
        tuple(each for id, each in was.items() if id not in is_now),
        tuple(each for id, each in is_now.items() if id not in was),
    )


def sentence(behaviour: Behaviour) -> str:
    """What a client never met, in plain words."""
    if behaviour["kind"] == "error":
        status = behaviour["id"].rpartition("/")[2]
        return f"never saw a {status} from {behaviour['operation']}"
    return str(behaviour["text"])
