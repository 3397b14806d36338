"""Ways in which Aura can be implemented slightly wrong, each of which breaks one requirement."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Caller, Handler, Headers, Reply
from mock_server.aura.operations import UPDATABLE
from mock_server.faults import Faults, answering, knowing_everybody, receiving, rendering_errors, requiring
from mock_server.store import Lead, Organization, World

FAULTS = Faults("aura")

Bend = Callable[[Api], Api]

# -- the envelope, and credentials -------------------------------------------------------------------------


@FAULTS.breaks("every_operation/errors_use_the_flat_envelope")
def nests_errors(api: Api) -> Api:
    def nest(answer: Answer, error: errors.CallRefused) -> Answer:
        content = answer.content
        return replace(answer, content={"success": False, "error": {"code": content["code"]}, "requestId": "req_1"})

    return rendering_errors(api, nest)


@FAULTS.breaks("every_operation/errors_use_the_flat_envelope")
def validation_errors_lack_a_code(api: Api) -> Api:
    def drop(answer: Answer, error: errors.CallRefused) -> Answer:
        if isinstance(error, errors.Invalid):
            del answer.content["code"]
        return answer

    return rendering_errors(api, drop)


@FAULTS.breaks("every_operation/a_malformed_key_is_refused")
def takes_any_bearer_text_for_a_key(api: Api) -> Api:
    def identify(world: World, headers: Headers) -> Caller:
        try:
            return api.identify(world, headers)
        except errors.Unauthorized:
            return Caller(world.organization("aura", "anonymous"))

    return replace(api, identify=identify)


@FAULTS.breaks("every_operation/a_revoked_key_is_refused")
def revoked_keys_still_work(api: Api) -> Api:
    def identify(world: World, headers: Headers) -> Caller:
        revoked = f"Bearer {api.key_ring['revoked']}".encode()
        full = f"Bearer {api.key_ring['full']}".encode()
        sent = headers.get(b"authorization")
        return api.identify(world, {**headers, b"authorization": full} if sent == revoked else headers)

    return replace(api, identify=identify)


@FAULTS.breaks("every_operation/replies_are_json")
def answers_not_found_without_a_body(api: Api) -> Api:
    def empty(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, content=None) if isinstance(error, errors.NotFound) else answer

    return rendering_errors(api, empty)


# -- replies that the contract does not allow ----------------------------------------------------------------


def _numbers_for_texts(operation_id: str) -> Bend:
    def bend(api: Api) -> Api:
        return answering(api, operation_id, lambda lead: {**lead, "payment_count": str(lead["payment_count"])})

    return bend


for _operation_id in ("create_lead", "get_lead", "update_lead"):
    FAULTS.add(
        f"{_operation_id}_shows_the_payment_count_as_text",
        f"{_operation_id}/replies_match_the_contract",
        _numbers_for_texts(_operation_id),
    )


@FAULTS.breaks("list_leads/replies_match_the_contract")
def list_shows_timestamps_as_numbers(api: Api) -> Api:
    return answering(api, "list_leads", lambda leads: [{**lead, "updated_at": 1} for lead in leads])


def _without_success(operation_id: str) -> Bend:
    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, **arguments: Any) -> Reply:
                return replace(handler(organization, **arguments), pagination={})

            return handle

        bare = api.wrapping(operation_id, wrap)

        def drop(answer: Answer) -> Answer:
            return replace(answer, content={"data": answer.content["data"]})

        return replace(
            bare,
            render=lambda organization, reply: (
                drop(api.render(organization, reply)) if reply.pagination == {} else api.render(organization, reply)
            ),
        )

    return bend


for _operation_id in ("create_lead", "get_lead", "update_lead"):
    FAULTS.add(
        f"{_operation_id}_answers_without_success",
        f"{_operation_id}/answers_with_the_lead_and_success_true",
        _without_success(_operation_id),
    )

# -- creating ------------------------------------------------------------------------------------------------


@FAULTS.breaks("create_lead/email_alone_is_enough")
def creating_needs_a_name_too(api: Api) -> Api:
    return requiring(api, "NewLead", lambda schema: schema["required"].append("full_name"))


def _stores(field: str, change: Callable[[Any], Any]) -> Bend:
    """A create that stores another value for a field than was sent."""

    def bend(api: Api) -> Api:
        def edit(body: Any) -> Any:
            return {**body, field: change(body[field])} if body.get(field) is not None else body

        return receiving(api, "create_lead", edit)

    return bend


FAULTS.add("stores_only_the_name_of_an_email", "create_lead/email_is_stored", _stores("email", lambda e: "x" + e))
FAULTS.add("stores_names_as_ascii", "create_lead/full_name_is_stored", _stores("full_name", lambda t: ascii(t)[1:-1]))
FAULTS.add("cuts_companies_at_ten", "create_lead/company_is_stored", _stores("company", lambda text: text[:10]))
FAULTS.add("forgets_the_phone", "create_lead/phone_is_stored", _stores("phone", lambda _: None))
FAULTS.add("stores_time_zones_as_utc", "create_lead/timezone_is_stored", _stores("timezone", lambda _: "UTC"))


def _optional_email(schema: Any) -> None:
    del schema["required"]


FAULTS.add(
    "creates_without_an_email",
    "create_lead/missing_email_is_refused",
    lambda api: receiving(requiring(api, "NewLead", _optional_email), "create_lead", lambda b: {"email": "", **b}),
)
FAULTS.add(
    "takes_a_null_email",
    "create_lead/null_email_is_refused",
    lambda api: requiring(api, "NewLead", lambda schema: schema["properties"]["email"].update(nullable=True)),
)


def _emails_matching(pattern: str) -> Callable[[Any], None]:
    def edit(schema: Any) -> None:
        schema["properties"]["email"] = {"type": "string", "pattern": pattern}

    return edit


FAULTS.add(
    "takes_an_empty_email",
    "create_lead/empty_email_is_refused",
    lambda api: requiring(api, "NewLead", _emails_matching(r"^$|@")),
)
FAULTS.add(
    "an_email_needs_only_an_at_sign",
    "create_lead/invalid_email_is_refused",
    lambda api: requiring(api, "NewLead", _emails_matching("@")),
)
FAULTS.add(
    "updating_an_email_needs_only_an_at_sign",
    "update_lead/invalid_email_is_refused",
    lambda api: requiring(api, "LeadChanges", _emails_matching("@")),
)


@FAULTS.breaks("create_lead/new_leads_have_status_new")
def leads_with_a_company_start_qualified(api: Api) -> Api:
    return _after_creating(api, lambda lead: lead.update(status="qualified" if lead["company"] else "new"))


@FAULTS.breaks("create_lead/documented_metadata_keys_are_kept")
def drops_a_metadata_key(api: Api) -> Api:
    return _after_creating(api, lambda lead: (lead["metadata"] or {}).pop("rdtCid", None))


@FAULTS.breaks("create_lead/documented_metadata_keys_are_kept")
def stores_coordinates_as_whole_numbers(api: Api) -> Api:
    def edit(lead: Lead) -> None:
        if lead["metadata"] and "latitude" in lead["metadata"]:
            lead["metadata"]["latitude"] = int(lead["metadata"]["latitude"])

    return _after_creating(api, edit)


@FAULTS.breaks("create_lead/unknown_metadata_keys_are_accepted")
def refuses_unknown_metadata(api: Api) -> Api:
    return requiring(api, "Metadata", lambda schema: schema.update(additionalProperties=False))


@FAULTS.breaks("create_lead/null_metadata_is_skipped")
def refuses_null_metadata(api: Api) -> Api:
    return requiring(api, "Metadata", lambda schema: schema.update(nullable=False))


@FAULTS.breaks("create_lead/every_lead_has_an_id_of_its_own")
def ids_repeat_after_three_leads(api: Api) -> Api:
    def edit(data: Lead) -> Lead:
        return {**data, "id": data["id"][:35] + str(int(data["id"][35], 16) % 2)[:1]}

    def number(lead: Lead) -> Lead:
        return {**edit(lead), "id": "00000000-0000-4000-8000-00000000000" + edit(lead)["id"][35]}

    return answering(api, "create_lead", number)


@FAULTS.breaks("create_lead/timestamps_are_set")
def timestamps_are_seconds(api: Api) -> Api:
    return answering(api, "create_lead", lambda lead: {**lead, "created_at": 1768636800})


@FAULTS.breaks("create_lead/a_created_lead_can_be_read")
def forgets_the_metadata_once_answered(api: Api) -> Api:
    return answering(api, "get_lead", lambda lead: {**lead, "metadata": None})


@FAULTS.breaks("create_lead/the_other_leads_stay_as_they_are")
def a_new_lead_renames_the_first(api: Api) -> Api:
    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, **arguments: Any) -> Reply:
            reply = handler(organization, **arguments)
            if reply.data["company"]:
                next(reversed([each for each in organization.leads if each is not reply.data]))["company"] = "Elsewhere"
            return reply

        return handle

    return api.wrapping("create_lead", wrap)


def _after_creating(api: Api, edit: Callable[[Lead], Any]) -> Api:
    """A create that changes the lead it has stored."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, **arguments: Any) -> Reply:
            reply = handler(organization, **deepcopy(arguments))
            edit(reply.data)
            return reply

        return handle

    return api.wrapping("create_lead", wrap)


# -- phone numbers, for creating and updating alike ----------------------------------------------------------

_PHONES = {
    "phone_without_a_plus_sign_is_refused": ("the_plus_sign_is_optional", r"^\+?[1-9]\d{1,14}$"),
    "phone_with_spaces_or_hyphens_is_refused": ("phones_may_have_hyphens", r"^\+[1-9][\d-]{1,15}$"),
    "phone_with_a_leading_zero_is_refused": ("phones_may_begin_with_zero", r"^\+\d{2,15}$"),
    "phone_with_other_characters_is_refused": ("phones_may_end_in_a_letter", r"^\+[1-9]\d{1,14}[\n\dx]?$"),
    "phone_of_one_digit_is_refused": ("one_digit_is_a_phone", r"^\+[1-9]\d{0,14}$"),
    "phone_of_two_digits_is_accepted": ("phones_need_seven_digits", r"^\+[1-9]\d{6,14}$"),
    "phone_of_fifteen_digits_is_accepted": ("phones_have_at_most_fourteen_digits", r"^\+[1-9]\d{1,13}$"),
    "phone_of_sixteen_digits_is_refused": ("phones_may_have_sixteen_digits", r"^\+[1-9]\d{1,15}$"),
}


def _phones_matching(schema_name: str, pattern: str) -> Bend:
    def edit(schema: Any) -> None:
        schema["properties"]["phone"] = {"type": "string", "pattern": pattern}

    return lambda api: requiring(api, schema_name, edit)


for _operation_id, _schema in (("create_lead", "NewLead"), ("update_lead", "LeadChanges")):
    for _slug, (_name, _pattern) in _PHONES.items():
        FAULTS.add(f"{_operation_id}_{_name}", f"{_operation_id}/{_slug}", _phones_matching(_schema, _pattern))

# -- reading -------------------------------------------------------------------------------------------------


def _finding(operation_id: str) -> Bend:
    """An operation that takes the oldest lead for every lead."""

    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, id: str, **arguments: Any) -> Reply:
                oldest = next(iter(organization.leads), None)
                known = organization.leads.get(id) is not None and oldest is not None
                return handler(organization, id=oldest["id"] if known and oldest else id, **arguments)

            return handle

        return api.wrapping(operation_id, wrap)

    return bend


FAULTS.add("reads_always_the_oldest_lead", "get_lead/the_id_selects_the_lead", _finding("get_lead"))
FAULTS.add("updates_always_the_oldest_lead", "update_lead/the_id_selects_the_lead", _finding("update_lead"))


def _hides(field: str) -> Bend:
    return lambda api: answering(api, "get_lead", lambda lead: {**lead, field: None})


FAULTS.add("a_read_hides_the_time_zone", "get_lead/contact_fields_are_shown", _hides("timezone"))
FAULTS.add("a_read_hides_the_notes", "get_lead/status_and_notes_are_shown", _hides("notes"))
FAULTS.add("a_read_hides_updated_at", "get_lead/timestamps_are_shown", _hides("updated_at"))
FAULTS.add("a_read_hides_the_metadata", "get_lead/metadata_is_shown", _hides("metadata"))


@FAULTS.breaks("get_lead/reading_changes_nothing")
def reading_marks_a_lead_as_contacted(api: Api) -> Api:
    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str) -> Reply:
            reply = handler(organization, id=id)
            shown = deepcopy(reply.data)
            reply.data["status"] = "contacted"
            return Reply(shown)

        return handle

    return api.wrapping("get_lead", wrap)


def _says(operation_id: str, error: Callable[[], errors.CallRefused]) -> Bend:
    """An operation that says something else about a lead that does not exist."""

    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, **arguments: Any) -> Reply:
                try:
                    return handler(organization, **arguments)
                except errors.NotFound:
                    raise error() from None

            return handle

        return api.wrapping(operation_id, wrap)

    return bend


FAULTS.add(
    "an_unknown_lead_is_a_bad_request",
    "get_lead/unknown_lead_is_not_found",
    _says("get_lead", lambda: errors.Invalid("Lead not found")),
)
FAULTS.add(
    "updating_an_unknown_lead_is_forbidden",
    "update_lead/unknown_lead_is_not_found",
    _says("update_lead", lambda: errors.Forbidden("Lead not found")),
)


@FAULTS.breaks("get_lead/unknown_lead_is_not_found")
def not_found_lacks_the_request_id(api: Api) -> Api:
    def drop(answer: Answer, error: errors.CallRefused) -> Answer:
        content = {name: value for name, value in answer.content.items() if name != "requestId"}
        return replace(answer, content=content)

    return rendering_errors(api, drop)


def _any_id(method: str) -> Bend:
    """An operation that takes any text for an id, and makes up a lead for what is no UUID."""

    def bend(api: Api) -> Api:
        def edit(contract: Any) -> None:
            contract["components"]["parameters"]["LeadId"]["schema"] = {"type": "string"}

        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, id: str, **arguments: Any) -> Reply:
                if len(id) != 36 or not set(id) <= set("0123456789abcdefABCDEF-"):
                    return Reply(next(iter(organization.leads), {"id": id}))
                return handler(organization, id=id, **arguments)

            return handle

        return api.promising(edit).wrapping(method, wrap)

    return bend


FAULTS.add("reads_a_lead_for_any_text", "get_lead/malformed_id_is_refused", _any_id("get_lead"))
FAULTS.add("updates_a_lead_for_any_text", "update_lead/malformed_id_is_refused", _any_id("update_lead"))


def _finding_elsewhere(operation_id: str) -> Bend:
    """An operation that looks in every organization."""

    def bend(api: Api) -> Api:
        served, opened = knowing_everybody(api)

        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, id: str, **arguments: Any) -> Reply:
                owner = next((each for each in opened.values() if each.leads.get(id)), organization)
                return handler(owner, id=id, **arguments)

            return handle

        return served.wrapping(operation_id, wrap)

    return bend


FAULTS.add(
    "shows_other_organizations_leads",
    "get_lead/a_lead_of_another_organization_is_not_shown",
    _finding_elsewhere("get_lead"),
)
FAULTS.add(
    "updates_other_organizations_leads",
    "update_lead/a_lead_of_another_organization_is_not_updated",
    _finding_elsewhere("update_lead"),
)

# -- updating ------------------------------------------------------------------------------------------------


def _deaf_to(field: str) -> Bend:
    """An update that ignores a field."""
    return lambda api: receiving(api, "update_lead", lambda body: {k: v for k, v in body.items() if k != field})


for _field in UPDATABLE:
    _slug = "notes_are_updated" if _field == "notes" else f"{_field}_is_updated"
    FAULTS.add(f"ignores_a_new_{_field}", f"update_lead/{_slug}", _deaf_to(_field))


@FAULTS.breaks("update_lead/notes_are_updated")
def notes_of_the_same_content_are_merged(api: Api) -> Api:
    def edit(body: Any) -> Any:
        return {**body, "notes": list({note["content"]: note for note in body["notes"]}.values())}

    return receiving(api, "update_lead", lambda body: edit(body) if body.get("notes") else body)


@FAULTS.breaks("update_lead/several_fields_are_updated_together")
def updates_at_most_six_fields(api: Api) -> Api:
    return receiving(api, "update_lead", lambda body: dict(list(body.items())[:6]))


@FAULTS.breaks("update_lead/omitted_fields_stay_as_they_are")
def a_new_email_resets_the_phone(api: Api) -> Api:
    return receiving(api, "update_lead", lambda body: {**body, "phone": None} if [*body] == ["email"] else body)


@FAULTS.breaks("update_lead/omitted_fields_stay_as_they_are")
def omitted_fields_are_cleared(api: Api) -> Api:
    cleared = {"full_name": None, "company": None, "timezone": None}
    return receiving(api, "update_lead", lambda body: {**cleared, **body} if body else body)


@FAULTS.breaks("update_lead/an_update_can_be_read_back")
def answers_updates_without_storing_them(api: Api) -> Api:
    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
            kept = {name: value for name, value in body.items() if name != "company"}
            reply = handler(organization, id=id, body=kept)
            return Reply({**reply.data, **({"company": body["company"]} if "company" in body else {})})

        return handle

    return api.wrapping("update_lead", wrap)


@FAULTS.breaks("update_lead/an_empty_update_is_accepted")
def refuses_an_empty_update(api: Api) -> Api:
    return requiring(api, "LeadChanges", lambda schema: schema.update(minProperties=1))


@FAULTS.breaks("update_lead/notes_replace_the_stored_notes")
def appends_notes(api: Api) -> Api:
    return _with_stored_notes(api, lambda stored, sent: [*stored, *sent] if sent else sent)


@FAULTS.breaks("update_lead/an_empty_list_removes_the_notes")
def an_empty_list_of_notes_is_skipped(api: Api) -> Api:
    return _with_stored_notes(api, lambda stored, sent: sent or stored)


@FAULTS.breaks("update_lead/null_notes_are_skipped")
def null_clears_the_notes(api: Api) -> Api:
    return receiving(
        api, "update_lead", lambda body: {**body, "notes": body["notes"] or []} if "notes" in body else body
    )


@FAULTS.breaks("update_lead/null_notes_are_skipped")
def refuses_null_notes(api: Api) -> Api:
    return requiring(api, "LeadChanges", lambda schema: schema["properties"]["notes"].update(nullable=False))


@FAULTS.breaks("update_lead/null_notes_leave_other_changes_in_force")
def null_notes_skip_the_whole_update(api: Api) -> Api:
    return receiving(api, "update_lead", lambda body: {} if body.get("notes", ...) is None else body)


@FAULTS.breaks("update_lead/omitted_notes_stay")
def omitted_notes_are_cleared(api: Api) -> Api:
    return receiving(api, "update_lead", lambda body: {"notes": [], **body})


@FAULTS.breaks("update_lead/a_note_without_user_id_is_accepted")
def notes_need_a_user_id(api: Api) -> Api:
    return requiring(api, "NewNote", lambda schema: schema["required"].append("user_id"))


def _with_stored_notes(api: Api, merge: Callable[[list[Any], list[Any]], list[Any]]) -> Api:
    """An update that stores what `merge` makes of the stored notes and the ones sent."""

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
            lead = organization.leads.get(id)
            if lead is not None and body.get("notes") is not None:
                body = {**body, "notes": merge(lead["notes"], body["notes"])}
            return handler(organization, id=id, body=body)

        return handle

    return api.wrapping("update_lead", wrap)


def _also_writes(*fields: str) -> Bend:
    """An update that writes fields that are not updatable."""

    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
                reply = handler(organization, id=id, body=body)
                reply.data.update({field: body[field] for field in fields if field in body})
                return reply

            return handle

        return api.wrapping("update_lead", wrap)

    return bend


for _slug, _fields in {
    "metadata_is_not_updatable": ("metadata",),
    "source_is_not_updatable": ("source",),
    "id_is_not_updatable": ("id",),
    "timestamps_are_not_updatable": ("created_at",),
    "payment_fields_are_not_updatable": ("payment_count",),
    "disqualification_data_is_not_updatable": ("disqualification_data",),
}.items():
    FAULTS.add(f"writes_{_fields[0]}", f"update_lead/{_slug}", _also_writes(*_fields))

FAULTS.add("writes_updated_at", "update_lead/timestamps_are_not_updatable", _also_writes("updated_at"))


@FAULTS.breaks("update_lead/a_refused_update_changes_nothing")
def writes_before_it_refuses(api: Api) -> Api:
    """The body is looked at field by field, and each good field is written at once."""

    def prepare(organization: Organization, body: Any) -> Any:
        if isinstance(body, dict) and "full_name" in body and "notes" in body:
            next(reversed(organization.leads))["full_name"] = body["full_name"]
        return body

    return replace(api, prepare=prepare)


@FAULTS.breaks("update_lead/the_other_leads_stay_as_they_are")
def updates_every_lead_of_that_name(api: Api) -> Api:
    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
            lead = organization.leads.get(id)
            if lead is not None and lead["phone"] and "company" in body:
                for other in organization.leads:
                    if other["phone"] == lead["phone"]:
                        other["company"] = body["company"]
            return handler(organization, id=id, body=body)

        return handle

    return api.wrapping("update_lead", wrap)


@FAULTS.breaks("update_lead/created_at_stays")
def a_new_status_moves_created_at(api: Api) -> Api:
    def edit(lead: Lead) -> Lead:
        return {**lead, "created_at": "2001-01-01T00:00:00.000Z"} if lead["status"] != "new" else lead

    return answering(api, "update_lead", edit)


@FAULTS.breaks("update_lead/updated_at_never_goes_back")
def updated_at_is_in_another_zone(api: Api) -> Api:
    def edit(lead: Lead) -> Lead:
        return {**lead, "updated_at": lead["updated_at"].replace("Z", "+02:00")}

    return answering(api, "update_lead", edit)


# -- listing -------------------------------------------------------------------------------------------------


def _listing(edit: Callable[[Reply, dict[str, Any]], Reply]) -> Bend:
    """A list that answers what `edit` makes of its page and its query."""

    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, query: dict[str, Any]) -> Reply:
                return edit(handler(organization, query=query), query)

            return handle

        return api.wrapping("list_leads", wrap)

    return bend


def _asking(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Bend:
    """A list that understands another query than was sent."""

    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            return lambda organization, query: handler(organization, query=change(query))

        return api.wrapping("list_leads", wrap)

    return bend


FAULTS.add(
    "hides_the_newest_lead",
    "list_leads/a_new_lead_is_listed",
    _listing(lambda reply, query: reply if "cursor" in query else replace(reply, data=reply.data[1:])),
)
FAULTS.add("ignores_the_limit", "list_leads/limit_bounds_the_page", _asking(lambda query: {**query, "limit": "100"}))
FAULTS.add(
    "the_next_page_skips_a_lead",
    "list_leads/the_cursor_leads_to_the_next_page",
    _listing(lambda reply, query: replace(reply, data=reply.data[1:]) if "cursor" in query else reply),
)
FAULTS.add(
    "has_more_is_always_true",
    "list_leads/has_more_is_false_on_the_last_page",
    _listing(lambda reply, query: replace(reply, pagination={**(reply.pagination or {}), "has_more": True})),
)
FAULTS.add(
    "ignores_the_status_filter",
    "list_leads/the_status_filter_selects",
    _asking(lambda query: {name: value for name, value in query.items() if name != "status"}),
)
FAULTS.add(
    "lists_leads_without_their_company",
    "list_leads/a_listed_lead_is_the_lead",
    _listing(lambda reply, query: replace(reply, data=[{**lead, "company": None} for lead in reply.data])),
)


@FAULTS.breaks("list_leads/leads_of_another_organization_are_not_listed")
def lists_the_leads_of_all_organizations(api: Api) -> Api:
    served, opened = knowing_everybody(api)

    def wrap(handler: Handler) -> Handler:
        def handle(organization: Organization, query: dict[str, Any]) -> Reply:
            others = [lead for each in opened.values() if each is not organization for lead in each.leads]
            reply = handler(organization, query=query)
            return replace(reply, data=[*reply.data, *others])

        return handle

    return served.wrapping("list_leads", wrap)


# -- what only a sequence of calls or a rare value shows -----------------------------------------------------

_SEQUENCE = "every_operation/a_sequence_of_calls_is_answered_as_documented"


def _after_updating(edit: Callable[[Organization, Lead, Lead, dict[str, Any]], None]) -> Bend:
    """An update that then changes the stored lead; `edit` gets it as it was, as it is, and the body."""

    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
                before = deepcopy(organization.leads.get(id.lower()) or {})
                reply = handler(organization, id=id, body=body)
                edit(organization, before, reply.data, body)
                return reply

            return handle

        return api.wrapping("update_lead", wrap)

    return bend


@FAULTS.breaks(_SEQUENCE)
def every_third_update_of_a_lead_forgets_the_company(api: Api) -> Api:
    counts: dict[str, int] = {}

    def forget(organization: Organization, before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        counts[lead["id"]] = counts.get(lead["id"], 0) + 1
        if counts[lead["id"]] % 3 == 0 and "company" not in body:
            lead["company"] = None

    return _after_updating(forget)(api)


@FAULTS.breaks(_SEQUENCE)
def an_update_that_changes_nothing_turns_the_notes_round(api: Api) -> Api:
    def turn(organization: Organization, before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        if body.get("notes") and before == lead:
            lead["notes"] = lead["notes"][::-1]

    return _after_updating(turn)(api)


@FAULTS.breaks(_SEQUENCE)
def a_third_lead_with_an_address_is_confused_with_the_first(api: Api) -> Api:
    def confuse(organization: Organization, before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        alike = [each for each in organization.leads if each["email"] == lead["email"]]
        if len(alike) > 2:
            alike[0]["phone"] = lead["phone"]

    return _after_updating(confuse)(api)


@FAULTS.breaks(_SEQUENCE)
def an_update_brings_in_what_was_refused_before(api: Api) -> Api:
    """What a refused update had in store for the status ends up in the next lead that is updated."""
    begun: dict[str, Any] = {}

    def prepare(organization: Organization, body: Any) -> Any:
        if isinstance(body, dict) and isinstance(body.get("status"), str):
            begun.setdefault(organization.tenant, body["status"])
        return api.prepare(organization, body)

    def finish(organization: Organization, before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        status = begun.pop(organization.tenant, None)
        if status and "status" not in body:
            lead["status"] = status

    return _after_updating(finish)(replace(api, prepare=prepare))
