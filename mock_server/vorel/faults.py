"""Ways in which Vorel can be implemented slightly wrong, each of which breaks one requirement."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Caller, Handler, Headers, Reply
from mock_server.faults import Faults, answering, knowing_everybody, receiving, rendering_errors, requiring
from mock_server.store import Lead, Organization, World
from mock_server.vorel.operations import blank, merged
from mock_server.vorel.wire import SCOPES

FAULTS = Faults("vorel")

Bend = Callable[[Api], Api]
Attributes = dict[str, Any]

_ANY_STATUS: dict[str, Any] = {"$ref": None, "type": "string"}

# -- what the faults are made of -----------------------------------------------------------------------------


def _instead(operation_id: str, handle: Callable[..., Reply]) -> Bend:
    """An operation that does this; `handle` gets the real handler as its first argument."""

    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            return lambda organization, **arguments: handle(handler, organization, **arguments)

        return api.wrapping(operation_id, wrap)

    return bend


def _answers(operation_id: str, edit: Callable[[Any], Any]) -> Bend:
    return lambda api: answering(api, operation_id, edit)


def _takes(operation_id: str, edit: Callable[[Any], Any]) -> Bend:
    return lambda api: receiving(api, operation_id, edit)


def _requires(schema: str, edit: Callable[[Any], None]) -> Bend:
    return lambda api: requiring(api, schema, edit)


def _rule(schema: str, field: str, **keywords: Any) -> Bend:
    """Another rule for a field of a request; a keyword of None is dropped."""

    def edit(component: Any) -> None:
        rule = {**component["properties"][field], **keywords}
        component["properties"][field] = {name: value for name, value in rule.items() if value is not None}

    return _requires(schema, edit)


def _both(first: Bend, second: Bend) -> Bend:
    return lambda api: second(first(api))


def _true(values: Attributes) -> Attributes:
    """What is left when everything that counts as false is dropped."""
    return {name: value for name, value in values.items() if value}


def _without(body: Any, *names: str) -> Any:
    return {name: value for name, value in body.items() if name not in names}


def _after_updating(edit: Callable[[Lead, Lead, dict[str, Any]], Any]) -> Bend:
    """An update that then changes the stored lead; `edit` gets it as it was, as it is, and the body."""

    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        before = deepcopy(organization.leads.get(id) or {})
        reply = handler(organization, id=id, body=body)
        edit(before, reply.data, body)
        return reply

    return _instead("update_lead", handle)


def _merging(merge: Callable[[Attributes, Attributes], Any]) -> Bend:
    """An update that stores what `merge` makes of the stored attributes and the ones sent."""

    def edit(before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        if "attributes" in body:
            lead["attributes"] = merge(before["attributes"], body["attributes"])

    return _after_updating(edit)


def _letting_through(operation_id: str, field: str, longest: int, *, whole: bool) -> Bend:
    """An operation that also takes longer texts, and stores them whole or cut."""

    def handle(handler: Handler, organization: Organization, body: dict[str, Any], **arguments: Any) -> Reply:
        text = body.get(field) or ""
        cut = {**body, field: text[:longest]} if len(text) > longest else body
        reply = handler(organization, body=cut, **arguments)
        if whole and cut is not body:
            reply.data[field] = text
        return reply

    return _instead(operation_id, handle)


def _identifying(edit: Callable[[Api, Caller], Caller]) -> Bend:
    """An API that makes something else of a good caller."""
    return lambda api: replace(api, identify=lambda world, headers: edit(api, api.identify(world, headers)))


def _saying(operation_id: str, kind: type[errors.CallRefused], error: Callable[[], errors.CallRefused]) -> Bend:
    """An operation that refuses in another way where it should refuse in this one."""

    def handle(handler: Handler, organization: Organization, **arguments: Any) -> Reply:
        try:
            return handler(organization, **arguments)
        except kind:
            raise error() from None

    return _instead(operation_id, handle)


def _knowing_all_tenants(handle: Callable[..., Reply], operation_id: str) -> Bend:
    """An operation that can see every tenant: `handle` gets the handler, all organizations and its own."""

    def bend(api: Api) -> Api:
        served, opened = knowing_everybody(api)

        def seeing(handler: Handler, organization: Organization, **arguments: Any) -> Reply:
            return handle(handler, list(opened.values()), organization, **arguments)

        return _instead(operation_id, seeing)(served)

    return bend


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
)
FAULTS.add(
    "takes_any_bearer_text_for_a_key",
    "every_operation/a_malformed_key_is_refused",
    _keys_taken_for(lambda api, key: api.key_ring["full"] if key and api.tenant_of(key) is None else None),
)
FAULTS.add(
    "looks_at_the_first_58_characters_of_a_key",
    "every_operation/a_malformed_key_is_refused",
    _keys_taken_for(lambda api, key: key and key[:58]),
)
FAULTS.add(
    "revoked_keys_still_work",
    "every_operation/a_revoked_key_is_refused",
    _keys_taken_for(lambda api, key: api.key_ring["full"] if key == api.key_ring["revoked"] else None),
)
FAULTS.add(
    "every_key_may_write",
    "every_operation/a_missing_write_scope_is_answered_403",
    _identifying(lambda api, caller: replace(caller, scopes=SCOPES)),
)
FAULTS.add(
    "one_write_scope_opens_every_update",
    "update_lead/another_write_scope_does_not_open_an_update",
    _identifying(lambda api, caller: replace(caller, scopes=SCOPES) if len(caller.scopes) > 1 else caller),
)


def _answers_errors(kind: type[errors.CallRefused], edit: Callable[[Answer], Answer]) -> Bend:
    return lambda api: rendering_errors(api, lambda answer, error: edit(answer) if isinstance(error, kind) else answer)


FAULTS.add(
    "a_missing_scope_is_answered_401",
    "every_operation/a_missing_write_scope_is_answered_403",
    _answers_errors(errors.Forbidden, lambda answer: replace(answer, status=401)),
)
FAULTS.add(
    "a_missing_scope_is_answered_without_a_body",
    "every_operation/a_missing_write_scope_is_answered_403",
    _answers_errors(errors.Forbidden, lambda answer: replace(answer, content=None)),
)
FAULTS.add(
    "errors_are_texts",
    "every_operation/errors_are_json_objects",
    _answers_errors(errors.Invalid, lambda answer: replace(answer, content="validation_error")),
)
FAULTS.add(
    "not_found_has_no_body",
    "every_operation/errors_are_json_objects",
    _answers_errors(errors.NotFound, lambda answer: replace(answer, content=None)),
)


@FAULTS.breaks("update_lead/an_update_refused_for_its_scope_changes_nothing")
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

    return _both(_identifying(remembered), _instead("update_lead", handle))(api)


# -- tenants -------------------------------------------------------------------------------------------------


def _refusing_anothers(error: Callable[[], errors.CallRefused]) -> Bend:
    def handle(
        handler: Handler, opened: list[Organization], organization: Organization, id: str, **arguments: Any
    ) -> Reply:
        if any(each.leads.get(id) for each in opened if each is not organization):
            raise error()
        return handler(organization, id=id, **arguments)

    return _both(_knowing_all_tenants(handle, "get_lead"), _knowing_all_tenants(handle, "update_lead"))


FAULTS.add(
    "another_tenants_lead_is_forbidden",
    "every_operation/another_tenants_lead_is_answered_like_a_nonexistent_one",
    _refusing_anothers(lambda: errors.Forbidden("This lead is another tenant's.")),
)
FAULTS.add(
    "says_that_a_lead_is_another_tenants",
    "every_operation/another_tenants_lead_is_answered_like_a_nonexistent_one",
    _refusing_anothers(lambda: errors.NotFound("This lead is another tenant's.")),
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
    _knowing_all_tenants(_with_its_owner, "update_lead"),
)
FAULTS.add(
    "shows_other_tenants_leads",
    "every_operation/another_tenants_lead_is_answered_like_a_nonexistent_one",
    _knowing_all_tenants(_with_its_owner, "get_lead"),
)
FAULTS.add(
    "lists_the_leads_of_all_tenants",
    "list_leads/another_tenants_leads_are_not_listed",
    _knowing_all_tenants(_with_all_leads, "list_leads"),
)

# -- replies -------------------------------------------------------------------------------------------------

for _operation_id in ("update_lead", "get_lead", "create_lead"):
    FAULTS.add(
        f"{_operation_id}_shows_the_score_as_text",
        f"{_operation_id}/replies_match_the_contract",
        _answers(_operation_id, lambda lead: {**lead, "qualification_score": str(lead["qualification_score"])}),
    )

FAULTS.add(
    "list_leads_shows_timestamps_as_numbers",
    "list_leads/replies_match_the_contract",
    _answers("list_leads", lambda leads: [{**lead, "updated_at": 1} for lead in leads]),
)
FAULTS.add(
    "create_conversation_hides_the_status",
    "create_conversation/replies_match_the_contract",
    _answers("create_conversation", lambda conversation: _without(conversation, "status")),
)

for _operation_id, _slug in {
    "update_lead": "the_reply_is_the_bare_lead",
    "get_lead": "the_reply_is_the_lead_of_the_path",
    "create_lead": "the_reply_is_the_new_lead",
    "create_conversation": "the_reply_is_the_new_conversation",
}.items():
    FAULTS.add(
        f"{_operation_id}_wraps_its_reply",
        f"{_operation_id}/{_slug}",
        _answers(_operation_id, lambda data: {"data": data}),
    )


@FAULTS.breaks("update_lead/the_reply_is_the_bare_lead")
def answers_only_with_what_was_sent(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        lead = handler(organization, id=id, body=body).data
        return Reply({"id": lead["id"], **{name: lead[name] for name in body}})

    return _instead("update_lead", handle)(api)


@FAULTS.breaks("update_lead/the_reply_names_the_lead_of_the_path")
def answers_with_the_newest_lead(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, **arguments: Any) -> Reply:
        handler(organization, **arguments)
        return Reply(next(reversed(organization.leads)))

    return _instead("update_lead", handle)(api)


def _of_the_oldest_lead(handler: Handler, organization: Organization, id: str, **arguments: Any) -> Reply:
    known = organization.leads.get(id) is not None
    return handler(organization, id=next(iter(organization.leads))["id"] if known else id, **arguments)


FAULTS.add(
    "updates_always_the_oldest_lead",
    "update_lead/the_reply_names_the_lead_of_the_path",
    _instead("update_lead", _of_the_oldest_lead),
)
FAULTS.add(
    "reads_always_the_oldest_lead",
    "get_lead/the_reply_is_the_lead_of_the_path",
    _instead("get_lead", _of_the_oldest_lead),
)

for _name, _shown in {
    "shows_timestamps_as_seconds": {"updated_at": 1768636800},
    "shows_the_score_as_a_fraction": {"qualification_score": 0.5},
    "shows_the_status_in_capitals": {"status": "NEW"},
    "shows_unset_texts_as_false": {"timeline": False},
}.items():
    FAULTS.add(
        _name,
        "update_lead/the_reply_has_the_documented_types",
        _answers("update_lead", lambda lead, shown=_shown: {**lead, **shown}),  # type: ignore[misc]
    )


@FAULTS.breaks("update_lead/a_successful_update_is_answered_200")
def updates_are_answered_202(api: Api) -> Api:
    def render(organization: Organization, reply: Reply) -> Answer:
        answer = api.render(organization, reply)
        is_lead = isinstance(reply.data, dict) and "attributes" in reply.data
        return replace(answer, status=202) if is_lead and not reply.created else answer

    return replace(api, render=render)


# -- what an update changes ----------------------------------------------------------------------------------


def _ignoring(field: str) -> Bend:
    return _takes("update_lead", lambda body: _without(body, field))


for _field in ("name", "email", "phone", "intent", "timeline", "qualification_score", "source"):
    FAULTS.add(f"ignores_a_new_{_field}", f"update_lead/{_field}_can_be_updated", _ignoring(_field))


def _stores(field: str, change: Callable[[Any], Any]) -> Bend:
    """An update that stores another value for a field than was sent."""
    return _takes("update_lead", lambda body: {**body, field: change(body[field])} if body.get(field) else body)


FAULTS.add("stores_names_as_ascii", "update_lead/name_can_be_updated", _stores("name", lambda text: ascii(text)[1:-1]))
FAULTS.add(
    "drops_what_follows_a_plus_sign", "update_lead/email_can_be_updated", _stores("email", lambda e: e.split("+")[-1])
)
FAULTS.add("stores_phones_without_plus", "update_lead/phone_can_be_updated", _stores("phone", lambda p: p.lstrip("+")))
FAULTS.add(
    "stores_scores_in_tens",
    "update_lead/qualification_score_can_be_updated",
    _stores("qualification_score", lambda s: s // 10 * 10),
)
FAULTS.add("writes_sources_in_capitals", "update_lead/source_can_be_updated", _stores("source", str.upper))
FAULTS.add("ignores_a_new_status", "update_lead/status_can_be_set_to_each_of_the_five_values", _ignoring("status"))


@FAULTS.breaks("update_lead/status_can_be_set_to_each_of_the_five_values")
def a_lost_lead_stays_lost(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        if (organization.leads.get(id) or {}).get("status") == "lost" and "status" in body:
            raise errors.Invalid("status: a lost lead stays lost")
        return handler(organization, id=id, body=body)

    return _instead("update_lead", handle)(api)


def _clears(*fields: str, where: Callable[[dict[str, Any]], bool]) -> Bend:
    """An update that, with some bodies, clears fields that are omitted."""

    def edit(body: dict[str, Any]) -> dict[str, Any]:
        return {**dict.fromkeys(fields), **body} if where(body) else body

    return _takes("update_lead", edit)


FAULTS.add(
    "omitted_fields_are_cleared",
    "update_lead/omitted_fields_are_left_untouched",
    _clears("name", "phone", "intent", "timeline", where=lambda body: True),
)
FAULTS.add(
    "clearing_the_phone_clears_the_email",
    "update_lead/omitted_fields_are_left_untouched",
    _clears("email", where=lambda body: body.get("phone", ...) is None),
)
FAULTS.add(
    "a_new_status_resets_the_score",
    "update_lead/omitted_fields_are_left_untouched",
    _clears("qualification_score", where=lambda body: "status" in body),
)
FAULTS.add(
    "an_update_without_attributes_empties_them",
    "update_lead/omitted_fields_are_left_untouched",
    _after_updating(lambda before, lead, body: "attributes" in body or lead.update(attributes={})),
)
FAULTS.add(
    "an_update_of_other_fields_drops_false_attributes",
    "update_lead/omitted_fields_are_left_untouched",
    _after_updating(
        lambda before, lead, body: "attributes" in body or lead.update(attributes=_true(lead["attributes"]))
    ),
)
FAULTS.add(
    "an_update_moves_created_at",
    "update_lead/created_at_never_changes",
    _after_updating(lambda before, lead, body: lead.update(created_at=lead["updated_at"])),
)
FAULTS.add(
    "updated_at_is_in_another_zone",
    "update_lead/updated_at_never_moves_backwards",
    _answers("update_lead", lambda lead: {**lead, "updated_at": lead["updated_at"].replace("Z", "+02:00")}),
)


@FAULTS.breaks("update_lead/updating_one_lead_leaves_the_others")
def updates_every_lead_of_that_phone(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        lead = organization.leads.get(id)
        for other in organization.leads if lead and lead["phone"] else ():
            if lead and other["phone"] == lead["phone"] and "name" in body:
                other["name"] = body["name"]
        return handler(organization, id=id, body=body)

    return _instead("update_lead", handle)(api)


@FAULTS.breaks("update_lead/updating_one_lead_leaves_the_others")
def leads_share_their_attributes(api: Api) -> Api:
    shared: Attributes = {}

    def edit(before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        if "attributes" in body:
            shared.clear()
            shared.update(lead["attributes"])

    return _both(_after_updating(edit), _answers("get_lead", lambda lead: {**lead, "attributes": shared}))(api)


# -- what an update needs, and what it does not take ---------------------------------------------------------

FAULTS.add(
    "takes_an_empty_update", "update_lead/an_empty_update_is_refused", _requires("UpdateLead", lambda s: s.pop("anyOf"))
)


def _counts_as_updatable(*fields: str) -> Bend:
    """An update that is content with a field which it then ignores."""
    contented = _requires("UpdateLead", lambda schema: schema["anyOf"].extend({"required": [each]} for each in fields))
    return _both(contented, _takes("update_lead", lambda body: _without(body, *fields)))


FAULTS.add(
    "conversation_id_counts_as_updatable",
    "update_lead/an_update_of_only_conversation_id_is_refused",
    _counts_as_updatable("conversation_id"),
)
FAULTS.add("notes_count_as_updatable", "update_lead/an_update_of_only_notes_is_refused", _counts_as_updatable("notes"))
FAULTS.add(
    "unknown_fields_count_as_updatable",
    "update_lead/an_update_of_only_unknown_fields_is_refused",
    _counts_as_updatable("favourite_colour", "Name", "lead_status"),
)


def _also_writes(field: str) -> Bend:
    """An update that takes a field which is not updatable, and writes it."""
    edit = _after_updating(lambda before, lead, body: lead.update({field: body[field]} if field in body else {}))

    def bend(api: Api) -> Api:
        settings = {**api.settings, "unknown_fields": "ignore"}
        return replace(edit(api), settings=settings)

    return bend


FAULTS.add(
    "moves_a_lead_to_another_conversation",
    "update_lead/conversation_id_never_changes",
    _also_writes("conversation_id"),
)
FAULTS.add("shows_sent_notes", "update_lead/sent_notes_never_appear_in_the_lead", _also_writes("notes"))


@FAULTS.breaks("update_lead/conversation_id_never_changes")
def moves_a_lead_and_refuses(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        lead = organization.leads.get(id)
        if lead and body.get("conversation_id"):
            lead["conversation_id"] = body["conversation_id"]
        return handler(organization, id=id, body=body)

    return _instead("update_lead", handle)(api)


def _refusing_late(edit: Callable[[Lead, dict[str, Any]], Any]) -> Bend:
    """An update that looks at the score last, when `edit` has already written to the lead."""

    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        lead = organization.leads.get(id)
        if lead and (body.get("qualification_score") or 0) > 100:
            edit(lead, body)
            raise errors.Invalid("qualification_score: 100 is the maximum")
        return handler(organization, id=id, body=body)

    return _both(_rule("UpdateLead", "qualification_score", maximum=None), _instead("update_lead", handle))


FAULTS.add(
    "writes_the_name_before_it_refuses",
    "update_lead/a_refused_update_changes_nothing",
    _refusing_late(lambda lead, body: lead.update(name=body.get("name"))),
)
FAULTS.add(
    "merges_the_attributes_before_it_refuses",
    "update_lead/a_refused_update_changes_nothing",
    _refusing_late(lambda lead, body: lead.update(attributes=merged(lead["attributes"], body.get("attributes", {})))),
)
FAULTS.add(
    "a_refused_update_moves_updated_at",
    "update_lead/a_refused_update_changes_nothing",
    _refusing_late(lambda lead, body: lead.update(updated_at="2099-01-01T00:00:00.000Z")),
)

# -- null ----------------------------------------------------------------------------------------------------


def _nulls_of(field: str) -> Bend:
    """An update that takes null for a field as if the field were omitted."""
    return _takes("update_lead", lambda body: body if body.get(field, ...) is not None else _without(body, field))


def _null_becomes(field: str, value: Any) -> Bend:
    return _takes("update_lead", lambda body: {**body, field: value} if body.get(field, ...) is None else body)


for _field in ("name", "email", "phone", "intent", "timeline", "qualification_score", "source"):
    _slug = "update_lead/null_clears_a_nullable_field"
    FAULTS.add(f"null_leaves_the_{_field}", _slug, _nulls_of(_field))
    FAULTS.add(f"refuses_null_for_the_{_field}", _slug, _rule("UpdateLead", _field, nullable=False))

FAULTS.add(
    "null_makes_the_score_zero", "update_lead/null_clears_a_nullable_field", _null_becomes("qualification_score", 0)
)
FAULTS.add("null_makes_the_name_empty", "update_lead/null_clears_a_nullable_field", _null_becomes("name", ""))
FAULTS.add(
    "null_clears_nothing_beside_a_value",
    "update_lead/null_clears_a_nullable_field",
    _takes(
        "update_lead",
        lambda body: {name: value for name, value in body.items() if value is not None} or body,
    ),
)
FAULTS.add(
    "null_clears_the_status",
    "update_lead/null_for_status_never_clears_the_status",
    _rule("UpdateLead", "status", **_ANY_STATUS, nullable=True),
)
FAULTS.add(
    "a_null_status_starts_anew",
    "update_lead/null_for_status_never_clears_the_status",
    _both(
        _rule("UpdateLead", "status", **_ANY_STATUS, nullable=True),
        _takes("update_lead", lambda body: {**body, "status": body["status"] or "new"} if "status" in body else body),
    ),
)

# -- limits --------------------------------------------------------------------------------------------------

for _field, _longest in {"name": 200, "phone": 32, "intent": 40, "timeline": 40, "source": 40}.items():
    _longer = _rule("UpdateLead", _field, maxLength=_longest + 1)
    _endless = _rule("UpdateLead", _field, maxLength=None)
    _within = f"update_lead/{_field}_of_{_longest}_characters_is_accepted"
    _beyond = f"update_lead/{_field}_of_{_longest + 1}_characters_is_refused"
    FAULTS.add(f"{_field}_ends_a_character_early", _within, _rule("UpdateLead", _field, maxLength=_longest - 1))
    FAULTS.add(
        f"cuts_a_long_{_field}_by_a_character",
        _within,
        _stores(_field, lambda text, last=_longest - 1: text[:last]),  # type: ignore[misc]
    )
    FAULTS.add(
        f"{_field}_ends_a_character_late",
        _beyond,
        _both(_longer, _letting_through("update_lead", _field, _longest, whole=True)),
    )
    FAULTS.add(
        f"cuts_a_{_field}_instead_of_refusing_it",
        _beyond,
        _both(_endless, _letting_through("update_lead", _field, _longest, whole=False)),
    )

for _name, _slug, _rules in (
    ("scores_begin_at_1", "qualification_score_of_0_is_accepted", {"minimum": 1}),
    ("scores_end_at_99", "qualification_score_of_100_is_accepted", {"maximum": 99}),
    ("scores_begin_at_minus_1", "qualification_score_of_minus_1_is_refused", {"minimum": -1}),
    ("scores_may_be_negative", "qualification_score_of_minus_1_is_refused", {"minimum": None}),
    ("scores_end_at_101", "qualification_score_of_101_is_refused", {"maximum": 101}),
    ("scores_have_no_end", "qualification_score_of_101_is_refused", {"maximum": None}),
    ("scores_may_be_fractions", "a_fractional_qualification_score_is_refused", {"type": "number"}),
    ("scores_may_be_anything", "a_qualification_score_that_is_no_number_is_refused", {"type": None}),
    ("stores_a_score_as_text", "qualification_score_is_never_stored_as_text", {"type": None}),
):
    FAULTS.add(_name, f"update_lead/{_slug}", _rule("UpdateLead", "qualification_score", **_rules))

FAULTS.add(
    "a_score_of_0_counts_as_missing",
    "update_lead/qualification_score_of_0_is_accepted",
    _takes(
        "update_lead", lambda body: body if body.get("qualification_score") else _without(body, "qualification_score")
    ),
)
FAULTS.add(
    "a_score_of_0_clears_the_score",
    "update_lead/qualification_score_of_0_is_accepted",
    _after_updating(lambda before, lead, body: lead.update(qualification_score=lead["qualification_score"] or None)),
)
FAULTS.add(
    "rounds_fractional_scores",
    "update_lead/a_fractional_qualification_score_is_refused",
    _both(_rule("UpdateLead", "qualification_score", type="number"), _stores("qualification_score", round)),
)
FAULTS.add(
    "clamps_scores",
    "update_lead/qualification_score_of_101_is_refused",
    _both(
        _rule("UpdateLead", "qualification_score", maximum=None),
        _stores("qualification_score", lambda score: min(score, 100)),
    ),
)

# -- types and formats ---------------------------------------------------------------------------------------

FAULTS.add(
    "takes_any_status",
    "update_lead/an_undocumented_status_is_refused",
    _rule("UpdateLead", "status", **_ANY_STATUS),
)
FAULTS.add(
    "takes_a_status_in_capitals",
    "update_lead/an_undocumented_status_is_refused",
    _both(
        _rule("UpdateLead", "status", **_ANY_STATUS, pattern="^(?i:new|qualified|booked|converted|lost)$"),
        _stores("status", str.lower),
    ),
)
FAULTS.add(
    "an_email_needs_only_an_at_sign",
    "update_lead/an_invalid_email_is_refused",
    _rule("UpdateLead", "email", format=None, pattern="@"),
)
FAULTS.add(
    "takes_an_empty_email",
    "update_lead/an_invalid_email_is_refused",
    _rule("UpdateLead", "email", format=None, pattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$"),
)
FAULTS.add(
    "turns_numbers_into_texts",
    "update_lead/a_number_in_a_text_field_is_refused",
    _both(_rule("UpdateLead", "source", type=None), _stores("source", str)),
)


@FAULTS.breaks("update_lead/a_body_that_is_not_a_json_object_is_refused")
def takes_the_first_of_a_list(api: Api) -> Api:
    def prepare(organization: Organization, body: Any) -> Any:
        return body[0] if isinstance(body, list) and body else body

    return replace(api, prepare=prepare)


# -- attributes ----------------------------------------------------------------------------------------------


def _deeply(stored: Any, sent: Any) -> Any:
    """A merge that goes on into nested objects."""
    if not isinstance(stored, dict) or not isinstance(sent, dict):
        return sent
    together = {key: _deeply(stored.get(key), value) for key, value in sent.items()}
    return {key: value for key, value in {**stored, **together}.items() if value is not None}


def _appended(stored: Any, sent: Any) -> Any:
    return stored + sent if isinstance(stored, list) and isinstance(sent, list) else sent


def _nulls(sent: Attributes) -> list[str]:
    return [key for key, value in sent.items() if value is None]


def _nulls_kept(stored: Attributes, sent: Attributes) -> Attributes:
    return {**stored, **sent}


for _name, _slug, _merge in (
    ("replaces_the_attributes", "unmentioned_attribute_keys_stay", lambda stored, sent: merged({}, sent)),
    (
        "a_merge_drops_false_attributes",
        "unmentioned_attribute_keys_stay",
        lambda stored, sent: _true(merged(stored, sent)),
    ),
    (
        "a_null_drops_every_other_attribute",
        "unmentioned_attribute_keys_stay",
        lambda stored, sent: merged({} if None in sent.values() else stored, sent),
    ),
    (
        "merges_known_attributes_only",
        "a_new_attribute_key_is_added",
        lambda stored, sent: merged(stored, {key: value for key, value in sent.items() if key in stored}),
    ),
    (
        "ignores_new_attributes_that_are_false",
        "a_new_attribute_key_is_added",
        lambda stored, sent: merged(stored, {key: value for key, value in sent.items() if value or value is None}),
    ),
    ("keeps_the_stored_attribute", "a_sent_attribute_key_is_replaced", lambda stored, sent: merged(sent, stored)),
    (
        "appends_to_attributes_that_are_lists",
        "a_sent_attribute_key_is_replaced",
        lambda stored, sent: merged(stored, {key: _appended(stored.get(key), value) for key, value in sent.items()}),
    ),
    (
        "stores_attributes_as_texts",
        "a_sent_attribute_key_is_replaced",
        lambda stored, sent: merged(stored, {key: v if v is None else str(v) for key, v in sent.items()}),
    ),
    ("merges_attributes_deeply", "a_nested_attribute_object_is_replaced_whole", _deeply),
    (
        "an_empty_object_is_no_attribute",
        "a_nested_attribute_object_is_replaced_whole",
        lambda stored, sent: merged(stored, {key: value for key, value in sent.items() if value != {}}),
    ),
    ("stores_null_for_an_attribute", "a_null_attribute_value_deletes_that_key", _nulls_kept),
    (
        "ignores_null_for_an_attribute",
        "a_null_attribute_value_deletes_that_key",
        lambda stored, sent: merged(stored, merged({}, sent)),
    ),
    (
        "null_deletes_one_attribute_only",
        "a_null_attribute_value_deletes_that_key",
        lambda stored, sent: merged(stored, {**merged({}, sent), **dict.fromkeys(_nulls(sent)[:1])}),
    ),
    (
        "shows_no_attributes_as_a_list",
        "a_null_attribute_value_deletes_that_key",
        lambda stored, sent: merged(stored, sent) or [],
    ),
    (
        "creates_a_key_for_null",
        "a_null_for_an_absent_attribute_key_creates_no_key",
        lambda stored, sent: {
            **dict.fromkeys(key for key in _nulls(sent) if key not in stored),
            **merged(stored, sent),
        },
    ),
    (
        "empty_attributes_empty_them",
        "empty_attributes_change_no_attribute",
        lambda stored, sent: sent and merged(stored, sent),
    ),
):
    FAULTS.add(_name, f"update_lead/{_slug}", _merging(_merge))


@FAULTS.breaks("update_lead/a_sent_attribute_key_is_replaced")
def takes_true_for_one(api: Api) -> Api:
    """Attributes are written only where they differ, and true does not differ from 1."""

    def unequal(before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        if lead["attributes"] == before["attributes"]:
            lead["attributes"] = before["attributes"]

    return _after_updating(unequal)(api)


@FAULTS.breaks("update_lead/a_null_for_an_absent_attribute_key_creates_no_key")
def refuses_null_for_an_absent_attribute(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        stored = (organization.leads.get(id) or {}).get("attributes", {})
        for key, value in body.get("attributes", {}).items():
            if value is None and key not in stored:
                raise errors.Invalid("attributes: there is no such key")
        return handler(organization, id=id, body=body)

    return _instead("update_lead", handle)(api)


def _any_attributes(store: Callable[[Attributes, Any], Any]) -> Bend:
    """An update that takes any value for attributes, and stores what `store` makes of it."""

    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        sent = body.get("attributes", {})
        if isinstance(sent, dict):
            return handler(organization, id=id, body=body)
        reply = handler(organization, id=id, body={**body, "attributes": {}})
        reply.data["attributes"] = store(reply.data["attributes"], sent)
        return reply

    return _both(_rule("UpdateLead", "attributes", type=None), _instead("update_lead", handle))


def _spread(stored: Attributes, sent: Any) -> Any:
    """What JavaScript's spread syntax makes of a text or a list: a key for each place."""
    return {**stored, **{str(at): each for at, each in enumerate(sent)}} if isinstance(sent, str | list) else stored


_SLUG = "update_lead/attributes_that_are_no_object_are_never_stored"
FAULTS.add("stores_any_attributes", _SLUG, _any_attributes(lambda stored, sent: sent))
FAULTS.add("spreads_texts_and_lists_into_attributes", _SLUG, _any_attributes(_spread))
FAULTS.add(
    "null_removes_the_attributes",
    "update_lead/null_for_attributes_never_removes_the_object",
    _any_attributes(lambda stored, sent: stored if sent is not None else None),
)
FAULTS.add(
    "attributes_that_count_as_false_empty_them", _SLUG, _any_attributes(lambda stored, sent: stored if sent else {})
)

# -- which lead ----------------------------------------------------------------------------------------------


def _found(find: Callable[[Organization, str], Lead | None], operation_id: str = "update_lead") -> Bend:
    """An operation that also finds leads in a way of its own."""

    def handle(handler: Handler, organization: Organization, id: str, **arguments: Any) -> Reply:
        lead = organization.leads.get(id) or find(organization, id)
        return handler(organization, id=lead["id"] if lead else id, **arguments)

    return _instead(operation_id, handle)


def _any_text_as_id(api: Api) -> Api:
    def edit(contract: Any) -> None:
        contract["components"]["parameters"]["LeadId"]["schema"] = {"type": "string"}

    return api.promising(edit)


FAULTS.add(
    "finds_a_lead_by_the_beginning_of_its_id",
    "update_lead/a_malformed_lead_id_is_refused",
    _both(
        _any_text_as_id, _found(lambda organization, id: _first(organization, lambda each: each.startswith(id[:35])))
    ),
)
FAULTS.add(
    "takes_the_first_lead_for_an_unreadable_id",
    "update_lead/a_malformed_lead_id_is_refused",
    _both(_any_text_as_id, _found(lambda organization, id: None if len(id) == 36 else _first(organization, bool))),
)


def _first(organization: Organization, wanted: Callable[[str], bool]) -> Lead | None:
    return next((lead for lead in organization.leads if wanted(lead["id"])), None)


def _of_conversation(organization: Organization, id: str) -> Lead | None:
    return next(iter(organization.leads.find("conversation_id", id)), None)


def _new_with_id(organization: Organization, id: str) -> Lead:
    return organization.leads.add({**blank(organization), "id": id})


FAULTS.add("finds_a_lead_by_its_conversation", "update_lead/an_unknown_lead_is_never_updated", _found(_of_conversation))
FAULTS.add("creates_unknown_leads", "update_lead/an_unknown_lead_is_never_updated", _found(_new_with_id))


@FAULTS.breaks("update_lead/an_unknown_lead_is_never_updated")
def creates_unknown_leads_and_refuses(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        try:
            return handler(organization, id=id, body=body)
        except errors.NotFound:
            _new_with_id(organization, id)
            raise

    return _instead("update_lead", handle)(api)


FAULTS.add(
    "an_unknown_lead_is_a_bad_request",
    "update_lead/an_unknown_lead_is_refused_with_404",
    _saying("update_lead", errors.NotFound, lambda: errors.Invalid("No such lead.")),
)

# -- reading -------------------------------------------------------------------------------------------------

FAULTS.add(
    "an_unknown_lead_is_read_as_a_bad_request",
    "get_lead/an_unknown_lead_is_answered_404",
    _saying("get_lead", errors.NotFound, lambda: errors.Invalid("No such lead.")),
)

for _name, _hidden in {
    "a_read_hides_the_timeline": {"timeline": None},
    "a_read_hides_the_score": {"qualification_score": None},
    "a_read_hides_the_attributes": {"attributes": {}},
}.items():
    FAULTS.add(
        _name,
        "get_lead/a_read_shows_the_last_update",
        _answers("get_lead", lambda lead, hidden=_hidden: {**lead, **hidden}),  # type: ignore[misc]
    )


@FAULTS.breaks("get_lead/a_read_shows_the_last_update")
def reads_come_from_a_cache(api: Api) -> Api:
    cache: dict[str, Lead] = {}

    def handle(handler: Handler, organization: Organization, id: str) -> Reply:
        return Reply(cache.setdefault(id, deepcopy(handler(organization, id=id).data)))

    return _instead("get_lead", handle)(api)


def _scope(path: str, scope: str) -> Bend:
    """A read that needs another scope."""
    return lambda api: api.promising(
        lambda contract: contract["paths"][path]["get"].update({"x-required-scope": scope})
    )


FAULTS.add("reading_needs_a_write_scope", "get_lead/the_read_scope_opens_a_read", _scope("/leads/{id}", "leads:write"))
FAULTS.add("listing_needs_a_write_scope", "list_leads/the_read_scope_opens_the_list", _scope("/leads", "leads:write"))

# -- creating ------------------------------------------------------------------------------------------------

FAULTS.add(
    "a_new_lead_names_another_conversation",
    "create_lead/the_reply_is_the_new_lead",
    _answers("create_lead", lambda lead: {**lead, "conversation_id": lead["id"]}),
)
FAULTS.add(
    "a_new_lead_is_shown_with_another_id",
    "create_lead/a_new_lead_can_be_read",
    _answers("create_lead", lambda lead: {**lead, "id": lead["conversation_id"]}),
)
FAULTS.add(
    "a_new_lead_has_no_source",
    "create_lead/sent_fields_are_stored",
    _takes("create_lead", lambda body: _without(body, "source")),
)
FAULTS.add(
    "a_new_lead_is_always_new",
    "create_lead/sent_fields_are_stored",
    _takes("create_lead", lambda body: _without(body, "status")),
)
FAULTS.add(
    "a_new_lead_has_no_false_attributes",
    "create_lead/sent_fields_are_stored",
    _takes(
        "create_lead",
        lambda body: {**body, "attributes": _true(body.get("attributes", {}))},
    ),
)


@FAULTS.breaks("create_lead/conversation_id_is_required")
def creates_leads_without_a_conversation(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, body: dict[str, Any]) -> Reply:
        if "conversation_id" not in body:
            return Reply(organization.leads.add({**blank(organization), **body}), created=True)
        return handler(organization, body=body)

    return _both(_requires("CreateLead", lambda schema: schema.pop("required")), _instead("create_lead", handle))(api)


@FAULTS.breaks("create_lead/an_unknown_conversation_is_refused")
def creates_leads_for_unknown_conversations(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, body: dict[str, Any]) -> Reply:
        organization.conversations.setdefault(body["conversation_id"], {"id": body["conversation_id"]})
        return handler(organization, body=body)

    return _instead("create_lead", handle)(api)


def _with_everybodys_conversations(
    handler: Handler, opened: list[Organization], organization: Organization, body: dict[str, Any]
) -> Reply:
    for each in opened:
        organization.conversations.update(each.conversations)
    return handler(organization, body=body)


FAULTS.add(
    "creates_leads_for_other_tenants_conversations",
    "create_lead/an_unknown_conversation_is_refused",
    _knowing_all_tenants(_with_everybodys_conversations, "create_lead"),
)


def _on_conflict(handle_conflict: Callable[[Organization, dict[str, Any], errors.Conflict], Reply]) -> Bend:
    """A create that does something else where the conversation has a lead already."""

    def handle(handler: Handler, organization: Organization, body: dict[str, Any]) -> Reply:
        try:
            return handler(organization, body=body)
        except errors.Conflict as conflict:
            return handle_conflict(organization, body, conflict)

    return _instead("create_lead", handle)


def _another(organization: Organization, body: dict[str, Any], conflict: errors.Conflict) -> Reply:
    return Reply(organization.leads.add({**blank(organization), **body}), created=True)


def _the_same(organization: Organization, body: dict[str, Any], conflict: errors.Conflict) -> Reply:
    return Reply(organization.leads.find("conversation_id", body["conversation_id"])[0])


def _refused_but_updated(organization: Organization, body: dict[str, Any], conflict: errors.Conflict) -> Reply:
    lead = organization.leads.find("conversation_id", body["conversation_id"])[0]
    lead.update(body)
    raise conflict


_SLUG = "create_lead/a_second_lead_for_a_conversation_is_answered_409"
FAULTS.add("a_conversation_may_have_two_leads", _SLUG, _on_conflict(_another))
FAULTS.add("a_second_create_answers_with_the_first_lead", _SLUG, _on_conflict(_the_same))
FAULTS.add(
    "a_second_lead_is_a_bad_request",
    _SLUG,
    _saying("create_lead", errors.Conflict, lambda: errors.Invalid("body: the conversation has a lead")),
)
FAULTS.add(
    "a_second_create_updates_the_first_lead",
    "create_lead/a_second_create_leaves_the_first_lead_unchanged",
    _on_conflict(_refused_but_updated),
)

for _field, _longest in {"name": 200, "phone": 32, "intent": 40, "timeline": 40, "source": 40}.items():
    FAULTS.add(
        f"a_new_{_field}_ends_a_character_early",
        "create_lead/values_within_the_limits_are_accepted",
        _rule("CreateLead", _field, maxLength=_longest - 1),
    )
    FAULTS.add(
        f"a_new_{_field}_ends_a_character_late",
        "create_lead/values_beyond_the_limits_are_refused",
        _both(
            _rule("CreateLead", _field, maxLength=_longest + 1),
            _letting_through("create_lead", _field, _longest, whole=True),
        ),
    )

FAULTS.add(
    "a_new_lead_cannot_have_a_score_of_0",
    "create_lead/values_within_the_limits_are_accepted",
    _rule("CreateLead", "qualification_score", minimum=1),
)
FAULTS.add(
    "a_new_lead_cannot_be_lost",
    "create_lead/values_within_the_limits_are_accepted",
    _rule("CreateLead", "status", **_ANY_STATUS, enum=["new", "qualified", "booked", "converted"]),
)
FAULTS.add(
    "a_new_lead_may_have_any_status",
    "create_lead/values_beyond_the_limits_are_refused",
    _rule("CreateLead", "status", **_ANY_STATUS),
)
FAULTS.add(
    "a_new_lead_may_have_a_score_of_101",
    "create_lead/values_beyond_the_limits_are_refused",
    _rule("CreateLead", "qualification_score", maximum=101),
)

# -- listing -------------------------------------------------------------------------------------------------


def _listing(edit: Callable[[Reply, dict[str, Any]], Reply]) -> Bend:
    """A list that answers what `edit` makes of its page and its query."""
    return _instead("list_leads", lambda handler, organization, query: edit(handler(organization, query=query), query))


def _asking(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Bend:
    """A list that understands another query than was sent."""
    return _instead("list_leads", lambda handler, organization, query: handler(organization, query=change(query)))


def _page(edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Bend:
    """A list with other keys beside its data."""
    return _listing(lambda reply, query: replace(reply, pagination=edit(dict(reply.pagination or {}))))


def _parameter(name: str, **keywords: Any) -> Bend:
    """Another rule for a parameter of the list; a keyword of None is dropped."""

    def edit(contract: Any) -> None:
        for each in contract["paths"]["/leads"]["get"]["parameters"]:
            if each["name"] == name:
                rule = {**each["schema"], **keywords}
                each["schema"] = {keyword: value for keyword, value in rule.items() if value is not None}

    return lambda api: api.promising(edit)


FAULTS.add(
    "the_last_page_lacks_next_cursor",
    "list_leads/a_page_has_its_three_keys",
    _page(lambda page: page if page["has_more"] else _without(page, "next_cursor")),
)
FAULTS.add(
    "has_more_is_a_number",
    "list_leads/a_page_has_its_three_keys",
    _page(lambda page: {**page, "has_more": int(page["has_more"])}),
)
for _default in (20, 50):
    FAULTS.add(
        f"a_page_holds_{_default}_leads",
        "list_leads/a_page_holds_25_leads_by_default",
        _parameter("limit", default=_default),
    )
FAULTS.add("ignores_the_limit", "list_leads/limit_bounds_the_page", _asking(lambda query: {**query, "limit": 25}))
FAULTS.add(
    "a_page_holds_one_lead_too_many",
    "list_leads/limit_bounds_the_page",
    _asking(lambda query: {**query, "limit": query["limit"] + 1}),
)
for _name, _key, _reverse in (
    ("lists_the_oldest_first", lambda lead: (lead["created_at"], lead["id"]), False),
    ("orders_leads_by_id", lambda lead: lead["id"], True),
):
    FAULTS.add(
        _name,
        "list_leads/leads_come_newest_first_and_by_descending_id",
        _listing(
            lambda reply, query, key=_key, reverse=_reverse: replace(  # type: ignore[misc]
                reply, data=sorted(reply.data, key=key, reverse=reverse)
            )
        ),
    )


@FAULTS.breaks("list_leads/leads_come_newest_first_and_by_descending_id")
def orders_leads_of_one_second_by_ascending_id(api: Api) -> Api:
    def coarse(lead: Lead) -> Lead:
        return {**lead, "created_at": lead["created_at"][:19] + "Z"}

    def edit(reply: Reply, query: dict[str, Any]) -> Reply:
        leads = sorted(map(coarse, reply.data), key=lambda lead: lead["id"])
        return replace(reply, data=sorted(leads, key=lambda lead: str(lead["created_at"]), reverse=True))

    return _listing(edit)(api)


FAULTS.add(
    "the_next_page_skips_a_lead",
    "list_leads/the_cursor_visits_every_lead_once",
    _listing(lambda reply, query: replace(reply, data=reply.data[1:]) if "cursor" in query else reply),
)
FAULTS.add(
    "every_page_is_the_first",
    "list_leads/the_cursor_visits_every_lead_once",
    _asking(lambda query: _without(query, "cursor")),
)
FAULTS.add(
    "has_more_is_always_true",
    "list_leads/the_cursor_visits_every_lead_once",
    _page(lambda page: {**page, "has_more": True}),
)
FAULTS.add(
    "has_more_is_always_false",
    "list_leads/the_cursor_visits_every_lead_once",
    _page(lambda page: {**page, "has_more": False}),
)

_SLUG = "list_leads/stale_for_days_outside_1_to_365_is_answered_400"
FAULTS.add("stale_for_days_begins_at_0", _SLUG, _parameter("stale_for_days", minimum=0))
FAULTS.add("stale_for_days_ends_at_366", _SLUG, _parameter("stale_for_days", maximum=366))
FAULTS.add(
    "a_bad_stale_for_days_is_answered_422", _SLUG, _answers_errors(errors.Invalid, lambda a: replace(a, status=422))
)
FAULTS.add(
    "ignores_stale_for_days",
    "list_leads/stale_for_days_yields_only_qualified_leads",
    _asking(lambda query: _without(query, "stale_for_days")),
)
FAULTS.add(
    "only_leads_with_messages_grow_stale",
    "list_leads/a_qualified_lead_without_messages_is_stale",
    _listing(lambda reply, query: replace(reply, data=[]) if "stale_for_days" in query else reply),
)

# -- conversations -------------------------------------------------------------------------------------------


def _conversation_rule(field: str, **keywords: Any) -> Bend:
    return _rule("CreateConversation", field, **keywords)


FAULTS.add(
    "every_conversation_is_a_webform",
    "create_conversation/the_reply_is_the_new_conversation",
    _answers("create_conversation", lambda conversation: {**conversation, "channel": "webform"}),
)


@FAULTS.breaks("create_conversation/the_reply_is_the_new_conversation")
def a_customer_has_one_conversation_on_all_channels(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, body: dict[str, Any]) -> Reply:
        customers = {each["customer_identifier"] for each in organization.conversations.values()}
        if body["customer_identifier"] in customers:
            raise errors.Conflict("The customer already has a conversation.")
        return handler(organization, body=body)

    return _instead("create_conversation", handle)(api)


FAULTS.add(
    "a_channel_is_optional",
    "create_conversation/channel_and_customer_identifier_are_required",
    _both(
        _requires("CreateConversation", lambda schema: schema["required"].remove("channel")),
        _takes("create_conversation", lambda body: {"channel": "webform", **body}),
    ),
)
FAULTS.add(
    "a_customer_is_optional",
    "create_conversation/channel_and_customer_identifier_are_required",
    _both(
        _requires("CreateConversation", lambda schema: schema["required"].remove("customer_identifier")),
        _takes("create_conversation", lambda body: {"customer_identifier": "anonymous", **body}),
    ),
)


@FAULTS.breaks("create_conversation/the_same_channel_and_identifier_are_answered_409")
def hands_out_the_same_conversation_again(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, body: dict[str, Any]) -> Reply:
        try:
            return handler(organization, body=body)
        except errors.Conflict:
            known = organization.conversations.values()
            return Reply(next(each for each in known if each["customer_identifier"] == body["customer_identifier"]))

    return _instead("create_conversation", handle)(api)


_SLUG = "create_conversation/a_customer_identifier_of_1_or_255_characters_is_accepted"
FAULTS.add("customers_have_two_characters", _SLUG, _conversation_rule("customer_identifier", minLength=2))
FAULTS.add("a_customer_ends_a_character_early", _SLUG, _conversation_rule("customer_identifier", maxLength=254))

_SLUG = "create_conversation/a_customer_identifier_of_0_or_256_characters_is_refused"
FAULTS.add("takes_an_empty_customer", _SLUG, _conversation_rule("customer_identifier", minLength=None))
FAULTS.add(
    "a_customer_ends_a_character_late",
    _SLUG,
    _both(
        _conversation_rule("customer_identifier", maxLength=256),
        _letting_through("create_conversation", "customer_identifier", 255, whole=True),
    ),
)

FAULTS.add(
    "takes_any_channel",
    "create_conversation/an_undocumented_channel_is_refused",
    _conversation_rule("channel", enum=None),
)

_SLUG = "create_conversation/a_language_with_or_without_a_region_is_accepted"
FAULTS.add("a_language_has_no_region", _SLUG, _conversation_rule("customer_language", pattern="^[a-z]{2}$"))
FAULTS.add("a_language_needs_a_region", _SLUG, _conversation_rule("customer_language", pattern="^[a-z]{2}-[A-Z]{2}$"))

_SLUG = "create_conversation/a_malformed_customer_language_is_refused"
FAULTS.add("a_language_only_begins_with_letters", _SLUG, _conversation_rule("customer_language", pattern="^[a-z]{2}"))
FAULTS.add(
    "languages_may_be_in_capitals",
    _SLUG,
    _conversation_rule("customer_language", pattern="^[A-Za-z]{2}(-[A-Za-z]{2})?$"),
)

# -- what only a sequence of calls or a rare value shows -----------------------------------------------------

_SEQUENCE = "every_operation/a_sequence_of_calls_is_answered_as_documented"


@FAULTS.breaks(_SEQUENCE)
def every_third_update_of_a_lead_forgets_the_intent(api: Api) -> Api:
    counts: dict[str, int] = {}

    def edit(before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        counts[lead["id"]] = counts.get(lead["id"], 0) + 1
        if counts[lead["id"]] % 3 == 0 and "intent" not in body:
            lead["intent"] = None

    return _after_updating(edit)(api)


@FAULTS.breaks(_SEQUENCE)
def an_update_brings_in_what_was_refused_before(api: Api) -> Api:
    """What a refused request had in store for the timeline ends up in the next lead that is updated."""
    begun: dict[str, Any] = {}

    def prepare(organization: Organization, body: Any) -> Any:
        if isinstance(body, dict) and "conversation_id" not in body and body.get("timeline"):
            begun.setdefault(organization.tenant, body["timeline"])
        return api.prepare(organization, body)

    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        reply = handler(organization, id=id, body=body)
        timeline = begun.pop(organization.tenant, None)
        if timeline and "timeline" not in body:
            reply.data["timeline"] = timeline
        return reply

    return _instead("update_lead", handle)(replace(api, prepare=prepare))


def _exact(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _exact(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_exact(each) for each in value]
    return str(value) if isinstance(value, int) and abs(value) > 2**53 else value


FAULTS.add(
    "numbers_beyond_2_53_become_texts",
    _SEQUENCE,
    _merging(lambda stored, sent: {**merged(stored, sent), **_exact({k: v for k, v in sent.items() if v is not None})}),
)
FAULTS.add(
    "a_key_named_proto_is_lost",
    _SEQUENCE,
    _merging(lambda stored, sent: _without(merged(stored, sent), "__proto__", "constructor")),
)


@FAULTS.breaks(_SEQUENCE)
def attributes_named_like_fields_become_fields(api: Api) -> Api:
    def edit(before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        named = {name: value for name, value in (body.get("attributes") or {}).items() if name in ("email", "status")}
        lead.update({name: value for name, value in named.items() if value is not None and name not in body})

    return _after_updating(edit)(api)
