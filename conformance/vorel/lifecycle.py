"""Sequences of calls to all operations of Vorel."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conformance.exchange import Exchange
from conformance.lifecycle import Course, Expected, Lifecycle, State, misfit, step
from conformance.outcomes import CannotTry
from conformance.vorel import CREATED, Vorel, model, page_in, same

_SLOTS = st.sampled_from(("one", "two", "three", "theirs"))
"""The leads of a sequence; the last belongs to another tenant, where the target file has its key."""

_MOST_PAGES = 5


class VorelLifecycle(Lifecycle):
    """Leads of one or two tenants, each made when it is first spoken of."""

    def __init__(self, vorel: Vorel, course: Course, *, tenants: tuple[str, ...]) -> None:
        super().__init__(vorel, course)
        self.vorel = vorel
        self.tenants = tenants
        self.ids: dict[str, str] = {}
        self.owners: dict[str, str] = {}
        self.states: dict[str, State] = {}
        self.sent: dict[str, model.Body] = {}

    # -- steps ---------------------------------------------------------------------------------------------------

    @step(slot=_SLOTS, body=model.good_bodies)
    def update(self, slot: str, body: model.Body) -> None:
        self._update(self._lead(slot), self.filled(body))

    @step(slot=_SLOTS, body=model.doubtful_bodies)
    def update_doubtfully(self, slot: str, body: model.Body) -> None:
        self._update(self._lead(slot), self.filled(body))

    @step(slot=_SLOTS, body=model.clearing_bodies)
    def clear(self, slot: str, body: model.Body) -> None:
        self._update(self._lead(slot), body)

    @step(slot=_SLOTS)
    def repeat(self, slot: str) -> None:
        """Send the last update once more."""
        id = self._lead(slot)
        if id in self.sent:
            self._update(id, self.sent[id])

    @step(slot=_SLOTS)
    def change_nothing(self, slot: str) -> None:
        """Send what the lead has already."""
        id = self._lead(slot)
        body: model.Body = {}
        for place, value in self.states[id].items():
            if place[0] == "attributes":
                body.setdefault("attributes", {})[place[1]] = value
            elif place[0] not in ("id", "conversation_id", "created_at"):
                body[place[0]] = value
        self._update(id, body)

    @step(slot=_SLOTS, body=model.good_bodies)
    def create_with(self, slot: str, body: model.Body) -> None:
        """Create the lead with these fields; what becomes of them is no requirement, only that it stays so."""
        if slot not in self.ids:
            self._create(slot, {name: value for name, value in self.filled(body).items() if value is not None})

    @step(slot=_SLOTS, body=model.good_bodies)
    def create_again(self, slot: str, body: model.Body) -> None:
        """Create a second lead for the conversation of the first."""
        id = self._lead(slot)
        if self.vorel.can("create_lead"):
            sent = {**self.filled(body), "conversation_id": self.states[id][("conversation_id",)]}
            exchange = self.vorel.call("create_lead", body=sent, key=self.owners[id])
            rule = "create_lead/a_second_lead_for_a_conversation_is_answered_409"
            refused = exchange.status == 409 or (400 <= exchange.status < 500 and "" in sent.values())
            self.held(refused, "a second lead for a conversation is refused with 409", rule, exchange.status)
            self._read_all(id, "create_lead/a_second_create_leaves_the_first_lead_unchanged")

    @step(slot=_SLOTS, body=model.good_bodies)
    def update_as_another_tenant(self, slot: str, body: model.Body) -> None:
        if len(self.tenants) > 1:
            id = self._lead(slot)
            stranger = next(key for key in self.tenants if key != self.owners[id])
            self._never(id, self.filled(body), stranger, "another_tenants_lead_stays_unchanged")

    @step(slot=_SLOTS, body=model.good_bodies)
    def update_nobody(self, slot: str, body: model.Body) -> None:
        """Update an id that no lead has."""
        id = self._lead(slot)
        exchange = self.vorel.call("update_lead", path={"id": self.vorel.uuid()}, body=self.filled(body))
        rule = "update_lead/an_unknown_lead_is_never_updated"
        self.held(400 <= exchange.status < 500, "an unknown lead is refused with a 4xx", rule, exchange.status)
        self._read_all(id, rule)

    @step(slot=_SLOTS, limit=st.integers(1, 3))
    def walk(self, slot: str, limit: int) -> None:
        """Follow the pages of the list."""
        self._read_listed(self.owners[self._lead(slot)], limit, "list_leads/the_cursor_visits_every_lead_once")

    # -- leads ---------------------------------------------------------------------------------------------------

    def _lead(self, slot: str) -> str:
        """The id of the lead in this place, made now if there is none."""
        if slot not in self.ids:
            self._create(slot, {})
        return self.ids[slot]

    def _create(self, slot: str, fields: model.Body) -> None:
        owner = self.tenants[-1] if slot == "theirs" else self.tenants[0]
        if not self.vorel.can("create_lead") or not self.vorel.can("create_conversation"):
            self._borrow(slot, owner)
            return
        body = {"conversation_id": self.vorel.conversation(key=owner), **fields}
        exchange = self.vorel.call("create_lead", body=body, key=owner)
        if fields and exchange.status in (400, 422):  # whether a create takes all that an update takes is not said
            exchange = self.vorel.call("create_lead", body={"conversation_id": body["conversation_id"]}, key=owner)
        rule = "create_lead/the_reply_is_the_new_lead"
        self.held(exchange.status in CREATED, "the lead is created", rule, exchange.status)
        lead = self.vorel.lead_in(exchange)
        self.held(lead["id"] not in self.states, "a lead with an id of its own", rule, lead["id"])
        self._know(slot, owner, lead)
        shown = self.states[lead["id"]].get(("conversation_id",))
        about = same("conversation_id", shown, body["conversation_id"])
        self.held(about, "the lead of the conversation that was sent", rule, shown)
        self._read_all(lead["id"], "create_lead/a_new_lead_can_be_read")

    def _borrow(self, slot: str, owner: str) -> None:
        """A lead of the target file, which may be in another place already."""
        lead = self.vorel.new_lead()
        self._know(slot, owner, self.vorel.update(lead, {"status": "new"}))

    def _know(self, slot: str, owner: str, lead: dict[str, Any]) -> None:
        id = lead["id"]
        self.ids[slot], self.owners[id], self.states[id] = id, owner, model.state_of(lead)

    # -- writing and reading back ----------------------------------------------------------------------------------

    def _update(self, id: str, body: model.Body) -> None:
        """Update a lead, and see to it that it ends in one of the ways that the model allows."""
        ways = model.update(self.states[id], body)
        exchange = self.vorel.call("update_lead", path={"id": id}, body=body, key=self.owners[id])
        self.sent[id] = body
        left = self.chosen(ways, exchange)
        if left[0].accepted:
            shown = model.state_of(self.vorel.lead_in(exchange))
            self.fitting(left, shown, same, model.stays)
            self.states[id] = shown
            self._read_all(id, "get_lead/a_read_shows_the_last_update")
        else:
            self._not_another_reason(exchange, left[0].id)
            self._read_all(id, "update_lead/a_refused_update_changes_nothing")

    def _not_another_reason(self, exchange: Exchange, id: str) -> None:
        said = exchange.status not in (401, 403, 404, 405)
        self.held(said, "the request is refused with 400 or 422", id, exchange.status)

    def _never(self, id: str, body: model.Body, key: str, rule: str) -> None:
        exchange = self.vorel.call("update_lead", path={"id": id}, body=body, key=key)
        refused = 400 <= exchange.status < 500
        self.held(refused, "another tenant's lead is refused with a 4xx", f"update_lead/{rule}", exchange.status)
        self._read_all(id, f"update_lead/{rule}")

    def _read_all(self, id: str, rule: str) -> None:
        """Read the lead in every way that there is, and with it the tenant's other leads of this sequence."""
        owner = self.owners[id]
        if self.vorel.can("get_lead"):
            exchange = self.vorel.call("get_lead", path={"id": id}, key=owner)
            self.held(exchange.status == 200, "the lead is found", "create_lead/a_new_lead_can_be_read", exchange.status)
            self._as_known(id, self.vorel.lead_in(exchange), rule)
        self._read_listed(owner, len(self._of(owner)) + 2, rule, written=id)

    def _read_listed(self, owner: str, limit: int, rule: str, written: str = "") -> None:
        """Find the leads of this sequence in the list; a lead that was not written is as it was."""
        missing = self._of(owner)
        if not self.vorel.can("list_leads") or not missing:
            return
        query: dict[str, str] = {"limit": str(limit if self.vorel.can("create_lead") else 100)}
        for _ in range(_MOST_PAGES):
            exchange = self.vorel.call("list_leads", query=query, key=owner)
            self.held(exchange.status == 200, "the leads are listed", "list_leads/a_page_has_its_three_keys", exchange.status)
            page = page_in(exchange)
            for lead in page["data"]:
                if lead["id"] in missing:
                    missing.discard(lead["id"])
                    self._as_known(lead["id"], lead, rule if lead["id"] in (written, "") else _OTHERS)
            if not missing or not page["has_more"]:
                break
            query["cursor"] = page["next_cursor"]
        else:
            return
        visited = "list_leads/the_cursor_visits_every_lead_once"
        self.held(not missing, "every lead is listed", visited, f"these are on no page: {sorted(missing)}")

    def _of(self, owner: str) -> set[str]:
        return {id for id in self.states if self.owners[id] == owner}

    def _as_known(self, id: str, lead: dict[str, Any], rule: str) -> None:
        """What is read is what is known."""
        known = {place: Expected((value,), rule) for place, value in self.states[id].items()}
        sentence = misfit(known, model.state_of(lead), same, lambda place: rule)
        self.held(not sentence, sentence.removesuffix(f": {rule}"), rule, lead)


_OTHERS = "update_lead/updating_one_lead_leaves_the_others"


def tenants(vorel: Vorel) -> tuple[str, ...]:
    """The keys whose leads take part: also that of another tenant, where it can create leads."""
    for operation_id in ("get_lead", "list_leads", "create_lead", "create_conversation"):
        vorel.can(operation_id)
    try:
        vorel.foreign_lead()
    except CannotTry:
        return ("full",)
    return ("full", "other")
