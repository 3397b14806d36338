"""PATCH /leads (seed 003)."""

from __future__ import annotations

from contextlib import suppress
from itertools import cycle, permutations
from typing import Any

from hypothesis import strategies as st

from conformance import contract_layer
from conformance.octanist import IDENTIFIERS, NOT_TOUCHED, STATUSES, Lead, Octanist, data_of, rare, refused
from conformance.octanist.several import applies, counts, names_some, sent_to_each_group
from conformance.octanist.updates import (
    both_ways,
    can_be_set,
    changes_only,
    each_finds_its_lead,
    finds_nobody,
    has_loss_reason,
    has_value,
    identifies,
    keep_the_status,
    keep_the_value,
    leads_with_a_name_only,
    outranks,
    partial_updates,
    reads_as_number,
    where_accepted,
)
from conformance.outcomes import CannotTry
from conformance.target import ROUNDS, brief, expect, expect_status
from conformance.values import texts

_KEPT = ("name", "email", "phone", "status", "value", "note", "custom", *NOT_TOUCHED)


def replies_match_the_contract(octanist: Octanist) -> None:
    contract_layer.check(octanist, "update_lead", sparing=octanist.effort == "quick")


# -- which lead is meant -----------------------------------------------------------------------------------


def id_alone_identifies_a_lead(octanist: Octanist) -> None:
    identifies(octanist, "id")
    for earliest in octanist.made()[:1]:
        note = octanist.token()
        octanist.update({"id": earliest, "note": note})
        octanist.shows({"id": earliest}, note=note)


def email_alone_identifies_a_lead(octanist: Octanist) -> None:
    identifies(octanist, "email")
    if octanist.offers("create_lead"):
        token = octanist.token()
        email = f"a_{token}.b+c@example.com"
        alike = [f"x{email}", f"ax{token}.b+c@example.com", f"a_{token}xb+c@example.com"]
        older = where_accepted(octanist, email=alike)
        lead = octanist.new_lead(email=email)
        newer = where_accepted(octanist, email=[f"y{email}", f"{email}.au", f"ay{token}.b+c@example.com"])
        changes_only(octanist, lead, older + newer, {"email": email})
        each_finds_its_lead(octanist, "email", where_accepted(octanist, email=rare.odd_emails(octanist.token())))


def phone_alone_identifies_a_lead(octanist: Octanist) -> None:
    identifies(octanist, "phone")
    if octanist.offers("create_lead"):
        phone = octanist.phone()
        others = where_accepted(octanist, phone=[f"{phone}7", phone[:-1], *octanist.phones_like(phone)])
        changes_only(octanist, octanist.new_lead(phone=phone), others, {"phone": phone})
        digits = str(int(octanist.token(), 16))
        each_finds_its_lead(octanist, "phone", where_accepted(octanist, phone=rare.odd_phones(digits)))


def id_outranks_email(octanist: Octanist) -> None:
    outranks(octanist, "id", "email")
    for first, second in both_ways(octanist):
        third = octanist.new_lead()
        identifiers = {"phone": octanist.identifier(third, "phone"), "email": octanist.identifier(second, "email")}
        changes_only(octanist, first, [second, third], {**identifiers, "id": first["id"]})


def id_outranks_phone(octanist: Octanist) -> None:
    outranks(octanist, "id", "phone")


def email_outranks_phone(octanist: Octanist) -> None:
    outranks(octanist, "email", "phone")


def id_outranks_an_email_or_phone_of_several_leads(octanist: Octanist) -> None:
    for field in ("email", "phone"):
        value, group = octanist.sharing(field)
        changes_only(octanist, group[1], group[:1] + group[2:], {"id": group[1]["id"], field: value})
        with suppress(CannotTry):
            stranger = octanist.new_lead()
            if stranger["id"] not in [lead["id"] for lead in group]:
                changes_only(octanist, stranger, group, {"id": stranger["id"], field: value})


def email_outranks_a_phone_of_several_leads(octanist: Octanist) -> None:
    phone, group = octanist.sharing("phone")
    stranger = octanist.new_lead()
    others = [lead for lead in group if lead["id"] != stranger["id"]]
    for status in ("won", "lost"):  # of a lead that is decided, too
        identifiers = {"email": octanist.identifier(stranger, "email"), "phone": phone}
        changes_only(octanist, stranger, others, identifiers, status=status)
    if octanist.offers("create_lead"):
        email = octanist.identifier(group[1], "email")
        changes_only(octanist, group[1], group[:1] + group[2:], {"email": email, "phone": phone})


def other_leads_stay_as_they_are(octanist: Octanist) -> None:
    alike: dict[str, Any] = {"note": "Same note", "status": "qualified", "value": 77}
    if octanist.offers("create_lead"):
        alike |= {"name": f"Same name {octanist.token()}", "custom": "Same custom"}
    leads = [octanist.new_lead(**alike) for _ in range(3)]
    for lead, name in zip(leads, IDENTIFIERS, strict=True):
        others = [*leads, *({"id": earliest} for earliest in octanist.made()[:1])]
        before = octanist.views_of(each for each in others if each["id"] != lead["id"])
        for body in (octanist.changes(), {"status": "lost", "value": octanist.amount(), "lossReason": "Price"}):
            octanist.update({name: octanist.identifier(lead, name), **body})
            octanist.all_stay(before)


# -- refusals ----------------------------------------------------------------------------------------------


def no_identifier_is_400_validation_error(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    before = octanist.glimpses(lead)
    changes = {"status": "won", "value": 5000, "changedTo": "won", "note": "Whose?", "lossReason": "None"}
    bodies: tuple[Any, ...] = (
        {},
        changes,
        {"note": "Whose?"},
        {"value": 0},
        {"status": "lost", "lossReason": "Price"},
        {"name": lead.get("name") or "John Doe", "status": "won", "value": 5000},
        {"leadId": lead["id"], "Email": lead.get("email"), "lead": {"id": lead["id"]}, "note": "Whose?"},
        *({name: None, **changes} for name in IDENTIFIERS),
        dict.fromkeys(IDENTIFIERS),
        [],
        [{"id": lead["id"], **changes}],
        lead["id"],
        5,
        None,
    )
    for body in bodies:
        refused(octanist.call("update_lead", body=body), f"the body {brief(body)}", 400, "VALIDATION_ERROR")
    unreachable = [octanist.glimpses(each) for each in leads_with_a_name_only(octanist)]
    for name in IDENTIFIERS:
        exchange = octanist.call("update_lead", body={name: "", "status": "won", "value": 5000})
        expect_status(exchange, f"an empty {name}, the only identifier, is refused", 400, 404)
    octanist.all_stay([before, *unreachable])


def invalid_json_is_400_validation_error(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    before = octanist.glimpses(lead)
    member = f'"id": "{lead["id"]}"'
    for text in (
        "{" + member + ', "status": "won", "value": 1',
        "{" + member + ', "status": "won", "value": 1,}',
        "{" + member + ', "status": "won" "value": 1}',
        "{" + member + ', "status": won, "value": 1}',
        "{" + member + ', "status": "won", "value": 01}',
        "{" + member + ', "status": "won", "value": 1} and more',
        "{'id': '" + lead["id"] + "', 'status': 'won', 'value': 1}",
        f"id={lead['id']}&status=won&value=1",
        "{",
        "",
    ):
        exchange = octanist.call("update_lead", raw=text.encode())
        refused(exchange, f"the body {text!r}", 400, "VALIDATION_ERROR")
    octanist.stays(before)


def unknown_id_is_404_not_found(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    unknown = [octanist.unknown_id()]
    unknown += octanist.ids_like(lead)
    finds_nobody(octanist, lead, "id", unknown)


def unknown_email_is_404_not_found(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    unknown = [octanist.email()]
    if octanist.offers("create_lead"):
        name, _, domain = lead["email"].partition("@")
        unknown += [f"x{lead['email']}", lead["email"][1:], f"{name[:-1]}%@{domain}", f"{name[:-1]}_@{domain}"]
        unknown += rare.odd_emails(octanist.token())
    finds_nobody(octanist, lead, "email", unknown)


def unknown_phone_is_404_not_found(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    unknown = [octanist.phone()]
    if octanist.offers("create_lead"):
        unknown += [f"{lead['phone']}7", lead["phone"][:-1], *octanist.phones_like(lead["phone"])]
    finds_nobody(octanist, lead, "phone", unknown)


def three_unknown_identifiers_are_404_not_found(octanist: Octanist) -> None:
    before = octanist.glimpses(octanist.new_lead())
    for names in (IDENTIFIERS, IDENTIFIERS[::-1]):
        new = {"id": octanist.unknown_id(), "email": octanist.email(), "phone": octanist.phone()}
        exchange = octanist.call("update_lead", body={**{name: new[name] for name in names}, **octanist.changes()})
        refused(exchange, "the update of an unknown lead", 404, "NOT_FOUND")
    octanist.stays(before)


# -- several leads with one e-mail or phone ----------------------------------------------------------------


def several_matches_are_refused_or_all_updated(octanist: Octanist) -> None:
    for several in sent_to_each_group(octanist):
        if several.exchange.status == 409:
            several.are_refused()
        else:
            several.are_all_updated()


def several_matches_with_bulk_are_all_updated(octanist: Octanist) -> None:
    for at, several in enumerate(sent_to_each_group(octanist)):
        if at == 0:
            applies(octanist, several.exchange, bulk=True)
        several.are_all_updated()


def several_matches_with_bulk_are_counted(octanist: Octanist) -> None:
    for field, count in (("email", 3), ("phone", 2), ("email", 4)):
        value, group = octanist.sharing(field, count)
        body = {field: value, **octanist.changes()}
        octanist.update({**body, "id": group[0]["id"]})
        for exchange in (octanist.call("update_lead", body=body), octanist.call("update_lead", body=body)):
            applies(octanist, exchange, bulk=True)
            expect_status(exchange, "the bulk update is accepted", 200)
            data = data_of(exchange)
            counts(data, len(group))
            names_some(data.get("leadId"), [lead["id"] for lead in group])


def several_matches_without_bulk_answer_409_conflict(octanist: Octanist) -> None:
    for at, several in enumerate(sent_to_each_group(octanist)):
        if at == 0:
            applies(octanist, several.exchange, bulk=False)
        several.are_refused()


# -- status and changedTo ----------------------------------------------------------------------------------


def status_can_be_set_to_qualified(octanist: Octanist) -> None:
    can_be_set(octanist, "status", "qualified")


def status_can_be_set_to_won(octanist: Octanist) -> None:
    can_be_set(octanist, "status", "won")


def status_can_be_set_to_lost(octanist: Octanist) -> None:
    can_be_set(octanist, "status", "lost")


def changed_to_alone_sets_the_status(octanist: Octanist) -> None:
    for status in STATUSES:
        can_be_set(octanist, "changedTo", status)


def status_takes_precedence_over_changed_to(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    for status, changed_to in permutations(STATUSES, 2):
        for body in ({"status": status, "changedTo": changed_to}, {"changedTo": changed_to, "status": status}):
            octanist.update({"id": lead["id"], **body, "value": octanist.amount()})
            octanist.shows(lead, status=status)


def no_other_status_can_be_set(octanist: Octanist) -> None:
    bad = [({field: text}, "") for field in ("status", "changedTo") for text in rare.NO_STATUSES]
    nearly = [
        ({field: text}, meant) for field in ("status", "changedTo") for text, meant in rare.NEARLY_STATUSES.items()
    ]
    beside = [({"status": "won", "changedTo": "open"}, "won"), ({"changedTo": "won", "status": "open"}, "won")]
    for start in (None, *STATUSES):
        lead = octanist.new_lead() if start is None else octanist.new_lead(status=start)
        keep_the_status(octanist, lead, bad)
        keep_the_status(octanist, lead, nearly + beside)
    lead = octanist.new_lead()
    others = texts(12).filter(lambda text: text.strip().lower() not in (*STATUSES, "win"))
    octanist.for_any(
        st.tuples(others, others),
        lambda two: keep_the_status(octanist, lead, [({"status": two[0]}, ""), ({"changedTo": two[1]}, "")]),
    )


def status_is_optional(octanist: Octanist) -> None:
    for status in (None, *STATUSES):
        lead = octanist.new_lead() if status is None else octanist.new_lead(status=status)
        before = octanist.views(lead)
        value, note = octanist.amount(), f"Note {octanist.token()}"
        for fields in ({"note": note}, {"value": value}, {"note": f"{note} again", "value": value + 1}):
            octanist.update({"id": lead["id"], **fields})
            octanist.shows(lead, **fields)
        octanist.stays(before, only=("status",))


# -- value -------------------------------------------------------------------------------------------------


def number_is_stored_as_the_value(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    numbers = st.one_of(rare.WHOLE, rare.CENTS)
    octanist.for_any(numbers, lambda value: has_value(octanist, lead, value, value), always=rare.NUMBERS)
    for at, beside in enumerate(({"status": "lost"}, {"changedTo": "won"}, {"note": "Beside"}, {"status": "won"})):
        has_value(octanist, lead, 700.5 + at, 700.5 + at, **beside)


def zero_is_stored_as_the_value(octanist: Octanist) -> None:
    has_value(octanist, octanist.new_lead(), 0, 0)
    lead = octanist.new_lead(value=4321)
    for zero in (0, 0.0):
        has_value(octanist, lead, zero, 0)
        octanist.update({"id": lead["id"], "value": 4321})
        octanist.update({"id": lead["id"], "status": "won", "value": zero})
        reads_as_number(octanist, lead, 0)
        octanist.update({"id": lead["id"], "value": 4321})


def numeric_text_becomes_a_number(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    spelt = st.one_of(rare.WHOLE.map(str), rare.CENTS.map(lambda value: f"{value:.2f}"))
    octanist.for_any(spelt, lambda text: has_value(octanist, lead, text, float(text)), always=rare.SPELT_NUMBERS)
    for at, beside in enumerate(({"status": "won"}, {"changedTo": "qualified"}, {"note": "Beside"}, {"status": "won"})):
        has_value(octanist, lead, f"{at + 1}250.5", (at + 1) * 1000 + 250.5, **beside)
    has_value(octanist, lead, "77.5", 77.5)
    octanist.update({"id": lead["id"], "value": 4321})
    keep_the_value(octanist, lead, rare.ODDLY_SPELT.items(), 4321)


def value_is_optional(octanist: Octanist) -> None:
    for status in STATUSES:
        lead = octanist.new_lead()
        exchange = octanist.call("update_lead", body={"id": lead["id"], "status": status})
        expect_status(exchange, f"the status {status} without a value is accepted", 200)
        octanist.shows(lead, status=status)


# -- note and lossReason -----------------------------------------------------------------------------------


def note_is_stored(octanist: Octanist) -> None:
    lead = octanist.new_lead()

    def stored(note: str, **beside: Any) -> None:
        octanist.update({"id": lead["id"], **beside, "note": note})
        octanist.shows(lead, note=note)

    octanist.for_any(texts(), stored, always=("Called back", "Wants a demo", *rare.TEXTS))
    for status in STATUSES:
        stored(f"Note {octanist.token()}", status=status, value=octanist.amount())
    stored(f"Note {octanist.token()}", status="lost", value=octanist.amount(), lossReason="Price")


def loss_reason_is_stored_with_the_status_lost(octanist: Octanist) -> None:
    for lost in ({"status": "lost"}, {"changedTo": "lost"}, {"status": "lost", "changedTo": "won"}):
        lead = octanist.new_lead()
        for start in ("open", "won", "qualified", "lost"):
            if start in STATUSES:
                octanist.update({"id": lead["id"], "status": start, "value": octanist.amount()})
            has_loss_reason(octanist, lead, lost, f"Price {octanist.token()}")
    lead = octanist.new_lead(status="won")
    octanist.for_any(
        texts(), lambda reason: has_loss_reason(octanist, lead, {"status": "lost"}, reason), always=rare.TEXTS[1::2]
    )


def loss_reason_has_no_effect_unless_lost(octanist: Octanist) -> None:
    new: list[dict[str, str]] = [{}] if octanist.offers("create_lead") else []
    for at, not_lost in enumerate(
        (
            {"status": "won"},
            {"status": "qualified"},
            {"changedTo": "won"},
            {"status": "won", "changedTo": "lost"},
            {"note": "Still open"},
            {"note": "Still undecided"},
        )
    ):
        lead = octanist.new_lead()
        before = octanist.views(lead)
        for start in (*new, {"status": ("qualified", "won")[at % 2]}):
            octanist.update({"id": lead["id"], **start, "value": octanist.amount()})
            reason = f"Price {octanist.token()}"
            octanist.update({"id": lead["id"], **not_lost, "value": octanist.amount(), "lossReason": reason})
            octanist.stays(before, only=("lossReason",))
            octanist.update({"id": lead["id"], "status": "lost", "value": octanist.amount()})
            octanist.stays(before, only=("lossReason",))
    lead = octanist.new_lead(status="lost", lossReason="Timing")
    octanist.update({"id": lead["id"], "status": "won", "value": octanist.amount(), "lossReason": "Price"})
    for view in octanist.views(lead):
        expect(view.get("lossReason") != "Price", "a lossReason that was not sent with won", view.get("lossReason"))


# -- what else an update does ------------------------------------------------------------------------------


def fields_not_sent_stay_as_they_are(octanist: Octanist) -> None:
    for name in IDENTIFIERS:
        lead = octanist.new_lead(note="First note", **({"custom": "Own"} if octanist.offers("create_lead") else {}))
        identifier = {name: octanist.identifier(lead, name)}
        before = _kept(octanist, lead, identifier, partial_updates(octanist))
        exchange = octanist.call("update_lead", body=identifier)
        expect_status(exchange, "an update of nothing is accepted or refused", 200, 400)
        octanist.all_stay(before, only=_KEPT)
    for name in IDENTIFIERS if octanist.offers("create_lead") else ():
        lead = octanist.new_lead(**octanist.origin())
        _kept(octanist, lead, {name: lead[name]}, partial_updates(octanist)[2:4])
    lead = octanist.new_lead()
    for status, _ in zip(cycle(("won", "qualified")), range(ROUNDS[octanist.effort])):
        changes = {"note": f"Note {octanist.token()}", "value": octanist.amount(), "status": status}
        bodies = [{"id": lead["id"], name: value} for name, value in changes.items()]
        if all(exchange.status == 200 for exchange in octanist.at_once("update_lead", bodies)):
            octanist.shows(lead, **changes)


def _kept(
    octanist: Octanist, lead: Lead, identifier: dict[str, str], updates: list[dict[str, Any]]
) -> list[list[Lead]]:
    """What the lead looks like after the updates, each of which has left alone what it does not send."""
    before = [octanist.views(lead)]
    for sent in updates:
        octanist.update({**identifier, **sent})
        touched = {"status" if field == "changedTo" else field for field in sent}
        before = octanist.all_stay(before, only=tuple(each for each in _KEPT if each not in touched))
    return before


def one_match_is_counted_as_one(octanist: Octanist) -> None:
    leads = [octanist.new_lead() for _ in range(3)]
    for names in (*((name,) for name in IDENTIFIERS), IDENTIFIERS, ("email", "phone")):
        identifiers = {name: octanist.identifier(leads[1], name) for name in names}
        counts(data_of(octanist.update({**identifiers, **octanist.changes()})), 1)


def one_match_is_named_by_its_id(octanist: Octanist) -> None:
    for lead, other in both_ways(octanist):
        for body in (
            {"id": lead["id"]},
            {"email": octanist.identifier(lead, "email")},
            {"phone": octanist.identifier(lead, "phone")},
            {"email": octanist.identifier(lead, "email"), "phone": octanist.identifier(other, "phone")},
        ):
            data = data_of(octanist.update({**body, **octanist.changes()}))
            expect(data.get("leadId") == lead["id"], f"data.leadId {lead['id']}", data)
