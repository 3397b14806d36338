"""What the faults of Octanist are made of: functions from `Api` to `Api`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Handler, Reply
from mock_server.faults import answering, rendering_errors
from mock_server.octanist.operations import IDENTIFIERS
from mock_server.store import Lead, Organization

Bend = Callable[[Api], Api]
Body = dict[str, Any]
Around = Callable[[Handler, Organization, dict[str, Any]], Reply]


def around(operation_id: str, run: Around) -> Bend:
    """An API in which `run` stands around an operation: it gets the handler, the organization and the arguments."""

    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, **arguments: Any) -> Reply:
                return run(handler, organization, arguments)

            return handle

        return api.wrapping(operation_id, wrap)

    return bend


def before_update(change: Callable[[Organization, Body], Body]) -> Bend:
    """An update that takes another body than was sent."""
    return around(
        "update_lead",
        lambda handler, organization, arguments: handler(organization, body=change(organization, arguments["body"])),
    )


def after_update(change: Callable[[Organization, Body, Lead], None]) -> Bend:
    """An update that does something more to the lead that it found."""

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        lead = organization.leads.get(reply.data["leadId"])
        assert lead is not None
        change(organization, arguments["body"], lead)
        return reply

    return around("update_lead", run)


def with_setting(bend: Bend, **settings: Any) -> Bend:
    return lambda api: replace(bend(api), settings={**api.settings, **settings})


def refusing(kind: type[errors.CallRefused], *, status: int = 0, code: str = "") -> Bend:
    """Errors of one kind with another status or code."""

    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        if not isinstance(error, kind):
            return answer
        answer.content["error"]["code"] = code or answer.content["error"]["code"]
        return replace(answer, status=status or answer.status)

    return lambda api: rendering_errors(api, edit)


def for_update(bend: Bend, applies: Callable[[Body], bool]) -> Bend:
    """The fault `bend` of updates, for some bodies only."""

    def bend_some(api: Api) -> Api:
        good, bad = api.handlers["update_lead"], bend(api).handlers["update_lead"]
        return api.wrapping(
            "update_lead",
            lambda _: lambda organization, body: (bad if applies(body) else good)(organization, body=body),
        )

    return bend_some


def named(body: Body, *names: str) -> bool:
    return all(name in body for name in names)


def without(*names: str) -> Callable[[Organization, Body], Body]:
    return lambda organization, body: {name: value for name, value in body.items() if name not in names}


def finding(name: str, matches: Callable[[str, str], bool]) -> Bend:
    """An update that takes the oldest lead whose field only resembles the identifier."""

    def change(organization: Organization, body: Body) -> Body:
        wanted = str(body.get(name))
        found = next((lead for lead in organization.leads if matches(str(lead[name]), wanted)), None)
        return {**without(*IDENTIFIERS)(organization, body), "id": found["id"]} if found else body

    return for_update(before_update(change), lambda body: name in body and "id" not in body)


def like(text: str, pattern: str) -> bool:
    as_regex = "".join({"%": ".*", "_": "."}.get(each, re.escape(each)) for each in pattern)
    return bool(re.fullmatch(as_regex, text))


def storing(field: str, store: Callable[[Any], Any]) -> Bend:
    """An update after which a field that was sent is something else."""

    def change(organization: Organization, body: Body, lead: Lead) -> None:
        if field in body:
            organization.leads.change(lead, {field: store(lead[field])})

    return after_update(change)


def counting(count: Callable[[int], int]) -> Bend:
    return lambda api: answering(api, "update_lead", lambda data: {**data, "leadsUpdated": count(data["leadsUpdated"])})
