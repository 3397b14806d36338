"""Octanist, wrong in what an update leaves alone and in how it answers."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Handler, Reply
from mock_server.faults import Faults, answering, rendering, rendering_errors
from mock_server.octanist.faults.bends import Bend, Body, after_update, around, before_update, counting, for_update
from mock_server.octanist.operations import IDENTIFIERS
from mock_server.store import Lead, Organization

FAULTS = Faults("octanist")


@FAULTS.breaks("update_lead/replies_match_the_contract", "shape")
def leads_updated_is_a_text(api: Api) -> Api:
    return answering(api, "update_lead", lambda data: {**data, "leadsUpdated": str(data["leadsUpdated"])})


@FAULTS.breaks("update_lead/replies_match_the_contract", "shape")
def replies_lack_meta(api: Api) -> Api:
    def drop(answer: Answer) -> Answer:
        answer.content.pop("meta", None)
        return answer

    return rendering(api, drop)


def _forgetting(field: str) -> Bend:
    def change(organization: Organization, body: Body, lead: Lead) -> None:
        if field not in body:
            organization.leads.change(lead, {field: None})

    return after_update(change)


for _name in ("name", "note", "value", "custom"):
    FAULTS.add(
        f"update_clears_the_{_name}", "update_lead/fields_not_sent_stay_as_they_are", _forgetting(_name), "field"
    )
FAULTS.add(
    "update_by_id_clears_the_phone", "update_lead/fields_not_sent_stay_as_they_are", _forgetting("phone"), "field"
)
FAULTS.add("updated_leads_are_not_counted", "update_lead/one_match_is_counted_as_one", counting(lambda _: 0), "strict")


@FAULTS.breaks("update_lead/one_match_is_counted_as_one", "field")
def every_identifier_is_counted(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        return Reply({**reply.data, "leadsUpdated": sum(name in arguments["body"] for name in IDENTIFIERS)})

    return around("update_lead", run)(api)


@FAULTS.breaks("update_lead/one_match_is_named_by_its_id", "shape")
def lead_id_is_the_identifier_sent(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        sent = next(arguments["body"][name] for name in IDENTIFIERS if name in arguments["body"])
        return Reply({**reply.data, "leadId": sent})

    return around("update_lead", run)(api)


@FAULTS.breaks("update_lead/one_match_is_named_by_its_id", "shape")
def lead_id_is_missing_unless_sent(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        data = {name: value for name, value in reply.data.items() if name != "leadId" or "id" in arguments["body"]}
        return Reply(data)

    return around("update_lead", run)(api)


# -- rarer ones --------------------------------------------------------------------------------------------

_KEPT = "update_lead/fields_not_sent_stay_as_they_are"
_COUNTED = "update_lead/one_match_is_counted_as_one"
_NAMED = "update_lead/one_match_is_named_by_its_id"
_CONTRACT = "update_lead/replies_match_the_contract"


@FAULTS.breaks(_KEPT, "stateful")
def second_update_takes_back_the_note(api: Api) -> Api:
    noted: dict[str, Any] = {}

    def take_back(organization: Organization, body: Body, lead: Lead) -> None:
        if "note" in body:
            noted.setdefault(lead["id"], lead["note"])
        elif lead["id"] in noted:
            organization.leads.change(lead, {"note": noted.pop(lead["id"])})

    return after_update(take_back)(api)


@FAULTS.breaks(_KEPT, "rare")
def update_by_phone_trims_the_name(api: Api) -> Api:
    def trim(organization: Organization, body: Body, lead: Lead) -> None:
        if "phone" in body and "email" not in body and lead["name"]:
            organization.leads.change(lead, {"name": lead["name"][:12]})

    return after_update(trim)(api)


@FAULTS.breaks(_KEPT, "rare")
def lost_leads_lose_their_email(api: Api) -> Api:
    def forget(organization: Organization, body: Body, lead: Lead) -> None:
        if body.get("status") == "lost":
            organization.leads.change(lead, {"email": None})

    return after_update(forget)(api)


for _name in ("website", "gclid", "utm_source", "analytics_storage"):
    FAULTS.add(f"update_clears_the_{_name}", _KEPT, _forgetting(_name), "field")


@FAULTS.breaks(_KEPT, "lax")
def updates_become_the_source(api: Api) -> Api:
    return after_update(lambda organization, body, lead: organization.leads.change(lead, {"source": "manual"}))(api)


@FAULTS.breaks(_KEPT, "rare")
def lost_leads_lose_their_click_ids(api: Api) -> Api:
    def forget(organization: Organization, body: Body, lead: Lead) -> None:
        if lead["status"] == "lost":
            organization.leads.change(lead, dict.fromkeys(("gclid", "fbc", "msclkid", "ttclid")))

    return after_update(forget)(api)


@FAULTS.breaks(_COUNTED, "stateful")
def updates_of_a_lead_are_added_up(api: Api) -> Api:
    updates: Counter[str] = Counter()

    def add(data: dict[str, Any]) -> dict[str, Any]:
        updates[data["leadId"]] += 1
        return {**data, "leadsUpdated": updates[data["leadId"]]}

    return answering(api, "update_lead", add)


@FAULTS.breaks(_COUNTED, "rare")
def leads_found_by_phone_are_counted_twice(api: Api) -> Api:
    return for_update(counting(lambda n: n + 1), lambda body: "phone" in body and "id" not in body)(api)


@FAULTS.breaks(_NAMED, "stateful")
def lead_id_is_that_of_the_update_before(api: Api) -> Api:
    ids: list[str] = []

    def answer(data: dict[str, Any]) -> dict[str, Any]:
        ids.append(data["leadId"])
        return {**data, "leadId": ids[-2] if len(ids) > 1 else ids[-1]}

    return answering(api, "update_lead", answer)


@FAULTS.breaks(_NAMED, "field")
def lead_id_is_that_of_the_phone(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        phone = arguments["body"].get("phone")
        found = organization.leads.find("phone", phone) if phone else []
        return Reply({**reply.data, "leadId": found[0]["id"]}) if found else reply

    return around("update_lead", run)(api)


@FAULTS.breaks(_CONTRACT, "status")
def every_field_at_once_is_a_server_fault(api: Api) -> Api:
    def change(organization: Organization, body: Body) -> Body:
        if len(body) > 6:
            raise errors.Broken("Too much at once.")
        return body

    return before_update(change)(api)


@FAULTS.breaks(_CONTRACT, "rare")
def validation_errors_have_a_number_as_code(api: Api) -> Api:
    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        if isinstance(error, errors.Invalid):
            answer.content["error"]["code"] = 1001
        return answer

    return rendering_errors(api, edit)


@FAULTS.breaks(_CONTRACT, "shape")
def times_lack_their_zone(api: Api) -> Api:
    def edit(answer: Answer) -> Answer:
        if "meta" in answer.content:
            answer.content["meta"]["timestamp"] = answer.content["meta"]["timestamp"].rstrip("Z")
        return answer

    return rendering(api, edit)
