"""What the faults of Octanist are made of: functions from `Api` to `Api`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import count
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


def every(nth: int, bend: Bend) -> Bend:
    """The fault `bend` of updates, for every `nth` of them only."""

    def bend_some(api: Api) -> Api:
        calls = count(1)
        return for_update(bend, lambda _: next(calls) % nth == 0)(api)

    return bend_some


def lead_of(organization: Organization, body: Body) -> Lead | None:
    """The lead that the first identifier of a body names; None where it names none or several."""
    name = next((name for name in IDENTIFIERS if name in body), "id")
    if name == "id":
        return organization.leads.get(str(body.get("id")))
    found = organization.leads.find(name, body[name])
    return found[0] if len(found) == 1 else None


def not_found_where(applies: Callable[[Organization, Body], bool]) -> Bend:
    """An update that does not find some leads."""

    def change(organization: Organization, body: Body) -> Body:
        if applies(organization, body):
            raise errors.NotFound("No lead found matching the provided identifiers.")
        return body

    return before_update(change)


def dropping_where(name: str, applies: Callable[[Organization, Body], bool]) -> Bend:
    """An update that ignores a field of some bodies."""
    return before_update(
        lambda organization, body: without(name)(organization, body) if applies(organization, body) else body
    )


def refusing_where(applies: Callable[[Organization, Body], bool]) -> Bend:
    """An update that refuses some bodies."""

    def change(organization: Organization, body: Body) -> Body:
        if applies(organization, body):
            raise errors.Invalid("This cannot be sent.")
        return body

    return before_update(change)


def has_status(*statuses: str) -> Callable[[Organization, Body], bool]:
    """Whether the lead that a body names has one of the statuses already."""
    return lambda organization, body: (lead_of(organization, body) or {}).get("status") in statuses


def said_before(*names: str) -> Callable[[Organization, Body], bool]:
    """Whether an earlier update has sent the same values of these fields."""
    said: set[tuple[Any, ...]] = set()

    def known(organization: Organization, body: Body) -> bool:
        values = tuple(body.get(name) for name in names)
        if values in said:
            return True
        said.add(values)
        return False

    return known
