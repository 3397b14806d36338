"""GET /leads/{id} (adjacent)."""

from __future__ import annotations

from conformance import contract_layer
from conformance.octanist import Octanist, refused, shows


def replies_match_the_contract(octanist: Octanist) -> None:
    contract_layer.check(octanist, "get_lead")


def lead_asked_for_is_returned(octanist: Octanist) -> None:
    leads = [octanist.new_lead() for _ in range(3)]
    for lead in [*leads, *reversed(leads)]:
        shows(octanist.read(lead["id"]), **{name: lead.get(name) for name in ("id", "name", "email", "phone")})


def unknown_id_is_404_not_found(octanist: Octanist) -> None:
    lead = octanist.new_lead()
    unknown = [octanist.unknown_id()]
    unknown += octanist.ids_like(lead)
    for id in [*unknown, *unknown]:
        refused(octanist.call("get_lead", path={"id": id}), f"the unknown id {id!r}", 404, "NOT_FOUND")
