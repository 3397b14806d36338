"""Which reading of each open point of Aura a target follows: the function `au_01` asks about AU-01.

Whatever a target does here fits the documents, or is the business of a check: nothing is a violation.
"""

from __future__ import annotations

import re
from typing import Any

from conformance.aura import CREATED, DOCUMENTED, MALFORMED_IDS, Aura, Lead, same
from conformance.compare import instant
from conformance.exchange import Exchange
from conformance.outcomes import CannotTry
from conformance.target import refuses

_NOTE = {"content": "Called back", "created_at": "2026-05-08T14:23:11.000Z", "user_id": "user_1"}
_OLDEST_REVISION = {
    "organization_id",
    "visitor_id",
    "automation_locked",
    "automation_locked_at",
    "automation_locked_by",
}
_ATTRIBUTION = {
    "utm_source": "utmSource",
    "utm_medium": "utmMedium",
    "utm_campaign": "utmCampaign",
    "utm_term": "utmTerm",
    "utm_content": "utmContent",
    "referrer": "referrer",
}
_MOST_PAGES = 20
_UNREADABLE = (400, 415, 422)


def au_01(aura: Aura) -> None:
    _note(aura, "AU-01", str(_create(aura).status))


def au_02(aura: Aura) -> None:
    body = _refused(aura).json
    code = body.get("code") if isinstance(body, dict) else None
    _note(aura, "AU-02", code if code in ("VALIDATION_ERROR", "NOT_FOUND") else "another code")


def au_03(aura: Aura) -> None:
    _note(aura, "AU-03", str(_refused(aura).status))


def au_04(aura: Aura) -> None:
    exchange = aura.call("get_lead", path={"id": aura.uuid()})
    code = exchange.json.get("code") if isinstance(exchange.json, dict) else None
    _note(aura, "AU-04", f"{exchange.status} with code {code}")


def au_05(aura: Aura) -> None:
    for id in MALFORMED_IDS:
        _note(aura, "AU-05", str(aura.call("get_lead", path={"id": id}).status))


def au_06(aura: Aura) -> None:
    id = aura.uuid()
    without = aura.call("get_lead", path={"id": id}, key=None)
    # Whoever may ask is told that there is no such lead.
    asked = "accepted" if _fits(without, 404, 401, 403) == 404 else without.status
    header = aura.key_header("{malformed}") if aura.has_key("malformed") else aura.key_header("malformed")
    bad = aura.send("get_lead", "GET", f"/v1/leads/{id}", header, None).status
    _note(aura, "AU-06", f"no key is {asked} and a bad one {bad}")


def au_07(aura: Aura) -> None:
    theirs = aura.foreign_lead()
    _note(aura, "AU-07", str(aura.call("get_lead", path={"id": theirs}).status))


def au_09(aura: Aura) -> None:
    lead = aura.new_lead(full_name="John Doe", phone=aura.phone(), company="Acme Corp", timezone="Europe/Berlin")
    for name in ("full_name", "phone", "company", "timezone"):
        exchange = _update(aura, lead, {name: None})
        kept = exchange.status == 200 and same(name, aura.read(lead).get(name), lead.get(name))
        _note(aura, "AU-09", _answer(exchange, "unchanged" if kept else "cleared"))


def au_11(aura: Aura) -> None:
    before = aura.read(aura.new_lead(full_name="John Doe", company="Acme Corp"))
    after = aura.update(before, {})
    kept = all(same(name, before.get(name), after.get(name)) for name in DOCUMENTED if name != "updated_at")
    _note(aura, "AU-11", "success and unchanged" if kept else "success and changed")


def au_12(aura: Aura) -> None:
    lead = aura.read(aura.new_lead(company="Acme Corp"))
    for changes in ({}, {"company": "Acme Corp"}):
        aura.pause(1.1 * 10.0 ** -min(3, _digits(lead)))
        after = aura.update(lead, changes)
        moved = instant(after.get("updated_at")) != instant(lead.get("updated_at"))
        _note(aura, "AU-12", "moved" if moved else "not moved")
        lead = after


def au_13(aura: Aura) -> None:
    lead = aura.new_lead()
    finest = max(_digits(each) for each in [lead, *(aura.update(lead, {"company": aura.token()}) for _ in range(3))])
    _note(aura, "AU-13", ("seconds", "milliseconds", "microseconds", "finer")[min(3, (finest + 2) // 3)])


def au_14(aura: Aura) -> None:
    unknown = {"nobody_documents_this": "x"}
    _note(aura, "AU-14", _answer(_update(aura, aura.new_lead(), unknown), "ignored"))
    if aura.offers("create_lead"):
        _note(aura, "AU-14", _answer(_create(aura, **unknown), "ignored"))


def au_15(aura: Aura) -> None:
    lead = aura.new_lead()
    fixed = {"metadata": {"city": "Boston"}, "id": lead["id"], "payment_count": 1, "created_at": _NOTE["created_at"]}
    for name, value in fixed.items():
        _note(aura, "AU-15", _answer(_update(aura, lead, {name: value}), "ignored"))


def au_16(aura: Aura) -> None:
    for name, value in (("status", "qualified"), ("notes", [_NOTE])):
        exchange = _create(aura, **{name: value})
        stored = exchange.status in CREATED and same(name, aura.lead_in(exchange).get(name), value)
        _note(aura, "AU-16", _answer(exchange, "stored" if stored else "ignored"))


def au_17(aura: Aura) -> None:
    lead = aura.new_lead()
    answers = {_taken(_update(aura, lead, {"status": text})) for text in ("contacted", aura.token())}
    _note(aura, "AU-17", "any text" if answers == {True} else "4xx for some")


def au_18(aura: Aura) -> None:
    exchange = _update(aura, aura.new_lead(), {"notes": [{"content": "Called back"}]})
    notes = aura.lead_in(exchange).get("notes") if exchange.status == 200 else None
    dated = bool(notes) and all(instant(note.get("created_at")) for note in notes or [])
    _note(aura, "AU-18", _answer(exchange, "filled in" if dated else "a note without a date"))


def au_19(aura: Aura) -> None:
    for notes in ("Called back", {"content": "Called back"}):
        _note(aura, "AU-19", _answer(_update(aura, aura.new_lead(), {"notes": notes}), "accepted"))


def au_20(aura: Aura) -> None:
    lead = aura.new_lead(notes=[_NOTE])
    aura.update(lead, {"notes": []})
    shown = _shown(aura.read(lead), "notes")
    _note(aura, "AU-20", "an empty list" if shown == "empty" else shown)


def au_21(aura: Aura) -> None:
    notes = aura.read(aura.new_lead(notes=[{**_NOTE, "channel": "phone"}])).get("notes") or [{}]
    _note(aura, "AU-21", "kept" if notes[0].get("channel") == "phone" else "dropped")


def au_22(aura: Aura) -> None:
    aura.needs("create_lead")
    lead = aura.read(aura.nameless_lead())
    for name in ("full_name", "phone", "company", "timezone", "metadata", "disqualification_data", "payment_status"):
        if (shown := _shown(lead, name)) != "a value":  # a server may have one of its own
            _note(aura, "AU-22", shown)


def au_23(aura: Aura) -> None:
    lead = aura.read(aura.new_lead())
    _note(aura, "AU-23", "present" if lead.keys() & _OLDEST_REVISION else "absent")


def au_24(aura: Aura) -> None:
    lead = aura.read(aura.new_lead())
    _note(aura, "AU-24", "further keys" if lead.keys() - {*DOCUMENTED, *_OLDEST_REVISION} else "none")


def au_25(aura: Aura) -> None:
    for value in ("a text", {"nested": [1]}):
        lead = aura.read(aura.new_lead(metadata={"city": "Boston", "nobodyDocumentsThis": value}))
        kept = (lead.get("metadata") or {}).get("nobodyDocumentsThis") == value
        _note(aura, "AU-25", "shown" if kept else "not shown")


def au_26(aura: Aura) -> None:
    for metadata in ({"latitude": "north"}, {"city": 7}):
        _note(aura, "AU-26", _answer(_create(aura, metadata=metadata), "accepted"))


def au_27(aura: Aura) -> None:
    sent = {key: f"{key} {aura.token()}" for key in _ATTRIBUTION.values()}
    sent["referrer"] = f"https://example.com/{aura.token()}"
    lead = aura.read(aura.new_lead(metadata=sent))
    derived = lead.get("source") == {name: sent[key] for name, key in _ATTRIBUTION.items()}
    shown = _shown(lead, "source")
    _note(
        aura, "AU-27", "derived from metadata" if derived else shown if shown in ("null", "absent") else "anything else"
    )


def au_28(aura: Aura) -> None:
    aura.needs("create_lead")
    lead = aura.new_lead()
    exchange = aura.call("create_lead", body={"email": lead.get("email")})
    if exchange.status in CREATED:
        _note(aura, "AU-28", "the existing lead" if aura.lead_in(exchange)["id"] == lead["id"] else "another lead")
    else:
        _note(aura, "AU-28", "409" if exchange.status == 409 else f"another {_answer(exchange, '')}")


def au_29(aura: Aura) -> None:
    email = f"Conformance-{aura.token().upper()}@Example.com"
    lead = aura.update(aura.new_lead(), {"email": email})
    _note(aura, "AU-29", "as sent" if lead.get("email") == email else "normalized")


def au_30(aura: Aura) -> None:
    _note(aura, "AU-30", _answer(_update(aura, aura.new_lead(), {"phone": "13715552671"}), "accepted"))


def au_31(aura: Aura) -> None:
    lead = aura.new_lead()
    for timezone in ("Mars/Olympus", "GMT-25"):
        _note(aura, "AU-31", _answer(_update(aura, lead, {"timezone": timezone}), "accepted"))


def au_32(aura: Aura) -> None:
    lead = aura.new_lead()
    for name in ("full_name", "company"):
        _note(aura, "AU-32", _answer(_update(aura, lead, {name: ""}), "accepted"))


def au_33(aura: Aura) -> None:
    body = _refused(aura).json
    shown = isinstance(body, dict) and isinstance(body.get("requestId"), str)
    _note(aura, "AU-33", "on every error" if shown else "only when a lead is not found")


def au_34(aura: Aura) -> None:
    exchange = aura.call("get_lead", path={"id": aura.new_lead()["id"]})
    aura.lead_in(exchange)
    keys = [key for key in exchange.json if key in ("data", "success")]
    _note(aura, "AU-34", " before ".join(keys))


def au_35(aura: Aura) -> None:
    _note(aura, "AU-35", "present" if "success" in _page(aura) else "absent")


def au_36(aura: Aura) -> None:
    above, none, text = (_taken(_list(aura, limit=limit)) for limit in ("1000", "0", "ten"))
    readings = {
        (True, True, True): "clamped",
        (True, False, False): "clamped above 100 and else 4xx",
        (False, False, False): "4xx",
    }
    _note(aura, "AU-36", readings.get((above, none, text), "another mixture"))


def au_37(aura: Aura) -> None:
    made = [aura.new_lead()["id"] for _ in range(3)]
    page = _page(aura)["data"]
    places = [at for id in made for at, lead in enumerate(page) if lead.get("id") == id]
    if len(places) < len(made):  # the organization has more leads: their dates tell
        dates = [instant(lead.get("created_at")) for lead in page]
        places = [sorted(set(dates), key=str).index(each) for each in reversed(dates)]
    orders = {tuple(sorted(places)): "oldest first", tuple(sorted(places, reverse=True)): "newest first"}
    _note(aura, "AU-37", orders.get(tuple(places), "another order"))


def au_38(aura: Aura) -> None:
    cursor: dict[str, str] = {}
    for _ in range(_MOST_PAGES):
        pagination = _page(aura, **cursor)["pagination"]
        if pagination.get("has_more") is False:
            shown = _shown(pagination, "next_cursor")
            _note(aura, "AU-38", shown if shown in ("null", "absent") else "a text")
            return
        cursor = {"cursor": str(pagination.get("next_cursor"))}
    raise CannotTry(f"the last page of the list is not among the first {_MOST_PAGES}")


def au_39(aura: Aura) -> None:
    user, uuid = (_taken(_list(aura, assigned_to_id=id)) for id in ("user_2abcDEF", aura.uuid()))
    _note(
        aura,
        "AU-39",
        {(True, False): "user_ form", (False, True): "UUID", (True, True): "both"}.get((user, uuid), "neither"),
    )


def au_40(aura: Aura) -> None:
    source = aura.token()
    lead = aura.new_lead(metadata={"utmSource": source})
    aura.new_lead(metadata={"utmSource": aura.token()})
    listed = [each.get("id") for each in _page(aura, source=source)["data"]]
    _note(aura, "AU-40", {(): "something else", (lead["id"],): "utm_source"}.get(tuple(listed), "nothing"))


def au_44(aura: Aura) -> None:
    replies = (_update(aura, aura.new_lead(), {}), _refused(aura))
    success, error = ("x-ratelimit-limit" in reply.response.headers for reply in replies)
    readings = {(True, True): "on every reply", (True, False): "on successes only", (False, True): "on errors only"}
    _note(aura, "AU-44", readings.get((success, error), "on no reply"))


def au_45(aura: Aura) -> None:
    lead = {"id": aura.new_lead()["id"]}
    bad = _fits(aura.call("update_lead", path=lead, raw=b'{"company": '), *_UNREADABLE)
    text = aura.call("update_lead", path=lead, raw=b'{"company": "x"}', content_type="text/plain")
    other = _fits(text, *_UNREADABLE, 200)
    if other == 200:
        _note(aura, "AU-45", "another type is accepted")
    elif (bad, other) == (400, 415):
        _note(aura, "AU-45", "400 for bad JSON and 415 for another type")
    else:
        _note(aura, "AU-45", f"{bad} for both" if bad == other else "another mixture")


def _note(aura: Aura, id: str, reading: str) -> None:
    """Note one of the readings that the contract names. Raises CannotTry for any other."""
    if reading not in aura.contract.open_points[id].accepts:
        raise CannotTry(f"{reading!r} is none of the readings that fit the documents")
    aura.reading(id, reading)


def _answer(exchange: Exchange, success: str) -> str:
    """The reading in an answer: `success`, "4xx" where the request is refused for what it says, or another status."""
    if exchange.status in CREATED:
        return success
    return "4xx" if refuses(exchange) else f"status {exchange.status}"


def _taken(exchange: Exchange) -> bool:
    """Whether a request is accepted, not refused for what it says. Raises CannotTry for any other answer."""
    if exchange.status not in CREATED and not refuses(exchange):
        raise CannotTry(f"status {exchange.status} is none of the readings that fit the documents")
    return exchange.status in CREATED


def _fits(exchange: Exchange, *statuses: int) -> int:
    """The status of an answer. Raises CannotTry for any but these."""
    if exchange.status not in statuses:
        raise CannotTry(f"status {exchange.status} is none of the readings that fit the documents")
    return exchange.status


def _create(aura: Aura, **fields: Any) -> Exchange:
    aura.needs("create_lead")
    return aura.call("create_lead", body={"email": aura.email(), **fields})


def _update(aura: Aura, lead: Lead, changes: dict[str, Any]) -> Exchange:
    return aura.call("update_lead", path={"id": lead["id"]}, body=changes)


def _refused(aura: Aura) -> Exchange:
    """A request that is refused under every reading, for what its body says."""
    exchange = _update(aura, aura.new_lead(), {"email": "plain"})
    if not refuses(exchange):
        raise CannotTry(f"a body that is no good is answered {exchange.status}")
    return exchange


def _list(aura: Aura, **query: str) -> Exchange:
    aura.needs("list_leads")
    return aura.call("list_leads", query=query)


def _page(aura: Aura, **query: str) -> dict[str, Any]:
    """The body of a page. Raises CannotTry where it is none."""
    exchange = _list(aura, **{"limit": "100", **query})
    body = exchange.json if exchange.status == 200 else None
    if not (isinstance(body, dict) and isinstance(body.get("data"), list) and isinstance(body.get("pagination"), dict)):
        raise CannotTry(f"the list is answered {exchange.status} without data or pagination")
    return body


def _shown(holder: dict[str, Any], name: str) -> str:
    """How a member that has no value is shown."""
    if name not in holder:
        return "absent"
    return "null" if holder[name] is None else "empty" if holder[name] in ([], {}) else "a value"


def _digits(lead: Lead) -> int:
    """How many digits there are behind the seconds of updated_at."""
    found = re.search(r"\.(\d+)", str(lead.get("updated_at")))
    return len(found[1]) if found else 0
