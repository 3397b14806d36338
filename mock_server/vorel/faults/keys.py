"""Faults: keys, scopes and tenants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Api, Caller, Handler, Headers, Reply
from mock_server.faults import Faults
from mock_server.store import Organization, World
from mock_server.vorel.faults.parts import Bend, answers_errors, both, identifying, instead, knowing_all_tenants
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
