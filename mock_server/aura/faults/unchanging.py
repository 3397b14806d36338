"""Faults of updates that change what they must leave alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.aura.faults.bends import (
    Bend,
    Body,
    also,
    by_id,
    counting,
    each_kind,
    instead_of_not_found,
    mending,
    reaching_elsewhere,
    showing,
    updated,
    without,
)
from mock_server.aura.operations import source_of
from mock_server.faults import Faults
from mock_server.store import Lead, Organization

FAULTS = Faults("aura")
OPERATION = "update_lead"


def _writes_also(field: str, fits: Callable[[Lead, Body], bool] = lambda lead, body: True) -> Bend:
    """An update that writes a field that is not updatable, where that `fits`."""
    return also(lambda lead, body: {field: body[field]} if field in body and fits(lead, body) else {})


def _among_others(lead: Lead, body: Body) -> bool:
    return len(body) > 1


each_kind(
    FAULTS,
    "update_lead/metadata_is_not_updatable",
    writes_metadata=("lax", _writes_also("metadata")),
    writes_metadata_among_others=("rare", _writes_also("metadata", _among_others)),
    fills_empty_metadata=("stateful", _writes_also("metadata", lambda lead, _: not lead["metadata"])),
    null_clears_metadata=("rare", _writes_also("metadata", lambda _, body: body["metadata"] is None)),
    adds_metadata_keys=(
        "rare",
        also(
            lambda lead, body: (
                {"metadata": {**body["metadata"], **lead["metadata"]}}
                if body.get("metadata") and lead["metadata"]
                else {}
            )
        ),
    ),
)
each_kind(
    FAULTS,
    "update_lead/source_is_not_updatable",
    writes_source=("lax", _writes_also("source")),
    writes_source_among_others=("rare", _writes_also("source", _among_others)),
    null_clears_source=("rare", _writes_also("source", lambda _, body: body["source"] is None)),
    derives_source_from_sent_metadata=(
        "field",
        also(lambda lead, body: {"source": source_of(body["metadata"])} if body.get("metadata") else {}),
    ),
)


def _body_id_selects(handler: Handler) -> Handler:
    def handle(organization: Organization, id: str, body: Body) -> Reply:
        named = body.get("id")
        known = isinstance(named, str) and organization.leads.get(named)
        return handler(organization, id=named if known else id, body=body)

    return handle


each_kind(
    FAULTS,
    "update_lead/id_is_not_updatable",
    writes_id=("lax", _writes_also("id")),
    the_id_in_the_body_selects_the_lead=("field", lambda api: api.wrapping(OPERATION, _body_id_selects)),
    answers_with_the_id_of_the_body=(
        "shape",
        lambda api: api.wrapping(
            OPERATION,
            lambda handler: (
                lambda organization, id, body: Reply(
                    {**handler(organization, id=id, body=body).data, **({"id": body["id"]} if "id" in body else {})}
                )
            ),
        ),
    ),
)
each_kind(
    FAULTS,
    "update_lead/timestamps_are_not_updatable",
    writes_created_at=("lax", _writes_also("created_at")),
    writes_created_at_among_others=("rare", _writes_also("created_at", _among_others)),
    writes_updated_at=("field", _writes_also("updated_at")),
)
each_kind(
    FAULTS,
    "update_lead/payment_fields_are_not_updatable",
    writes_payment_count=("lax", _writes_also("payment_count")),
    writes_payment_status=("field", _writes_also("payment_status")),
    writes_total_paid_cents_among_others=("rare", _writes_also("total_paid_cents", _among_others)),
    adds_to_the_payment_count=(
        "rare",
        also(lambda lead, body: {"payment_count": lead["payment_count"] + 1} if body.get("payment_status") else {}),
    ),
)
each_kind(
    FAULTS,
    "update_lead/disqualification_data_is_not_updatable",
    writes_disqualification_data=("lax", _writes_also("disqualification_data")),
    writes_disqualification_data_among_others=("rare", _writes_also("disqualification_data", _among_others)),
    writes_empty_disqualification_data=(
        "rare",
        _writes_also(
            "disqualification_data", lambda _, body: bool((body["disqualification_data"] or {}).get("triggering_field"))
        ),
    ),
)


# -- what an update must not touch -------------------------------------------------------------------------------


def _written_before_refusing(write: Callable[[Lead, Body], Body]) -> Bend:
    """The body is looked at field by field: `write` names what is written to the newest lead before the rest is."""

    def mend(organization: Organization, body: Body) -> Body:
        lead = next(reversed(organization.leads), None)
        if lead is not None and ("notes" in body or "status" in body or len(body) == 2):
            lead.update(write(lead, body))
        return body

    return mending(mend)


def _bad(body: Body) -> bool:
    return "@" not in body.get("email", "@") or not body.get("phone", "+").startswith("+")


each_kind(
    FAULTS,
    "update_lead/a_refused_update_changes_nothing",
    writes_names_before_it_refuses=(
        "lax",
        _written_before_refusing(
            lambda _, body: {"full_name": body["full_name"]} if "full_name" in body and _bad(body) else {}
        ),
    ),
    writes_a_status_though_it_refuses=(
        "field",
        _written_before_refusing(lambda _, body: {"status": body["status"]} if "status" in body and _bad(body) else {}),
    ),
    writes_a_good_phone_beside_a_bad_email=(
        "rare",
        _written_before_refusing(
            lambda _, body: (
                {"phone": body["phone"]}
                if "@" not in body.get("email", "@") and body.get("phone", "").startswith("+")
                else {}
            )
        ),
    ),
    a_refusal_empties_the_notes=(
        "field",
        _written_before_refusing(lambda _, body: {"notes": []} if _bad(body) and "notes" not in body else {}),
    ),
)


def _others(organization: Organization, lead: Lead) -> list[Lead]:
    return [each for each in organization.leads if each is not lead]


def _shared(field: str, by: str) -> Bend:
    """An update that writes a field of all leads that have another field in common."""

    def edit(organization: Organization, lead: Lead, body: Body) -> None:
        for other in _others(organization, lead):
            if field in body and lead[by] and other[by] == lead[by]:
                other[field] = body[field]

    return updated(edit)


def _every_fourth_is_for_the_oldest(api: Api) -> Api:
    count: list[str] = []

    def edit(organization: Organization, lead: Lead, body: Body) -> None:
        count.append(lead["id"])
        if len(count) % 4 == 0:
            others = _others(organization, lead)
            (others[-1] if others else lead).update(without(body, "notes", "email"))

    return updated(edit)(api)


each_kind(
    FAULTS,
    "update_lead/the_other_leads_stay_as_they_are",
    updates_every_company_of_that_phone=("rare", _shared("company", "phone")),
    updates_every_status_of_that_company=("field", _shared("status", "phone")),
    updates_every_note_of_that_name=("rare", _shared("notes", "phone")),
    every_fourth_update_reaches_another_lead=("stateful", _every_fourth_is_for_the_oldest),
)
_LONG_AGO = "2001-01-01T00:00:00.000Z"
each_kind(
    FAULTS,
    "update_lead/created_at_stays",
    a_new_status_moves_created_at=(
        "rare",
        also(lambda _, body: {"created_at": _LONG_AGO} if "status" in body else {}),
    ),
    a_new_email_moves_created_at=("rare", also(lambda _, body: {"created_at": _LONG_AGO} if "email" in body else {})),
    the_third_update_moves_created_at=(
        "stateful",
        counting(OPERATION, by=by_id)(
            lambda count, lead, _: {**lead, "created_at": _LONG_AGO if count > 2 else lead["created_at"]}
        ),
    ),
    an_update_shows_created_at_in_seconds=(
        "shape",
        showing(OPERATION, lambda lead: {**lead, "created_at": 1768636800}),
    ),
)
each_kind(
    FAULTS,
    "update_lead/updated_at_never_goes_back",
    updated_at_is_in_another_zone=(
        "shape",
        showing(OPERATION, lambda lead: {**lead, "updated_at": lead["updated_at"].replace("Z", "+02:00")}),
    ),
    the_third_update_resets_updated_at=(
        "stateful",
        counting(OPERATION, by=by_id)(
            lambda count, lead, _: {**lead, "updated_at": _LONG_AGO if count > 2 else lead["updated_at"]}
        ),
    ),
    a_new_email_resets_updated_at=("rare", also(lambda _, body: {"updated_at": _LONG_AGO} if "email" in body else {})),
    new_notes_reset_updated_at=("rare", also(lambda _, body: {"updated_at": _LONG_AGO} if "notes" in body else {})),
)


def _made(organization: Organization, id: str) -> Reply:
    lead = {**next(iter(organization.leads)), "id": id}
    return Reply(organization.leads.add(lead))


FAULTS.add(
    "updating_an_unknown_lead_makes_one",
    "update_lead/unknown_lead_is_not_found",
    instead_of_not_found(OPERATION, _made),
    "lax",
)


def _writes_elsewhere(handler: Handler, caller: Organization, owner: Organization, arguments: dict[str, Any]) -> Reply:
    return handler(owner, **arguments)


def _writes_and_refuses(
    handler: Handler, caller: Organization, owner: Organization, arguments: dict[str, Any]
) -> Reply:
    handler(owner, **arguments)
    return handler(caller, **arguments)


def _says_that_it_did(handler: Handler, caller: Organization, owner: Organization, arguments: dict[str, Any]) -> Reply:
    return Reply({**(owner.leads.get(arguments["id"]) or {}), **arguments["body"]})


def _gone(handler: Handler, caller: Organization, owner: Organization, arguments: dict[str, Any]) -> Reply:
    raise errors.Invalid("This lead is not yours.")


each_kind(
    FAULTS,
    "update_lead/a_lead_of_another_organization_is_not_updated",
    updates_other_organizations_leads=("tenant", reaching_elsewhere(OPERATION, _writes_elsewhere)),
    updates_other_organizations_leads_and_refuses=("tenant", reaching_elsewhere(OPERATION, _writes_and_refuses)),
    says_it_updated_another_organizations_lead=("lax", reaching_elsewhere(OPERATION, _says_that_it_did)),
    updating_another_organizations_lead_is_a_bad_request=("status", reaching_elsewhere(OPERATION, _gone)),
)
