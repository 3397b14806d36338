"""Recording each call: into the journal of its organization, with the documented behaviours that it met."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import openapi
from mock_server.api import Answer, Api
from mock_server.behaviours import concerns
from mock_server.call import Behaviour, Call
from mock_server.errors import Unauthorized
from mock_server.journal import Exchange
from mock_server.store import Lead, Organization, World
from openapi import EVERY_OPERATION, OpenPoint

Headers = Sequence[tuple[bytes, bytes]]

_LONGEST = 200
"""So much of a target is told where a call is named in short."""


class Recorder:
    """Records the calls of one API."""

    def __init__(self, api: Api, world: World) -> None:
        self._api = api
        self._world = world
        self._points = {id: point for id, point in openapi.read(api.name).open_points.items() if id in api.open_points}
        kinds = [(operation_id, succeeded) for operation_id in ("", *api.handlers) for succeeded in (True, False)]
        self._requirements = {kind: _concerning(self._declared(kind[0]), *kind) for kind in kinds}
        self._readings = {kind: _concerning(api.open_points, *kind) for kind in kinds}

    def _declared(self, operation_id: str) -> Mapping[str, Behaviour]:
        """What calls of an operation can meet, with what those of every operation can."""
        behaviours = self._api.behaviours
        return {**behaviours.get(EVERY_OPERATION, {}), **behaviours.get(operation_id, {})}

    def record(self, call: Call, answer: Answer, started: float, headers: Headers, body: bytes) -> str:
        """Note a call that is about to be answered with these bytes; the id of the exchange.

        An answer with a fault in it is in the journal, but nothing counts as met by it.
        """
        call.close(answer.status, answer.content, self._world)
        organization = call.organization or self._owner(call)
        id = organization.new_exchange_id()
        met: tuple[str, ...] = ()
        readings: Mapping[str, str] = {}
        if not call.fault:
            kind = (call.operation_id, call.succeeded)
            met = tuple([id for id, behaviour in self._requirements[kind] if behaviour(call)])
            touched = [id for id, behaviour in self._readings[kind] if behaviour(call)]
            readings = {id: reading_of(self._points[id], organization.settings) for id in touched}
        organization.coverage.add(
            self._counted(call, met, readings), id, f"{call.method} {call.target[:_LONGEST]} {call.status}"
        )
        exchange = Exchange(
            id=id,
            at=organization.clock.instant(),
            seconds=time.perf_counter() - started,
            api=self._api.name,
            tenant=organization.tenant,
            operation_id=call.operation_id,
            method=call.method,
            target=call.target,
            request_headers=tuple(call.headers.items()),
            request_body=call.raw,
            status=call.status,
            response_headers=tuple(headers),
            response_body=body,
            requirements=met,
            readings=readings,
            changes={lead["id"]: _changed(before or {}, lead) for before, lead in call.changes},
            refusal=call.error.message if call.error else "",
            fault=call.fault.text if call.fault else "",
        )
        organization.journal.add(exchange)
        self._world.publish(exchange)
        return id

    def _counted(self, call: Call, met: Sequence[str], readings: Mapping[str, str]) -> Iterator[str]:
        """What the call covers: requirements, readings of open points, and the documented error of its operation."""
        if call.fault:
            return
        yield from met
        for id in readings:
            yield reading_id(self._api.name, self._points[id], readings[id])
        if call.operation_id and call.status >= 400:
            yield f"{self._api.name}/{call.operation_id}/{call.status}"

    def _owner(self, call: Call) -> Organization:
        """Whose journal a call without a good credential belongs to: that of the key which was once good, of the
        key in X-Sandbox-Key, or nobody's.
        """
        tenant = call.error.tenant if isinstance(call.error, Unauthorized) else None
        if tenant is None and (key := call.headers.get(b"x-sandbox-key")) is not None:
            tenant = self._api.tenant_of(key.decode("latin-1"))
        return self._world.organization(self._api.name, tenant) if tenant else self._world.stranger(self._api.name)


def _concerning(
    behaviours: Mapping[str, Behaviour], operation_id: str, succeeded: bool
) -> Sequence[tuple[str, Behaviour]]:
    """Those that are asked about calls of an operation and outcome, with their ids."""
    return [(id, each) for id, each in behaviours.items() if concerns(each, operation_id, succeeded)]


def reading_of(point: OpenPoint, settings: Mapping[str, Any]) -> str:
    """The reading that an organization with these settings follows: the setting's value, or the sandbox's only one."""
    return str(settings[point.setting] if point.setting else point.sandbox)


def reading_id(api: str, point: OpenPoint, reading: str) -> str:
    """What a met reading counts as; one that cannot be switched is the open point itself."""
    return f"{api}/{point.id}/{reading}" if point.setting else f"{api}/{point.id}"


def _changed(before: Lead, after: Lead) -> dict[str, tuple[Any, Any]]:
    """The fields that differ, each with its value before and after."""
    return {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}
