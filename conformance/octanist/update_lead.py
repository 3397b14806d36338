"""PATCH /leads (seed 003)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from hypothesis import strategies as st

from conformance import contract_layer
from conformance.exchange import Exchange
from conformance.octanist import CREATED, IDENTIFIERS, STATUSES, Lead, Octanist, data_of, is_number, refused, same
from conformance.outcomes import CannotTry, DoesNotApply, Violation
from conformance.target import brief, expect, expect_status
from conformance.values import texts

_CENTS = st.integers(1, 10**8).map(lambda cents: cents / 100)
_WHOLE = st.integers(1, 10**6)

_ODDLY_SPELT = {
    "-12.5": -12.5,
    "007": 7,
    "0100": 100,
    "0050.10": 50.1,
    "1e3": 1000,
    "+5": 5,
    " 42 ": 42,
    ".5": 0.5,
    "5.": 5,
}
"""Numbers that may be refused or left alone (OC-13), but never taken for another number or kept as texts."""

_NO_NUMBERS = ("abc", "12abc", "abc12", "", "   ", "five", "1.2.3", "--5", "5-", "12 34", "null", "true", "NaN", "[5]")

_NO_STATUSES = ("open", "closed", "new", "", "disqualified", "qualified,won", "wonderful", 1, True, ["won"])
_NEARLY_STATUSES = {"WON": "won", "Lost": "lost", " qualified ": "qualified", "win": "won"}
"""What may be refused, left alone, or taken for the status that was meant (OC-11)."""

_LONG_TEXT = "Called back, wants a demo of everything. " * 7 + "Call again."
_KEPT = ("name", "email", "phone", "status", "value", "note", "custom")


def replies_match_the_contract(octanist: Octanist) -> None:
    contract_layer.check(octanist, "update_lead")


# -- which lead is meant -----------------------------------------------------------------------------------


def id_alone_identifies_a_lead(octanist: Octanist) -> None:
    leads = [octanist.new_lead() for _ in range(3)]
    for at in (1, 2, 0):
        _changes_only(octanist, leads[at], leads[:at] + leads[at + 1 :], {"id": leads[at]["id"]})


def email_alone_identifies_a_lead(octanist: Octanist) -> None:
    _identifies(octanist, "email")
    if octanist.offers("create_lead"):
        token = octanist.token()
        email = f"a_{token}.b+c@example.com"
        alike = [f"x{email}", f"ax{token}.b+c@example.com", f"a_{token}xb+c@example.com"]
        older = _where_accepted(octanist, email=alike)
        lead = octanist.new_lead(email=email)
        newer = _where_accepted(octanist, email=[f"y{email}", f"{email}.au", f"ay{token}.b+c@example.com"])
        _changes_only(octanist, lead, older + newer, {"email": email})


def phone_alone_identifies_a_lead(octanist: Octanist) -> None:
    _identifies(octanist, "phone")
    if octanist.offers("create_lead"):
        phone = octanist.phone()
        same_ending = [f"+49{phone[2:]}", f"+1{(int(phone[2:5]) + 1) % 1000:03d}{phone[5:]}"]
        others = _where_accepted(octanist, phone=[f"{phone}7", phone[:-1], *same_ending])
        _changes_only(octanist, octanist.new_lead(phone=phone), others, {"phone": phone})


def id_outranks_email(octanist: Octanist) -> None:
    for first, second in _both_ways(octanist):
        other = octanist.identifier(second, "email")
        _changes_only(octanist, first, [second], {"id": first["id"], "email": other})
    for first, second in _both_ways(octanist):
        third = octanist.new_lead()
        identifiers = {"phone": octanist.identifier(third, "phone"), "email": octanist.identifier(second, "email")}
        _changes_only(octanist, first, [second, third], {**identifiers, "id": first["id"]})


def id_outranks_phone(octanist: Octanist) -> None:
    for first, second in _both_ways(octanist):
        _changes_only(octanist, first, [second], {"id": first["id"], "phone": octanist.identifier(second, "phone")})
    for first, second in _both_ways(octanist):
        _changes_only(octanist, first, [second], {"phone": octanist.identifier(second, "phone"), "id": first["id"]})


def email_outranks_phone(octanist: Octanist) -> None:
    for first, second in _both_ways(octanist):
        email, phone = octanist.identifier(first, "email"), octanist.identifier(second, "phone")
        _changes_only(octanist, first, [second], {"email": email, "phone": phone})
    for first, second in _both_ways(octanist):
        email, phone = octanist.identifier(first, "email"), octanist.identifier(second, "phone")
        _changes_only(octanist, first, [second], {"phone": phone, "email": email})


def id_outranks_an_email_or_phone_of_several_leads(octanist: Octanist) -> None:
    for field in ("email", "phone"):
        value, group = octanist.sharing(field)
        _changes_only(octanist, group[1], group[:1] + group[2:], {"id": group[1]["id"], field: value})
        with suppress(CannotTry):
            stranger = octanist.new_lead()
            if stranger["id"] not in [lead["id"] for lead in group]:
                _changes_only(octanist, stranger, group, {"id": stranger["id"], field: value})


def email_outranks_a_phone_of_several_leads(octanist: Octanist) -> None:
    phone, group = octanist.sharing("phone")
    stranger = octanist.new_lead()
    others = [lead for lead in group if lead["id"] != stranger["id"]]
    _changes_only(octanist, stranger, others, {"email": octanist.identifier(stranger, "email"), "phone": phone})
    if octanist.offers("create_lead"):
        email = octanist.identifier(group[1], "email")
        _changes_only(octanist, group[1], group[:1] + group[2:], {"email": email, "phone": phone})


def other_leads_stay_as_they_are(octanist: Octanist) -> None:
    alike: dict[str, Any] = {"note": "Same note", "status": "qualified", "value": 77}
    if octanist.offers("create_lead"):
        alike |= {"name": f"Same name {octanist.token()}", "custom": "Same custom"}
    leads = [octanist.new_lead(**alike) for _ in range(3)]
    for lead, name in zip(leads, IDENTIFIERS, strict=True):
        others = [each for each in leads if each is not lead]
        for body in (octanist.changes(), {"status": "lost", "value": octanist.amount(), "lossReason": "Price"}):
            before = [octanist.views(other) for other in others]
            octanist.update({name: octanist.identifier(lead, name), **body})
            for each in before:
                octanist.stays(each)


# -- refusals ----------------------------------------------------------------------------------------------


def no_identifier_is_400_validation_error(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    before = octanist.glimpses(lead)
    name = lead.get("name") or "John Doe"
    changes = {"status": "won", "value": 5000, "changedTo": "won", "note": "Whose?", "lossReason": "None"}
    for body in ({}, changes, {"note": "Whose?"}, {"name": name, "status": "won", "value": 5000}):
        refused(octanist.call("update_lead", body=body), f"the body {brief(body)}", 400, "VALIDATION_ERROR")
    unreachable = [octanist.glimpses(each) for each in _leads_with_a_name_only(octanist)]
    for field, nothing in [(field, nothing) for field in IDENTIFIERS for nothing in ("", None)]:
        exchange = octanist.call("update_lead", body={field: nothing, "status": "won", "value": 5000})
        expect_status(exchange, f"{brief(nothing)} as {field}, the only identifier, is refused", 400, 404)
    for each in [before, *unreachable]:
        octanist.stays(each)


def invalid_json_is_400_validation_error(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    before = octanist.glimpses(lead)
    member = f'"id": "{lead["id"]}"'
    for text in (
        "{" + member + ', "status": "won", "value": 1',
        "{" + member + ', "status": "won", "value": 1,}',
        "{" + member + ', "status": "won" "value": 1}',
        "{" + member + ', "status": won, "value": 1}',
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
    _finds_nobody(octanist, lead, "id", unknown)


def unknown_email_is_404_not_found(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    unknown = [octanist.email()]
    if octanist.offers("create_lead"):
        name, _, domain = lead["email"].partition("@")
        unknown += [f"x{lead['email']}", lead["email"][1:], f"{name[:-1]}%@{domain}", f"{name[:-1]}_@{domain}"]
    _finds_nobody(octanist, lead, "email", unknown)


def unknown_phone_is_404_not_found(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    unknown = [octanist.phone()]
    if octanist.offers("create_lead"):
        unknown += [f"{lead['phone']}7", lead["phone"][:-1]]
    _finds_nobody(octanist, lead, "phone", unknown)


def three_unknown_identifiers_are_404_not_found(octanist: Octanist) -> None:
    before = octanist.glimpses(octanist.new_lead())
    identifiers = {"id": octanist.unknown_id(), "email": octanist.email(), "phone": octanist.phone()}
    exchange = octanist.call("update_lead", body={**identifiers, **octanist.changes()})
    refused(exchange, "the update of an unknown lead", 404, "NOT_FOUND")
    octanist.stays(before)


# -- several leads with one e-mail or phone ----------------------------------------------------------------


def several_matches_are_refused_or_all_updated(octanist: Octanist) -> None:
    for field in ("email", "phone"):
        several = _sent_to_several(octanist, field)
        if several.exchange.status == 409:
            several.are_refused(octanist)
        else:
            several.are_all_updated(octanist)


def several_matches_with_bulk_are_all_updated(octanist: Octanist) -> None:
    for field in ("email", "phone"):
        several = _sent_to_several(octanist, field)
        _allows_bulk(octanist, several.exchange)
        several.are_all_updated(octanist)


def several_matches_with_bulk_are_counted(octanist: Octanist) -> None:
    for field, count in (("email", 3), ("phone", 2), ("email", 4)):
        value, group = octanist.sharing(field, count)
        body = {field: value, **octanist.changes()}
        octanist.update({**body, "id": group[0]["id"]})
        for exchange in (octanist.call("update_lead", body=body), octanist.call("update_lead", body=body)):
            _allows_bulk(octanist, exchange)
            data = data_of(exchange)
            _counts(data, len(group))
            _names_some(data.get("leadId"), [lead["id"] for lead in group])


def several_matches_without_bulk_answer_409_conflict(octanist: Octanist) -> None:
    for field in ("email", "phone"):
        several = _sent_to_several(octanist, field)
        if octanist.config.settings.get("bulk_updates") is True:
            raise DoesNotApply("the organization allows bulk updates (settings.bulk_updates)")
        if several.exchange.status == 200 and octanist.config.settings.get("bulk_updates") is not False:
            raise DoesNotApply("the organization seems to allow bulk updates, and the target file does not say")
        several.are_refused(octanist)


# -- status and changedTo ----------------------------------------------------------------------------------


def status_can_be_set_to_qualified(octanist: Octanist) -> None:
    _can_be_set(octanist, "status", "qualified")


def status_can_be_set_to_won(octanist: Octanist) -> None:
    _can_be_set(octanist, "status", "won")


def status_can_be_set_to_lost(octanist: Octanist) -> None:
    _can_be_set(octanist, "status", "lost")


def changed_to_alone_sets_the_status(octanist: Octanist) -> None:
    for status in STATUSES:
        _can_be_set(octanist, "changedTo", status)


def status_takes_precedence_over_changed_to(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    for status, changed_to in permutations(STATUSES, 2):
        for body in ({"status": status, "changedTo": changed_to}, {"changedTo": changed_to, "status": status}):
            octanist.update({"id": lead["id"], **body, "value": octanist.amount()})
            octanist.shows(lead, status=status)


def no_other_status_can_be_set(octanist: Octanist) -> None:
    for start in (None, *STATUSES):
        lead = octanist.new_lead() if start is None else octanist.new_lead(status=start)
        for field in ("status", "changedTo"):
            for text in _NO_STATUSES:
                _keeps_its_status(octanist, lead, {field: text})
            for text, meant in _NEARLY_STATUSES.items():
                _keeps_its_status(octanist, lead, {field: text}, or_becomes=meant)
        for good, bad in ("status", "changedTo"), ("changedTo", "status"):
            _keeps_its_status(octanist, lead, {good: "won", bad: "open"}, or_becomes="won")
    lead = octanist.new_lead()
    others = texts(12).filter(lambda text: text.lower() not in (*STATUSES, "win"))
    octanist.for_any(others, lambda text: _keeps_its_status(octanist, lead, {"status": text}))


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
    octanist.for_any(
        st.one_of(_WHOLE, _CENTS), lambda value: _has_value(octanist, lead, value, value), always=(5000, 99.95, 0.5, 1)
    )


def zero_is_stored_as_the_value(octanist: Octanist) -> None:
    _has_value(octanist, octanist.new_lead(), 0, 0)
    lead = octanist.new_lead(value=4321)
    _has_value(octanist, lead, 0, 0)
    octanist.update({"id": lead["id"], "value": 4321})
    octanist.update({"id": lead["id"], "status": "won", "value": 0})
    _reads_as_number(octanist, lead, 0)


def numeric_text_becomes_a_number(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    spelt = st.one_of(_WHOLE.map(str), _CENTS.map(lambda value: f"{value:.2f}"))
    samples = ("5000", "12.5", "0", "99.95", "0.01", "1000000", "10.50")
    octanist.for_any(spelt, lambda text: _has_value(octanist, lead, text, float(text)), always=samples)
    for at, beside in enumerate(({"status": "won"}, {"changedTo": "qualified"}, {"note": "Beside a note"})):
        _has_value(octanist, lead, f"{at + 1}250.5", (at + 1) * 1000 + 250.5, **beside)
    octanist.update({"id": lead["id"], "value": 4321})
    for text, number in _ODDLY_SPELT.items():
        _never_another_value(octanist, lead, text, 4321, number)


def other_text_never_becomes_the_value(octanist: Octanist) -> None:
    fresh = octanist.new_lead()
    was = octanist.views(fresh)[0].get("value")
    for text in ("abc", "", "12abc"):
        _never_another_value(octanist, fresh, text, was)
    lead = octanist.new_lead(value=4321)
    words = texts().filter(lambda text: not any(each.isnumeric() for each in text))
    words = words.filter(lambda text: text.strip().lower() not in ("nan", "inf", "infinity"))
    octanist.for_any(words, lambda text: _never_another_value(octanist, lead, text, 4321), always=_NO_NUMBERS)


def value_is_optional(octanist: Octanist) -> None:
    for status in STATUSES:
        lead = octanist.new_lead()
        exchange = octanist.call("update_lead", body={"id": lead["id"], "status": status})
        expect_status(exchange, f"the status {status} without a value is accepted", 200)
        octanist.shows(lead, status=status)


# -- note and lossReason -----------------------------------------------------------------------------------


def note_is_stored(octanist: Octanist) -> None:
    lead = octanist.new_lead()

    def stored(note: str) -> None:
        octanist.update({"id": lead["id"], "note": note})
        octanist.shows(lead, note=note)

    octanist.for_any(texts(), stored, always=("Called back", "Wants a demo", _LONG_TEXT))


def loss_reason_is_stored_with_the_status_lost(octanist: Octanist) -> None:
    for lost in ({"status": "lost"}, {"changedTo": "lost"}, {"status": "lost", "changedTo": "won"}):
        for start in (None, "won", "qualified"):
            lead = octanist.new_lead() if start is None else octanist.new_lead(status=start)
            _has_loss_reason(octanist, lead, lost, f"Price {octanist.token()}")
    lead = octanist.new_lead(status="won")
    octanist.for_any(
        texts(), lambda reason: _has_loss_reason(octanist, lead, {"status": "lost"}, reason), always=(_LONG_TEXT,)
    )


def loss_reason_has_no_effect_unless_lost(octanist: Octanist) -> None:
    for not_lost in (
        {"status": "won"},
        {"status": "qualified"},
        {"changedTo": "won"},
        {"status": "won", "changedTo": "lost"},
        {"note": "Still open"},
    ):
        lead = octanist.new_lead()
        before = octanist.views(lead)
        new: list[dict[str, str]] = [{}] if octanist.offers("create_lead") else []
        for start in (*new, {"status": "qualified"}, {"status": "won"}):
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
        for sent in _partial_updates(octanist):
            before = octanist.views(lead)
            octanist.update({**identifier, **sent})
            touched = {"status" if field == "changedTo" else field for field in sent}
            octanist.stays(before, only=_KEPT, but=tuple(touched))
        before = octanist.views(lead)
        exchange = octanist.call("update_lead", body=identifier)
        expect_status(exchange, "an update of nothing is accepted or refused", 200, 400)
        octanist.stays(before, only=_KEPT)


def one_match_is_counted_as_one(octanist: Octanist) -> None:
    leads = [octanist.new_lead() for _ in range(3)]
    for names in (*((name,) for name in IDENTIFIERS), IDENTIFIERS, ("email", "phone")):
        identifiers = {name: octanist.identifier(leads[1], name) for name in names}
        _counts(data_of(octanist.update({**identifiers, **octanist.changes()})), 1)


def one_match_is_named_by_its_id(octanist: Octanist) -> None:
    for lead, other in _both_ways(octanist):
        for body in (
            {"id": lead["id"]},
            {"email": octanist.identifier(lead, "email")},
            {"phone": octanist.identifier(lead, "phone")},
            {"email": octanist.identifier(lead, "email"), "phone": octanist.identifier(other, "phone")},
        ):
            data = data_of(octanist.update({**body, **octanist.changes()}))
            expect(data.get("leadId") == lead["id"], f"data.leadId {lead['id']}", data)


# -- helpers -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Several:
    """An update by an e-mail or phone that several leads have: how these and a bystander were before it."""

    exchange: Exchange
    changes: dict[str, Any]
    before: list[list[Lead]]
    bystander: list[Lead]

    def are_refused(self, octanist: Octanist) -> None:
        refused(self.exchange, f"the update that {len(self.before)} leads match", 409, "CONFLICT")
        for each in self.before:
            octanist.stays(each)
        self._nobody_else(octanist)

    def are_all_updated(self, octanist: Octanist) -> None:
        expect_status(self.exchange, f"the update that {len(self.before)} leads match is a success, or a 409", 200)
        for each in self.before:
            octanist.shows(each[0], **self.changes)
        self._nobody_else(octanist)

    def _nobody_else(self, octanist: Octanist) -> None:
        if self.bystander:
            octanist.stays(self.bystander)


def _sent_to_several(octanist: Octanist, field: str) -> _Several:
    value, group = octanist.sharing(field)
    bystander: list[Lead] = []
    with suppress(CannotTry):
        lead = octanist.new_lead()
        bystander = octanist.views(lead) if lead["id"] not in [each["id"] for each in group] else []
    before = [octanist.views(lead) for lead in group]
    changes = octanist.changes()
    exchange = octanist.call("update_lead", body={field: value, **changes})
    return _Several(exchange, changes, before, bystander)


def _allows_bulk(octanist: Octanist, exchange: Exchange) -> None:
    """Raises DoesNotApply unless the organization allows bulk updates, Violation where it does and none was made."""
    setting = octanist.config.settings.get("bulk_updates", "unknown")
    if setting is False:
        raise DoesNotApply("the organization does not allow bulk updates (settings.bulk_updates)")
    if exchange.status == 409 and setting is not True:
        raise DoesNotApply(
            "several matches were refused with 409: the organization does not allow bulk updates, it seems"
        )
    expect_status(exchange, "the bulk update is accepted", 200)


def _counts(data: dict[str, Any], leads: int) -> None:
    count = data.get("leadsUpdated")
    expect(is_number(count) and count == leads, f"data.leadsUpdated {leads}", data)


def _names_some(lead_id: Any, ids: list[str]) -> None:
    """After a bulk update leadId is the id of an updated lead, a list or missing (OC-07)."""
    if lead_id is not None and not isinstance(lead_id, list):
        expect(lead_id in ids, f"as data.leadId one of {brief(ids)}", lead_id)


def _both_ways(octanist: Octanist) -> Iterator[tuple[Lead, Lead]]:
    """Two leads, the older one first, and two others the other way round."""
    for turned in (False, True):
        older, newer = octanist.new_lead(), octanist.new_lead()
        yield (newer, older) if turned else (older, newer)


def _identifies(octanist: Octanist, name: str) -> None:
    leads = [octanist.new_lead() for _ in range(3)]
    for at in (1, 2, 0):
        others = leads[:at] + leads[at + 1 :]
        _changes_only(octanist, leads[at], others, {name: octanist.identifier(leads[at], name)})


def _leads_with_a_name_only(octanist: Octanist) -> list[Lead]:
    """Two leads without an e-mail address and a phone number, where the target makes such leads."""
    leads = []
    for _ in range(2 if octanist.offers("create_lead") else 0):
        exchange = octanist.call("create_lead", body={"name": f"Nameless {octanist.token()}"})
        if exchange.status in CREATED:
            leads.append({"id": octanist.created(exchange)})
    return leads


def _where_accepted(octanist: Octanist, **values: list[str]) -> list[Lead]:
    """Leads with these values of a field, as far as the target takes them: it may know a format that no page names."""
    leads = []
    for field, each in [(field, each) for field, several in values.items() for each in several]:
        fields = {"email": octanist.email(), "phone": octanist.phone(), field: each}
        exchange = octanist.call("create_lead", body=fields)
        if exchange.status in CREATED:
            leads.append({**fields, "id": octanist.created(exchange)})
    return leads


def _changes_only(octanist: Octanist, lead: Lead, others: list[Lead], identifiers: dict[str, str]) -> None:
    """An update with these identifiers changes the lead and none of the others."""
    before = [octanist.views(other) for other in others]
    changes = octanist.changes()
    octanist.update({**identifiers, **changes})
    octanist.shows(lead, **changes)
    for each in before:
        octanist.stays(each)


def _finds_nobody(octanist: Octanist, lead: Lead, name: str, values: list[str]) -> None:
    before = octanist.glimpses(lead)
    for value in values:
        exchange = octanist.call("update_lead", body={name: value, **octanist.changes()})
        refused(exchange, f"the unknown {name} {value!r}", 404, "NOT_FOUND")
    octanist.stays(before)


def _can_be_set(octanist: Octanist, field: str, status: str) -> None:
    """By every identifier, from a new lead and from every other status; with a value, as older pages ask (OC-23)."""
    for name in IDENTIFIERS:
        lead = octanist.new_lead()
        value = octanist.amount()
        octanist.update({name: octanist.identifier(lead, name), field: status, "value": value})
        octanist.shows(lead, status=status, value=value)
    for start in set(STATUSES) - {status}:
        octanist.update({"id": lead["id"], "status": start, "value": octanist.amount()})
        octanist.update({"id": lead["id"], field: status, "value": octanist.amount()})
        octanist.shows(lead, status=status)


def _keeps_its_status(octanist: Octanist, lead: Lead, fields: dict[str, Any], *, or_becomes: str = "") -> None:
    before = [view.get("status") for view in octanist.views(lead)]
    octanist.call("update_lead", body={"id": lead["id"], **fields, "value": octanist.amount()})
    after = octanist.views(lead)
    expect(len(after) == len(before), "a lead that every operation still shows", f"{len(after)} of {len(before)}")
    for was, view in zip(before, after, strict=True):
        status = view.get("status")
        expect(same("status", status, was) or status == (or_becomes or was), f"status stays {was}", status)


def _has_value(octanist: Octanist, lead: Lead, sent: float | str, number: float, **beside: str) -> None:
    octanist.update({"id": lead["id"], "value": sent, **beside})
    _reads_as_number(octanist, lead, number)


def _reads_as_number(octanist: Octanist, lead: Lead, number: float) -> None:
    for view in octanist.views(lead):
        got = view.get("value")
        expect(is_number(got) and same("value", got, number), f"value is the number {number}", got)


def _never_another_value(octanist: Octanist, lead: Lead, text: str, was: Any, number: Any = None) -> None:
    """After this text the value is what it was, null or, where it spells one, the number; and set back after it."""
    octanist.call("update_lead", body={"id": lead["id"], "value": text})
    for view in octanist.views(lead):
        got = view.get("value")
        spelt = is_number(number) and is_number(got) and same("value", got, number)
        if got is not None and not same("value", got, was) and not spelt:
            raise Violation(f"a value that {text!r} does not change" if number is None else f"{number}", brief(got))
    if is_number(was):
        octanist.update({"id": lead["id"], "value": was})


def _has_loss_reason(octanist: Octanist, lead: Lead, lost: dict[str, str], reason: str) -> None:
    octanist.update({"id": lead["id"], **lost, "value": octanist.amount(), "lossReason": reason})
    octanist.shows(lead, status="lost", lossReason=reason)


def _partial_updates(octanist: Octanist) -> list[dict[str, Any]]:
    """Updates that send a few fields, each to a new value."""
    return [
        {"note": f"Note {octanist.token()}"},
        {"value": octanist.amount()},
        {"status": "lost", "value": octanist.amount(), "lossReason": "Price"},
        {"changedTo": "qualified", "value": octanist.amount()},
        {"note": f"Note {octanist.token()}", "value": octanist.amount()},
        {"status": "won", "value": octanist.amount()},
    ]
