"""Faults: keys, scopes and tenants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Api, Caller, Handler, Headers, Reply
from mock_server.faults import Faults
from mock_server.store import Lead, Organization, World
from mock_server.vorel.faults.parts import (
    Bend,
    answers_errors,
    both,
    identifying,
    instead,
    knowing_all_tenants,
    knowing_the_caller,
    status_of,
)
from mock_server.vorel.operations import merged
from mock_server.vorel.wire import SCOPES

FAULTS = Faults("vorel")


# -- keys and scopes -----------------------------------------------------------------------------------------


def _keys_taken_for(choose: Callable[[Api, str | None], str | None]) -> Bend:
    """An API that takes a credential for another one, or for none of its business."""

    def bend(api: Api) -> Api:
        def identify(world: World, headers: Headers) -> Caller:
            sent = headers.get(b"authorization")
            taken = choose(api, None if sent is None else sent.decode("latin-1").partition(" ")[2])
            changed = {} if taken is None else {b"authorization": f"Bearer {taken}".encode()}
            return api.identify(world, {**headers, **changed})

        return replace(api, identify=identify)

    return bend


FAULTS.add(
    "calls_without_a_key_belong_to_a_tenant",
    "every_operation/a_request_without_a_key_is_refused",
    _keys_taken_for(lambda api, key: api.key_ring["full"] if key is None else None),
    "lax",
)
FAULTS.add(
    "takes_any_bearer_text_for_a_key",
    "every_operation/a_malformed_key_is_refused",
    _keys_taken_for(lambda api, key: api.key_ring["full"] if key and api.tenant_of(key) is None else None),
    "lax",
)
FAULTS.add(
    "looks_at_the_first_58_characters_of_a_key",
    "every_operation/a_malformed_key_is_refused",
    _keys_taken_for(lambda api, key: key and key[:58]),
    "rare",
)
FAULTS.add(
    "revoked_keys_still_work",
    "every_operation/a_revoked_key_is_refused",
    _keys_taken_for(lambda api, key: api.key_ring["full"] if key == api.key_ring["revoked"] else None),
    "lax",
)
FAULTS.add(
    "every_key_may_write",
    "every_operation/a_missing_write_scope_is_answered_403",
    identifying(lambda api, caller: replace(caller, scopes=SCOPES)),
    "lax",
)
FAULTS.add(
    "one_write_scope_opens_every_update",
    "update_lead/another_write_scope_does_not_open_an_update",
    identifying(lambda api, caller: replace(caller, scopes=SCOPES) if len(caller.scopes) > 1 else caller),
    "lax",
)


FAULTS.add(
    "a_missing_scope_is_answered_401",
    "every_operation/a_missing_write_scope_is_answered_403",
    answers_errors(errors.Forbidden, lambda answer: replace(answer, status=401)),
    "status",
)
FAULTS.add(
    "a_missing_scope_is_answered_without_a_body",
    "every_operation/a_missing_write_scope_is_answered_403",
    answers_errors(errors.Forbidden, lambda answer: replace(answer, content=None)),
    "shape",
)
FAULTS.add(
    "errors_are_texts",
    "every_operation/errors_are_json_objects",
    answers_errors(errors.Invalid, lambda answer: replace(answer, content="validation_error")),
    "shape",
)
FAULTS.add(
    "not_found_has_no_body",
    "every_operation/errors_are_json_objects",
    answers_errors(errors.NotFound, lambda answer: replace(answer, content=None)),
    "shape",
)


@FAULTS.breaks("update_lead/an_update_refused_for_its_scope_changes_nothing", "lax")
def writes_before_it_looks_at_the_scope(api: Api) -> Api:
    callers: list[Caller] = []

    def remembered(api: Api, caller: Caller) -> Caller:
        callers.append(caller)
        return replace(caller, scopes=caller.scopes | {"leads:write"})

    def handle(handler: Handler, organization: Organization, **arguments: Any) -> Reply:
        reply = handler(organization, **arguments)
        if "leads:write" not in callers[-1].scopes:
            raise errors.Forbidden("This key lacks the scope leads:write.")
        return reply

    return both(identifying(remembered), instead("update_lead", handle))(api)


# -- tenants -------------------------------------------------------------------------------------------------


def _refusing_anothers(error: Callable[[], errors.CallRefused]) -> Bend:
    def handle(
        handler: Handler, opened: list[Organization], organization: Organization, id: str, **arguments: Any
    ) -> Reply:
        if any(each.leads.get(id) for each in opened if each is not organization):
            raise error()
        return handler(organization, id=id, **arguments)

    return both(knowing_all_tenants(handle, "get_lead"), knowing_all_tenants(handle, "update_lead"))


FAULTS.add(
    "another_tenants_lead_is_forbidden",
    "every_operation/another_tenants_lead_is_answered_like_a_nonexistent_one",
    _refusing_anothers(lambda: errors.Forbidden("This lead is another tenant's.")),
    "status",
)
FAULTS.add(
    "says_that_a_lead_is_another_tenants",
    "every_operation/another_tenants_lead_is_answered_like_a_nonexistent_one",
    _refusing_anothers(lambda: errors.NotFound("This lead is another tenant's.")),
    "shape",
)


def _with_its_owner(
    handler: Handler, opened: list[Organization], organization: Organization, id: str, **arguments: Any
) -> Reply:
    owner = next((each for each in opened if each.leads.get(id)), organization)
    return handler(owner, id=id, **arguments)


def _with_all_leads(
    handler: Handler, opened: list[Organization], organization: Organization, query: dict[str, Any]
) -> Reply:
    reply = handler(organization, query=query)
    others = [lead for each in opened if each is not organization for lead in each.leads]
    return replace(reply, data=[*reply.data, *others])


FAULTS.add(
    "updates_other_tenants_leads",
    "update_lead/another_tenants_lead_stays_unchanged",
    knowing_all_tenants(_with_its_owner, "update_lead"),
    "tenant",
)
FAULTS.add(
    "shows_other_tenants_leads",
    "every_operation/another_tenants_lead_is_answered_like_a_nonexistent_one",
    knowing_all_tenants(_with_its_owner, "get_lead"),
    "tenant",
)
FAULTS.add(
    "lists_the_leads_of_all_tenants",
    "list_leads/another_tenants_leads_are_not_listed",
    knowing_all_tenants(_with_all_leads, "list_leads"),
    "tenant",
)


# -- now and then ----------------------------------------------------------------------------------------------

_SLUG = "every_operation/a_request_without_a_key_is_refused"
FAULTS.add("a_missing_key_is_a_bad_request", _SLUG, status_of(errors.Unauthorized, 400, "A bearer key"), "status")


@FAULTS.breaks("every_operation/a_request_without_a_key_is_refused", "stateful")
def calls_without_a_key_belong_to_the_last_caller(api: Api) -> Api:
    last: dict[bytes, bytes] = {}

    def identify(world: World, headers: Headers) -> Caller:
        if b"authorization" in headers:
            last[b"authorization"] = headers[b"authorization"]
        return api.identify(world, {**last, **headers})

    return replace(api, identify=identify)


@FAULTS.breaks("every_operation/a_request_without_a_key_is_refused", "rare")
def reading_takes_no_key(api: Api) -> Api:
    def identify(world: World, headers: Headers) -> Caller:
        if b"authorization" in headers:
            return api.identify(world, headers)
        return Caller(world.organization("vorel", api.key_ring["full"]), frozenset({"read"}))

    return replace(api, identify=identify)


_SLUG = "every_operation/a_malformed_key_is_refused"
FAULTS.add(
    "finds_a_key_by_its_first_22_characters",
    _SLUG,
    _keys_taken_for(lambda api, key: api.key_ring["full"] if key and key[:22] == api.key_ring["full"][:22] else None),
    "rare",
)
FAULTS.add(
    "takes_a_key_with_letters_beyond_f",
    _SLUG,
    _keys_taken_for(
        lambda api, key: api.key_ring["full"] if key and len(key) == 58 and api.tenant_of(key) is None else None
    ),
    "rare",
)
FAULTS.add("a_malformed_key_is_not_found", _SLUG, status_of(errors.Unauthorized, 404, "The credential"), "status")

_SLUG = "every_operation/a_revoked_key_is_refused"
FAULTS.add("a_revoked_key_is_gone", _SLUG, status_of(errors.Unauthorized, 410, "The key has been"), "status")


@FAULTS.breaks("every_operation/a_revoked_key_is_refused", "stateful")
def a_revoked_key_works_beside_a_good_one(api: Api) -> Api:
    """Once a good key of the tenant has been seen, its revoked one is taken too."""
    seen: list[bytes] = []

    def identify(world: World, headers: Headers) -> Caller:
        try:
            caller = api.identify(world, headers)
        except errors.Unauthorized as refused:
            if "revoked" not in refused.message or not seen:
                raise
            return api.identify(world, {**headers, b"authorization": seen[0]})
        seen[:] = [headers[b"authorization"]]
        return caller

    return replace(api, identify=identify)


@FAULTS.breaks("every_operation/a_revoked_key_is_refused", "rare")
def a_revoked_key_may_still_read(api: Api) -> Api:
    def identify(world: World, headers: Headers) -> Caller:
        try:
            return api.identify(world, headers)
        except errors.Unauthorized as refused:
            if "revoked" not in refused.message:
                raise
            return Caller(world.organization("vorel", api.key_ring["full"]), frozenset({"read"}))

    return replace(api, identify=identify)


def _may_not(scope: str, when: Callable[[dict[str, Any]], bool]) -> Callable[..., Reply]:
    """A key without the scope is refused, but for some bodies."""

    def handle(handler: Handler, scopes: frozenset[str], organization: Organization, **arguments: Any) -> Reply:
        if scope not in scopes and not (len(scopes) > 1 and when(arguments["body"])):
            raise errors.Forbidden(f"This key lacks the scope {scope}.")
        return handler(organization, **arguments)

    return handle


_SLUG = "update_lead/another_write_scope_does_not_open_an_update"
FAULTS.add(
    "another_write_scope_opens_the_status",
    _SLUG,
    knowing_the_caller("update_lead", _may_not("leads:write", lambda body: body.keys() == {"status"})),
    "rare",
)
FAULTS.add(
    "another_write_scope_opens_the_attributes",
    _SLUG,
    knowing_the_caller("update_lead", _may_not("leads:write", lambda body: body.keys() == {"attributes"})),
    "rare",
)
FAULTS.add("another_write_scope_is_not_found", _SLUG, status_of(errors.Forbidden, 404), "status")


def _refused_but_written(edit: Callable[[Lead, dict[str, Any]], Any]) -> Bend:
    """A key without leads:write is refused, when `edit` has already written to the lead."""

    def handle(handler: Handler, scopes: frozenset[str], organization: Organization, id: str, body: Any) -> Reply:
        lead = organization.leads.get(id.lower())
        if "leads:write" not in scopes:
            if lead:
                edit(lead, body)
            raise errors.Forbidden("This key lacks the scope leads:write.")
        return handler(organization, id=id, body=body)

    return knowing_the_caller("update_lead", handle)


_SLUG = "update_lead/an_update_refused_for_its_scope_changes_nothing"
FAULTS.add(
    "an_update_without_the_scope_still_clears",
    _SLUG,
    _refused_but_written(lambda lead, body: lead.update({name: None for name in body if body[name] is None})),
    "rare",
)
FAULTS.add(
    "an_update_without_the_scope_merges_attributes",
    _SLUG,
    _refused_but_written(
        lambda lead, body: lead.update(attributes=merged(lead["attributes"], body.get("attributes", {})))
    ),
    "field",
)


def _written_where(when: Callable[[dict[str, Any]], bool], *, found: bool) -> Bend:
    """An update of another tenant's lead is done where `when` says so of its body, with or without admitting it."""

    def handle(
        handler: Handler, opened: list[Organization], organization: Organization, id: str, body: dict[str, Any]
    ) -> Reply:
        owner = next((each for each in opened if each.leads.get(id)), organization)
        if owner is organization or not when(body):
            return handler(organization, id=id, body=body)
        reply = handler(owner, id=id, body=body)
        if not found:
            raise errors.NotFound("No such lead.")
        return reply

    return knowing_all_tenants(handle, "update_lead")


_SLUG = "update_lead/another_tenants_lead_stays_unchanged"
FAULTS.add("writes_another_tenants_lead_and_denies_it", _SLUG, _written_where(bool, found=False), "stateful")
FAULTS.add(
    "merges_into_another_tenants_attributes",
    _SLUG,
    _written_where(lambda body: body.keys() == {"attributes"}, found=False),
    "rare",
)

_SLUG = "list_leads/another_tenants_leads_are_not_listed"


def _with_leads_of_others(when: Callable[[Organization, dict[str, Any], Lead], bool]) -> Bend:
    """A list with those leads of other tenants that `when` lets in."""

    def handle(
        handler: Handler, opened: list[Organization], organization: Organization, query: dict[str, Any]
    ) -> Reply:
        reply = handler(organization, query=query)
        others = [lead for each in opened if each is not organization for lead in each.leads]
        return replace(reply, data=[*reply.data, *(each for each in others if when(organization, query, each))])

    return knowing_all_tenants(handle, "list_leads")


FAULTS.add(
    "lists_the_stale_leads_of_all_tenants",
    _SLUG,
    _with_leads_of_others(lambda organization, query, lead: "stale_for_days" in query),
    "rare",
)
FAULTS.add(
    "lists_the_newest_lead_whoever_owns_it",
    _SLUG,
    _with_leads_of_others(
        lambda organization, query, lead: all(each["created_at"] <= lead["created_at"] for each in organization.leads)
    ),
    "stateful",
)
