"""What the faults of Vorel are made of."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import openapi
from mock_server import errors
from mock_server.api import Answer, Api, Caller, Handler, Headers, Reply
from mock_server.faults import answering, knowing_everybody, receiving, rendering_errors, requiring
from mock_server.schema import Validator
from mock_server.store import Lead, Organization, World
from mock_server.vorel.operations import blank
from mock_server.vorel.wire import SCOPES

Bend = Callable[[Api], Api]
Attributes = dict[str, Any]

ANY_STATUS: dict[str, Any] = {"$ref": None, "type": "string"}


def instead(operation_id: str, handle: Callable[..., Reply]) -> Bend:
    """An operation that does this; `handle` gets the real handler as its first argument."""

    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            return lambda organization, **arguments: handle(handler, organization, **arguments)

        return api.wrapping(operation_id, wrap)

    return bend


def answers(operation_id: str, edit: Callable[[Any], Any]) -> Bend:
    return lambda api: answering(api, operation_id, edit)


def takes(operation_id: str, edit: Callable[[Any], Any]) -> Bend:
    return lambda api: receiving(api, operation_id, edit)


def requires(schema: str, edit: Callable[[Any], None]) -> Bend:
    return lambda api: requiring(api, schema, edit)


def rule(schema: str, field: str, **keywords: Any) -> Bend:
    """Another rule for a field of a request; a keyword of None is dropped."""

    def edit(component: Any) -> None:
        rule = {**component["properties"][field], **keywords}
        component["properties"][field] = {name: value for name, value in rule.items() if value is not None}

    return requires(schema, edit)


def both(first: Bend, second: Bend) -> Bend:
    return lambda api: second(first(api))


def true(values: Attributes) -> Attributes:
    """What is left when everything that counts as false is dropped."""
    return {name: value for name, value in values.items() if value}


def without(body: Any, *names: str) -> Any:
    return {name: value for name, value in body.items() if name not in names}


def after_updating(edit: Callable[[Lead, Lead, dict[str, Any]], Any]) -> Bend:
    """An update that then changes the stored lead; `edit` gets it as it was, as it is, and the body."""

    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        before = deepcopy(organization.leads.get(id) or {})
        reply = handler(organization, id=id, body=body)
        edit(before, reply.data, body)
        return reply

    return instead("update_lead", handle)


def merging(merge: Callable[[Attributes, Attributes], Any]) -> Bend:
    """An update that stores what `merge` makes of the stored attributes and the ones sent."""

    def edit(before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        if "attributes" in body:
            lead["attributes"] = merge(before["attributes"], body["attributes"])

    return after_updating(edit)


def letting_through(operation_id: str, field: str, longest: int, *, whole: bool) -> Bend:
    """An operation that also takes longer texts, and stores them whole or cut."""

    def handle(handler: Handler, organization: Organization, body: dict[str, Any], **arguments: Any) -> Reply:
        text = body.get(field) or ""
        cut = {**body, field: text[:longest]} if len(text) > longest else body
        reply = handler(organization, body=cut, **arguments)
        if whole and cut is not body:
            reply.data[field] = text
        return reply

    return instead(operation_id, handle)


def identifying(edit: Callable[[Api, Caller], Caller]) -> Bend:
    """An API that makes something else of a good caller."""
    return lambda api: replace(api, identify=lambda world, headers: edit(api, api.identify(world, headers)))


def saying(operation_id: str, kind: type[errors.CallRefused], error: Callable[[], errors.CallRefused]) -> Bend:
    """An operation that refuses in another way where it should refuse in this one."""

    def handle(handler: Handler, organization: Organization, **arguments: Any) -> Reply:
        try:
            return handler(organization, **arguments)
        except kind:
            raise error() from None

    return instead(operation_id, handle)


def knowing_all_tenants(handle: Callable[..., Reply], operation_id: str) -> Bend:
    """An operation that can see every tenant: `handle` gets the handler, all organizations and its own."""

    def bend(api: Api) -> Api:
        served, opened = knowing_everybody(api)

        def seeing(handler: Handler, organization: Organization, **arguments: Any) -> Reply:
            return handle(handler, list(opened.values()), organization, **arguments)

        return instead(operation_id, seeing)(served)

    return bend


def answers_errors(kind: type[errors.CallRefused], edit: Callable[[Answer], Answer]) -> Bend:
    return lambda api: rendering_errors(api, lambda answer, error: edit(answer) if isinstance(error, kind) else answer)


def stores(field: str, change: Callable[[Any], Any]) -> Bend:
    """An update that stores another value for a field than was sent."""
    return takes("update_lead", lambda body: {**body, field: change(body[field])} if body.get(field) else body)


def any_text_as_id(api: Api) -> Api:
    def edit(contract: Any) -> None:
        contract["components"]["parameters"]["LeadId"]["schema"] = {"type": "string"}

    return api.promising(edit)


def first(organization: Organization, wanted: Callable[[str], bool]) -> Lead | None:
    return next((lead for lead in organization.leads if wanted(lead["id"])), None)


def new_with_id(organization: Organization, id: str) -> Lead:
    return organization.leads.add({**blank(organization), "id": id})


# -- faults that show now and then -----------------------------------------------------------------------------

When = Callable[[Organization, dict[str, Any]], bool]
"""Whether a fault shows, by the organization and the arguments of the call: `id`, `body`, `query`."""

_SCHEMAS = {"update_lead": "UpdateLead", "create_lead": "CreateLead", "create_conversation": "CreateConversation"}


def lead_of(organization: Organization, arguments: dict[str, Any]) -> Lead:
    """The lead that a call is about; empty where there is none."""
    return organization.leads.get(arguments.get("id", "").lower()) or {}


def where(operation_id: str, when: When, then: Callable[..., Reply]) -> Bend:
    """An operation that now and then does something else; `then` gets the real handler as its first argument."""

    def handle(handler: Handler, organization: Organization, **arguments: Any) -> Reply:
        if when(organization, arguments):
            return then(handler, organization, **arguments)
        return handler(organization, **arguments)

    return instead(operation_id, handle)


def excusing(operation_id: str, when: When, then: Callable[..., Reply]) -> Bend:
    """An operation that now and then looks past the rules for its body, and does this with it."""

    def bend(api: Api) -> Api:
        rules = Validator(openapi.Contract(api.name, api.contract, "").schema(_SCHEMAS[operation_id]))

        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, **arguments: Any) -> Reply:
                if when(organization, arguments):
                    return then(handler, organization, **arguments)
                if complaint := rules.complaint(arguments["body"]):
                    raise errors.Invalid(complaint)
                return handler(organization, **arguments)

            return handle

        def lenient(contract: Any) -> None:
            contract["components"]["schemas"][_SCHEMAS[operation_id]] = {"type": "object"}

        return api.promising(lenient).wrapping(operation_id, wrap)

    return bend


def taking(edit: Callable[[Any], Any]) -> Callable[..., Reply]:
    """What the handler does with another body: what `edit` makes of it."""
    return lambda handler, organization, body, **others: handler(organization, body=edit(body), **others)


def showing(edit: Callable[[Any], Any]) -> Callable[..., Reply]:
    """What the handler does, shown as `edit` makes it."""

    def then(handler: Handler, organization: Organization, **arguments: Any) -> Reply:
        reply = handler(organization, **arguments)
        return replace(reply, data=edit(deepcopy(reply.data)))

    return then


def writing(edit: Callable[[Lead, dict[str, Any]], Any]) -> Callable[..., Reply]:
    """What the handler does; then `edit` changes the stored lead, by the body that was sent."""

    def then(handler: Handler, organization: Organization, **arguments: Any) -> Reply:
        reply = handler(organization, **arguments)
        edit(reply.data, arguments["body"])
        return reply

    return then


def failing(error: type[errors.CallRefused]) -> Callable[..., Reply]:
    """A refusal of this kind."""

    def then(handler: Handler, organization: Organization, **arguments: Any) -> Reply:
        raise error("This cannot be done.")

    return then


def status_of(kind: type[errors.CallRefused], status: int, said: str = "") -> Bend:
    """An API that answers errors of this kind, whose message begins like that, with another status."""

    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        meant = isinstance(error, kind) and error.message.startswith(said)
        return replace(answer, status=status) if meant else answer

    return lambda api: rendering_errors(api, edit)


def knowing_the_caller(operation_id: str, handle: Callable[..., Reply]) -> Bend:
    """An operation open to every good key; `handle` gets the handler and the scopes that the key really has."""

    def bend(api: Api) -> Api:
        scopes: list[frozenset[str]] = []

        def identify(world: World, headers: Headers) -> Caller:
            caller = api.identify(world, headers)
            scopes[:] = [caller.scopes]
            return replace(caller, scopes=SCOPES)

        def seeing(handler: Handler, organization: Organization, **arguments: Any) -> Reply:
            return handle(handler, scopes[0], organization, **arguments)

        return instead(operation_id, seeing)(replace(api, identify=identify))

    return bend


def ignoring_unknown_fields(bend: Bend) -> Bend:
    """The same fault in an API that ignores the fields that cannot be set."""
    return lambda api: replace(bend(api), settings={**api.settings, "unknown_fields": "ignore"})
