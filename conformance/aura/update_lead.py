"""PATCH /v1/leads/{id} (seed 000)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, cycle
from typing import Any

from hypothesis import strategies as st

from conformance import contract_layer
from conformance.aura import (
    ANY_TEXT,
    NOT_JSON_BODIES,
    UPDATABLE,
    Aura,
    Lead,
    malformed_ids,
    not_found,
    phone_numbers,
    shows,
    shows_again,
    unchanged,
    unknown_ids,
)
from conformance.aura.create_lead import METADATA
from conformance.compare import instant
from conformance.exchange import Exchange
from conformance.target import ROUNDS, expect, expect_refusal, expect_status
from conformance.values import NOT_EMAILS, RARE_PHONES, TIMEZONES, email_forms, phones, texts

NOTES = [
    {"content": "Called back", "created_at": "2026-05-08T14:23:11.000Z", "user_id": "user_1"},
    {"content": "Sent the offer", "created_at": "2026-05-09T09:00:00.000Z", "user_id": "user_2"},
]
# Notes in the wrong order of time, alike but for one thing.
ALIKE = [
    {"content": "Called back", "created_at": "2026-05-09T14:23:11.000Z", "user_id": "user_1"},
    {"content": "Called back", "created_at": "2026-05-08T14:23:11.000Z", "user_id": "user_1"},
    {"content": "Called back", "created_at": "2026-05-08T14:23:11.000Z", "user_id": "user_2"},
]
OTHER_NOTES = [{"content": "Wants a demo", "created_at": "2026-06-01T10:30:00.000Z", "user_id": "user_3"}]
WITHOUT_USERS = [{"content": "From the system", "created_at": "2026-05-08T14:23:11.000Z"}]


def replies_match_the_contract(aura: Aura) -> None:
    contract_layer.check(aura, "update_lead")


def answers_with_the_lead_and_success_true(aura: Aura) -> None:
    lead = aura.new_lead()
    exchange = aura.call("update_lead", path={"id": lead["id"]}, body={"company": "Acme Corp"})
    expect_status(exchange, "the update is accepted", 200)
    body = exchange.json
    expect(isinstance(body, dict) and body.get("success") is True, "success true", body)
    shows(aura.lead_in(exchange), company="Acme Corp", email=lead.get("email"))


def the_id_selects_the_lead(aura: Aura) -> None:
    leads = [aura.new_lead(company="Before") for _ in range(3)]
    for at in (1, 0, 2):
        shows(aura.update(leads[at], {"company": f"Company {at}"}), id=leads[at]["id"], company=f"Company {at}")
    for at, lead in enumerate(leads):
        shows(aura.read(lead), company=f"Company {at}")


def full_name_is_updated(aura: Aura) -> None:
    _updated_to_any(aura, "full_name", texts(), ANY_TEXT)


def email_is_updated(aura: Aura) -> None:
    lead = aura.new_lead()
    aura.for_each((aura.email(), *email_forms(aura.token())), lambda email: _updated(aura, lead, email=email))


def phone_is_updated(aura: Aura) -> None:
    _updated_to_any(aura, "phone", phones(), RARE_PHONES)


def company_is_updated(aura: Aura) -> None:
    _updated_to_any(aura, "company", texts(), ANY_TEXT)


def status_is_updated(aura: Aura) -> None:
    lead = aura.new_lead()
    for status in ("qualified", "new", "qualified", "qualified", "new"):
        _updated(aura, lead, status=status)


def timezone_is_updated(aura: Aura) -> None:
    lead = aura.new_lead()
    aura.for_each(TIMEZONES, lambda timezone: _updated(aura, lead, timezone=timezone))


def notes_are_updated(aura: Aura) -> None:
    lead = aura.new_lead()
    note = st.fixed_dictionaries(
        {"content": texts(), "created_at": st.just("2026-05-08T14:23:11.000Z"), "user_id": texts(12)}
    )
    many = [{**NOTES[0], "content": text, "user_id": f"user_{at}"} for at, text in enumerate(ANY_TEXT)]
    aura.for_any(
        st.lists(note, min_size=1, max_size=4),
        lambda notes: _updated(aura, lead, notes=notes),
        always=[NOTES, ALIKE, many],
    )
    undated = [{name: value for name, value in note.items() if name != "created_at"} for note in NOTES]
    exchange = aura.call("update_lead", path={"id": lead["id"]}, body={"notes": undated})
    if exchange.status != 200:  # AU-18
        expect_refusal(exchange, "an update with undated notes, where it is not accepted,")
        return
    answered = aura.lead_in(exchange)
    shows(answered, notes=undated)
    shows_again(aura.read(lead), answered, "notes")


def several_fields_are_updated_together(aura: Aura) -> None:
    lead = aura.new_lead()
    statuses = cycle(("qualified", "new"))

    def together(fields: Iterable[str]) -> None:
        status = {"status": next(statuses)} if "status" in fields else {}
        _updated(aura, lead, **{**_chosen(_new_values(aura), fields), **status})

    some = st.sets(st.sampled_from(UPDATABLE), min_size=3, max_size=6).map(sorted)
    aura.for_any(some, together, always=[UPDATABLE, *combinations(UPDATABLE, 2)])


def omitted_fields_stay_as_they_are(aura: Aura) -> None:
    lead = _created_lead(aura)
    before = aura.read(lead)

    def kept(changes: dict[str, Any]) -> None:
        nonlocal before
        unchanged(before, aura.update(lead, changes), but=tuple(changes))
        stored = aura.read(lead)
        unchanged(before, stored, but=tuple(changes))
        before = stored

    # Status and notes come first, so that every other field is updated while they have values to lose.
    one_by_one = [("status",), ("notes",), *((field,) for field in UPDATABLE)]
    some = st.sets(st.sampled_from(UPDATABLE), min_size=3, max_size=5).map(sorted)
    aura.for_any(
        some,
        lambda fields: kept(_chosen(_new_values(aura), fields)),
        always=[*one_by_one, *combinations(UPDATABLE, 2)],
    )
    for _ in range(ROUNDS[aura.effort]):
        changes = {"full_name": f"Name {aura.token()}", "company": aura.token(), "phone": aura.phone()}
        bodies = [{name: text} for name, text in changes.items()]
        exchanges = aura.at_once("update_lead", bodies, path={"id": lead["id"]})
        if all(exchange.status == 200 for exchange in exchanges):
            shows(aura.read(lead), **changes)


def an_update_can_be_read_back(aura: Aura) -> None:
    lead = aura.new_lead()
    first, second = _new_values(aura), {**_new_values(aura), "status": "new", "timezone": "UTC", "notes": NOTES}
    for values in (first, second, first):
        for field, value in values.items():
            aura.update(lead, {field: value})
            shows(aura.read(lead), **{field: value})
        expect_refusal(aura.call("update_lead", path={"id": lead["id"]}, body={"phone": "1"}), "phone '1'")


def an_empty_update_is_accepted(aura: Aura) -> None:
    for before in (aura.read(_full_lead(aura)), aura.read(aura.new_lead())):
        for _ in range(2):
            unchanged(before, aura.update(before, {}))
            unchanged(before, aura.read(before))


def notes_replace_the_stored_notes(aura: Aura) -> None:
    lead = aura.new_lead(notes=NOTES)
    rewritten = [{**note, "content": f"{note['content']}, rewritten"} for note in NOTES]
    for notes in (OTHER_NOTES, NOTES, rewritten, OTHER_NOTES + NOTES, NOTES[1:]):
        _updated(aura, lead, notes=notes)


def an_empty_list_removes_the_notes(aura: Aura) -> None:
    lead = aura.new_lead(notes=NOTES)
    for notes, beside in ((NOTES, {}), (NOTES[:1], {"company": "Other Corp"}), (WITHOUT_USERS, {}), (NOTES, {})):
        aura.update(lead, {"notes": notes})
        aura.update(lead, {"notes": [], **beside})
        _has_no_notes(aura, lead)
    aura.update(lead, {"company": "Another Corp"})
    _has_no_notes(aura, lead)


def _has_no_notes(aura: Aura, lead: Lead) -> None:
    stored = aura.read(lead).get("notes")
    expect(stored in (None, []), "a lead without notes", stored)


def null_notes_are_skipped(aura: Aura) -> None:
    lead = aura.new_lead(notes=NOTES)
    for notes in (NOTES, NOTES[:1], WITHOUT_USERS):
        answered = aura.update(lead, {"notes": notes})
        shows(answered, notes=notes)
        for beside in ({}, {}, {"company": "Other Corp"}, {"email": aura.email(), "status": "qualified"}):
            shows_again(aura.update(lead, {"notes": None, **beside}), answered, "notes")
            shows_again(aura.read(lead), answered, "notes")


def null_notes_leave_other_changes_in_force(aura: Aura) -> None:
    lead = aura.new_lead(notes=NOTES)
    values = _new_values(aura)
    del values["notes"]
    for changes in (*({field: value} for field, value in values.items()), {**values, "status": "new"}):
        shows(aura.update(lead, {"notes": None, **changes}), **changes)
        shows(aura.read(lead), **changes)


def null_never_clears_email_or_status(aura: Aura) -> None:
    lead = aura.read(aura.new_lead(status="qualified"))
    for body in ({"email": None}, {"status": None}, {"email": None, "status": None}):
        for beside in ({}, {"company": "Other Corp"}):
            exchange = _attempt(aura, lead, {**beside, **body})
            for shown in (aura.read(lead), *([aura.lead_in(exchange)] if exchange.status == 200 else [])):
                shows(shown, email=lead.get("email"), status="qualified")


def omitted_notes_stay(aura: Aura) -> None:
    lead = aura.new_lead(notes=NOTES)
    values = _new_values(aura)
    del values["notes"]
    alone = [{field: value} for field, value in values.items()]
    for changes in (*alone, alone[0], alone[0], values, values):
        shows(aura.update(lead, changes), notes=NOTES)
        shows(aura.read(lead), notes=NOTES)


def a_note_without_user_id_is_accepted(aura: Aura) -> None:
    lead = aura.new_lead()
    for notes in (WITHOUT_USERS, NOTES + WITHOUT_USERS, WITHOUT_USERS + NOTES):
        _updated(aura, lead, notes=notes)


def metadata_is_not_updatable(aura: Aura) -> None:
    for lead in (aura.read(_full_lead(aura)), aura.read(aura.new_lead())):
        for metadata in ({"utmSource": "changed", "city": "Changed", "added": 1}, {"added": 1}, {}, None):
            _never_changes(aura, lead, metadata=metadata)


def source_is_not_updatable(aura: Aura) -> None:
    for lead in (aura.read(_full_lead(aura)), aura.read(aura.new_lead())):
        changed = {"utm_source": "changed", "utm_medium": "changed", "referrer": "changed"}
        for source in (changed, {"utm_term": "changed"}, {}, None):
            _never_changes(aura, lead, source=source)
        _attempt(aura, lead, {"metadata": {"utmSource": "changed"}})
        shows(aura.read(lead), source=lead.get("source"))


def id_is_not_updatable(aura: Aura) -> None:
    lead, other = aura.read(aura.new_lead()), aura.read(aura.new_lead())
    for id in (aura.uuid(), other["id"], None, 7):
        exchange = _attempt(aura, lead, {"id": id, "company": "Other Corp"})
        if exchange.status == 200:
            shows(aura.lead_in(exchange), id=lead["id"])
        shows(aura.read(lead), id=lead["id"])
        unchanged(other, aura.read(other))


def timestamps_are_not_updatable(aura: Aura) -> None:
    lead = aura.read(aura.new_lead())
    _never_changes(aura, lead, created_at="2001-01-01T00:00:00Z")
    for beside in ({}, {"company": "Other Corp"}):
        _attempt(aura, lead, {"updated_at": "2001-01-01T00:00:00Z", **beside})
        stored = instant(aura.read(lead).get("updated_at"))
        expect(stored is not None and stored.year != 2001, "an updated_at that was not sent", stored)


def payment_fields_are_not_updatable(aura: Aura) -> None:
    lead = aura.read(aura.new_lead())
    _never_changes(aura, lead, payment_status="refunded")
    for number in (77, 1, -1, 2**53):
        _never_changes(aura, lead, payment_count=number)
        _never_changes(aura, lead, total_paid_cents=number)
    _never_changes(aura, lead, last_payment_at="2001-01-01T00:00:00Z")
    unchanged(lead, aura.read(lead), but=("company",))


def disqualification_data_is_not_updatable(aura: Aura) -> None:
    lead = aura.read(aura.new_lead())
    short = {"booking_link_id": "changed", "evaluated_at": "2001-01-01"}
    field = {"key": "budget", "label": "Budget", "value": 7}
    for data in (short, {**short, "triggering_field": field}, {"triggering_field": field}, {"added": 1}):
        _never_changes(aura, lead, disqualification_data=data)


def invalid_email_is_refused(aura: Aura) -> None:
    lead = aura.new_lead()

    def refused(text: str) -> None:
        expect_refusal(aura.call("update_lead", path={"id": lead["id"]}, body={"email": text}), f"email {text!r}")

    aura.for_each(("", *NOT_EMAILS), refused)


def phone_without_a_plus_sign_is_refused(aura: Aura) -> None:
    phone_numbers.refused(aura, phone_numbers.WITHOUT_PLUS, _phone_attempt(aura))


def phone_with_spaces_or_hyphens_is_refused(aura: Aura) -> None:
    phone_numbers.refused(aura, phone_numbers.WITH_SEPARATORS, _phone_attempt(aura))


def phone_with_a_leading_zero_is_refused(aura: Aura) -> None:
    phone_numbers.refused(aura, phone_numbers.LEADING_ZERO, _phone_attempt(aura))


def phone_with_other_characters_is_refused(aura: Aura) -> None:
    phone_numbers.refused(aura, phone_numbers.OTHER_CHARACTERS, _phone_attempt(aura))


def phone_of_one_digit_is_refused(aura: Aura) -> None:
    phone_numbers.refused(aura, phone_numbers.ONE_DIGIT, _phone_attempt(aura))


def phone_of_two_digits_is_accepted(aura: Aura) -> None:
    lead = aura.new_lead()
    phone_numbers.accepted(aura, phone_numbers.TWO_DIGITS, lambda number: aura.update(lead, {"phone": number}))


def phone_of_fifteen_digits_is_accepted(aura: Aura) -> None:
    lead = aura.new_lead()
    phone_numbers.accepted(aura, phone_numbers.FIFTEEN_DIGITS, lambda number: aura.update(lead, {"phone": number}))


def phone_of_sixteen_digits_is_refused(aura: Aura) -> None:
    phone_numbers.refused(aura, phone_numbers.SIXTEEN_DIGITS, _phone_attempt(aura))


def a_body_that_is_not_json_is_refused(aura: Aura) -> None:
    before = aura.read(aura.new_lead(company="Before"))

    def refused(raw: bytes) -> None:
        exchange = aura.call("update_lead", path={"id": before["id"]}, raw=raw)
        expect_status(exchange, f"the body {raw!r} is refused", 400, 415, 422)
        unchanged(before, aura.read(before))

    aura.for_each(NOT_JSON_BODIES, refused)


def a_refused_update_changes_nothing(aura: Aura) -> None:
    before = aura.read(_full_lead(aura))
    good: dict[str, Any] = {"full_name": "Changed", "company": "Changed", "notes": OTHER_NOTES}
    last: dict[str, Any] = {"status": "qualified", "timezone": "Asia/Kolkata"}
    for refused in (
        {**good, "phone": "13715552671", **last},
        {**good, "email": "plain", **last},
        {"phone": aura.phone(), "email": "plain"},
        {"email": aura.email(), "phone": "13715552671"},
        *({name: value, "phone": "+0"} for name, value in {**good, **last}.items()),
    ):
        exchange = aura.call("update_lead", path={"id": before["id"]}, body=refused)
        expect_refusal(exchange, f"the update of {', '.join(refused)}")
        unchanged(before, aura.read(before))


def the_other_leads_stay_as_they_are(aura: Aura) -> None:
    shared = {"full_name": "Same Name", "phone": aura.phone(), "company": "Same Corp"}
    lead, *others = [aura.read(aura.new_lead(**shared)) for _ in range(3)]
    others += [aura.read(twin) for twin in aura.leads_with_the_same_email(lead)]
    for changes in (
        {"timezone": "Asia/Kolkata"},
        {"status": "qualified", "notes": NOTES},
        {"company": "Changed"},
        {"full_name": "Changed", "status": "new", "notes": OTHER_NOTES},
        {"phone": aura.phone(), "email": aura.email()},
    ):
        aura.update(lead, changes)
        for other in others:
            unchanged(other, aura.read(other))


def created_at_stays(aura: Aura) -> None:
    lead = aura.read(aura.new_lead())
    for field, value in _new_values(aura).items():
        shows(aura.update(lead, {field: value}), created_at=lead.get("created_at"))
    shows(aura.read(lead), created_at=lead.get("created_at"))


def updated_at_never_goes_back(aura: Aura) -> None:
    lead = aura.read(aura.new_lead())
    for field, value in _new_values(aura).items():
        after = aura.update(lead, {field: value})
        before_it, after_it = instant(lead.get("updated_at")), instant(after.get("updated_at"))
        expect(after_it is not None, "updated_at is a date-time", after.get("updated_at"))
        later = before_it is None or (after_it is not None and after_it >= before_it)
        expect(later, f"updated_at not before {lead.get('updated_at')}", after.get("updated_at"))
        lead = after


def unknown_lead_is_not_found(aura: Aura) -> None:
    for id in unknown_ids(aura, aura.new_lead()):
        for body in ({"company": "Acme Corp"}, {"email": aura.email(), "full_name": "Nobody"}, {}):
            not_found(aura.call("update_lead", path={"id": id}, body=body))
        not_found(aura.call("get_lead", path={"id": id}))


def malformed_id_is_refused(aura: Aura) -> None:
    def refused(id: str) -> None:
        exchange = aura.call("update_lead", path={"id": id}, body={"company": "Acme Corp"})
        expect_status(exchange, f"the id {id!r} is refused", 400, 404, 422)

    aura.for_each(malformed_ids(aura.new_lead()), refused)


def a_lead_of_another_organization_is_not_updated(aura: Aura) -> None:
    theirs = aura.foreign_lead()
    for body in ({"full_name": "Changed"}, {"full_name": "Changed", "status": "qualified"}, {}):
        exchange = aura.call("update_lead", path={"id": theirs}, body=body)
        expect_status(exchange, "another organization's lead is refused", 404, 403)
    seen = aura.lead_in(aura.call("get_lead", path={"id": theirs}, key="other"))
    shows(seen, full_name="Theirs")


def _full_lead(aura: Aura) -> Lead:
    """A lead in which every field that a client can set is set."""
    return aura.update(_created_lead(aura), {"notes": NOTES, "status": "new"})


def _created_lead(aura: Aura) -> Lead:
    """A lead in which every field that can be sent when it is created is set."""
    fields: dict[str, Any] = {
        "full_name": "John Doe",
        "phone": aura.phone(),
        "company": "Acme Corp",
        "timezone": "America/New_York",
    }
    if aura.offers("create_lead"):
        fields["metadata"] = METADATA
    return aura.new_lead(**fields)


def _new_values(aura: Aura) -> dict[str, Any]:
    """A value for each updatable field; e-mail addresses and phone numbers are new every time."""
    return {
        "full_name": f"Jane Roe {aura.token()}",
        "email": aura.email(),
        "phone": aura.phone(),
        "company": f"Corp {aura.token()}",
        "status": "qualified",
        "timezone": "Asia/Kolkata",
        "notes": OTHER_NOTES,
    }


def _chosen(values: dict[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    return {field: values[field] for field in fields}


def _updated_to_any(aura: Aura, field: str, values: st.SearchStrategy[Any], always: Iterable[Any]) -> None:
    lead = aura.new_lead()
    aura.for_any(values, lambda value: _updated(aura, lead, **{field: value}), always=always)


def _updated(aura: Aura, lead: Lead, **changes: Any) -> None:
    """The changes are in the answer to the update, and in what is read later."""
    answered = aura.update(lead, changes)
    shows(answered, **changes)
    stored = aura.read(lead)
    shows(stored, **changes)
    shows_again(stored, answered, *changes)


def _attempt(aura: Aura, lead: Lead, body: dict[str, Any]) -> Exchange:
    """Send what is not to be stored: accepting and ignoring it is fine, refusing it too (AU-09, AU-15)."""
    exchange = aura.call("update_lead", path={"id": lead["id"]}, body=body)
    if exchange.status != 200:
        expect_refusal(exchange, "the update, where it is not accepted,")
    return exchange


def _never_changes(aura: Aura, lead: Lead, **fields: Any) -> None:
    """Neither alone nor among fields that are updatable."""
    for body in (fields, {"company": "Other Corp", **fields}):
        _attempt(aura, lead, body)
        shows(aura.read(lead), **{name: lead.get(name) for name in fields})


def _phone_attempt(aura: Aura) -> phone_numbers.Attempt:
    lead = aura.new_lead()
    return lambda number: aura.call("update_lead", path={"id": lead["id"]}, body={"phone": number})
