"""``traffic.har``: the exchanges of a run as HAR 1.2, for a browser's developer tools."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.config import without_credentials
from conformance.exchange import Exchange, Request, Response
from conformance.reports.facts import Facts, tool_version, written

TRAFFIC_MEGABYTES = 5
"""What the file holds, about; exchanges that no failure shows are left out beyond that."""

LONGEST_BODY = 10_000
"""Bytes of a body that are written; of a longer one, the beginning."""


def archive(
    exchanges: Collection[Exchange],
    shown: Collection[Exchange],
    facts: Facts,
    megabytes: float = TRAFFIC_MEGABYTES,
) -> Iterator[bytes]:
    """The content of ``traffic.har``, piece by piece. Those in `shown`, the witnesses of failures, always have room."""
    creator = json.dumps({"name": "leadproof", "version": tool_version()})
    yield f'{{"log": {{"version": "1.2", "creator": {creator}, "entries": ['.encode()
    needed = {_told_apart(each) for each in shown}
    size = left_out = 0
    between = b"\n"
    for exchange in exchanges:
        if size >= megabytes * 10**6 and _told_apart(exchange) not in needed:
            left_out += 1
            continue
        entry = json.dumps(_entry(exchange, facts.targets)).encode()
        size += len(entry)
        yield between + entry
        between = b",\n"
    yield f'\n], "comment": {json.dumps(_comment(len(exchanges), left_out, megabytes))}}}}}\n'.encode()


def _told_apart(exchange: Exchange) -> tuple[Any, ...]:
    """By what an exchange is known: when it began, and what was asked."""
    request = exchange.request
    return exchange.started, request.base, request.method, request.path, request.body


def _comment(count: int, left_out: int, megabytes: float) -> str:
    said = f"{count - left_out} of {count} exchanges; keys are replaced by the names of shell variables"
    why = f"{left_out} were left out after {megabytes:g} MB (--har-megabytes), none that shows a failure"
    return f"{said}; {why}" if left_out else said


def _entry(exchange: Exchange, targets: Mapping[str, str]) -> dict[str, Any]:
    milliseconds = round(exchange.seconds * 1000, 3)
    return {
        "startedDateTime": written(datetime.fromtimestamp(exchange.started, UTC)),
        "time": milliseconds,
        "request": _request(exchange.request, targets),
        "response": _response(exchange.response),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": exchange.operation_id,
    }


def _request(request: Request, targets: Mapping[str, str]) -> dict[str, Any]:
    base = targets.get(request.base.removesuffix("_URL").lower(), "")
    told = {
        "method": request.method,
        "url": without_credentials(base) + request.path,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(request.headers),
        "queryString": _pairs(dict(parse_qsl(urlsplit(request.path).query, keep_blank_values=True))),
        "headersSize": -1,
        "bodySize": len(request.body or b""),
    }
    if request.body is not None:
        told["postData"] = {"mimeType": _content_type(request.headers), **_text(request.body)}
    return told


def _response(response: Response) -> dict[str, Any]:
    return {
        "status": response.status,
        "statusText": _phrase(response.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(response.headers),
        "content": {
            "size": len(response.shown),
            "mimeType": _content_type(response.headers),
            **_text(response.shown),
        },
        "redirectURL": response.headers.get("location", ""),
        "headersSize": -1,
        "bodySize": len(response.shown),
    }


def _text(body: bytes) -> dict[str, Any]:
    """A body as HAR has it: text, or base64 of what is no UTF-8."""
    cut = body[:LONGEST_BODY]
    comment = {"comment": f"the first {LONGEST_BODY} of {len(body)} bytes"} if len(body) > LONGEST_BODY else {}
    try:
        return {"text": cut.decode("utf-8", "strict" if cut is body else "ignore"), **comment}
    except UnicodeDecodeError:
        return {"text": b64encode(cut).decode(), "encoding": "base64", **comment}


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _content_type(headers: Mapping[str, str]) -> str:
    return next((value for name, value in headers.items() if name.lower() == "content-type"), "")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
