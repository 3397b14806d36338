"""What the checks of an update are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from conformance.compare import instant, is_uuid, is_whole
from conformance.target import brief, expect
from conformance.values import texts
from conformance.vorel import NULLABLE, STATUSES, TEXTS, Lead, Vorel, attributes_of, shows
from conformance.vorel.fields import digits_of, everything, everything_else, one_by_one, rare_texts, text_of

_RARE_SIZES = (1, 31, 32, 63, 64, 127, 128, 191)
"""How long texts are that some code or some column takes for the longest."""


def full_lead(vorel: Vorel) -> Lead:
    """A lead in which every field that an update can set is set."""
    return vorel.new_lead(**everything(vorel))


def single_changes(vorel: Vorel) -> list[dict[str, Any]]:
    """A new value for each field, one at a time."""
    return one_by_one(everything_else(vorel))


def chosen(vorel: Vorel, names: Iterable[str]) -> dict[str, Any]:
    values = everything_else(vorel)
    return {name: values[name] for name in names}


def faulty_updates(vorel: Vorel) -> Iterator[dict[str, Any]]:
    """Updates of every field, of which one is faulty, once as the last and once as the first."""
    faulty = {
        "name": text_of(201),
        "email": "plain",
        "phone": digits_of(33),
        "intent": text_of(41),
        "timeline": text_of(41),
        "qualification_score": 101,
        "status": "unknown",
        "source": text_of(41),
        "attributes": "text",
        "conversation_id": vorel.uuid(),
        "notes": "Called back",
    }
    for name, value in faulty.items():
        good = {other: new for other, new in everything_else(vorel).items() if other != name}
        yield {**good, name: value}
        yield {name: value, **good}


def older_lead(vorel: Vorel, **fields: Any) -> Lead:
    """A lead with these fields; where the target can create leads, there is a newer one."""
    lead = vorel.new_lead(**fields)
    if vorel.can("create_lead"):
        vorel.new_lead()
    return lead


def is_updated_beside_others(vorel: Vorel, lead: Lead, field: str, *values: Any) -> None:
    """A field gets its value, now this and now that, where another field is updated or cleared with it."""
    others = [each for each in single_changes(vorel) if field not in each]
    cleared: list[dict[str, Any]] = [{name: None} for name in NULLABLE if name != field]
    for at, beside in enumerate((*others, *cleared)):
        change = {field: values[at % len(values)]}
        body = {**beside, **change} if at % 3 else {**change, **beside}
        shows(vorel.update(lead, body), **change)
    shows(vorel.read_back(lead), **change)


def text_can_be_updated(vorel: Vorel, field: str, plain: str, longest: int = 40) -> None:
    """Any text becomes the field's value; the longer ones are within the limit in whatever unit that is counted."""
    lead = older_lead(vorel)
    always = [plain, *rare_texts(longest), *(text_of(size) for size in _RARE_SIZES if size < longest), plain]
    vorel.for_any(texts(longest // 2), lambda text: is_updated(vorel, lead, **{field: text}), always=always)
    is_updated_beside_others(vorel, lead, field, plain, plain[::-1])


def texts_fit(vorel: Vorel, field: str, *texts: str) -> None:
    """Each of the texts, as long as the field allows, is stored whole, also where another such text is stored."""
    lead = vorel.new_lead()
    for text in (*texts, texts[0]):
        is_updated(vorel, lead, **{field: text})


def is_updated(vorel: Vorel, lead: Lead, **changes: Any) -> None:
    """The changes are in the answer to the update, and in what is read later."""
    shows(vorel.update(lead, changes), **changes)
    shows(vorel.read_back(lead), **changes)


def is_refused(vorel: Vorel, lead: Lead, body: dict[str, Any]) -> None:
    vorel.refused(vorel.patch(lead, body), brief(body))


def all_refused(vorel: Vorel, bodies: Iterable[dict[str, Any]], lead: Lead | None = None) -> None:
    """Every one of the updates is refused."""
    lead = lead or vorel.new_lead()
    vorel.for_each(bodies, lambda body: is_refused(vorel, lead, body))


def values_refused(vorel: Vorel, field: str, values: Iterable[Any]) -> None:
    """Every one of the values of a field is refused, alone and beside a good one, and not stored all the same."""
    lead = vorel.new_lead(status="qualified")
    before = vorel.seen(lead)

    def refused(value: Any) -> None:
        for beside in ({}, {"status": "booked"}):
            vorel.refused(vorel.patch(lead, {**beside, field: value}), f"{field} {brief(value)}")
        shows(vorel.read_back(lead), **{field: before.get(field)})

    vorel.for_each(values, refused)


def is_typed(lead: Lead) -> None:
    """Every documented key has its documented type."""
    for name in ("id", "conversation_id"):
        expect(is_uuid(lead.get(name)), f"{name} is a UUID", {name: lead.get(name)})
    for name in ("created_at", "updated_at"):
        expect(instant(lead.get(name)) is not None, f"{name} is a date-time", {name: lead.get(name)})
    attributes_of(lead)
    expect(lead.get("status") in STATUSES, "status is one of the five", {"status": lead.get("status")})
    for name in TEXTS:
        expect(isinstance(lead.get(name), str | None), f"{name} is a text or null", {name: lead.get(name)})
    expect("@" in (lead.get("email") or "@"), "email is an e-mail address or null", {"email": lead.get("email")})
    score = lead.get("qualification_score")
    whole = score is None or (is_whole(score) and 0 <= score <= 100)
    expect(whole, "qualification_score is a whole number from 0 to 100, or null", score)
