"""Sequences of calls to all operations of Aura."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st

from conformance.aura import CREATED, Aura, Lead, model
from conformance.exchange import Exchange
from conformance.outcomes import CannotTry
from conformance.sequences.endings import misfit
from conformance.sequences.lifecycle import SLOTS, Course, Lifecycle, step

_SLOTS = st.sampled_from(SLOTS)
_BODIES = st.lists(model.good_bodies | model.doubtful_bodies | model.good_bodies, min_size=1, max_size=4)
_REFUSED = (400, 409, 422)
_MOST_PAGES = 4

_READ = "update_lead/an_update_can_be_read_back"
_CREATED = "create_lead/a_created_lead_can_be_read"
_ENVELOPE = "create_lead/answers_with_the_lead_and_success_true"
_OTHERS = "update_lead/the_other_leads_stay_as_they_are"
_OTHERS_OF_A_NEW_ONE = "create_lead/the_other_leads_stay_as_they_are"
_UNKNOWN = "update_lead/unknown_lead_is_not_found"
_FOREIGN = "update_lead/a_lead_of_another_organization_is_not_updated"
_HIDDEN = "get_lead/a_lead_of_another_organization_is_not_shown"
_LISTED = "list_leads/a_listed_lead_is_the_lead"
_VISITED = "list_leads/the_cursor_leads_to_the_next_page"


class AuraLifecycle(Lifecycle):
    """Leads of one or two organizations, each made when it is first spoken of."""

    model = model

    def __init__(self, aura: Aura, course: Course, keys: tuple[str, ...]) -> None:
        super().__init__(aura, course, keys)
        self.aura = aura
        self.to_lend = list(aura.config.lead_ids)

    # -- steps ---------------------------------------------------------------------------------------------------

    @step(slot=_SLOTS, bodies=_BODIES, again=st.booleans())
    def update(self, slot: str, bodies: list[model.Body], again: bool) -> None:
        """Update a lead several times, perhaps with the last update twice."""
        for body in (*bodies, *bodies[-1:]) if again else bodies:
            self._update(self._lead(slot), self.filled(body))

    @step(slot=_SLOTS, body=model.doubtful_bodies)
    def update_doubtfully(self, slot: str, body: model.Body) -> None:
        self._update(self._lead(slot), self.filled(body))

    @step(one=_SLOTS, two=_SLOTS, first=model.good_bodies, second=model.good_bodies)
    def update_in_turn(self, one: str, two: str, first: model.Body, second: model.Body) -> None:
        """Update two leads, then the first as the second."""
        for slot, body in ((one, first), (two, second), (one, second)):
            self._update(self._lead(slot), self.filled(body))

    @step(slot=_SLOTS)
    def change_nothing(self, slot: str) -> None:
        """Send all that the lead has already."""
        if slot in self.ids:
            self._update(self.ids[slot], model.update_to(self.states[self.ids[slot]]))

    @step(slot=_SLOTS, body=model.new_bodies)
    def create(self, slot: str, body: model.Body) -> None:
        """Make a lead, also in a place that has one: that one is then only found in the list."""
        if self.aura.offers("create_lead"):
            self._create(slot, self.filled(body))

    @step(slot=_SLOTS, body=model.good_bodies, what=st.sampled_from(("nobody", "as another organization")))
    def try_in_vain(self, slot: str, body: model.Body, what: str) -> None:
        """Update or read the lead of another organization, or one that nobody has."""
        id, sent = self._lead(slot), self.filled(body)
        stranger = next((key for key in self.keys if key != self.owners[id]), None)
        doubtful = any(not way.accepted for way in model.update({}, sent, taken=True))
        bad = _REFUSED if doubtful else ()  # whether the body or the lead is looked at first is not said
        if what == "nobody" or stranger is None:
            self._refused(self._patch(self.aura.uuid(), sent, self.owners[id]), _UNKNOWN, 404, *bad)
        else:
            self._refused(self._patch(id, sent, stranger), _FOREIGN, 404, 403, *bad)
            self._refused(self.aura.call("get_lead", path={"id": id}, key=stranger), _HIDDEN, 404, 403)
        self._see(id, _OTHERS)

    @step(slot=_SLOTS, limit=st.integers(1, 3))
    def walk(self, slot: str, limit: int) -> None:
        """Follow the pages of the list: no lead is on two of them."""
        key = self.owners[self._lead(slot)]
        if self.aura.offers("list_leads"):
            seen: list[str] = []
            for leads, more in self._pages(key, limit):
                seen += self.recognized(leads, "", _LISTED, _LISTED)
                missing = [] if more else sorted(set(self.leads_of(key)) - set(seen))
                self.held(not missing, "every lead is listed", _VISITED, f"these are on no page: {missing}")
            self.held(len(set(seen)) == len(seen), "every lead is listed once", _VISITED, seen)

    # -- leads ---------------------------------------------------------------------------------------------------

    def _lead(self, slot: str) -> str:
        """The id of the lead in this place, made now if there is none."""
        if slot not in self.ids:
            if self.aura.offers("create_lead"):
                self._create(slot, {"email": self.aura.email()})
            else:
                self._borrow(slot)
        return self.ids[slot]

    def _borrow(self, slot: str) -> None:
        """A lead of the target file, which may be in another place already."""
        if not self.to_lend:
            raise CannotTry("the target cannot create leads, and its file names none (fixtures.lead_ids)")
        id = self.to_lend[len(self.ids) % len(self.to_lend)]
        exchange = self._patch(id, {}, self.keys[0])
        self.held(
            exchange.status == 200, "the update is accepted", "update_lead/an_empty_update_is_accepted", exchange.status
        )
        self.know(slot, self.keys[0], id, model.state_of(self.aura.lead_in(exchange)))

    def _create(self, slot: str, body: model.Body) -> None:
        key = self.owner_of(slot)
        exchange = self.aura.call("create_lead", body=body, key=key)
        known = any(model.same(("email",), self.states[id].get(("email",)), body["email"]) for id in self.leads_of(key))
        if known and 400 <= exchange.status < 500:  # AU-28
            return self._create(slot, {**body, "email": self.aura.email()})
        self.held(
            exchange.status in CREATED, "the lead is created", "create_lead/email_alone_is_enough", exchange.status
        )
        with self.speaking_of(_ENVELOPE):
            lead = self.aura.lead_in(exchange)
            state = model.state_of(lead)
        id = lead["id"]
        if not known:
            wanted = model.created(body)
            shown = {place: state[place] for place in wanted if place in state}
            expected, rule = misfit(wanted, shown, model)
            self.held(not expected, expected, rule, lead)
            self.held(id not in self.states, "an id of its own", "create_lead/every_lead_has_an_id_of_its_own", id)
        self.know(slot, key, id, state)
        self._see(id, _CREATED, _OTHERS_OF_A_NEW_ONE)
        return None

    # -- writing and reading back ----------------------------------------------------------------------------------

    def _patch(self, id: str, body: model.Body, key: str) -> Exchange:
        return self.aura.call("update_lead", path={"id": id}, body=body, key=key)

    def _update(self, id: str, body: model.Body) -> None:
        """Update a lead, and see to it that it ends in one of the ways that the model allows."""
        key = self.owners[id]
        others = [self.states[other].get(("email",)) for other in self.leads_of(key) if other != id]
        taken = any(model.same(("email",), body.get("email"), other) for other in others)
        ways = model.update(self.states[id], body, taken=taken)
        exchange = self._patch(id, body, key)
        left = self.left(ways, exchange, _REFUSED)
        replies: list[Lead] = []
        if left[0].accepted:
            with self.speaking_of("update_lead/answers_with_the_lead_and_success_true"):
                replies = [self.aura.lead_in(exchange)]
        self.settle(id, left, (*replies, *self._read(id)), _READ)
        self._glance(id, _OTHERS)

    def _refused(self, exchange: Exchange, rule: str, *statuses: int) -> None:
        wanted = " or ".join(map(str, statuses))
        self.held(exchange.status in statuses, f"it is refused with {wanted}", rule, exchange.status)

    def _see(self, id: str, rule: str, others: str = _OTHERS) -> None:
        """The lead reads as it is known, and so do the organization's others."""
        for view in self._read(id):
            self.as_known(id, view, rule)
        self._glance(id, others)

    def _read(self, id: str) -> Iterator[Lead]:
        if self.aura.offers("get_lead"):
            exchange = self.aura.call("get_lead", path={"id": id}, key=self.owners[id])
            self.held(exchange.status == 200, "the lead is found", _CREATED, exchange.status)
            with self.speaking_of("get_lead/answers_with_the_lead_and_success_true"):
                yield self.aura.lead_in(exchange)

    def _glance(self, id: str, others: str) -> None:
        """Those leads that the first page of the list shows are as they are known."""
        if self.aura.offers("list_leads"):
            key = self.owners[id]
            leads, _ = next(self._pages(key, len(self.leads_of(key)) + 1))
            self.recognized(leads, id, _LISTED, others)

    def _pages(self, key: str, limit: int) -> Iterator[tuple[list[Lead], bool]]:
        query: dict[str, Any] = {"limit": str(limit)}
        for _ in range(_MOST_PAGES):
            exchange = self.aura.call("list_leads", query=query, key=key)
            self.held(exchange.status == 200, "the leads are listed", _VISITED, exchange.status)
            body: Any = exchange.json
            page = isinstance(body, dict) and isinstance(body.get("data"), list)
            self.held(page and isinstance(body.get("pagination"), dict), "data and pagination", _VISITED, body)
            leads = [lead for lead in body["data"] if isinstance(lead, dict)]
            more = body["pagination"].get("has_more") is True
            yield leads, more
            if not more:
                return
            query["cursor"] = body["pagination"].get("next_cursor")


def keys(aura: Aura) -> tuple[str, ...]:
    """The keys whose leads take part: also that of another organization, where it can create leads."""
    for operation_id in ("create_lead", "list_leads", "get_lead"):
        with suppress(CannotTry):
            aura.offers(operation_id)
    try:
        aura.needs("create_lead")
        aura.foreign_lead()
    except CannotTry:
        return ("full",)
    return ("full", "other")
