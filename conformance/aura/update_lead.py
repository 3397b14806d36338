"""PATCH /v1/leads/{id} (seed 000)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from conformance import contract_layer
from conformance.aura import MALFORMED_IDS, UPDATABLE, Aura, Lead, not_found, phone_numbers, shows, unchanged
from conformance.aura.create_lead import METADATA
from conformance.compare import instant
from conformance.target import expect, expect_refusal, expect_status
from conformance.values import NOT_EMAILS, TIMEZONES, phones, texts

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
    _updated_to_any(aura, "full_name", texts())


def email_is_updated(aura: Aura) -> None:
    lead = aura.new_lead()
    for email in (aura.email(), f"first.last+{aura.token()}@mail.example.com"):
        _updated(aura, lead, email=email)


def phone_is_updated(aura: Aura) -> None:
    _updated_to_any(aura, "phone", phones())


def company_is_updated(aura: Aura) -> None:
    _updated_to_any(aura, "company", texts())


def status_is_updated(aura: Aura) -> None:
    lead = aura.new_lead()
    for status in ("qualified", "new", "qualified"):
        _updated(aura, lead, status=status)


def timezone_is_updated(aura: Aura) -> None:
    lead = aura.new_lead()
    aura.for_each(TIMEZONES, lambda timezone: _updated(aura, lead, timezone=timezone))


def notes_are_updated(aura: Aura) -> None:
    lead = aura.new_lead()
    note = st.fixed_dictionaries(
        {"content": texts(), "created_at": st.just("2026-05-08T14:23:11.000Z"), "user_id": texts(12)}
    )
    aura.for_any(
        st.lists(note, min_size=1, max_size=4), lambda notes: _updated(aura, lead, notes=notes), always=[NOTES, ALIKE]
    )


def several_fields_are_updated_together(aura: Aura) -> None:
    lead = aura.new_lead()
    some = st.sets(st.sampled_from(UPDATABLE), min_size=2, max_size=5)
    aura.for_any(
        some.map(sorted), lambda fields: _updated(aura, lead, **_chosen(_new_values(aura), fields)), always=[UPDATABLE]
    )


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
    one_by_one = ["status", "notes", *UPDATABLE]
    for field in one_by_one:
        kept(_chosen(_new_values(aura), [field]))
    some = st.sets(st.sampled_from(UPDATABLE), min_size=2, max_size=5).map(sorted)
    aura.for_any(some, lambda fields: kept(_chosen(_new_values(aura), fields)))


def an_update_can_be_read_back(aura: Aura) -> None:
    lead = aura.new_lead()
    for field, value in _new_values(aura).items():
        aura.update(lead, {field: value})
        shows(aura.read(lead), **{field: value})


def an_empty_update_is_accepted(aura: Aura) -> None:
    before = aura.read(_full_lead(aura))
    unchanged(before, aura.update(before, {}))
    unchanged(before, aura.read(before))


def notes_replace_the_stored_notes(aura: Aura) -> None:
    lead = aura.new_lead(notes=NOTES)
    _updated(aura, lead, notes=OTHER_NOTES)
    _updated(aura, lead, notes=NOTES)


def an_empty_list_removes_the_notes(aura: Aura) -> None:
    lead = aura.new_lead(notes=NOTES)
    aura.update(lead, {"notes": []})
    stored = aura.read(lead).get("notes")
    expect(stored in (None, []), "a lead without notes", stored)


def null_notes_are_skipped(aura: Aura) -> None:
    lead = aura.new_lead(notes=NOTES)
    shows(aura.update(lead, {"notes": None}), notes=NOTES)
    shows(aura.read(lead), notes=NOTES)


def null_notes_leave_other_changes_in_force(aura: Aura) -> None:
    lead = aura.new_lead(notes=NOTES)
    shows(aura.update(lead, {"notes": None, "company": "Other Corp"}), company="Other Corp")
    shows(aura.read(lead), company="Other Corp")


def omitted_notes_stay(aura: Aura) -> None:
    lead = aura.new_lead(notes=NOTES)
    shows(aura.update(lead, {"company": "Other Corp"}), notes=NOTES)
    shows(aura.read(lead), notes=NOTES)


def a_note_without_user_id_is_accepted(aura: Aura) -> None:
    lead = aura.new_lead()
    _updated(aura, lead, notes=[{"content": "From the system", "created_at": "2026-05-08T14:23:11.000Z"}])


def metadata_is_not_updatable(aura: Aura) -> None:
    lead = aura.read(_full_lead(aura))
    _never_changes(aura, lead, metadata={"utmSource": "changed", "city": "Changed", "added": 1})
    _never_changes(aura, lead, metadata={})
    _never_changes(aura, lead, metadata=None)


def source_is_not_updatable(aura: Aura) -> None:
    lead = aura.read(_full_lead(aura))
    _never_changes(aura, lead, source={"utm_source": "changed", "utm_medium": "changed", "referrer": "changed"})


def id_is_not_updatable(aura: Aura) -> None:
    lead = aura.new_lead()
    _attempt(aura, lead, {"id": aura.uuid(), "company": "Other Corp"})
    shows(aura.read(lead), id=lead["id"])


def timestamps_are_not_updatable(aura: Aura) -> None:
    lead = aura.read(aura.new_lead())
    _never_changes(aura, lead, created_at="2001-01-01T00:00:00Z")
    _attempt(aura, lead, {"updated_at": "2001-01-01T00:00:00Z"})
    stored = instant(aura.read(lead).get("updated_at"))
    expect(stored is not None and stored.year != 2001, "an updated_at that was not sent", stored)


def payment_fields_are_not_updatable(aura: Aura) -> None:
    lead = aura.read(aura.new_lead())
    _never_changes(aura, lead, payment_status="refunded")
    _never_changes(aura, lead, payment_count=77)
    _never_changes(aura, lead, total_paid_cents=123456)
    _never_changes(aura, lead, last_payment_at="2001-01-01T00:00:00Z")


def disqualification_data_is_not_updatable(aura: Aura) -> None:
    lead = aura.read(aura.new_lead())
    _never_changes(aura, lead, disqualification_data={"booking_link_id": "changed", "evaluated_at": "2001-01-01"})


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


def a_refused_update_changes_nothing(aura: Aura) -> None:
    before = aura.read(_full_lead(aura))
    for refused in ({"phone": "14155552671"}, {"email": "plain"}):
        body = {"full_name": "Changed", "company": "Changed", "notes": OTHER_NOTES, **refused, "status": "qualified"}
        expect_refusal(aura.call("update_lead", path={"id": before["id"]}, body=body), f"the update with {refused}")
        unchanged(before, aura.read(before))


def the_other_leads_stay_as_they_are(aura: Aura) -> None:
    shared = {"full_name": "Same Name", "phone": aura.phone(), "company": "Same Corp"}
    lead, *others = [aura.read(aura.new_lead(**shared)) for _ in range(3)]
    others += [aura.read(twin) for twin in aura.leads_with_the_same_email(lead)]
    for changes in ({"company": "Changed"}, {"full_name": "Changed", "status": "qualified", "notes": NOTES}):
        aura.update(lead, changes)
        for other in others:
            unchanged(other, aura.read(other))


def created_at_stays(aura: Aura) -> None:
    lead = aura.read(aura.new_lead())
    shows(aura.update(lead, {"company": "Other Corp", "status": "qualified"}), created_at=lead.get("created_at"))
    shows(aura.read(lead), created_at=lead.get("created_at"))


def updated_at_never_goes_back(aura: Aura) -> None:
    lead = aura.read(aura.new_lead())
    for company in ("One", "Two", "Three"):
        after = aura.update(lead, {"company": company})
        before_it, after_it = instant(lead.get("updated_at")), instant(after.get("updated_at"))
        expect(after_it is not None, "updated_at is a date-time", after.get("updated_at"))
        later = before_it is None or (after_it is not None and after_it >= before_it)
        expect(later, f"updated_at not before {lead.get('updated_at')}", after.get("updated_at"))
        lead = after


def unknown_lead_is_not_found(aura: Aura) -> None:
    aura.new_lead()
    id = aura.uuid()
    for body in ({"company": "Acme Corp"}, {"email": aura.email(), "full_name": "Nobody"}, {}):
        not_found(aura.call("update_lead", path={"id": id}, body=body))
    not_found(aura.call("get_lead", path={"id": id}))


def malformed_id_is_refused(aura: Aura) -> None:
    def refused(id: str) -> None:
        exchange = aura.call("update_lead", path={"id": id}, body={"company": "Acme Corp"})
        expect_status(exchange, f"the id {id!r} is refused", 400, 404, 422)

    aura.for_each(MALFORMED_IDS, refused)


def a_lead_of_another_organization_is_not_updated(aura: Aura) -> None:
    theirs = aura.foreign_lead()
    exchange = aura.call("update_lead", path={"id": theirs}, body={"full_name": "Changed"})
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


def _updated_to_any(aura: Aura, field: str, values: st.SearchStrategy[Any]) -> None:
    lead = aura.new_lead()
    aura.for_any(values, lambda value: _updated(aura, lead, **{field: value}))


def _updated(aura: Aura, lead: Lead, **changes: Any) -> None:
    """The changes are in the answer to the update, and in what is read later."""
    shows(aura.update(lead, changes), **changes)
    shows(aura.read(lead), **changes)


def _attempt(aura: Aura, lead: Lead, body: dict[str, Any]) -> None:
    """Send what is not updatable: accepting and ignoring it is fine, refusing it too (AU-15)."""
    exchange = aura.call("update_lead", path={"id": lead["id"]}, body=body)
    if exchange.status != 200:
        expect_refusal(exchange, "the update, where it is not accepted,")


def _never_changes(aura: Aura, lead: Lead, **fields: Any) -> None:
    _attempt(aura, lead, fields)
    shows(aura.read(lead), **{name: lead.get(name) for name in fields})


def _phone_attempt(aura: Aura) -> phone_numbers.Attempt:
    lead = aura.new_lead()
    return lambda number: aura.call("update_lead", path={"id": lead["id"]}, body={"phone": number})
