"""Octanist, wrong in what an update leaves alone and in how it answers."""

from __future__ import annotations

from typing import Any

from mock_server.api import Answer, Api, Handler, Reply
from mock_server.faults import Faults, answering, rendering
from mock_server.octanist.faults.bends import Bend, Body, after_update, around, counting
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
