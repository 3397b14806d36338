"""What the faults of Aura are made of: functions that make an `Api` that is wrong in one place."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Handler, Reply
from mock_server.faults import Faults, knowing_everybody, receiving, requiring
from mock_server.store import Lead, Organization

Bend = Callable[[Api], Api]
Body = dict[str, Any]

OPERATIONS_ON_A_LEAD = ("get_lead", "update_lead")


def each_kind(faults: Faults, requirement: str, **named: tuple[str, Bend]) -> None:
    """Declare several faults that break one requirement: by their name, kind and bend."""
    for name, (kind, bend) in named.items():
        faults.add(name, requirement, bend, kind)


# -- what an operation does ----------------------------------------------------------------------------------


def taking(operation_id: str, edit: Callable[[Body], Body]) -> Bend:
    """An operation that takes another body than was sent: what `edit` makes of a copy."""
    return lambda api: receiving(api, operation_id, edit)


def created(edit: Callable[[Organization, Lead, Body], Any]) -> Bend:
    """A create that changes what it has stored, by `edit(organization, lead, body)`."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, body: Body) -> Reply:
            reply = handler(organization, body=deepcopy(body))
            edit(organization, reply.data, body)
            return reply

        return handle

    return lambda api: api.wrapping("create_lead", wrap)


def updating(edit: Callable[[Lead, Body], Body]) -> Bend:
    """An update that writes other changes than were sent: `edit(the lead so far, changes)`, both copies."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str, body: Body) -> Reply:
            lead = organization.leads.get(id.lower())
            changes = body if lead is None else edit(deepcopy(lead), deepcopy(body))
            return handler(organization, id=id, body=changes)

        return handle

    return lambda api: api.wrapping("update_lead", wrap)


def updated(edit: Callable[[Organization, Lead, Body], Any]) -> Bend:
    """An update that changes more than it should, by `edit(organization, lead, body)` once it is done."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str, body: Body) -> Reply:
            reply = handler(organization, id=id, body=body)
            edit(organization, reply.data, body)
            return reply

        return handle

    return lambda api: api.wrapping("update_lead", wrap)


def also(edit: Callable[[Lead, Body], Body]) -> Bend:
    """An update that writes more than it was sent: what `edit` makes of the lead and the changes."""
    return updated(lambda _, lead, body: lead.update(edit(lead, body)))


def without(body: Body, *names: str) -> Body:
    return {name: value for name, value in body.items() if name not in names}


def counting(*operation_ids: str, by: Callable[[dict[str, Any]], Any] = lambda arguments: None) -> Callable[..., Bend]:
    """A fault that depends on how often an operation was called before in its organization, for the same `by`.

    `counting("get_lead")(edit)` gives `edit(how often, the reply, its arguments)` a copy of the reply's data; what
    comes of it is answered.
    """

    def made(edit: Callable[[int, Any, dict[str, Any]], Any]) -> Bend:
        def bend(api: Api) -> Api:
            calls: dict[Any, int] = {}

            def wrap(handler: Handler) -> Handler:
                def handle(organization: Organization, **arguments: Any) -> Reply:
                    key = (organization.tenant, by(arguments))
                    reply = handler(organization, **arguments)
                    calls[key] = calls.get(key, 0) + 1
                    return replace(reply, data=edit(calls[key], deepcopy(reply.data), arguments))

                return handle

            for operation_id in operation_ids:
                api = api.wrapping(operation_id, wrap)
            return api

        return bend

    return made


def by_id(arguments: dict[str, Any]) -> Any:
    return arguments["id"]


def showing(operation_id: str, edit: Callable[[Lead], Any]) -> Bend:
    """An operation that answers another lead than it stored: what `edit` makes of a copy."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, **arguments: Any) -> Reply:
            reply = handler(organization, **arguments)
            return replace(reply, data=edit(deepcopy(reply.data)))

        return handle

    return lambda api: api.wrapping(operation_id, wrap)


def answering_with(operation_id: str, edit: Callable[[Answer], Answer]) -> Bend:
    """An operation whose successes go out with another envelope or status: what `edit` makes of the answer."""

    def bend(api: Api) -> Api:
        own: list[Reply] = []

        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, **arguments: Any) -> Reply:
                own[:] = [handler(organization, **arguments)]
                return own[0]

            return handle

        def render(organization: Organization, reply: Reply) -> Answer:
            answer = api.render(organization, reply)
            return edit(replace(answer, content=deepcopy(answer.content))) if own and own[0] is reply else answer

        return replace(api.wrapping(operation_id, wrap), render=render)

    return bend


def with_content(operation_id: str, edit: Callable[[Any], Any]) -> Bend:
    """An operation that succeeds with another envelope: what `edit` makes of it."""
    return answering_with(operation_id, lambda answer: replace(answer, content=edit(answer.content)))


def with_status(operation_id: str, status: int) -> Bend:
    """An operation that succeeds with another status."""
    return answering_with(operation_id, lambda answer: replace(answer, status=status))


def newest_but(organization: Organization, lead: Lead) -> Lead:
    """The lead that was made before this one, or this one where it is the first."""
    return next((each for each in reversed(organization.leads) if each is not lead), lead)


# -- what is refused -----------------------------------------------------------------------------------------


def refusing_with(error: Callable[[str], errors.CallRefused], bad: Callable[[Body], bool]) -> Bend:
    """Bodies that are to be refused are refused in a way that says something else."""

    def bend(api: Api) -> Api:
        def prepare(organization: Organization, body: Any) -> Any:
            if isinstance(body, dict) and bad(body):
                raise error("This cannot be done.")
            return api.prepare(organization, body)

        return replace(api, prepare=prepare)

    return bend


def mending(mend: Callable[[Organization, Body], Body]) -> Bend:
    """Bodies are mended before they are looked at, so that what is to be refused passes."""

    def bend(api: Api) -> Api:
        def prepare(organization: Organization, body: Any) -> Any:
            body = api.prepare(organization, body)
            return mend(organization, dict(body)) if isinstance(body, dict) else body

        return replace(api, prepare=prepare)

    return bend


def refusing(operation_id: str, bad: Callable[[Organization, Body], bool]) -> Bend:
    """An operation that refuses bodies that are good."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, body: Body, **path: str) -> Reply:
            if bad(organization, body):
                raise errors.Invalid("This cannot be sent.")
            return handler(organization, body=body, **path)

        return handle

    return lambda api: api.wrapping(operation_id, wrap)


def field_rule(schema_name: str, field: str, **rules: Any) -> Bend:
    """Other rules for one field of a body, in place of the documented ones."""

    def edit(schema: Any) -> None:
        schema["properties"][field] = {"type": "string", **rules}

    return lambda api: requiring(api, schema_name, edit)


def instead_of_not_found(operation_id: str, answer: Callable[[Organization, str], Reply]) -> Bend:
    """An operation that does something else where no lead is found: `answer(organization, id)`, which may raise."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str, **arguments: Any) -> Reply:
            try:
                return handler(organization, id=id, **arguments)
            except errors.NotFound:
                return answer(organization, id)

        return handle

    return lambda api: api.wrapping(operation_id, wrap)


def saying(error: Callable[[str], errors.CallRefused]) -> Callable[[Organization, str], Reply]:
    """For `instead_of_not_found`: another error."""

    def answer(organization: Organization, id: str) -> Reply:
        raise error("Lead not found")

    return answer


def finding(operation_id: str, find: Callable[[Organization, str], Lead | None]) -> Bend:
    """An operation that finds leads in another way, where `find(organization, id)` finds one; any text is an id."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str, **arguments: Any) -> Reply:
            lead = find(organization, id)
            if lead is None and len(id) != 36:
                raise errors.Invalid("id: this is no UUID")
            return handler(organization, id=id if lead is None else lead["id"], **arguments)

        return handle

    def any_text(contract: Any) -> None:
        contract["components"]["parameters"]["LeadId"]["schema"] = {"type": "string"}

    return lambda api: api.promising(any_text).wrapping(operation_id, wrap)


def reaching_elsewhere(
    operation_id: str, act: Callable[[Handler, Organization, Organization, dict[str, Any]], Reply]
) -> Bend:
    """An operation that knows the leads of others: `act(handler, caller, owner of the lead, arguments)`."""

    def bend(api: Api) -> Api:
        served, opened = knowing_everybody(api)

        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, **arguments: Any) -> Reply:
                others = [each for each in opened.values() if each is not organization]
                owner = next((each for each in others if each.leads.get(arguments["id"])), organization)
                if owner is organization:
                    return handler(organization, **arguments)
                return act(handler, organization, owner, arguments)

            return handle

        return served.wrapping(operation_id, wrap)

    return bend
