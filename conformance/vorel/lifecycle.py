"""Sequences of calls to all operations of Vorel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from conformance.outcomes import CannotTry
from conformance.sequences.lifecycle import SLOTS, Course, Lifecycle, step
from conformance.vorel import CREATED, Lead, Vorel, model, page_in, same

_SLOTS = st.sampled_from(SLOTS)
_BODIES = st.lists(
    model.good_bodies | model.doubtful_bodies | model.good_bodies | model.clearing_bodies, min_size=1, max_size=4
)
_REFUSED = (400, 422)
_MOST_PAGES = 4

_READ = "get_lead/a_read_shows_the_last_update"
_CREATED = "create_lead/the_reply_is_the_new_lead"
_READABLE = "create_lead/a_new_lead_can_be_read"
_OTHERS = "update_lead/updating_one_lead_leaves_the_others"
_SECOND = "create_lead/a_second_lead_for_a_conversation_is_answered_409"
_FIRST = "create_lead/a_second_create_leaves_the_first_lead_unchanged"
_UNKNOWN = "update_lead/an_unknown_lead_is_never_updated"
_FOREIGN = "update_lead/another_tenants_lead_stays_unchanged"
_VISITED = "list_leads/the_cursor_visits_every_lead_once"


class VorelLifecycle(Lifecycle):
    """Leads of one or two tenants, each made when it is first spoken of."""

    model = model

    def __init__(self, vorel: Vorel, course: Course, keys: tuple[str, ...]) -> None:
        super().__init__(vorel, course, keys)
        self.vorel = vorel

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

    @step(slot=_SLOTS, body=model.good_bodies)
    def create_with(self, slot: str, body: model.Body) -> None:
        """Create the lead with these fields; what becomes of them is no requirement, only that it stays so."""
        if slot not in self.ids:
            self._create(slot, {name: value for name, value in self.filled(body).items() if value is not None})

    @step(slot=_SLOTS, body=model.good_bodies, what=st.sampled_from(("create again", "as another tenant", "nobody")))
    def try_in_vain(self, slot: str, body: model.Body, what: str) -> None:
        """Create a second lead for the conversation, update the lead of another tenant, or one that nobody has."""
        id, sent = self._lead(slot), self.filled(body)
        stranger = next((key for key in self.keys if key != self.owners[id]), None)
        if what == "create again" and self.vorel.can("create_lead"):
            self._create_again(id, sent)
        elif what == "as another tenant" and stranger:
            self._update_in_vain(id, sent, stranger, _FOREIGN)
            self._see(id, _FOREIGN)
        else:
            self._update_in_vain(self.vorel.uuid(), sent, self.owners[id], _UNKNOWN)
            self._see(id, _UNKNOWN)

    @step(slot=_SLOTS, limit=st.integers(1, 3))
    def walk(self, slot: str, limit: int) -> None:
        """Follow the pages of the list: each lead is on one of them."""
        key = self.owners[self._lead(slot)]
        if self.vorel.can("list_leads"):
            seen: list[str] = []
            for page in self._pages(key, limit):
                seen += self.recognized(page["data"], "", _READ, _READ)
                if not page["has_more"]:
                    missing = set(self.leads_of(key)) - set(seen)
                    self.held(not missing, "every lead is listed", _VISITED, f"these are on no page: {missing}")
            self.held(len(set(seen)) == len(seen), "every lead is listed once", _VISITED, seen)

    # -- leads ---------------------------------------------------------------------------------------------------

    def _lead(self, slot: str) -> str:
        """The id of the lead in this place, made now if there is none."""
        if slot not in self.ids:
            self._create(slot, {})
        return self.ids[slot]

    def _create(self, slot: str, fields: model.Body) -> None:
        key = self.owner_of(slot)
        if not self.vorel.can("create_lead") or not self.vorel.can("create_conversation"):
            lead = self.vorel.update(self.vorel.new_lead(), {"status": "new"})  # it may be in another place already
            self.know(slot, key, lead["id"], model.state_of(lead))
            return
        conversation_id = self.vorel.conversation(key=key)
        exchange = self.vorel.call("create_lead", body={"conversation_id": conversation_id, **fields}, key=key)
        if fields and exchange.status in _REFUSED:  # whether a create takes all that an update takes is not said
            exchange = self.vorel.call("create_lead", body={"conversation_id": conversation_id}, key=key)
        self.held(exchange.status in CREATED, "the lead is created", _CREATED, exchange.status)
        with self.speaking_of(_CREATED):
            lead = self.vorel.lead_in(exchange)
            state = model.state_of(lead)
        self.held(lead["id"] not in self.states, "a lead with an id of its own", _CREATED, lead["id"])
        about = state.get(("conversation_id",))
        named = same("conversation_id", about, conversation_id)
        self.held(named, f"conversation_id is {conversation_id}", _CREATED, about)
        self.know(slot, key, lead["id"], state)
        for view in self._read(lead["id"]):
            self.as_known(lead["id"], view, _READABLE)

    def _create_again(self, id: str, fields: model.Body) -> None:
        sent = {**fields, "conversation_id": self.states[id][("conversation_id",)]}
        exchange = self.vorel.call("create_lead", body=sent, key=self.owners[id])
        doubtful = exchange.status in _REFUSED and len(sent) > 1
        self.held(exchange.status == 409 or doubtful, "a second lead is refused with 409", _SECOND, exchange.status)
        self._see(id, _FIRST)

    # -- writing and reading back ----------------------------------------------------------------------------------

    def _update(self, id: str, body: model.Body) -> None:
        """Update a lead, and see to it that it ends in one of the ways that the model allows."""
        ways = model.update(self.states[id], body)
        exchange = self.vorel.call("update_lead", path={"id": id}, body=body, key=self.owners[id])
        left = self.left(ways, exchange, _REFUSED)
        replies: list[Lead] = []
        if left[0].accepted:
            with self.speaking_of(left[0].id):
                replies = [self.vorel.lead_in(exchange)]
        self.settle(id, left, (*replies, *self._read(id)), _READ)
        self._glance(id, _OTHERS)

    def _update_in_vain(self, id: str, body: model.Body, key: str, rule: str) -> None:
        exchange = self.vorel.call("update_lead", path={"id": id}, body=body, key=key)
        self.held(400 <= exchange.status < 500, "the update is refused with a 4xx", rule, exchange.status)

    def _see(self, id: str, rule: str) -> None:
        """The lead reads as it is known, and so do the tenant's others."""
        for view in self._read(id):
            self.as_known(id, view, rule)
        self._glance(id, rule)

    def _read(self, id: str) -> Iterator[Lead]:
        if self.vorel.can("get_lead"):
            exchange = self.vorel.call("get_lead", path={"id": id}, key=self.owners[id])
            self.held(exchange.status == 200, "the lead is found", _READABLE, exchange.status)
            with self.speaking_of(_READABLE):
                yield self.vorel.lead_in(exchange)

    def _glance(self, id: str, others: str) -> None:
        """The newest leads of the list are as they are known."""
        if self.vorel.can("list_leads"):
            key = self.owners[id]
            page = next(self._pages(key, len(self.leads_of(key)) + 1))
            self.recognized(page["data"], id, _READ, others)

    def _pages(self, key: str, limit: int) -> Iterator[dict[str, Any]]:
        query = {"limit": str(limit)}
        for _ in range(_MOST_PAGES):
            exchange = self.vorel.call("list_leads", query=query, key=key)
            self.held(exchange.status == 200, "the leads are listed", _VISITED, exchange.status)
            with self.speaking_of(_VISITED):
                page = page_in(exchange)
            yield page
            if not page["has_more"]:
                return
            query["cursor"] = page["next_cursor"]


def keys(vorel: Vorel) -> tuple[str, ...]:
    """The keys whose leads take part: also that of another tenant, where it can create leads."""
    for operation_id in ("get_lead", "list_leads", "create_lead", "create_conversation"):
        vorel.can(operation_id)
    try:
        vorel.foreign_lead()
    except CannotTry:
        return ("full",)
    return ("full", "other")
