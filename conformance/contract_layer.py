"""The first layer: Schemathesis sends what a contract can say, and every reply is held against the contract.

Examples, coverage of the schemas' keywords and boundaries, and fuzzing with good and bad values. What is sent
goes the way of all requests, through `Target.send`. This is the only module that knows Schemathesis.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from functools import cache
from typing import Any

import httpx
import requests
import schemathesis
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode
from schemathesis.core import NOT_SET
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.hypothesis.examples import generate_one
from schemathesis.openapi.checks import JsonSchemaError

# Not among the public names of Schemathesis, like the next line's: its version is pinned for them.
from schemathesis.specs.openapi.coverage._operation import iter_coverage_cases

import openapi
from conformance.compare import canonical, whole_numbers
from conformance.exchange import NOT_JSON, Exchange, is_page
from conformance.outcomes import CannotTry, Violation
from conformance.target import Target

_FLOATS = re.compile(rb"[:\[,]\s*-?\d+(\.0+\b|(\.\d+)?[eE])")
"""What numbers look like that are written as floats, and may be whole."""

FUZZED = {"quick": 8, "standard": 30, "deep": 300}
"""How many good and how many bad requests are made up for each operation, by effort."""


def check(target: Target, operation_id: str, *, sparing: bool = False) -> None:
    """Raises Violation for the first reply of the operation that its contract does not allow.

    `sparing` sends one case for each keyword of each parameter, where an operation has so many that all are costly.
    Replies that other checks have seen come first: they show states that no generated request reaches.
    """
    operation = _operation(target.api, operation_id)
    for exchange in list(target.journal):
        if exchange.operation_id == operation_id and not is_page(exchange.response.headers, exchange.response.body):
            target.trace = [exchange]
            _judge(target, operation, exchange)
    with suppress(CannotTry):
        target.new_lead()  # so that there is something to be answered
    path = target.path_of_a_lead(operation_id)
    for case in _one_of_each(_explicit_cases(operation)) if sparing else _explicit_cases(operation):
        _try(target, operation, case, path)
    for mode in GenerationMode:
        strategy = operation.as_strategy(generation_mode=mode)
        target.for_any(strategy, lambda case: _try(target, operation, case, path), examples=FUZZED[target.effort])


def fits(target: Target, exchange: Exchange) -> None:
    """Raises Violation unless the contract allows this reply."""
    _judge(target, _operation(target.api, exchange.operation_id), exchange)


def departure(api: str, exchange: Exchange) -> str:
    """How a reply departs from its contract, alike for replies that depart alike; empty where it fits."""
    if exchange.response.body and not _is_json(exchange.response.headers.get("content-type", "")):
        return "another content type"
    failure = _failure(_operation(api, exchange.operation_id), exchange)
    if isinstance(failure, JsonSchemaError):
        place = "/".join(str(each) for each in failure.instance_path if not isinstance(each, int))
        keyword = failure.schema_path[-1] if failure.schema_path else ""
        missing = failure.message.splitlines()[0] if keyword == "required" else ""
        return f"{failure.title} {place} {keyword} {missing}"
    return f"{failure.title} {exchange.status}" if failure else ""


@cache
def _schema(api: str) -> BaseSchema:
    config = schemathesis.Config()
    config.projects.default.generation.allow_x00 = False
    return schemathesis.openapi.from_dict(deepcopy(dict(openapi.read(api).document)), config=config)


@cache
def _operation(api: str, operation_id: str) -> APIOperation[Any, Any, Any, Any]:
    where = openapi.read(api).operations[operation_id]
    return _schema(api)[where.path][where.method]


def _explicit_cases(operation: APIOperation[Any, Any, Any, Any]) -> Iterator[Case[Any]]:
    """The documented examples, then one case for each keyword and boundary of the schemas."""
    for strategy in operation.get_strategies_from_examples():
        yield generate_one(strategy)
    yield from iter_coverage_cases(
        operation=operation,
        generation_modes=list(GenerationMode),
        generate_duplicate_query_parameters=False,
        unexpected_methods=set(),
        generation_config=operation.schema.config.generation,
    )


def _one_of_each(cases: Iterable[Case[Any]]) -> Iterator[Case[Any]]:
    """The first of the cases that say of themselves that they try the same."""
    tried = set()
    for case in cases:
        phase = case.meta.phase.data if case.meta else None
        tries = tuple(getattr(phase, name, None) for name in ("description", "parameter", "location"))
        if tries not in tried:
            tried.add(tries)
            yield case


def _try(target: Target, operation: APIOperation[Any, Any, Any, Any], case: Case[Any], path: dict[str, str]) -> None:
    if path and case.meta is not None and not case.meta.is_negative_at(ParameterLocation.PATH):
        case.path_parameters = dict(path)
    label = target.operation_id(operation.method, operation.path)
    if case.body is not NOT_SET:
        case.body = target.aimed(label, case.body)
    prepared = requests.Request(**case.as_transport_kwargs(base_url="http://target")).prepare()
    headers = {name: value for name, value in prepared.headers.items() if name.lower() == "content-type"}
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    place = (prepared.url or "").removeprefix("http://target")
    exchange = target.send(label, case.method, place, {**headers, **target.credential("full")}, body or None)
    _judge(target, operation, exchange)


def _judge(target: Target, operation: APIOperation[Any, Any, Any, Any], exchange: Exchange) -> None:
    """Raises Violation unless the contract allows this reply, or it shows what was sent as it was sent."""
    if exchange.status >= 500:
        raise Violation("an answer to this request", f"a failure of the server, {exchange.status}")
    kind = exchange.response.headers.get("content-type", "")
    if exchange.response.body and not _is_json(kind):
        raise Violation("a reply that is sent as application/json", kind or "no Content-Type")
    failure = _failure(operation, exchange)
    if failure and not _is_echo(target, failure, exchange):
        title = getattr(failure, "title", type(failure).__name__)
        reason = getattr(failure, "validation_message", "") or getattr(failure, "message", "") or str(failure)
        raise Violation(f"a reply that the contract allows for status {exchange.status}", f"{title}: {reason}"[:600])


def _with_whole_numbers(exchange: Exchange) -> bytes:
    """The body of an answer, with 50.0 and 5e1 as 50: they are integers, but not to the dialect of OpenAPI 3.0."""
    body = exchange.response.body
    if not _FLOATS.search(body) or exchange.json is NOT_JSON:
        return body
    return json.dumps(whole_numbers(exchange.json)).encode()


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"


def _is_echo(target: Target, failure: Failure, exchange: Exchange) -> bool:
    """Whether what is wrong with a reply is a value as we have sent it: no page says that it must be refused."""
    if not isinstance(failure, JsonSchemaError):
        return False
    value = exchange.json
    for step in failure.instance_path:
        value = value[step]
        if isinstance(step, str) and (step, canonical(value)) in target.sent:
            return True
    return False


def _failure(operation: APIOperation[Any, Any, Any, Any], exchange: Exchange) -> Failure | None:
    """The first way in which a reply is other than its contract allows."""
    answer = httpx.Response(
        exchange.status,
        headers=dict(exchange.response.headers),
        content=_with_whole_numbers(exchange),
        request=httpx.Request(exchange.request.method, "http://target" + exchange.request.path),
    )
    answer.elapsed = timedelta()
    try:
        operation.validate_response(answer)
    except FailureGroup as group:
        return group.exceptions[0]
    except Failure as failure:
        return failure
    return None
