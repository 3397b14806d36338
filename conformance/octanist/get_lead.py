"""GET /leads/{id} (adjacent)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from conformance import contract_layer
from conformance.octanist import CLICK_IDS, CONSENT, CREATED, UTM, Octanist, refused, shows
from conformance.outcomes import CannotTry

_OF_OTHER_TYPES: tuple[dict[str, Any], ...] = tuple(
    {**beside, name: value}
    for name, beside in {"note": {}, "lossReason": {"status": "lost"}, "value": {}}.items()
    for value in (True, ["5"], {"text": "5"})
)
"""Updates that may be refused, ignored or understood in some way, but not stored as they are."""

_NO_NUMBERS = ("name", "note", "website", "path", *CLICK_IDS, *UTM, *CONSENT)
"""Fields of a create that are no numbers."""


def replies_match_the_contract(octanist: Octanist) -> None:
    _fits(octanist, octanist.unknown_id())
    if not octanist.budget.read_only:
        with suppress(CannotTry):
            _fits_whatever_was_sent(octanist)
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


def _fits_whatever_was_sent(octanist: Octanist) -> None:
    """A lead reads as documented after each update and create with other types that was accepted."""
    lead = octanist.new_lead()
    for fields in _OF_OTHER_TYPES:
        if octanist.call("update_lead", body={"id": lead["id"], **fields}).status == 200:
            _fits(octanist, lead["id"])
    for name in _NO_NUMBERS if octanist.offers("create_lead") else ():
        exchange = octanist.call("create_lead", body={"email": octanist.email(), name: 5})
        if exchange.status in CREATED:
            with octanist.arranging():
                id = octanist.created(exchange)
            _fits(octanist, id)


def _fits(octanist: Octanist, id: str) -> None:
    contract_layer.fits(octanist, octanist.call("get_lead", path={"id": id}))
