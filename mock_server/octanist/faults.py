"""Ways in which Octanist can be implemented slightly wrong, each of which breaks one requirement."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Caller, Handler, Headers, Reply
from mock_server.faults import Faults, answering, receiving, rendering, rendering_errors, requiring
from mock_server.octanist import listing
from mock_server.octanist.operations import IDENTIFIERS
from mock_server.store import Lead, Organization, World

FAULTS = Faults("octanist")

Bend = Callable[[Api], Api]
Body = dict[str, Any]
Around = Callable[[Handler, Organization, dict[str, Any]], Reply]

_KEY = b"x-api-key"


def _around(operation_id: str, run: Around) -> Bend:
    """An API in which `run` stands around an operation: it gets the handler, the organization and the arguments."""

    def bend(api: Api) -> Api:
        def wrap(handler: Handler) -> Handler:
            def handle(organization: Organization, **arguments: Any) -> Reply:
                return run(handler, organization, arguments)

            return handle

        return api.wrapping(operation_id, wrap)

    return bend


def _before_update(change: Callable[[Organization, Body], Body]) -> Bend:
    """An update that takes another body than was sent."""
    return _around(
        "update_lead",
        lambda handler, organization, arguments: handler(organization, body=change(organization, arguments["body"])),
    )


def _after_update(change: Callable[[Organization, Body, Lead], None]) -> Bend:
    """An update that does something more to the lead that it found."""

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        lead = organization.leads.get(reply.data["leadId"])
        assert lead is not None
        change(organization, arguments["body"], lead)
        return reply

    return _around("update_lead", run)


def _with_setting(bend: Bend, **settings: Any) -> Bend:
    return lambda api: replace(bend(api), settings={**api.settings, **settings})


def _refusing(kind: type[errors.CallRefused], *, status: int = 0, code: str = "") -> Bend:
    """Errors of one kind with another status or code."""

    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        if not isinstance(error, kind):
            return answer
        answer.content["error"]["code"] = code or answer.content["error"]["code"]
        return replace(answer, status=status or answer.status)

    return lambda api: rendering_errors(api, edit)


def _for_update(bend: Bend, applies: Callable[[Body], bool]) -> Bend:
    """The fault `bend` of updates, for some bodies only."""

    def bend_some(api: Api) -> Api:
        good, bad = api.handlers["update_lead"], bend(api).handlers["update_lead"]
        return api.wrapping(
            "update_lead",
            lambda _: lambda organization, body: (bad if applies(body) else good)(organization, body=body),
        )

    return bend_some


def _named(body: Body, *names: str) -> bool:
    return all(name in body for name in names)


def _without(*names: str) -> Callable[[Organization, Body], Body]:
    return lambda organization, body: {name: value for name, value in body.items() if name not in names}


# -- keys and organizations --------------------------------------------------------------------------------


def _identifying(change: Callable[[World, Headers], Headers]) -> Bend:
    return lambda api: replace(api, identify=lambda world, headers: api.identify(world, change(world, headers)))


def _as_full(api: Api, headers: Headers) -> Headers:
    return {**headers, _KEY: api.key_ring["full"].encode()}


@FAULTS.breaks("every_operation/a_missing_key_is_401_unauthorized")
def missing_key_opens_the_first_organization(api: Api) -> Api:
    return _identifying(lambda world, headers: headers if _KEY in headers else _as_full(api, headers))(api)


FAULTS.add(
    "missing_key_is_403_forbidden",
    "every_operation/a_missing_key_is_401_unauthorized",
    _refusing(errors.Unauthorized, status=403, code="FORBIDDEN"),
)
FAULTS.add(
    "unauthorized_has_another_code",
    "every_operation/a_missing_key_is_401_unauthorized",
    _refusing(errors.Unauthorized, code="INVALID_API_KEY"),
)


@FAULTS.breaks("every_operation/an_invalid_key_is_401_unauthorized")
def any_text_is_a_key(api: Api) -> Api:
    def identify(world: World, headers: Headers) -> Caller:
        try:
            return api.identify(world, headers)
        except errors.Unauthorized:
            if headers.get(_KEY):
                return Caller(world.organization("octanist", api.key_ring["full"]))
            raise

    return replace(api, identify=identify)


@FAULTS.breaks("every_operation/an_invalid_key_is_401_unauthorized")
def revoked_key_still_works(api: Api) -> Api:
    revoked = api.key_ring["revoked"].encode()
    return _identifying(lambda _, headers: _as_full(api, headers) if headers.get(_KEY) == revoked else headers)(api)


@FAULTS.breaks("every_operation/leads_of_other_organizations_are_invisible")
def all_keys_open_one_organization(api: Api) -> Api:
    def identify(world: World, headers: Headers) -> Caller:
        api.identify(world, headers)
        return Caller(world.organization("octanist", api.key_ring["full"]))

    return replace(api, identify=identify)


def _reaching_others(operation_id: str, names: tuple[str, ...]) -> Bend:
    """An operation that looks for leads in every organization where its own has none."""

    def bend(api: Api) -> Api:
        worlds: list[World] = []

        def identify(world: World, headers: Headers) -> Caller:
            worlds[:] = [world]
            return api.identify(world, headers)

        def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
            wanted = arguments.get("body", arguments)
            try:
                return handler(organization, **arguments)
            except errors.NotFound:
                others = [each for each in worlds[0].opened() if each.api == organization.api]
                for other in others:
                    if any(lead[name] == wanted.get(name) for lead in other.leads for name in names):
                        return handler(other, **arguments)
                raise

        return replace(_around(operation_id, run)(api), identify=identify)

    return bend


_INVISIBLE = "every_operation/leads_of_other_organizations_are_invisible"
FAULTS.add("ids_are_read_in_every_organization", _INVISIBLE, _reaching_others("get_lead", ("id",)))
FAULTS.add("ids_are_updated_in_every_organization", _INVISIBLE, _reaching_others("update_lead", ("id",)))
FAULTS.add("phones_are_updated_in_every_organization", _INVISIBLE, _reaching_others("update_lead", ("phone",)))

# -- the envelope ------------------------------------------------------------------------------------------


@FAULTS.breaks("every_operation/errors_use_the_nested_envelope")
def errors_are_flat_texts(api: Api) -> Api:
    def flatten(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, content={"error": answer.content["error"]["message"]})

    return rendering_errors(api, flatten)


@FAULTS.breaks("every_operation/errors_use_the_nested_envelope")
def missing_key_is_answered_in_the_older_form(api: Api) -> Api:
    def flatten(answer: Answer, error: errors.CallRefused) -> Answer:
        older = {"error": "Invalid or missing API key"}
        return replace(answer, content=older) if isinstance(error, errors.Unauthorized) else answer

    return rendering_errors(api, flatten)


@FAULTS.breaks("every_operation/replies_are_json")
def not_found_has_no_body(api: Api) -> Api:
    def empty(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, content=None) if isinstance(error, errors.NotFound) else answer

    return rendering_errors(api, empty)


@FAULTS.breaks("update_lead/replies_match_the_contract")
def leads_updated_is_a_text(api: Api) -> Api:
    return answering(api, "update_lead", lambda data: {**data, "leadsUpdated": str(data["leadsUpdated"])})


@FAULTS.breaks("update_lead/replies_match_the_contract")
def replies_lack_meta(api: Api) -> Api:
    def drop(answer: Answer) -> Answer:
        answer.content.pop("meta", None)
        return answer

    return rendering(api, drop)


@FAULTS.breaks("create_lead/replies_match_the_contract")
def create_answers_with_lead_id(api: Api) -> Api:
    return answering(api, "create_lead", lambda data: {"id": data["id"]})


@FAULTS.breaks("list_leads/replies_match_the_contract")
def list_shows_values_as_texts(api: Api) -> Api:
    return answering(api, "list_leads", lambda leads: [{**lead, "value": "5000"} for lead in leads])


@FAULTS.breaks("get_lead/replies_match_the_contract")
def get_shows_seconds_since_1970(api: Api) -> Api:
    return answering(api, "get_lead", lambda lead: {**lead, "createdAt": 1_768_636_800})


@FAULTS.breaks("check_key/replies_match_the_contract")
def check_answers_success_as_text(api: Api) -> Api:
    def edit(answer: Answer) -> Answer:
        return replace(answer, content={"success": "true"}) if "data" not in answer.content else answer

    return rendering(api, edit)


# -- which lead an update means ----------------------------------------------------------------------------

FAULTS.add("id_is_no_identifier", "update_lead/id_alone_identifies_a_lead", _before_update(_without("id")))
FAULTS.add(
    "id_is_compared_in_capitals",
    "update_lead/id_alone_identifies_a_lead",
    _before_update(lambda _, body: {**body, "id": body["id"].upper()} if "id" in body else body),
)


def _finding(name: str, matches: Callable[[str, str], bool]) -> Bend:
    """An update that takes the oldest lead whose field only resembles the identifier."""

    def change(organization: Organization, body: Body) -> Body:
        wanted = str(body.get(name))
        found = next((lead for lead in organization.leads if matches(str(lead[name]), wanted)), None)
        return {**_without(*IDENTIFIERS)(organization, body), "id": found["id"]} if found else body

    return _for_update(_before_update(change), lambda body: name in body and "id" not in body)


def _like(text: str, pattern: str) -> bool:
    as_regex = "".join({"%": ".*", "_": "."}.get(each, re.escape(each)) for each in pattern)
    return bool(re.fullmatch(as_regex, text))


for _name, _matches in {
    "matches_by_substring": lambda stored, wanted: wanted in stored,
    "is_a_like_pattern": _like,
    "is_a_regular_expression": lambda stored, wanted: bool(re.fullmatch(wanted.replace("+", "[+]"), stored)),
}.items():
    FAULTS.add(f"email_{_name}", "update_lead/email_alone_identifies_a_lead", _finding("email", _matches))
FAULTS.add(
    "phone_matches_by_its_beginning",
    "update_lead/phone_alone_identifies_a_lead",
    _finding("phone", lambda stored, wanted: stored.startswith(wanted)),
)
FAULTS.add(
    "phone_is_looked_up_without_its_plus",
    "update_lead/phone_alone_identifies_a_lead",
    _before_update(lambda _, body: {**body, "phone": body["phone"].lstrip("+")} if "phone" in body else body),
)


def _outranking(higher: str, lower: str) -> Bend:
    """An update in which the lower of two identifiers decides where both are given."""
    return _for_update(_before_update(_without(higher)), lambda body: _named(body, higher, lower))


FAULTS.add("email_outranks_id", "update_lead/id_outranks_email", _outranking("id", "email"))
FAULTS.add("phone_outranks_id", "update_lead/id_outranks_phone", _outranking("id", "phone"))
FAULTS.add("phone_outranks_email", "update_lead/email_outranks_phone", _outranking("email", "phone"))
FAULTS.add(
    "phone_outranks_email_without_id",
    "update_lead/email_outranks_phone",
    _for_update(_outranking("email", "phone"), lambda body: "id" not in body),
)


def _last_member_decides(organization: Organization, body: Body) -> Body:
    given = [name for name in body if name in IDENTIFIERS]
    return _without(*given[:-1])(organization, body)


FAULTS.add("last_identifier_decides", "update_lead/id_outranks_email", _before_update(_last_member_decides))


def _all_identifiers_must_match(organization: Organization, body: Body) -> Body:
    lead = organization.leads.get(body.get("id", ""))
    if lead and any(name in body and lead[name] != body[name] for name in ("email", "phone")):
        raise errors.NotFound("No lead found matching the provided identifiers.")
    return body


FAULTS.add("id_and_email_must_both_match", "update_lead/id_outranks_email", _before_update(_all_identifiers_must_match))
FAULTS.add("id_and_phone_must_both_match", "update_lead/id_outranks_phone", _before_update(_all_identifiers_must_match))


def _conflict_of(*names: str) -> Bend:
    def change(organization: Organization, body: Body) -> Body:
        if any(name in body and len(organization.leads.find(name, body[name])) > 1 for name in names):
            raise errors.Conflict("Multiple leads match; provide a more specific identifier.")
        return body

    return _before_update(change)


FAULTS.add(
    "shared_email_conflicts_despite_the_id",
    "update_lead/id_outranks_an_email_or_phone_of_several_leads",
    _conflict_of("email"),
)
FAULTS.add(
    "shared_phone_conflicts_despite_the_id",
    "update_lead/id_outranks_an_email_or_phone_of_several_leads",
    _conflict_of("phone"),
)
FAULTS.add(
    "shared_phone_conflicts_despite_the_email",
    "update_lead/email_outranks_a_phone_of_several_leads",
    _conflict_of("phone"),
)


@FAULTS.breaks("update_lead/other_leads_stay_as_they_are")
def leads_of_the_same_name_are_updated_too(api: Api) -> Api:
    def spread(organization: Organization, body: Body, lead: Lead) -> None:
        for other in list(organization.leads):
            if other["name"] == lead["name"]:
                organization.leads.change(other, {"note": lead["note"]})

    return _after_update(spread)(api)


@FAULTS.breaks("update_lead/other_leads_stay_as_they_are")
def lost_leads_share_one_reason(api: Api) -> Api:
    def spread(organization: Organization, body: Body, lead: Lead) -> None:
        for other in list(organization.leads):
            organization.leads.change(other, {"lossReason": lead["lossReason"]})

    return _after_update(spread)(api)


# -- what an update refuses --------------------------------------------------------------------------------


@FAULTS.breaks("update_lead/no_identifier_is_400_validation_error")
def no_identifier_means_the_newest_lead(api: Api) -> Api:
    relaxed = requiring(api, "LeadUpdate", lambda schema: schema.pop("anyOf"))

    def change(organization: Organization, body: Body) -> Body:
        newest = next(iter(reversed(organization.leads)), None)
        return {**body, "id": newest["id"]} if newest and not any(body.get(name) for name in IDENTIFIERS) else body

    return _before_update(change)(relaxed)


FAULTS.add(
    "no_identifier_is_404_not_found",
    "update_lead/no_identifier_is_400_validation_error",
    _refusing(errors.Invalid, status=404, code="NOT_FOUND"),
)
FAULTS.add(
    "no_identifier_has_another_code",
    "update_lead/no_identifier_is_400_validation_error",
    _refusing(errors.Invalid, code="MISSING_IDENTIFIER"),
)
FAULTS.add(
    "invalid_json_is_422",
    "update_lead/invalid_json_is_400_validation_error",
    _refusing(errors.MalformedBody, status=422),
)
FAULTS.add(
    "invalid_json_has_another_code",
    "update_lead/invalid_json_is_400_validation_error",
    _refusing(errors.MalformedBody, code="INVALID_JSON"),
)


def _where_unknown(name: str, answer: Callable[[Handler, Organization, Body], Reply]) -> Bend:
    """Another answer to an update whose only identifier is `name`, where no lead has it."""

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        try:
            return handler(organization, **arguments)
        except errors.NotFound:
            return answer(handler, organization, arguments["body"])

    return _for_update(
        _around("update_lead", run), lambda body: [each for each in IDENTIFIERS if each in body] == [name]
    )


def _updates_nobody(handler: Handler, organization: Organization, body: Body) -> Reply:
    return Reply({"leadId": "", "leadsUpdated": 0, "message": "Leads updated successfully"})


def _is_invalid(handler: Handler, organization: Organization, body: Body) -> Reply:
    raise errors.Invalid("No lead found matching the provided identifiers.")


def _creates(api: Api) -> Callable[[Handler, Organization, Body], Reply]:
    def create(handler: Handler, organization: Organization, body: Body) -> Reply:
        api.handlers["create_lead"](organization, body={**body, "name": "New"})
        return handler(organization, body=body)

    return create


for _name in IDENTIFIERS:
    FAULTS.add(
        f"unknown_{_name}_is_a_success",
        f"update_lead/unknown_{_name}_is_404_not_found",
        _where_unknown(_name, _updates_nobody),
    )
FAULTS.add("unknown_id_is_400", "update_lead/unknown_id_is_404_not_found", _where_unknown("id", _is_invalid))
FAULTS.add(
    "unknown_email_creates_the_lead",
    "update_lead/unknown_email_is_404_not_found",
    lambda api: _where_unknown("email", _creates(api))(api),
)
FAULTS.add(
    "unknown_phone_creates_the_lead",
    "update_lead/unknown_phone_is_404_not_found",
    lambda api: _where_unknown("phone", _creates(api))(api),
)
FAULTS.add("unknown_email_is_a_like_pattern", "update_lead/unknown_email_is_404_not_found", _finding("email", _like))


@FAULTS.breaks("update_lead/three_unknown_identifiers_are_404_not_found")
def three_unknown_identifiers_are_invalid(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        try:
            return handler(organization, **arguments)
        except errors.NotFound:
            raise errors.Invalid("None of the identifiers is known.") from None

    return _for_update(_around("update_lead", run), lambda body: _named(body, *IDENTIFIERS))(api)


# -- several leads with one e-mail or phone ----------------------------------------------------------------


def _matching(organization: Organization, body: Body) -> list[Lead]:
    """The leads that share the identifier of the body; none where it has an id."""
    name = next((name for name in IDENTIFIERS if name in body), "id")
    return [] if name == "id" else organization.leads.find(name, body[name])


def _updating_some(choose: Callable[[list[Lead]], list[Lead]], *, then_refuse: bool = False) -> Bend:
    """Of several matches, an update that changes those that `choose` picks, and counts all of them."""

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        leads = _matching(organization, arguments["body"])
        if len(leads) < 2:
            return handler(organization, **arguments)
        fields = _without(*IDENTIFIERS)(organization, arguments["body"])
        replies = [handler(organization, body={**fields, "id": lead["id"]}) for lead in choose(leads)]
        if then_refuse:
            raise errors.Conflict("Multiple leads match; provide a more specific identifier.")
        return Reply({**replies[0].data, "leadsUpdated": len(leads)})

    return _around("update_lead", run)


_EITHER = "update_lead/several_matches_are_refused_or_all_updated"
_BULK = "update_lead/several_matches_with_bulk_are_all_updated"
_COUNTED = "update_lead/several_matches_with_bulk_are_counted"
_NO_BULK = "update_lead/several_matches_without_bulk_answer_409_conflict"

FAULTS.add("only_the_first_match_is_updated", _EITHER, _updating_some(lambda leads: leads[:1]))
FAULTS.add("only_the_newest_match_is_updated", _EITHER, _updating_some(lambda leads: leads[-1:]))
FAULTS.add("conflict_after_the_first_update", _EITHER, _updating_some(lambda leads: leads[:1], then_refuse=True))
FAULTS.add("conflict_is_a_validation_error", _EITHER, _refusing(errors.Conflict, code="VALIDATION_ERROR"))
FAULTS.add("bulk_stops_after_two", _BULK, _updating_some(lambda leads: leads[:2]))
FAULTS.add("conflict_is_400", _NO_BULK, _refusing(errors.Conflict, status=400))
FAULTS.add("conflict_is_not_found", _NO_BULK, _refusing(errors.Conflict, status=404, code="NOT_FOUND"))
FAULTS.add("conflict_although_all_were_updated", _NO_BULK, _updating_some(lambda leads: leads, then_refuse=True))


@FAULTS.breaks(_BULK)
def bulk_updates_everybody(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        body = arguments["body"]
        if len(_matching(organization, body)) < 2:
            return handler(organization, body=body)
        fields = _without(*IDENTIFIERS)(organization, body)
        replies = [handler(organization, body={**fields, "id": lead["id"]}) for lead in list(organization.leads)]
        return Reply({**replies[0].data, "leadsUpdated": len(replies)})

    return _around("update_lead", run)(api)


def _counting(count: Callable[[int], int]) -> Bend:
    return lambda api: answering(api, "update_lead", lambda data: {**data, "leadsUpdated": count(data["leadsUpdated"])})


FAULTS.add("bulk_counts_one", _COUNTED, _with_setting(_counting(lambda _: 1), bulk_updates=True))


@FAULTS.breaks(_COUNTED)
def bulk_counts_changed_leads_only(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        before = [dict(lead) for lead in organization.leads]
        reply = handler(organization, **arguments)
        changed = sum(was != is_now for was, is_now in zip(before, organization.leads, strict=True))
        return Reply({**reply.data, "leadsUpdated": changed})

    return _with_setting(_around("update_lead", run), bulk_updates=True)(api)


# -- status and changedTo ----------------------------------------------------------------------------------


def _storing(field: str, store: Callable[[Any], Any]) -> Bend:
    """An update after which a field that was sent is something else."""

    def change(organization: Organization, body: Body, lead: Lead) -> None:
        if field in body:
            organization.leads.change(lead, {field: store(lead[field])})

    return _after_update(change)


def _ignoring(status: str) -> Bend:
    return _for_update(_before_update(_without("status", "changedTo")), lambda body: body.get("status") == status)


FAULTS.add("status_qualified_is_ignored", "update_lead/status_can_be_set_to_qualified", _ignoring("qualified"))
FAULTS.add(
    "status_won_is_stored_as_win",
    "update_lead/status_can_be_set_to_won",
    _storing("status", lambda status: "win" if status == "won" else status),
)
FAULTS.add("status_lost_is_ignored", "update_lead/status_can_be_set_to_lost", _ignoring("lost"))


def _moving_on_only(organization: Organization, body: Body) -> Body:
    lead = organization.leads.get(body.get("id", ""))
    if lead and lead["status"] == "won" and body.get("status") == "lost":
        raise errors.Invalid("status: a won lead cannot be lost")
    return body


FAULTS.add("won_leads_cannot_be_lost", "update_lead/status_can_be_set_to_lost", _before_update(_moving_on_only))
FAULTS.add(
    "changed_to_is_ignored",
    "update_lead/changed_to_alone_sets_the_status",
    _before_update(_without("changedTo")),
)
FAULTS.add(
    "changed_to_lost_is_ignored",
    "update_lead/changed_to_alone_sets_the_status",
    _for_update(_before_update(_without("changedTo")), lambda body: body.get("changedTo") == "lost"),
)
FAULTS.add(
    "changed_to_prevails",
    "update_lead/status_takes_precedence_over_changed_to",
    _for_update(_before_update(_without("status")), lambda body: _named(body, "status", "changedTo")),
)


def _later_member_prevails(organization: Organization, body: Body) -> Body:
    given = [name for name in body if name in ("status", "changedTo")]
    return _without(*given[:-1])(organization, body)


FAULTS.add(
    "later_status_prevails",
    "update_lead/status_takes_precedence_over_changed_to",
    _before_update(_later_member_prevails),
)


def _permitting(field: str, *statuses: str) -> Bend:
    return lambda api: requiring(api, "LeadUpdate", lambda schema: schema["properties"][field]["enum"].extend(statuses))


_NO_OTHER = "update_lead/no_other_status_can_be_set"
FAULTS.add("leads_can_be_reopened", _NO_OTHER, _permitting("status", "open"))
FAULTS.add("changed_to_takes_other_statuses", _NO_OTHER, _permitting("changedTo", "closed", "win"))


@FAULTS.breaks(_NO_OTHER)
def unknown_statuses_mean_lost(api: Api) -> Api:
    relaxed = requiring(api, "LeadUpdate", lambda schema: schema["properties"]["status"].pop("enum"))

    def change(organization: Organization, body: Body) -> Body:
        known = body.get("status", "won") in ("qualified", "won", "lost")
        return body if known else {**body, "status": "lost"}

    return _before_update(change)(relaxed)


FAULTS.add(
    "status_is_required",
    "update_lead/status_is_optional",
    lambda api: requiring(
        api,
        "LeadUpdate",
        lambda schema: schema.update(allOf=[{"anyOf": [{"required": ["status"]}, {"required": ["changedTo"]}]}]),
    ),
)


@FAULTS.breaks("update_lead/status_is_optional")
def update_without_status_reopens(api: Api) -> Api:
    def reopen(organization: Organization, body: Body, lead: Lead) -> None:
        if "status" not in body and "changedTo" not in body:
            organization.leads.change(lead, {"status": "open"})

    return _after_update(reopen)(api)


# -- value, note and lossReason ----------------------------------------------------------------------------

FAULTS.add(
    "value_loses_its_decimals",
    "update_lead/number_is_stored_as_the_value",
    _storing("value", lambda value: int(value)),
)
FAULTS.add(
    "zero_counts_as_no_value",
    "update_lead/zero_is_stored_as_the_value",
    _for_update(_before_update(_without("value")), lambda body: body.get("value") == 0),
)
FAULTS.add(
    "value_is_added_up",
    "update_lead/number_is_stored_as_the_value",
    _before_update(
        lambda organization, body: (
            {**body, "value": body["value"] + (organization.leads.get(body["id"]) or {"value": 0})["value"]}
            if isinstance(body.get("value"), int) and (organization.leads.get(body.get("id", "")) or {}).get("value")
            else body
        )
    ),
)


@FAULTS.breaks("update_lead/numeric_text_becomes_a_number")
def numeric_text_stays_a_text(api: Api) -> Api:
    def keep(organization: Organization, body: Body, lead: Lead) -> None:
        if "value" in body:
            organization.leads.change(lead, {"value": body["value"]})

    return _after_update(keep)(api)


def _with_text(read: Callable[[str], Any]) -> Bend:
    """An update that makes a number of a text in a way of its own; None ignores the text."""

    def change(organization: Organization, body: Body) -> Body:
        if not isinstance(body.get("value"), str):
            return body
        value = read(body["value"])
        return _without("value")(organization, body) if value is None else {**body, "value": value}

    return _before_update(change)


def _leading_number(text: str, pattern: str = r"\s*([+-]?[0-9]+(\.[0-9]*)?)") -> float | None:
    match = re.match(pattern, text)
    return float(match[1]) if match else None


_NUMERIC = "update_lead/numeric_text_becomes_a_number"
_OTHER_TEXT = "update_lead/other_text_never_becomes_the_value"
FAULTS.add(
    "numeric_text_loses_its_decimals", _NUMERIC, _with_text(lambda text: _leading_number(text, r"\s*([+-]?[0-9]+)"))
)
FAULTS.add("numeric_text_loses_its_sign", _NUMERIC, _with_text(lambda text: _leading_number(text, r"\D*([0-9.]+)")))
FAULTS.add("numeric_text_is_ignored", _NUMERIC, _with_text(lambda text: None))
FAULTS.add("decimal_point_is_dropped", _NUMERIC, _with_text(lambda text: float("0" + re.sub("[^0-9]", "", text))))
FAULTS.add("leading_digits_count", _OTHER_TEXT, _with_text(_leading_number))
FAULTS.add("empty_text_is_zero", _OTHER_TEXT, _with_text(lambda text: text if text.strip() else 0))
FAULTS.add("other_text_is_zero", _OTHER_TEXT, _with_text(lambda text: text if re.fullmatch(r"[0-9.]+", text) else 0))


@FAULTS.breaks("update_lead/value_is_optional")
def value_is_required_for_won(api: Api) -> Api:
    def change(organization: Organization, body: Body) -> Body:
        if body.get("status") == "won" and "value" not in body:
            raise errors.Invalid("value: a won lead needs a value")
        return body

    return _before_update(change)(api)


FAULTS.add("note_is_dropped", "update_lead/note_is_stored", _before_update(_without("note")))
FAULTS.add("note_is_cut_at_twenty", "update_lead/note_is_stored", _storing("note", lambda note: note[:20]))


@FAULTS.breaks("update_lead/note_is_stored")
def only_the_first_note_is_stored(api: Api) -> Api:
    def change(organization: Organization, body: Body) -> Body:
        lead = organization.leads.get(body.get("id", ""))
        return _without("note")(organization, body) if lead and lead["note"] else body

    return _before_update(change)(api)


_REASON = "update_lead/loss_reason_is_stored_with_the_status_lost"
FAULTS.add("loss_reason_is_dropped", _REASON, _before_update(_without("lossReason")))
FAULTS.add(
    "loss_reason_needs_status_not_its_alias",
    _REASON,
    _for_update(_before_update(_without("lossReason")), lambda body: "status" not in body),
)


@FAULTS.breaks(_REASON)
def loss_reason_depends_on_the_old_status(api: Api) -> Api:
    def change(organization: Organization, body: Body) -> Body:
        lead = organization.leads.get(body.get("id", ""))
        return _without("lossReason")(organization, body) if lead and lead["status"] != "lost" else body

    return _before_update(change)(api)


def _keeping_the_reason(applies: Callable[[Body], bool]) -> Bend:
    def change(organization: Organization, body: Body, lead: Lead) -> None:
        if "lossReason" in body and applies(body):
            organization.leads.change(lead, {"lossReason": body["lossReason"]})

    return _after_update(change)


_NO_REASON = "update_lead/loss_reason_has_no_effect_unless_lost"
FAULTS.add("loss_reason_is_always_stored", _NO_REASON, _keeping_the_reason(lambda body: True))
FAULTS.add("loss_reason_is_stored_with_won", _NO_REASON, _keeping_the_reason(lambda body: body.get("status") == "won"))
FAULTS.add(
    "loss_reason_is_stored_without_a_status",
    _NO_REASON,
    _keeping_the_reason(lambda body: "status" not in body and "changedTo" not in body),
)
FAULTS.add(
    "loss_reason_follows_changed_to", _NO_REASON, _keeping_the_reason(lambda body: body.get("changedTo") == "lost")
)


@FAULTS.breaks(_NO_REASON)
def loss_reason_unless_lost_is_refused(api: Api) -> Api:
    def change(organization: Organization, body: Body) -> Body:
        if "lossReason" in body and body.get("status", body.get("changedTo")) in ("qualified", "won"):
            raise errors.Invalid("lossReason: only lost leads have one")
        return body

    return _before_update(change)(api)


# -- what else an update does ------------------------------------------------------------------------------


def _forgetting(field: str) -> Bend:
    def change(organization: Organization, body: Body, lead: Lead) -> None:
        if field not in body:
            organization.leads.change(lead, {field: None})

    return _after_update(change)


for _name in ("name", "note", "value", "custom"):
    FAULTS.add(f"update_clears_the_{_name}", "update_lead/fields_not_sent_stay_as_they_are", _forgetting(_name))
FAULTS.add("update_by_id_clears_the_phone", "update_lead/fields_not_sent_stay_as_they_are", _forgetting("phone"))
FAULTS.add("updated_leads_are_not_counted", "update_lead/one_match_is_counted_as_one", _counting(lambda _: 0))


@FAULTS.breaks("update_lead/one_match_is_counted_as_one")
def every_identifier_is_counted(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        return Reply({**reply.data, "leadsUpdated": sum(name in arguments["body"] for name in IDENTIFIERS)})

    return _around("update_lead", run)(api)


@FAULTS.breaks("update_lead/one_match_is_named_by_its_id")
def lead_id_is_the_identifier_sent(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        sent = next(arguments["body"][name] for name in IDENTIFIERS if name in arguments["body"])
        return Reply({**reply.data, "leadId": sent})

    return _around("update_lead", run)(api)


@FAULTS.breaks("update_lead/one_match_is_named_by_its_id")
def lead_id_is_missing_unless_sent(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        data = {name: value for name, value in reply.data.items() if name != "leadId" or "id" in arguments["body"]}
        return Reply(data)

    return _around("update_lead", run)(api)


# -- creating ----------------------------------------------------------------------------------------------

_SUFFICES = "create_lead/one_of_name_email_phone_and_custom_suffices"


def _demanding(*names: str) -> Bend:
    wanted = [{"required": [name]} for name in names]
    return lambda api: requiring(api, "NewLead", lambda schema: schema.update(anyOf=wanted))


FAULTS.add("create_needs_an_email", _SUFFICES, _demanding("email"))
FAULTS.add("create_does_not_take_custom_alone", _SUFFICES, _demanding("name", "email", "phone"))


@FAULTS.breaks("create_lead/none_of_the_four_is_400_validation_error")
def empty_leads_are_created(api: Api) -> Api:
    relaxed = requiring(api, "NewLead", lambda schema: schema.pop("anyOf"))
    return receiving(relaxed, "create_lead", lambda body: {"name": "Unknown", **body})


FAULTS.add(
    "create_refuses_with_422",
    "create_lead/none_of_the_four_is_400_validation_error",
    _refusing(errors.Invalid, status=422),
)


@FAULTS.breaks("create_lead/new_lead_is_readable_by_its_id")
def create_answers_with_another_id(api: Api) -> Api:
    return answering(api, "create_lead", lambda data: {**data, "id": data["id"].upper()})


def _created_with(change: Callable[[Body], Body]) -> Bend:
    return lambda api: receiving(api, "create_lead", change)


_CONTACT = "create_lead/contact_fields_are_stored"
_ATTRIBUTION = "create_lead/attribution_is_stored"
FAULTS.add(
    "create_drops_the_note", _CONTACT, _created_with(lambda body: {**body, "note": None} if "note" in body else body)
)
FAULTS.add(
    "create_stores_names_as_ascii",
    _CONTACT,
    _created_with(lambda body: {**body, "name": ascii(body["name"])[1:-1]} if "name" in body else body),
)
FAULTS.add(
    "create_quotes_custom_texts",
    _CONTACT,
    _created_with(lambda body: {**body, "custom": f'"{body["custom"]}"'} if "custom" in body else body),
)
FAULTS.add(
    "create_drops_the_plus_of_the_phone",
    _CONTACT,
    _created_with(lambda body: {**body, "phone": body["phone"].lstrip("+")} if "phone" in body else body),
)
FAULTS.add("create_drops_epik", _ATTRIBUTION, _created_with(lambda body: {**body, "epik": None}))
FAULTS.add("create_drops_the_website", _ATTRIBUTION, _created_with(lambda body: {**body, "website": None}))


@FAULTS.breaks("create_lead/custom_object_reads_back_as_a_text")
def custom_object_reads_back_as_an_object(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        lead = organization.leads.get(reply.data["id"])
        assert lead is not None
        organization.leads.change(lead, {"custom": arguments["body"].get("custom")})
        return reply

    return _around("create_lead", run)(api)


FAULTS.add(
    "custom_object_becomes_a_python_text",
    "create_lead/custom_object_reads_back_as_a_text",
    _created_with(lambda body: {**body, "custom": str(body["custom"])} if "custom" in body else body),
)

# -- reading and listing -----------------------------------------------------------------------------------


@FAULTS.breaks("get_lead/lead_asked_for_is_returned")
def get_returns_the_newest_lead(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        handler(organization, **arguments)
        return Reply(next(iter(reversed(organization.leads))))

    return _around("get_lead", run)(api)


@FAULTS.breaks("get_lead/unknown_id_is_404_not_found")
def get_takes_the_beginning_of_an_id(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        ids = [lead["id"] for lead in organization.leads if lead["id"].startswith(arguments["id"])]
        return handler(organization, id=ids[0] if ids else arguments["id"])

    return _around("get_lead", run)(api)


FAULTS.add(
    "get_answers_not_found_with_400",
    "get_lead/unknown_id_is_404_not_found",
    _refusing(errors.NotFound, status=400, code="VALIDATION_ERROR"),
)


def _asking(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Bend:
    """A list that looks for something else than was asked for."""
    return _around(
        "list_leads", lambda handler, organization, arguments: handler(organization, query=change(arguments["query"]))
    )


def _paging(change: Callable[[Reply, dict[str, Any]], dict[str, Any]]) -> Bend:
    """A list whose pagination says something else."""

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        return replace(reply, pagination={**(reply.pagination or {}), **change(reply, arguments["query"])})

    return _around("list_leads", run)


def _dropping(*names: str) -> Bend:
    return _asking(lambda query: {name: value for name, value in query.items() if name not in names})


_COUNTS = "list_leads/pagination_counts_the_matching_leads"
_MORE = "list_leads/has_more_is_true_until_the_last_page"
FAULTS.add("limit_is_ignored", "list_leads/limit_bounds_the_page", _asking(lambda query: {**query, "limit": 50}))
FAULTS.add(
    "pages_hold_one_lead_more",
    "list_leads/limit_bounds_the_page",
    _asking(lambda query: {**query, "limit": query["limit"] + 1}),
)
FAULTS.add(
    "limit_is_100_unless_given",
    "list_leads/limit_is_50_unless_given",
    lambda api: _asking(lambda query: {**query, "limit": 100} if query["limit"] == 50 else query)(api),
)
FAULTS.add(
    "pages_count_from_0",
    "list_leads/pages_from_1_on_hold_every_lead_once",
    _asking(lambda query: {**query, "page": query["page"] + 1}),
)
FAULTS.add(
    "pages_are_all_the_first",
    "list_leads/pages_from_1_on_hold_every_lead_once",
    _asking(lambda query: {**query, "page": 1}),
)
FAULTS.add(
    "pagination_limit_is_the_number_of_leads",
    "list_leads/pagination_repeats_limit_and_page",
    _paging(lambda reply, query: {"limit": len(reply.data)}),
)
FAULTS.add(
    "pagination_page_counts_from_0",
    "list_leads/pagination_repeats_limit_and_page",
    _paging(lambda reply, query: {"page": query["page"] - 1}),
)
FAULTS.add("total_counts_the_page_only", _COUNTS, _paging(lambda reply, query: {"total": len(reply.data)}))
FAULTS.add(
    "total_pages_rounds_down",
    _COUNTS,
    _paging(lambda reply, query: {"totalPages": (reply.pagination or {})["total"] // query["limit"]}),
)


@FAULTS.breaks(_COUNTS)
def total_counts_leads_that_do_not_match(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        return replace(reply, pagination={**(reply.pagination or {}), "total": len(organization.leads) + 1})

    return _around("list_leads", run)(api)


FAULTS.add(
    "has_more_after_a_full_last_page",
    _MORE,
    _paging(lambda reply, query: {"hasMore": len(reply.data) == query["limit"]}),
)
FAULTS.add("has_more_is_never_true", _MORE, _paging(lambda reply, query: {"hasMore": False}))
FAULTS.add(
    "sort_is_ignored",
    "list_leads/sort_orders_by_creation",
    _asking(lambda query: {**query, "sort": "createdAt:desc"}),
)
FAULTS.add(
    "oldest_first_unless_sorted",
    "list_leads/newest_first_unless_sorted",
    _asking(lambda query: {**query, "sort": "createdAt:asc"}),
)

_SEARCH = "list_leads/search_keeps_leads_by_name_email_or_phone"
FAULTS.add("search_is_ignored", _SEARCH, _dropping("search"))


def _searching(fields: tuple[str, ...]) -> Bend:
    """A list that searches other fields than name, e-mail and phone."""

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        query = dict(arguments["query"])
        text = query.pop("search", "").lower()
        keeps = listing.selection(query)
        leads = [
            lead
            for lead in listing.ordered(organization.leads, query["sort"])
            if keeps(lead) and any(text in (lead[field] or "").lower() for field in fields)
        ]
        pagination = {"limit": query["limit"], "page": 1, "totalPages": 1, "total": len(leads), "hasMore": False}
        return Reply(leads, pagination=pagination)

    return _around("list_leads", run)


FAULTS.add("search_leaves_out_the_phone", _SEARCH, _searching(("name", "email")))
FAULTS.add("search_looks_into_the_note", _SEARCH, _searching(("name", "email", "phone", "note")))
FAULTS.add("fields_is_ignored", "list_leads/fields_limits_what_is_returned", _dropping("fields"))

_EQUAL = "list_leads/status_and_value_filters_keep_equal_leads"
FAULTS.add("status_filter_is_ignored", _EQUAL, _dropping("status"))
FAULTS.add("value_filter_is_ignored", _EQUAL, _dropping("value"))
FAULTS.add(
    "value_filter_is_a_minimum",
    _EQUAL,
    _asking(lambda query: {("value[gte]" if name == "value" else name): text for name, text in query.items()}),
)


def _swapping(one: str, two: str) -> Bend:
    return _asking(lambda query: {{one: two}.get(name, name): value for name, value in query.items()})


_COMPARES = "list_leads/value_operators_compare_numbers"
FAULTS.add("gt_is_gte", _COMPARES, _swapping("value[gt]", "value[gte]"))
FAULTS.add("lte_is_lt", _COMPARES, _swapping("value[lte]", "value[lt]"))
FAULTS.add("lt_is_ignored", _COMPARES, _dropping("value[lt]"))


@FAULTS.breaks(_COMPARES)
def values_are_compared_as_texts(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        query = dict(arguments["query"])
        bound = query.pop("value[gte]", "")
        reply = handler(organization, query=query)
        return replace(reply, data=[lead for lead in reply.data if not bound or str(lead["value"] or "") >= bound])

    return _around("list_leads", run)(api)


_MOMENTS = "list_leads/date_operators_compare_moments"
FAULTS.add("creation_operators_are_ignored", _MOMENTS, _dropping("createdAt[gte]", "createdAt[gt]"))
FAULTS.add("creation_operators_are_swapped", _MOMENTS, _swapping("createdAt[lt]", "createdAt[gt]"))

_MATCHING = "list_leads/attribution_filters_keep_matching_leads"
FAULTS.add("click_id_filter_is_ignored", _MATCHING, _dropping("wbraid"))
FAULTS.add("utm_filter_is_ignored", _MATCHING, _dropping("utm_campaign"))
FAULTS.add(
    "exists_is_always_true",
    _MATCHING,
    _asking(lambda query: {name: "true" if name.endswith("[exists]") else value for name, value in query.items()}),
)

# -- the check of a key ------------------------------------------------------------------------------------


@FAULTS.breaks("check_key/a_valid_key_is_confirmed")
def check_answers_without_success(api: Api) -> Api:
    def edit(answer: Answer) -> Answer:
        return replace(answer, content={"valid": True}) if "data" not in answer.content else answer

    return rendering(api, edit)


FAULTS.add(
    "check_refuses_with_403",
    "check_key/a_missing_or_invalid_key_is_refused",
    _refusing(errors.Unauthorized, status=403),
)


@FAULTS.breaks("check_key/a_missing_or_invalid_key_is_refused")
def check_takes_a_revoked_key(api: Api) -> Api:
    return revoked_key_still_works(api)


# -- what only a sequence of calls or a rare value shows -----------------------------------------------------

_SEQUENCE = "every_operation/a_sequence_of_calls_is_answered_as_documented"


@FAULTS.breaks(_SEQUENCE)
def every_third_update_of_a_lead_forgets_the_note(api: Api) -> Api:
    counts: dict[str, int] = {}

    def forget(organization: Organization, body: Body, lead: Lead) -> None:
        counts[lead["id"]] = counts.get(lead["id"], 0) + 1
        if counts[lead["id"]] % 3 == 0 and "note" not in body:
            lead["note"] = None

    return _after_update(forget)(api)


@FAULTS.breaks(_SEQUENCE)
def an_update_brings_in_what_was_refused_before(api: Api) -> Api:
    """What an update refused for its many matches had in store for the value goes to the next lead."""
    begun: dict[str, Any] = {}

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        body = dict(arguments["body"])
        try:
            reply = handler(organization, body={**body, **begun} if "value" not in body else body)
        except errors.Conflict:
            begun.update({"value": body["value"]} if isinstance(body.get("value"), int) else {})
            raise
        begun.clear()
        return reply

    return _around("update_lead", run)(api)


@FAULTS.breaks(_SEQUENCE)
def remembers_whom_an_email_has_meant(api: Api) -> Api:
    """An e-mail goes on meaning the lead that it meant at first, also when others have it by now."""
    meant: dict[tuple[str, str], str] = {}

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        body = dict(arguments["body"])
        if "id" not in body and body.get("email"):
            place = (organization.tenant, body["email"])
            reply = handler(organization, body={**body, "id": meant[place]} if place in meant else body)
            meant[place] = reply.data["leadId"]
            return reply
        return handler(organization, body=body)

    return _around("update_lead", run)(api)


@FAULTS.breaks(_SEQUENCE)
def values_wrap_at_2_32(api: Api) -> Api:
    def wrap(organization: Organization, body: Body) -> Body:
        value = body.get("value")
        return {**body, "value": value % 2**32} if isinstance(value, int) and value > 0 else body

    return _before_update(wrap)(api)


@FAULTS.breaks(_SEQUENCE)
def notes_that_spell_numbers_become_numbers(api: Api) -> Api:
    def become(organization: Organization, body: Body) -> Body:
        note = body.get("note") or ""
        return {**body, "note": str(float(note))} if re.fullmatch(r"[0-9]+(e[0-9])?", note) else body

    return _before_update(become)(api)
