"""What a client sent that the documentation does not allow, told from the journal and the contracts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from urllib.parse import parse_qsl

import openapi
from mock_server.client import Exchange

_BREAKS_A_RULE = (400, 401, 403, 413, 415, 422)
"""The refusals that the request itself has earned, whatever is stored."""


@dataclass(frozen=True)
class Violation:
    """One breach; `exchange` is the call, None where it is about calls that are no longer known.

    `id` is ``api/operation/status``, ``api/operation/unknown_field/name``, ``api/operation/unknown_parameter/name``,
    ``api/no_operation`` for a path or method that is not documented, ``api/operation/sandbox`` where the sandbox was
    about to break its own contract, or ``api/dropped``.
    """

    id: str
    text: str
    exchange: Exchange | None = None


def violations_of(exchanges: Iterable[Exchange], dropped: Mapping[str, int], allow: Sequence[str]) -> list[Violation]:
    """The breaches in these exchanges that no pattern of `allow` fits; `dropped` counts the lost ones by API."""
    lost = [
        Violation(f"{api}/dropped", f"The journal no longer holds the first {count} calls; nobody can judge them.")
        for api, count in dropped.items()
        if count
    ]
    found = [*lost, *(violation for each in exchanges for violation in _violations(each))]
    return [each for each in found if not any(fnmatchcase(each.id, pattern) for pattern in allow)]


def told(violations: Sequence[Violation]) -> str:
    """The breaches for people: what, in which call, and how to say that one was meant."""
    lines = [f"The documentation does not allow what was sent ({len(violations)} found):"]
    for each in violations:
        lines.append(f"  {each.id}: {each.text}")
        if each.exchange is not None:
            lines += [f"    {line}" for line in _call(each.exchange)]
    ids = ", ".join(f'"{id}"' for id in dict.fromkeys(each.id for each in violations))
    return "\n".join([*lines, f"If this is what the test is about: assert_no_violations(allow=[{ids}])"])


def _violations(exchange: Exchange) -> Iterator[Violation]:
    """An answer that was spoilt on purpose says nothing about its request; the request itself still does."""
    place = f"{exchange.api}/{exchange.operation}"
    status = exchange.response.status
    broken = "x-sandbox-contract-violation" in exchange.response.headers
    if not exchange.operation:
        yield Violation(f"{exchange.api}/no_operation", exchange.refusal, exchange)
    elif not exchange.fault and (broken or status >= 500):
        yield Violation(f"{place}/sandbox", f"The sandbox itself failed: {exchange.refusal}", exchange)
    elif not exchange.fault and status in _BREAKS_A_RULE:
        yield Violation(f"{place}/{status}", exchange.refusal, exchange)
    if exchange.operation:
        for name in sorted(_names_sent(exchange) - _fields(exchange.api, exchange.operation)):
            yield Violation(f"{place}/unknown_field/{name}", f"No page names the field {name!r} here.", exchange)
        for name in sorted(_parameters_sent(exchange) - _parameters(exchange.api, exchange.operation)):
            yield Violation(f"{place}/unknown_parameter/{name}", f"No page names the parameter {name!r}.", exchange)


def _names_sent(exchange: Exchange) -> set[str]:
    """The members of the body; none where it is no JSON object."""
    try:
        body = json.loads(exchange.request.body)
    except (ValueError, RecursionError):
        return set()
    return set(body) if isinstance(body, dict) else set()


def _parameters_sent(exchange: Exchange) -> set[str]:
    return {name for name, _ in parse_qsl(exchange.request.target.partition("?")[2], keep_blank_values=True)}


@cache
def _fields(api: str, operation_id: str) -> frozenset[str]:
    """The members that the contract describes in the body of an operation."""
    contract = openapi.read(api)
    operation = contract.operations[operation_id]
    body = contract.inlined(contract.document["paths"][operation.path][operation.method.lower()].get("requestBody", {}))
    return frozenset(body.get("content", {}).get("application/json", {}).get("schema", {}).get("properties", {}))


@cache
def _parameters(api: str, operation_id: str) -> frozenset[str]:
    """The parameters that the contract describes in the query of an operation."""
    contract = openapi.read(api)
    operation = contract.operations[operation_id]
    item = contract.inlined(contract.document["paths"][operation.path])
    described = [*item.get("parameters", []), *item[operation.method.lower()].get("parameters", [])]
    return frozenset(each["name"] for each in described if each["in"] == "query")


def _call(exchange: Exchange) -> list[str]:
    """A call and its answer, each in a line that is not too long."""
    sent = f"{exchange.request.method} {exchange.request.target} {exchange.request.body}".rstrip()
    answered = (
        f"{exchange.response.status} {exchange.response.body}".rstrip() if exchange.response.status else "nothing"
    )
    return [f"sent      {_cut(sent)}", f"answered  {_cut(answered)}", f"exchange  {exchange.id}"]


def _cut(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}..."
