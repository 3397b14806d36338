"""Faults of what becomes of a body that is not JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api
from mock_server.aura.faults.bends import Bend, each_kind
from mock_server.aura.operations import blank
from mock_server.faults import Faults, rendering_errors
from mock_server.store import Organization

FAULTS = Faults("aura")


def _answered(status: int, lead: Callable[[Organization], Any]) -> Bend:
    """A body that is not JSON is a success, with this lead in the answer."""

    def bend(api: Api) -> Api:
        def render_error(organization: Organization, error: errors.CallRefused) -> Answer:
            if not isinstance(error, errors.MalformedBody):
                return api.render_error(organization, error)
            return Answer(status, {"data": lead(organization), "success": True})

        return replace(api, render_error=render_error)

    return bend


def _made(organization: Organization) -> Any:
    return organization.leads.add({**blank(organization), "email": "unknown@example.com"})


def _refused_with(status: int, when: Callable[[errors.MalformedBody], bool] = lambda error: True) -> Bend:
    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, status=status) if isinstance(error, errors.MalformedBody) and when(error) else answer

    return lambda api: rendering_errors(api, edit)


def _from_the_third_on(api: Api) -> Api:
    seen = count(1)
    return _refused_with(500, lambda error: next(seen) > 2)(api)


def _is_cut(error: errors.MalformedBody) -> bool:
    return "line" not in error.message


each_kind(
    FAULTS,
    "update_lead/a_body_that_is_not_json_is_refused",
    broken_json_is_an_empty_update=("lax", _answered(200, lambda organization: next(reversed(organization.leads)))),
    broken_json_is_a_conflict=("status", _refused_with(409)),
    broken_json_is_a_server_fault_from_the_third_on=("stateful", _from_the_third_on),
)
each_kind(
    FAULTS,
    "create_lead/a_body_that_is_not_json_is_refused",
    broken_json_creates_a_lead=("lax", _answered(201, _made)),
    broken_json_is_not_found=("status", _refused_with(404)),
    json_that_ends_too_early_is_answered_408=("rare", _refused_with(408, _is_cut)),
)
