"""Which reading of each open point a target follows. Nothing here is a departure: all of it is allowed.

A function notes one of the readings that the contract lists, or several where the target follows several. It
raises CannotTry for an answer that is none of them, which is the business of a requirement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.compare import instant, precision, same_json
from conformance.exchange import Exchange
from conformance.outcomes import CannotTry
from conformance.target import brief, refuses
from conformance.vorel import NULLABLE, STATUSES, Lead, Vorel, attributes_of, page_in, same
from conformance.vorel.fields import statuses_in_every_order, text_of

_CODE = re.compile(r"[a-z]+(_[a-z0-9]+)*")
_PRECISIONS = {0: "seconds", 3: "milliseconds", 6: "microseconds or finer"}
_RATE_LIMITS = {"limit", "remaining", "reset"}


# -- errors ----------------------------------------------------------------------------------------------------


def vo_02(vorel: Vorel) -> None:
    for body in _error_bodies(vorel):
        error = body.get("error")
        if isinstance(error, dict) and "code" in error:
            _note(vorel, "VO-02", "nested")
        elif isinstance(error, str):
            _note(vorel, "VO-02", "flat")
        else:
            _note(vorel, "VO-02", "code" if "code" in body else "another")


def vo_03(vorel: Vorel) -> None:
    for body in _error_bodies(vorel):
        code = _code_in(body)
        if code is None:
            _note(vorel, "VO-03", "none")
        else:
            usual = _CODE.fullmatch(str(code))
            _note(vorel, "VO-03", "in small letters and underscores" if usual else "spelled otherwise")


def vo_04(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    for body in ({"name": text_of(201)}, {"status": "unknown"}, {"qualification_score": 101}):
        _note_status(vorel, "VO-04", vorel.patch(lead, body))


def vo_05(vorel: Vorel) -> None:
    for id in ("not-a-uuid", "1"):
        _note_status(vorel, "VO-05", vorel.patch({"id": id}, {"name": "Changed"}))


# -- keys and scopes -------------------------------------------------------------------------------------------


def vo_06(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    for key in (None, *(name for name in ("malformed", "revoked") if vorel.has_key(name))):
        _note_status(vorel, "VO-06", vorel.patch(lead, {"name": "Changed"}, key=key))


def vo_07(vorel: Vorel) -> None:
    _note_status(vorel, "VO-07", vorel.patch(vorel.new_lead(), {"name": "Changed"}, key="read_only"))


def vo_09(vorel: Vorel) -> None:
    _note_status(vorel, "VO-09", vorel.patch({"id": vorel.uuid()}, {"name": "Changed"}, key="read_only"))


# -- what an update takes --------------------------------------------------------------------------------------


def vo_10(vorel: Vorel) -> None:
    _note_status(vorel, "VO-10", vorel.patch(vorel.new_lead(), {}))


def vo_11(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    for body in ({"conversation_id": vorel.uuid()}, {"notes": "Called back"}):
        _note_status(vorel, "VO-11", vorel.patch(lead, body))


def vo_12(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    for name, value in (("conversation_id", vorel.uuid()), ("notes", f"note {vorel.token()}")):
        exchange = vorel.patch(lead, {"name": "Ada Lovelace", name: value})
        written = _succeeded(exchange) and same(name, vorel.lead_in(exchange).get(name), value)
        _note(vorel, "VO-12", "written" if written else _taken(exchange, "ignored"))


def vo_13(vorel: Vorel) -> None:
    exchange = vorel.patch(vorel.new_lead(), {"name": "Ada Lovelace", "favourite_colour": "red"})
    _note(vorel, "VO-13", _taken(exchange, "ignored"))


def vo_22(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    for name in ("name", "phone", "intent", "timeline", "source"):
        _note(vorel, "VO-22", _taken(vorel.patch(lead, {name: ""}), "accepted"))


def vo_23(vorel: Vorel) -> None:
    exchange = vorel.patch(vorel.new_lead(qualification_score=40), {"qualification_score": "50"})
    stored = vorel.lead_in(exchange).get("qualification_score") if _succeeded(exchange) else None
    _note(vorel, "VO-23", _taken(exchange, "converted" if same_json(stored, 50) else f"read as {brief(stored)}"))


def vo_24(vorel: Vorel) -> None:
    _note_status(vorel, "VO-24", vorel.patch(vorel.new_lead(), {"name": "Ada Lovelace"}))


def vo_29(vorel: Vorel) -> None:
    lead = vorel.new_lead(status=STATUSES[0])
    for status in statuses_in_every_order():
        exchange = vorel.patch(lead, {"status": status})
        if not _succeeded(exchange):
            raise CannotTry(f"a transition to {status} is answered {exchange.status}")
    _note(vorel, "VO-29", "every transition succeeds")


def vo_40(vorel: Vorel) -> None:
    path = {"id": vorel.new_lead()["id"]}
    exchange = vorel.call("update_lead", path=path, body={"name": "Ada Lovelace"}, content_type="text/plain")
    _note(vorel, "VO-40", "accepted" if _succeeded(exchange) else str(exchange.status))


def vo_41(vorel: Vorel) -> None:
    # Of a lead that does not exist: where a DELETE is offered after all, nothing is lost.
    exchange = vorel.send("", "DELETE", f"/leads/{vorel.uuid()}", vorel.credential("full"), None)
    _note_status(vorel, "VO-41", exchange)


def vo_42(vorel: Vorel) -> None:
    email = f"{vorel.token()}!#$%&'*/=?^_`{{|}}~@example.com"
    taken = _taken(vorel.patch(vorel.new_lead(), {"email": email}), "accepted")
    _note(vorel, "VO-42", f"unusual addresses are {taken}")


# -- null ------------------------------------------------------------------------------------------------------


def vo_14(vorel: Vorel) -> None:
    lead = vorel.new_lead(phone=vorel.phone(), name="Ada Lovelace")
    for shown in (vorel.update(lead, {"phone": None, "name": None}), vorel.read_back(lead)):
        _note_unset(vorel, "VO-14", shown, ("phone", "name"))


def vo_15(vorel: Vorel) -> None:
    lead = vorel.new_lead(status="qualified")
    exchange = vorel.patch(lead, {"name": "Ada Lovelace", "status": None})
    status = vorel.lead_in(exchange).get("status") if _succeeded(exchange) else None
    becomes = "another status" if status in STATUSES else f"makes the status {status}"
    _note(vorel, "VO-15", _taken(exchange, "ignored" if status == "qualified" else becomes))


def vo_16(vorel: Vorel) -> None:
    lead = vorel.new_lead(attributes={"bedrooms": 3})
    exchange = vorel.patch(lead, {"attributes": None})
    left = attributes_of(vorel.lead_in(exchange)) if _succeeded(exchange) else {}
    _note(vorel, "VO-16", _taken(exchange, "ignored" if left else "emptied"))


def vo_27(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    _note_unset(vorel, "VO-27", vorel.read_back(lead), NULLABLE)


# -- attributes, and how much fits in ----------------------------------------------------------------------------


def vo_17(vorel: Vorel) -> None:
    _note(vorel, "VO-17", _taken(vorel.patch(vorel.new_lead(), {"attributes": {}}), "accepted"))


def vo_18(vorel: Vorel) -> None:
    shown = _attributes_after(vorel, {"bedrooms": 3}, {"area": None})
    _note(vorel, "VO-18", brief(shown) if "area" in shown else "no such key")


def vo_19(vorel: Vorel) -> None:
    shown = _attributes_after(vorel, {"budget": {"min": 1, "max": 2}}, {"budget": {"min": 5}})
    _note(vorel, "VO-19", "replaced whole" if shown.get("budget") == {"min": 5} else brief(shown))


def vo_20(vorel: Vorel) -> None:
    shown = _attributes_after(vorel, {}, {"budget": {"min": 1, "max": None}}).get("budget")
    _note(vorel, "VO-20", "stored" if isinstance(shown, dict) and "max" in shown else "dropped")


def vo_21(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    texts = ("\U0001f600" * 150, "\u00e9" * 150, "e\u0301" * 150)
    taken = tuple(_taken(vorel.patch(lead, {"name": text}), "accepted") == "accepted" for text in texts)
    units: dict[tuple[bool, ...], str] = {
        (False, True, False): "UTF-16 units",
        (True, True, False): "code points",
        (False, False, False): "UTF-8 bytes",
    }
    _note(vorel, "VO-21", units.get(taken, "another unit"))


# -- creating and listing ----------------------------------------------------------------------------------------


def vo_25(vorel: Vorel) -> None:
    vorel.needs("create_lead")
    if vorel.can("create_conversation"):
        body = {"channel": "webform", "customer_identifier": vorel.email()}
        _note_status(vorel, "VO-25", vorel.call("create_conversation", body=body))
    body = {"conversation_id": vorel.conversation()}
    _note_status(vorel, "VO-25", vorel.call("create_lead", body=body))


def vo_26(vorel: Vorel) -> None:
    vorel.needs("create_lead")
    _note_status(vorel, "VO-26", vorel.call("create_lead", body={"conversation_id": vorel.uuid()}))


def vo_30(vorel: Vorel) -> None:
    exchange = _listed(vorel, limit="101")
    fits = not _succeeded(exchange) or len(page_in(exchange)["data"]) <= 100
    _note(vorel, "VO-30", _taken(exchange, "clamped" if fits else "obeyed"))


def vo_31(vorel: Vorel) -> None:
    vorel.new_lead(status="lost")
    exchange = _listed(vorel, status="qualified", limit="100")
    others = [lead for lead in _leads_in(exchange) if lead.get("status") != "qualified"]
    _note(vorel, "VO-31", _taken(exchange, "ignored" if others else "honoured"))


def vo_32(vorel: Vorel) -> None:
    vorel.new_lead()
    exchange = _listed(vorel, cursor=vorel.uuid())
    _note(vorel, "VO-32", _taken(exchange, "the first page" if _leads_in(exchange) else "an empty page"))


# -- about any answer --------------------------------------------------------------------------------------------


def vo_33(vorel: Vorel) -> None:
    exchange = vorel.patch(vorel.new_lead(), {"name": "Ada Lovelace"})
    names = {name.rpartition("-")[2] for name in exchange.response.headers if name.startswith("x-ratelimit-")}
    _note(vorel, "VO-33", "Limit, Remaining and Reset" if names == _RATE_LIMITS else "other names" if names else "none")


def vo_39(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    shown = [vorel.update(lead, {"name": f"Ada {vorel.token()}"}).get("updated_at") for _ in range(3)]
    if any(instant(each) is None for each in shown):
        raise CannotTry(f"updated_at is {brief(shown)}")
    # Zeros at the end may be left out, so that one of them may look coarser than it is.
    digits = max(precision(str(each)) for each in shown)
    _note(vorel, "VO-39", _PRECISIONS.get(digits, "another precision"))


# -- what these functions are made of ------------------------------------------------------------------------------


def _note(vorel: Vorel, id: str, reading: str) -> None:
    """Note a reading. Raises CannotTry for what the contract does not list."""
    if reading not in vorel.contract.open_points[id].accepts:
        raise CannotTry(f"the target does what is no reading of {id}: {reading}")
    vorel.reading(id, reading)


def _note_status(vorel: Vorel, id: str, exchange: Exchange) -> None:
    _note(vorel, id, str(exchange.status))


def _note_unset(vorel: Vorel, id: str, lead: Lead, names: tuple[str, ...]) -> None:
    """Note how the fields without a value are shown."""
    unset = [name for name in names if lead.get(name) is None]
    if not unset:
        raise CannotTry("no field of the lead is without a value")
    for name in unset:
        _note(vorel, id, "null" if name in lead else "absent")


def _succeeded(exchange: Exchange) -> bool:
    return 200 <= exchange.status < 300


def _taken(exchange: Exchange, accepted: str) -> str:
    """That reading where the request was accepted, else `refused`; another status is neither."""
    if _succeeded(exchange):
        return accepted
    return "refused" if refuses(exchange) else f"answered {exchange.status}"


def _attributes_after(vorel: Vorel, stored: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a lead that had the one, after an update with the other."""
    return attributes_of(vorel.update(vorel.new_lead(attributes=stored), {"attributes": sent}))


def _listed(vorel: Vorel, **query: str) -> Exchange:
    vorel.needs("list_leads")
    return vorel.call("list_leads", query=query)


def _leads_in(exchange: Exchange) -> list[Lead]:
    return page_in(exchange)["data"] if _succeeded(exchange) else []


def _error_bodies(vorel: Vorel) -> Iterator[dict[str, Any]]:
    """What refusals of three kinds say: a rule broken, a lead unknown, no key."""
    lead = vorel.new_lead()
    for exchange in (
        vorel.patch(lead, {}),
        vorel.patch({"id": vorel.uuid()}, {"name": "Changed"}),
        vorel.patch(lead, {"name": "Changed"}, key=None),
    ):
        if not 400 <= exchange.status < 500 or not isinstance(exchange.json, dict):
            raise CannotTry(f"an error was expected, with a JSON object: {exchange.status} {brief(exchange.json)}")
        yield exchange.json


def _code_in(body: dict[str, Any]) -> Any:
    """The code of an error: error.code, error or code."""
    error = body.get("error")
    if isinstance(error, dict):
        return error.get("code")
    return body.get("code") if error is None else error
