"""Which reading of each open point of Octanist a target follows: the function `oc_01` asks about OC-01.

Each arranges what it needs, asks once or twice and notes a reading of those that the contract names; where the
target follows none of them, CannotTry says what it did.
"""

from __future__ import annotations

import json
import re
from typing import Any

from conformance.exchange import Exchange
from conformance.octanist import CREATED, Lead, Octanist, data_of, is_number, same
from conformance.outcomes import CannotTry
from conformance.target import brief, expect_status

_UNSET = (None, "")
_REQUEST_ID = re.compile(r"req_[0-9a-f]{12}")
_NO_NUMBERS = ("abc", "", True)
_LIST_READINGS = {
    (False, False): "400",
    (True, False): "400, but limits are clamped",
    (False, True): "400, but unknown filters are ignored",
    (True, True): "400, but limits are clamped and unknown filters ignored",
}
"""By whether a limit out of range and an unknown filter are accepted."""


def oc_01(octanist: Octanist) -> None:
    lead, note = octanist.new_lead(), octanist.token()
    exchange = octanist.call(
        "update_lead", body={"id": octanist.unknown_id(), **_named_by(lead, "email"), "note": note}
    )
    reading = "the next identifier counts" if exchange.status == 200 and _has_note(octanist, lead, note) else ""
    _follows(octanist, "OC-01", exchange, {404: "404", 200: reading})


def oc_02(octanist: Octanist) -> None:
    first, second = octanist.new_lead(), octanist.new_lead()
    _changes_the_first(octanist, "OC-02", "the lead with the id", first, second, ("id", "email"))


def oc_03(octanist: Octanist) -> None:
    lead, email, phone = octanist.new_lead(), octanist.email(), octanist.phone()
    exchange = octanist.call("update_lead", body={"id": lead["id"], "email": email, "phone": phone, "note": "Beside"})
    view = _seen(octanist, lead)
    written = same("email", view.get("email"), email) or view.get("phone") == phone
    _follows(octanist, "OC-03", exchange, {200: "written" if written else "both stay"})


def oc_04(octanist: Octanist) -> None:
    first, second = octanist.new_lead(), octanist.new_lead()
    _changes_the_first(octanist, "OC-04", "the lead with the e-mail", first, second, ("email", "phone"))


def oc_05(octanist: Octanist) -> None:
    _, group = octanist.sharing("phone", 2)
    _changes_the_first(octanist, "OC-05", "the lead with the e-mail", group[1], group[0], ("email", "phone"))


def oc_06(octanist: Octanist) -> None:
    exchange, _ = _sent_to_two(octanist)
    _follows(octanist, "OC-06", exchange, {409: "409", 200: "all updated"})


def oc_07(octanist: Octanist) -> None:
    exchange, ids = _sent_to_two(octanist)
    named = data_of(exchange).get("leadId") if exchange.status == 200 else None
    kind = "a list" if isinstance(named, list) else "one of the updated leads" if named in ids else ""
    _follows(octanist, "OC-07", exchange, {409: "no bulk update", 200: "absent" if named is None else kind})


def oc_08(octanist: Octanist) -> None:
    exchange, ids = _sent_to_two(octanist)
    alone = _message(octanist.update({"id": ids[0], "note": octanist.token()}))
    kind = "as for one lead" if _message(exchange) == alone else "another text"
    _follows(octanist, "OC-08", exchange, {409: "no bulk update", 200: kind})


def oc_09(octanist: Octanist) -> None:
    _follows(octanist, "OC-09", *_with_two_statuses(octanist, "won", "lost"))


def oc_10(octanist: Octanist) -> None:
    exchange, readings = _with_two_statuses(octanist, "won", "open")
    _follows(octanist, "OC-10", exchange, {**readings, 400: "400"})


def oc_11(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    before = _seen(octanist, lead).get("status")
    for status in ("open" if before != "open" else "new", "closed"):
        exchange = octanist.call("update_lead", body={"id": lead["id"], "status": status, "value": octanist.amount()})
        stays = same("status", _seen(octanist, lead).get("status"), before)
        _follows(octanist, "OC-11", exchange, {400: "400", 200: "ignored" if stays else ""})


def oc_12(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    exchange = octanist.call("update_lead", body={"id": lead["id"], "value": "5000.5"})
    value = _seen(octanist, lead).get("value")
    _follows(octanist, "OC-12", exchange, {200: "a number" if is_number(value) else ""})


def oc_13(octanist: Octanist) -> None:
    lead = octanist.new_lead(value=4321)
    others = {_what_becomes_of(octanist, lead, value) for value in _NO_NUMBERS}
    negative = _what_becomes_of(octanist, lead, -25.5)
    kind = others.pop() if len(others) == 1 else "it depends on the value"
    if negative == "stored" and kind != "it depends on the value":
        kind = f"{kind}, but negative numbers are stored"
    elif negative != kind:
        kind = "it depends on the value"
    octanist.reading("OC-13", kind)


def oc_14(octanist: Octanist) -> None:
    exchange = octanist.call("update_lead", body={"id": octanist.new_lead()["id"]})
    _follows(octanist, "OC-14", exchange, {200: "success", 400: "400"})


def oc_15(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    sent = {"status": "won", "value": octanist.amount(), "lossReason": f"Price {octanist.token()}"}
    exchange = octanist.call("update_lead", body={"id": lead["id"], **sent})
    stored = _seen(octanist, lead).get("lossReason") == sent["lossReason"]
    _follows(octanist, "OC-15", exchange, {200: "" if stored else "ignored"})


def oc_16(octanist: Octanist) -> None:
    lead, reason = octanist.new_lead(status="lost"), f"Price {octanist.token()}"
    exchange = octanist.call("update_lead", body={"id": lead["id"], "lossReason": reason, "note": "Alone"})
    stored = _seen(octanist, lead).get("lossReason") == reason
    _follows(octanist, "OC-16", exchange, {200: "stored" if stored else "ignored"})


def oc_17(octanist: Octanist) -> None:
    lead = octanist.new_lead(status="lost", lossReason="Timing")
    exchange = octanist.update({"id": lead["id"], "status": "won", "value": octanist.amount()})
    reason = _seen(octanist, lead).get("lossReason")
    _follows(
        octanist, "OC-17", exchange, {200: "removed" if reason in _UNSET else "kept" if reason == "Timing" else ""}
    )


def oc_18(octanist: Octanist) -> None:
    lead, notes = octanist.new_lead(), (octanist.token(), octanist.token())
    exchanges = [octanist.update({"id": lead["id"], "note": note}) for note in notes]
    stored = _seen(octanist, lead).get("note")
    joined = isinstance(stored, str) and all(note in stored for note in notes)
    _follows(octanist, "OC-18", exchanges[1], {200: "joined" if joined else "replaced" if stored == notes[1] else ""})


def oc_19(octanist: Octanist) -> None:
    before: Lead = {"note": f"Note {octanist.token()}", "value": octanist.amount()}
    lead = octanist.new_lead(**before)
    for name, was in before.items():
        beside = {"lossReason": "Beside a null"}  # so that there is something to update
        exchange = octanist.call("update_lead", body={"id": lead["id"], **beside, name: None})
        now = _seen(octanist, lead).get(name)
        kind = "unchanged" if same(name, now, was) else "cleared" if now in _UNSET else ""
        _follows(octanist, "OC-19", exchange, {400: "400", 200: kind})


def oc_20(octanist: Octanist) -> None:
    for name in ("id", "email", "phone"):
        exchange = octanist.call("update_lead", body={name: "", "note": octanist.token()})
        _follows(octanist, "OC-20", exchange, {400: "400", 404: "404"})


def oc_21(octanist: Octanist) -> None:
    for name in ("id", "email", "phone"):
        number = int(octanist.uuid().replace("-", ""), 16) % 10**18  # so large that it is nobody's number
        exchange = octanist.call("update_lead", body={name: number, "note": octanist.token()})
        _follows(octanist, "OC-21", exchange, {400: "400", 404: "404"})


def oc_22(octanist: Octanist) -> None:
    body = {"id": octanist.new_lead()["id"], "note": octanist.token(), "alsoQualified": True}
    _follows(octanist, "OC-22", octanist.call("update_lead", body=body), {200: "ignored", 400: "400"})


def oc_23(octanist: Octanist) -> None:
    for status in ("qualified", "won"):
        exchange = octanist.call("update_lead", body={"id": octanist.new_lead()["id"], "status": status})
        _follows(octanist, "OC-23", exchange, {200: "success", 400: "400"})


def oc_24(octanist: Octanist) -> None:
    exchange = octanist.update({"id": octanist.new_lead()["id"], "note": octanist.token()})
    enveloped = isinstance(exchange.json, dict) and isinstance(exchange.json.get("data"), dict)
    _follows(octanist, "OC-24", exchange, {200: "the enveloped form" if enveloped else ""})


def oc_25(octanist: Octanist) -> None:
    exchange = octanist.call("update_lead", body={"id": octanist.new_lead()["id"], "note": octanist.token()})
    _follows(octanist, "OC-25", exchange, {200: "200"})


def oc_26(octanist: Octanist) -> None:
    _follows(octanist, "OC-26", _create(octanist), {status: str(status) for status in CREATED})


def oc_27(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    exchange = _create(octanist, email=octanist.identifier(lead, "email"), phone=octanist.identifier(lead, "phone"))
    new = exchange.status in CREATED and octanist.created(exchange) != lead["id"]
    _follows(octanist, "OC-27", exchange, {409: "409", **dict.fromkeys(CREATED, "a new lead" if new else "")})


def oc_28(octanist: Octanist) -> None:
    exchange = _create(octanist)
    view = _seen(octanist, {"id": octanist.created(exchange)})
    usual = (view.get("status"), view.get("source")) == ("open", "api")
    octanist.reading("OC-28", "open and api" if usual else "others")


def oc_29(octanist: Octanist) -> None:
    octanist.needs("create_lead")
    exchange = octanist.call("create_lead", body={"note": octanist.token()})
    _follows(octanist, "OC-29", exchange, {400: "400"})


def oc_30(octanist: Octanist) -> None:
    accepted = dict.fromkeys(CREATED, "new leads are accepted")
    _follows(octanist, "OC-30", _create(octanist), {403: "403", **accepted})


def oc_31(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    email, phone = octanist.identifier(lead, "email"), octanist.identifier(lead, "phone")
    respelt = {"email": email.upper(), "phone": f"{phone[:2]} {phone[2:5]}-{phone[5:]}"}
    found = [_finds(octanist, {name: value}) for name, value in respelt.items()]
    kinds = {(False, False): "both exactly", (True, True): "both normalized", (True, False): "only e-mails normalized"}
    octanist.reading("OC-31", kinds.get((found[0], found[1]), "only phones normalized"))


def oc_32(octanist: Octanist) -> None:
    exchange = octanist.call("update_lead", body={"id": octanist.unknown_id(), "note": "Nobody's"})
    error = exchange.json.get("error") if isinstance(exchange.json, dict) else None
    details = error.get("details") if isinstance(error, dict) else None
    kinds = {dict: "an object" if details else "an empty object", list: "a list", type(None): "absent"}
    _follows(octanist, "OC-32", exchange, {404: kinds.get(type(details), "")})


def oc_33(octanist: Octanist) -> None:
    exchange = octanist.update({"id": octanist.new_lead()["id"], "note": octanist.token()})
    meta = exchange.json.get("meta") if isinstance(exchange.json, dict) else None
    id = meta.get("requestId") if isinstance(meta, dict) else None
    kind = "another text" if isinstance(id, str) and id else ""
    usual = isinstance(id, str) and _REQUEST_ID.fullmatch(id)
    _follows(octanist, "OC-33", exchange, {200: "req_ and 12 hexadecimal digits" if usual else kind})


def oc_34(octanist: Octanist) -> None:
    octanist.needs("check_key")
    exchange = octanist.call("check_key", key=None)
    body = exchange.json if isinstance(exchange.json, dict) else {}
    error = body.get("error")
    flat = "an error text" if isinstance(error, str) else "success false" if body.get("success") is False else ""
    _follows(octanist, "OC-34", exchange, {401: "the error envelope" if isinstance(error, dict) else flat})


def oc_35(octanist: Octanist) -> None:
    headers = {**octanist.credential("full"), "Content-Type": "application/json"}
    exchange = octanist.send("", "PATCH", f"/leads/{octanist.new_lead()['id']}", headers, b"{}")
    _follows(octanist, "OC-35", exchange, {404: "404", 405: "405"})


def oc_36(octanist: Octanist) -> None:
    octanist.needs("list_leads")
    answers = [octanist.call("list_leads", query=query) for query in ({"limit": 101}, {"nobodysField": "x"})]
    for exchange in answers:
        expect_status(exchange, "the list is refused or shown", 200, 400)
    octanist.reading("OC-36", _LIST_READINGS[answers[0].status == 200, answers[1].status == 200])


def oc_37(octanist: Octanist) -> None:
    octanist.needs("list_leads")
    octanist.new_lead(status="lost")
    won = octanist.new_lead(status="won")
    exchange = octanist.call("list_leads", query={"status": "win"})
    leads = exchange.json.get("data") if isinstance(exchange.json, dict) else None
    statuses = {lead.get("status") for lead in leads or [] if isinstance(lead, dict)}
    kind = "an empty list" if leads == [] else "the won leads" if statuses == {_seen(octanist, won)["status"]} else ""
    _follows(octanist, "OC-37", exchange, {400: "400", 200: kind})


def oc_38(octanist: Octanist) -> None:
    octanist.needs("create_lead")
    sets = [_seen(octanist, octanist.new_lead(status=each)).get("qualifiedAt") for each in ("qualified", "won")]
    kinds = {(True, True): "when qualified or won", (True, False): "when qualified", (False, True): "when won"}
    octanist.reading("OC-38", kinds.get((sets[0] not in _UNSET, sets[1] not in _UNSET), "never"))


def oc_40(octanist: Octanist) -> None:
    exchange = octanist.call("update_lead", body={"id": octanist.new_lead()["id"], "note": octanist.token()})
    _follows(octanist, "OC-40", exchange, {200: "PATCH /leads"})


def oc_41(octanist: Octanist) -> None:
    custom = {"company": "Acme Inc", "tags": ["a", "b"]}
    exchange = _create(octanist, custom=custom)
    text = _seen(octanist, {"id": octanist.created(exchange)}).get("custom")
    compact = text == json.dumps(custom, separators=(",", ":"))
    kind = "compact JSON text" if compact else "another JSON text" if isinstance(text, str) else ""
    _follows(octanist, "OC-41", exchange, dict.fromkeys(CREATED, kind))


def oc_42(octanist: Octanist) -> None:
    octanist.needs("create_lead")
    view = _seen(octanist, octanist.new_lead())
    for name in ("note", "custom", "value", "lossReason"):
        octanist.reading("OC-42", "null" if name in view else "absent")


def oc_43(octanist: Octanist) -> None:
    content = json.dumps({"id": octanist.new_lead()["id"], "note": octanist.token()}).encode()
    exchange = octanist.call("update_lead", raw=content, content_type="text/plain")
    _follows(octanist, "OC-43", exchange, {400: "400", 415: "415", 200: "success"})


def _follows(octanist: Octanist, point: str, exchange: Exchange, readings: dict[int, str]) -> None:
    """Note the reading that goes with the status of the answer. Raises CannotTry where none does."""
    reading = readings.get(exchange.status)
    if not reading:
        raise CannotTry(f"none of the readings that fit: status {exchange.status}, {brief(exchange.json)}")
    octanist.reading(point, reading)


def _seen(octanist: Octanist, lead: Lead) -> Lead:
    """The lead as the first operation shows it that can."""
    return octanist.read(lead["id"]) if octanist.offers("get_lead") else octanist.views(lead)[0]


def _has_note(octanist: Octanist, lead: Lead, note: str) -> bool:
    return note in str(_seen(octanist, lead).get("note"))


def _named_by(lead: Lead, *names: str) -> dict[str, str]:
    if missing := [name for name in names if not lead.get(name)]:
        raise CannotTry(f"the lead {lead['id']} of the target file has no {missing[0]}")
    return {name: str(lead[name]) for name in names}


def _changes_the_first(
    octanist: Octanist, point: str, reading: str, first: Lead, second: Lead, names: tuple[str, str]
) -> None:
    """An update with the first name's value of one lead and the second's of the other changes the one alone."""
    note = octanist.token()
    body = {**_named_by(first, names[0]), **_named_by(second, names[1]), "note": note}
    exchange = octanist.call("update_lead", body=body)
    alone = _has_note(octanist, first, note) and not _has_note(octanist, second, note)
    _follows(octanist, point, exchange, {200: reading if alone else ""})


def _sent_to_two(octanist: Octanist) -> tuple[Exchange, list[str]]:
    """An update by the e-mail of two leads, and their ids."""
    email, group = octanist.sharing("email", 2)
    exchange = octanist.call("update_lead", body={"email": email, "note": octanist.token()})
    return exchange, [lead["id"] for lead in group]


def _message(exchange: Exchange) -> Any:
    return data_of(exchange).get("message") if exchange.status == 200 else None


def _with_two_statuses(octanist: Octanist, status: str, changed_to: str) -> tuple[Exchange, dict[int, str]]:
    lead = octanist.new_lead()
    body = {"id": lead["id"], "status": status, "changedTo": changed_to, "value": octanist.amount()}
    exchange = octanist.call("update_lead", body=body)
    return exchange, {200: "status takes effect" if _seen(octanist, lead).get("status") == status else ""}


def _what_becomes_of(octanist: Octanist, lead: Lead, value: Any) -> str:
    """What a value is answered with or becomes, after which the lead has the value 4321 again."""
    exchange = octanist.call("update_lead", body={"id": lead["id"], "value": value, "note": octanist.token()})
    if exchange.status == 400:
        return "400"
    expect_status(exchange, "the value is accepted or refused", 200)
    now = _seen(octanist, lead).get("value")
    octanist.update({"id": lead["id"], "value": 4321})
    if is_number(value) and same("value", now, value):
        return "stored"
    if not same("value", now, 4321) and now is not None:
        raise CannotTry(f"none of the readings that fit: the value {brief(value)} becomes {brief(now)}")
    return "set to null" if now is None else "ignored"


def _create(octanist: Octanist, **fields: Any) -> Exchange:
    """The answer to a create of a lead of its own."""
    octanist.needs("create_lead")
    return octanist.call("create_lead", body={"email": octanist.email(), "phone": octanist.phone(), **fields})


def _finds(octanist: Octanist, identifier: dict[str, str]) -> bool:
    exchange = octanist.call("update_lead", body={**identifier, "note": octanist.token()})
    expect_status(exchange, "the lead is found or not", 200, 404, 400)
    return exchange.status == 200
