"""Recording each call: into the journal of its organization, with the documented behaviours that it met."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import openapi
from mock_server.api import Answer, Api
from mock_server.behaviours import concerns, decides
from mock_server.call import Behaviour, Call
from mock_server.errors import Unauthorized
from mock_server.journal import Exchange
from mock_server.on_demand.spoiling import Sent
from mock_server.settings import spelt
from mock_server.store import Lead, Organization, World
from openapi import EVERY_OPERATION, OpenPoint


class Recorder:
    """Records the calls of one API."""

    def __init__(self, api: Api, world: World) -> None:
        self._api = api
        self._world = world
        self._points = {id: point for id, point in openapi.read(api.name).open_points.items() if id in api.open_points}
        self._reading_ids = {
            (id, spelt(reading)): reading_id(api.name, point, spelt(reading))
            for id, point in self._points.items()
            for reading in point.values or (point.sandbox,)
        }
        self._deciding = {
            id for each in api.behaviours.values() for id, behaviour in each.items() if decides(behaviour)
        }
        self._asked = {
            (operation_id, succeeded): self._concerning(operation_id, succeeded)
            for operation_id in ("", *api.handlers)
            for succeeded in (True, False)
        }

    def _concerning(self, operation_id: str, succeeded: bool) -> list[tuple[Behaviour, list[str], list[str]]]:
        """What calls of an operation and outcome can meet: behaviours with the ids of the requirements and of the open
        points for which they stand. First come those that decide, and the operation's own before every operation's.
        """
        behaviours = self._api.behaviours
        requirements = {**behaviours.get(EVERY_OPERATION, {}), **behaviours.get(operation_id, {})}
        found: dict[tuple[Behaviour, bool], tuple[list[str], list[str]]] = {}
        for at, declared in enumerate((requirements, self._api.open_points)):
            for id, behaviour in declared.items():
                if concerns(behaviour, operation_id, succeeded):
                    found.setdefault((behaviour, _is_common(id)), ([], []))[at].append(id)
        order = sorted(found, key=lambda each: (not decides(each[0]), each[1]))
        return [(each[0], *found[each]) for each in order]

    def record(
        self, call: Call, organization: Organization, id: str, answer: Answer, started: float, sent: Sent
    ) -> None:
        """Note a call that is about to be answered, as the exchange `id` of its owner, with what is sent of the answer.

        An answer with a fault in it is in the journal, but nothing counts as met by it.
        """
        call.close(answer.status, answer.content)
        for trial in organization.trials.values():
            trial.settle(call)
        met: list[str] = []
        touched: list[str] = []
        if not call.fault:
            for behaviour, requirements, points in self._asked[call.operation_id, call.succeeded]:
                if behaviour(call):
                    met += requirements
                    touched += points
        decided = bool(met) and met[0] in self._deciding
        readings = {id: reading_of(self._points[id], organization.settings) for id in touched}
        counted = [] if call.fault else self._counted(call, met, readings)
        exchange = Exchange(
            id=id,
            at=organization.clock.instant(),
            seconds=time.perf_counter() - started + (call.fault.delay if call.fault else 0.0),
            api=self._api.name,
            tenant=organization.tenant,
            operation_id=call.operation_id,
            method=call.method,
            target=call.target,
            request_headers=tuple(call.headers.items()),
            request_body=call.raw,
            status=sent.status,
            decided=call.status,
            response_headers=tuple(sent.headers),
            response_body=sent.body,
            requirements=tuple(met),
            readings=readings,
            changes={lead["id"]: _changed(before or {}, lead) for before, lead in call.changes},
            refusal=call.error.message if call.error else "",
            fault=call.fault.text if call.fault else "",
            decided_by=met[0] if decided else "",
            cut=sent.cut,
            place=self._world.new_place(),
        )
        organization.coverage.add(counted, exchange)
        organization.journal.add(exchange)
        for trial in organization.trials.values():
            trial.see(call, exchange)
        self._world.publish(exchange)

    def _counted(self, call: Call, met: Sequence[str], readings: Mapping[str, str]) -> list[str]:
        """What the call covers: requirements, readings of open points, and the documented error of its operation."""
        ids = [*met, *map(self._reading_ids.__getitem__, readings.items())]
        if call.operation_id and call.status >= 400:
            ids.append(f"{self._api.name}/{call.operation_id}/{call.status}")
        return ids

    def owner(self, call: Call) -> Organization:
        """Whose journal a call belongs to. Without a good credential it is that of the key which was once good, of the
        key in X-Sandbox-Key, or nobody's.
        """
        if call.organization is not None:
            return call.organization
        tenant = call.error.tenant if isinstance(call.error, Unauthorized) else None
        if tenant is None and (key := call.headers.get(b"x-sandbox-key")) is not None:
            tenant = self._api.tenant_of(key.decode("latin-1"))
        return self._world.organization(self._api.name, tenant) if tenant else self._world.stranger(self._api.name)


def _is_common(id: str) -> bool:
    """Whether the requirement of this id is about the answers of every operation, or the form of an operation's own."""
    _, _, name = id.partition("/")
    return name.startswith(f"{EVERY_OPERATION}/") or name.endswith("/replies_match_the_contract")


def reading_of(point: OpenPoint, settings: Mapping[str, Any]) -> str:
    """The reading that an organization with these settings follows: the setting's value, or the sandbox's only one."""
    return spelt(settings[point.setting] if point.setting else point.sandbox)


def reading_id(api: str, point: OpenPoint, reading: str) -> str:
    """What a met reading counts as; one that cannot be switched is the open point itself."""
    return f"{api}/{point.id}/{reading}" if point.setting else f"{api}/{point.id}"


def _changed(before: Lead, after: Lead) -> dict[str, tuple[Any, Any]]:
    """The fields that differ, each with its value before and after."""
    return {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}
