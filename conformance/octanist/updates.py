"""Updates of one lead, arranged and judged: what several checks of an update have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from conformance.octanist import CREATED, IDENTIFIERS, STATUSES, Lead, Octanist, is_number, refused, same
from conformance.target import expect

# -- which lead is meant -----------------------------------------------------------------------------------


def both_ways(octanist: Octanist) -> Iterator[tuple[Lead, Lead]]:
    """Two leads, the older one first, and two others the other way round."""
    for turned in (False, True):
        older, newer = octanist.new_lead(), octanist.new_lead()
        yield (newer, older) if turned else (older, newer)


def changes_only(
    octanist: Octanist, lead: Lead, others: list[Lead], identifiers: dict[str, str], **fields: Any
) -> None:
    """An update with these identifiers changes the lead and none of the others."""
    before = octanist.views_of(others)
    changes = {**octanist.changes(), **fields}
    octanist.update({**identifiers, **changes})
    octanist.shows(lead, **changes)
    octanist.all_stay(before)


def identifies(octanist: Octanist, name: str) -> None:
    """Each of three leads is found by this identifier alone, whatever has become of it."""
    leads = [octanist.new_lead() for _ in range(3)]
    for at in (1, 2, 0):
        others = leads[:at] + leads[at + 1 :]
        changes_only(octanist, leads[at], others, {name: octanist.identifier(leads[at], name)})
    for status in ("won", "lost", "qualified"):
        changes = {**octanist.changes(), "status": status}
        octanist.update({name: octanist.identifier(leads[1], name), **changes})
        octanist.shows(leads[1], **changes)


def each_finds_its_lead(octanist: Octanist, name: str, leads: list[Lead]) -> None:
    """Each lead is changed by an update that names its own e-mail or phone."""
    for lead in leads:
        changes = octanist.changes()
        octanist.update({name: lead[name], **changes})
        octanist.shows(lead, **changes)


def outranks(octanist: Octanist, higher: str, lower: str) -> None:
    """Given two leads' identifiers, in any order, the lead with the higher one is changed: a decided one, too."""
    for first, second in both_ways(octanist):
        identifiers = {higher: octanist.identifier(first, higher), lower: octanist.identifier(second, lower)}
        for names, status in (((higher, lower), "won"), ((lower, higher), "lost")):
            changes_only(octanist, first, [second], {name: identifiers[name] for name in names}, status=status)


def finds_nobody(octanist: Octanist, lead: Lead, name: str, values: list[str]) -> None:
    """Each value is refused with 404, also when it is sent again, and the lead stays as it is."""
    before = octanist.glimpses(lead)
    for value in [*values, *values[:2]]:
        exchange = octanist.call("update_lead", body={name: value, **octanist.changes()})
        refused(exchange, f"the unknown {name} {value!r}", 404, "NOT_FOUND")
    octanist.stays(before)


def leads_with_a_name_only(octanist: Octanist) -> list[Lead]:
    """Two leads without an e-mail address and a phone number, where the target makes such leads."""
    leads = []
    for _ in range(2 if octanist.offers("create_lead") else 0):
        exchange = octanist.call("create_lead", body={"name": f"Nameless {octanist.token()}"})
        if exchange.status in CREATED:
            leads.append({"id": octanist.created(exchange)})
    return leads


def where_accepted(octanist: Octanist, **values: list[str]) -> list[Lead]:
    """Leads with these values of a field, as far as the target takes them: it may know a format that no page names."""
    leads = []
    for field, each in [(field, each) for field, several in values.items() for each in several]:
        fields = {"email": octanist.email(), "phone": octanist.phone(), field: each}
        exchange = octanist.call("create_lead", body=fields)
        if exchange.status in CREATED:
            leads.append({**fields, "id": octanist.created(exchange)})
    return leads


# -- status ------------------------------------------------------------------------------------------------


def can_be_set(octanist: Octanist, field: str, status: str) -> None:
    """By every identifier, beside other fields, from a new lead and from every other status.

    Always with a value, as older pages ask (OC-23).
    """
    for name, beside in zip(
        IDENTIFIERS, ({}, {"note": "Beside"}, {"note": "Beside", "lossReason": "Beside"}), strict=True
    ):
        lead = octanist.new_lead()
        value = octanist.amount()
        octanist.update({name: octanist.identifier(lead, name), field: status, "value": value, **beside})
        octanist.shows(lead, status=status, value=value)
    for start in [each for each in STATUSES if each != status]:
        octanist.update({"id": lead["id"], "status": start, "value": octanist.amount()})
        octanist.update({"id": lead["id"], field: status, "value": octanist.amount()})
        octanist.shows(lead, status=status)


def keep_the_status(octanist: Octanist, lead: Lead, updates: Iterable[tuple[dict[str, Any], str]]) -> None:
    """None of the updates gives the lead another status than it has, save perhaps the one that was meant.

    Each update comes with that status, or "". The lead is looked at after each one that is accepted, and at the end.
    """
    before = octanist.views(lead)
    for fields, meant in updates:
        exchange = octanist.call("update_lead", body={"id": lead["id"], **fields, "value": octanist.amount()})
        if exchange.status == 200:
            before = _with_the_status(octanist, before, meant)
    _with_the_status(octanist, before, "")


def _with_the_status(octanist: Octanist, before: list[Lead], meant: str) -> list[Lead]:
    """The views of a lead. Raises Violation where its status is neither what it was nor what was meant."""
    after = octanist.views(before[0])
    expect(len(after) == len(before), "a lead that every operation still shows", f"{len(after)} of {len(before)}")
    for was, view in zip((view.get("status") for view in before), after, strict=True):
        status = view.get("status")
        expect(same("status", status, was) or status == (meant or was), f"status stays {was}", status, field="status")
    return after


# -- value -------------------------------------------------------------------------------------------------


def has_value(octanist: Octanist, lead: Lead, sent: float | str, number: float, **beside: str) -> None:
    octanist.update({"id": lead["id"], "value": sent, **beside})
    reads_as_number(octanist, lead, number)


def reads_as_number(octanist: Octanist, lead: Lead, number: float) -> None:
    for view in octanist.views(lead):
        got = view.get("value")
        expect(is_number(got) and same("value", got, number), f"value is the number {number}", got, field="value")


def keep_the_value(octanist: Octanist, lead: Lead, sent: Iterable[tuple[str, float]], was: Any) -> None:
    """After each text the value is what it was, null, or the number that comes with the text, which spells it.

    The lead is looked at, and set back, after each text that is accepted, and at the end.
    """
    for text, number in sent:
        exchange = octanist.call("update_lead", body={"id": lead["id"], "value": text})
        if exchange.status == 200:
            for view in octanist.views(lead):
                got = view.get("value")
                spelt = is_number(got) and same("value", got, number)
                expect(got is None or same("value", got, was) or spelt, f"{number}", got, field="value")
            if is_number(was):
                octanist.update({"id": lead["id"], "value": was})
    for view in octanist.views(lead):
        expect(
            view.get("value") is None or same("value", view.get("value"), was),
            f"{was}",
            view.get("value"),
            field="value",
        )


# -- other fields ------------------------------------------------------------------------------------------


def has_loss_reason(octanist: Octanist, lead: Lead, lost: dict[str, str], reason: str) -> None:
    octanist.update({"id": lead["id"], **lost, "value": octanist.amount(), "lossReason": reason})
    octanist.shows(lead, status="lost", lossReason=reason)


def partial_updates(octanist: Octanist) -> list[dict[str, Any]]:
    """Updates that send a few fields, each to a new value."""
    return [
        {"note": f"Note {octanist.token()}"},
        {"note": f"Note {octanist.token()}", "value": octanist.amount()},
        {"value": octanist.amount()},
        {"status": "lost", "value": octanist.amount(), "lossReason": "Price"},
        {"changedTo": "qualified", "value": octanist.amount()},
        {"note": f"Note {octanist.token()}", "value": octanist.amount()},
        {"status": "won", "value": octanist.amount()},
    ]
