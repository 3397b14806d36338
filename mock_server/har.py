"""Exchanges as they are shown: as JSON, or as a HAR that the developer tools of a browser open."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from mock_server.clock import format_instant
from mock_server.journal import Exchange
from mock_server.masking import masked
from mock_server.version import tool_version

_CREDENTIALS = frozenset({b"authorization", b"x-api-key", b"x-sandbox-key", b"cookie"})

_SHORTEST_SECRET = 12
"""Shorter texts are no credentials, or stand in every other sentence: ``anonymous``."""

Pairs = Iterable[tuple[bytes, bytes]]


def concealed(exchange: Exchange) -> Exchange:
    """The exchange with the caller's credential masked wherever it stands: in the target, a header, a body, a lead."""
    conceal = _concealing(exchange)

    def conceal_header(name: bytes, value: bytes) -> bytes:
        """A credential stands last, maybe after a scheme, and is masked however short it is."""
        if name not in _CREDENTIALS:
            return conceal(value)
        scheme, blank, credential = value.rpartition(b" ")
        return conceal(scheme) + blank + _masked(credential)

    def conceal_value(value: Any) -> Any:
        """JSON, whose depth is that of bodies."""
        if isinstance(value, str):
            return conceal(value.encode("utf-8", "replace")).decode("utf-8", "replace")
        if isinstance(value, Mapping):
            return {conceal_value(name): conceal_value(each) for name, each in value.items()}
        return tuple(map(conceal_value, value)) if isinstance(value, list | tuple) else value

    return replace(
        exchange,
        target=concealed_target(exchange),
        request_headers=tuple((name, conceal_header(name, value)) for name, value in exchange.request_headers),
        request_body=conceal(exchange.request_body),
        response_headers=tuple((name, conceal(value)) for name, value in exchange.response_headers),
        response_body=conceal(exchange.response_body),
        changes=conceal_value(exchange.changes),
        refusal=conceal_value(exchange.refusal),
    )


def concealed_target(exchange: Exchange) -> str:
    """The target alone, as it stands in the concealed exchange."""
    return _concealing(exchange)(exchange.target.encode("latin-1", "replace")).decode("latin-1")


def _concealing(exchange: Exchange) -> Callable[[bytes], bytes]:
    """What masks the caller's credential in whatever came with the exchange."""
    secrets = {exchange.tenant.encode("latin-1", "replace"), *_sent_credentials(exchange)}
    known = sorted((each for each in secrets if len(each) >= _SHORTEST_SECRET), key=len, reverse=True)

    def conceal(data: bytes) -> bytes:
        for secret in known:
            data = data.replace(secret, _masked(secret))
        return data

    return conceal


def _masked(credential: bytes) -> bytes:
    return masked(credential.decode("latin-1")).encode("latin-1")


def _sent_credentials(exchange: Exchange) -> Iterator[bytes]:
    for name, value in exchange.request_headers:
        if name in _CREDENTIALS:
            yield value.rpartition(b" ")[2]


def as_json(exchange: Exchange, *, shown: bool = False) -> dict[str, Any]:
    """An exchange for programs and the console. Credentials are masked unless they are to be `shown`."""
    exchange = exchange if shown else concealed(exchange)
    return {
        "id": exchange.id,
        "at": format_instant(exchange.at),
        "seconds": round(exchange.seconds, 6),
        "api": exchange.api,
        "key": exchange.tenant if shown else masked(exchange.tenant),
        "operation": exchange.operation_id,
        "request": {
            "method": exchange.method,
            "target": exchange.target,
            "headers": _headers(exchange.request_headers),
            "body": exchange.request_body.decode("utf-8", "replace"),
        },
        "response": {
            "status": exchange.status,
            "headers": _headers(exchange.response_headers),
            "body": exchange.response_body.decode("utf-8", "replace"),
            "cut": exchange.cut,
        },
        "requirements": list(exchange.requirements),
        "decided_by": exchange.decided_by,
        "open_points": dict(exchange.readings),
        "changes": {id: {name: list(both) for name, both in each.items()} for id, each in exchange.changes.items()},
        "refusal": exchange.refusal,
        "fault": exchange.fault,
    }


def har(exchanges: Iterable[Exchange], root: str, *, shown: bool = False) -> dict[str, Any]:
    """The exchanges as HAR 1.2; `root` is what stands before each path."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "leadproof", "version": tool_version()},
            "entries": [_entry(each if shown else concealed(each), root) for each in exchanges],
        }
    }


def _entry(exchange: Exchange, root: str) -> dict[str, Any]:
    milliseconds = round(exchange.seconds * 1000, 3)
    query = exchange.target.partition("?")[2]
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": root + exchange.target,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(exchange.request_headers),
        "queryString": [{"name": name, "value": value} for name, value in parse_qsl(query, keep_blank_values=True)],
        "headersSize": -1,
        "bodySize": len(exchange.request_body),
    }
    if exchange.request_body:
        sent = dict(exchange.request_headers).get(b"content-type", b"").decode("latin-1")
        request["postData"] = {"mimeType": sent, "text": exchange.request_body.decode("utf-8", "replace")}
    return {
        "startedDateTime": format_instant(exchange.at),
        "time": milliseconds,
        "request": request,
        "response": {
            "status": exchange.status,
            "statusText": _phrase(exchange.status),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(exchange.response_headers),
            "content": _content(exchange),
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": len(exchange.response_body),
            "comment": exchange.cut,
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": exchange.id,
    }


def _content(exchange: Exchange) -> dict[str, Any]:
    kind = dict(exchange.response_headers).get(b"content-type", b"").decode("latin-1")
    content: dict[str, Any] = {"size": len(exchange.response_body), "mimeType": kind}
    try:
        return {**content, "text": exchange.response_body.decode()}
    except UnicodeDecodeError:
        return {**content, "text": base64.b64encode(exchange.response_body).decode(), "encoding": "base64"}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _headers(pairs: Pairs) -> dict[str, str]:
    return {each["name"]: each["value"] for each in _pairs(pairs)}


def _pairs(pairs: Pairs) -> list[dict[str, str]]:
    return [{"name": name.decode("latin-1"), "value": value.decode("latin-1")} for name, value in pairs]
