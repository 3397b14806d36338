"""Recording each call: into the journal of its organization, with the documented behaviours that it met."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import openapi
from mock_server.api import Answer, Api
from mock_server.call import Call
from mock_server.errors import Unauthorized
from mock_server.journal import Exchange
from mock_server.store import Lead, Organization, World
from openapi import EVERY_OPERATION, OpenPoint

Headers = Sequence[tuple[bytes, bytes]]


class Recorder:
    """Records the calls of one API."""

    def __init__(self, api: Api, world: World) -> None:
        self._api = api
        self._world = world
        self._points = {id: point for id, point in openapi.read(api.name).open_points.items() if id in api.open_points}
        everywhere = api.behaviours.get(EVERY_OPERATION, {})
        self._behaviours = {
            operation_id: tuple({**everywhere, **api.behaviours.get(operation_id, {})}.items())
            for operation_id in ("", *api.handlers)
        }

    def record(self, call: Call, answer: Answer, started: float, headers: Headers, body: bytes) -> str:
        """Note a call that is about to be answered with these bytes; the id of the exchange.

        An answer with a fault in it is in the journal, but nothing counts as met by it.
        """
        call.status, call.content = answer.status, answer.content
        organization = call.organization or self._owner(call)
        id = organization.new_exchange_id()
        met: tuple[str, ...] = ()
        readings: Mapping[str, str] = {}
        if not call.fault:
            met = tuple(name for name, behaviour in self._behaviours[call.operation_id] if behaviour(call))
            readings = {
                id: reading_of(point, organization.settings)
                for id, point in self._points.items()
                if self._api.open_points[id](call)
            }
            for name in self._counted(call, met, readings):
                organization.coverage.add(name, id)
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
        for trial in organization.trials.values():
            trial.see(call, exchange)
        self._world.publish(exchange)
        return id

    def _counted(self, call: Call, met: Sequence[str], readings: Mapping[str, str]) -> Iterator[str]:
        """What the call covers: requirements, readings of open points, and the documented error of its operation."""
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


def reading_of(point: OpenPoint, settings: Mapping[str, Any]) -> str:
    """The reading that an organization with these settings follows: the setting's value, or the sandbox's only one."""
    return str(settings[point.setting] if point.setting else point.sandbox)


def reading_id(api: str, point: OpenPoint, reading: str) -> str:
    """What a met reading counts as; one that cannot be switched is the open point itself."""
    return f"{api}/{point.id}/{reading}" if point.setting else f"{api}/{point.id}"


def _changed(before: Lead, after: Lead) -> dict[str, tuple[Any, Any]]:
    """The fields that differ, each with its value before and after."""
    return {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}
