"""Sequences of calls to all operations of Octanist."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st

from conformance.exchange import Exchange
from conformance.octanist import IDENTIFIERS, Lead, Octanist, data_of, model, refused
from conformance.octanist.several import names_some
from conformance.outcomes import CannotTry
from conformance.sequences.endings import misfit
from conformance.sequences.lifecycle import SLOTS, Course, Lifecycle, Made, step
from conformance.target import expect

_SLOTS = st.sampled_from(SLOTS)
_NAMES = st.sampled_from(
    (("id",), ("email",), ("phone",), ("email",), ("id", "email"), ("email", "phone"), IDENTIFIERS)
)
_MOST_PAGES = 4

_READ = "get_lead/lead_asked_for_is_returned"
_CREATED = "create_lead/new_lead_is_readable_by_its_id"
_NOTHING = "create_lead/none_of_the_four_is_400_validation_error"
_OTHERS = "update_lead/other_leads_stay_as_they_are"
_INVISIBLE = "every_operation/leads_of_other_organizations_are_invisible"
_VISITED = "list_leads/pages_from_1_on_hold_every_lead_once"
_CHECKED = "check_key/a_valid_key_is_confirmed"
_KNOWN_ONES = ("name", "email", "phone", "custom")


class OctanistLifecycle(Lifecycle):
    """Leads of one or two organizations, each made when it is first spoken of, some with one e-mail or phone."""

    model = model

    def __init__(self, octanist: Octanist, course: Course, keys: tuple[str, ...]) -> None:
        super().__init__(octanist, course, keys)
        self.octanist = octanist
        self._sent: dict[str, model.Body] = {}
        self.to_lend = list(octanist.config.lead_ids)
        self.bulk = octanist.config.settings.get("bulk_updates", "unknown")

    # -- steps ---------------------------------------------------------------------------------------------------

    @step(slot=_SLOTS, several=st.lists(st.tuples(_NAMES, model.changes), min_size=1, max_size=4))
    def update(self, slot: str, several: list[tuple[tuple[str, ...], model.Body]]) -> None:
        """Update a lead by some of its own identifiers, which other leads may have too."""
        for names, changes in several:
            id = self._lead(slot)
            self._update(self.owners[id], {**self._identifiers(id, names), **changes})

    @step(one=_SLOTS, two=_SLOTS, names=_NAMES, changes=model.changes)
    def update_by_identifiers_of_two(self, one: str, two: str, names: tuple[str, ...], changes: model.Body) -> None:
        """The first identifier is that of one lead, the others are those of another."""
        first, second = self._lead(one), self._lead(two)
        others = self._identifiers(second, names[1:]) if len(names) > 1 else {}
        self._update(self.owners[first], {**others, **self._identifiers(first, names[:1]), **changes})

    @step(slot=_SLOTS, names=_NAMES, changes=model.changes, foreign=st.booleans())
    def update_in_vain(self, slot: str, names: tuple[str, ...], changes: model.Body, foreign: bool) -> None:
        """Update by identifiers that nobody has, or by the id of a lead of another organization."""
        id = self._lead(slot)
        stranger = next((key for key in self.keys if key != self.owners[id]), None)
        if not foreign or stranger is None:
            made = {"id": self.octanist.unknown_id(), "email": self.octanist.email(), "phone": self.octanist.phone()}
            self._update(self.owners[id], {**{name: made[name] for name in names}, **changes})
            return
        self._update(stranger, {**changes, "id": id})
        if self.octanist.offers("get_lead"):
            exchange = self.octanist.call("get_lead", path={"id": id}, key=stranger)
            self.held(400 <= exchange.status < 500, "it is refused with a 4xx", _INVISIBLE, exchange.status)

    @step(changes=model.changes)
    def update_without_identifier(self, changes: model.Body) -> None:
        self._update(self.keys[0], changes)

    @step(slot=_SLOTS)
    def repeat(self, slot: str) -> None:
        """Send the last update of the organization once more."""
        key = self.owner_of(slot)
        if key in self._sent:
            self._update(key, self._sent[key])

    @step(slot=_SLOTS, body=model.new_bodies)
    def create(self, slot: str, body: model.Body) -> None:
        """Make a lead, also in a place that has one: that one is then only found in other ways."""
        if self.octanist.offers("create_lead"):
            self._create(slot, self.filled(body))

    @step(slot=_SLOTS, limit=st.integers(1, 3))
    def walk(self, slot: str, limit: int) -> None:
        """Check the key, and follow the pages of the list: no lead is on two of them."""
        key = self.owners[self._lead(slot)]
        if self.octanist.offers("check_key"):
            status = self.octanist.call("check_key", key=key).status
            self.held(status == 200, "the key is confirmed", _CHECKED, status)
        if self.octanist.offers("list_leads"):
            seen: list[str] = []
            for leads, more in self._pages(key, limit):
                seen += self.recognized(leads, "", _READ, _READ)
                missing = [] if more else sorted(set(self.leads_of(key)) - set(seen))
                self.held(not missing, "every lead is listed", _VISITED, f"these are on no page: {missing}")
            self.held(len(set(seen)) == len(seen), "every lead is listed once", _VISITED, seen)

    # -- leads ---------------------------------------------------------------------------------------------------

    def _lead(self, slot: str) -> str:
        """The id of the lead in this place, made now if there is none."""
        if slot not in self.ids:
            if not self.octanist.offers("create_lead"):
                self._borrow(slot)
                return self.ids[slot]
            email, phone = Made("email", len(self.ids) // 2), Made("phone", len(self.ids) % 2)
            self._create(slot, self.filled({"email": email, "phone": phone}))
        if slot not in self.ids:  # no second lead like that (OC-27)
            self._create(slot, {"email": self.octanist.email(), "phone": self.octanist.phone()})
        return self.ids[slot]

    def _identifiers(self, id: str, names: tuple[str, ...]) -> model.Body:
        """Those of a lead; only the id of a lead that is not ours, for there may be others like it."""
        ours = {
            "id": id,
            **{name: self.states[id][(name,)] for name in ("email", "phone") if (name,) in self.states[id]},
        }
        chosen = {name: ours[name] for name in names if name in ours and not self.to_lend}
        return chosen or {"id": id}

    def _borrow(self, slot: str) -> None:
        """A lead of the target file, which may be in another place already."""
        if not self.to_lend:
            raise CannotTry("the target cannot create leads, and its file names none (fixtures.lead_ids)")
        id = self.to_lend[len(self.ids) % len(self.to_lend)]
        self.know(slot, self.keys[0], id, model.state_of(next(self._views(id, self.keys[0]))))

    def _create(self, slot: str, body: model.Body) -> None:
        key = self.owner_of(slot)
        exchange = self.octanist.call("create_lead", body=body, key=key)
        if not body.keys() & set(_KNOWN_ONES):
            with self.speaking_of(_NOTHING):
                refused(exchange, "a lead without name, email, phone and custom", 400, "VALIDATION_ERROR")
            return
        resembles = any(
            (name,) in self.states[id] and model.same((name,), body.get(name), self.states[id][(name,)])
            for id in self.leads_of(key)
            for name in ("email", "phone")
        )
        if resembles and exchange.status == 409:  # OC-27
            return
        with self.speaking_of("create_lead/one_of_name_email_phone_and_custom_suffices"):
            id = self.octanist.created(exchange)
        self.held(resembles or id not in self.states, "an id of its own", _CREATED, id)
        view = next(self._views(id, key))
        with self.speaking_of(_CREATED):
            expect(view.get("id") == id, f"the lead {id}", view.get("id"))
        state = model.state_of(view)
        if id not in self.states:
            wanted = model.created(body)
            expected, rule = misfit(wanted, {place: state[place] for place in wanted if place in state}, model)
            self.held(not expected, expected, rule, view)
        self.know(slot, key, id, state)
        self._glance(key, (id,))

    # -- writing and reading back ----------------------------------------------------------------------------------

    def _update(self, key: str, body: model.Body) -> None:
        """Try an update, and see to it that it ends in one of the ways that the model allows."""
        states = {id: self.states[id] for id in self.leads_of(key)}
        ways = model.ways(states, body, self.bulk)
        exchange = self.octanist.call("update_lead", body=body, key=key)
        self._sent[key] = body
        way = next((each for each in ways if each.status == exchange.status), None)
        if way is None:
            statuses = " or ".join(str(each.status) for each in ways)
            self.held(False, f"status {statuses}", ways[0].id, f"{exchange.status} {exchange.json}")
            return
        if way.code:
            with self.speaking_of(way.id):
                refused(exchange, "the update", way.status, way.code)
        if way.hits:
            self._confirmed(exchange, way)
        for id in way.hits:
            self.settle(id, model.changed(states[id], body), self._views(id, key), _READ)
        named = [id for id in states if id == body.get("id") or self._like(states[id], body)]
        for id in [each for each in named if each not in way.hits][:3]:
            for view in self._views(id, key):
                self.as_known(id, view, way.id)
        self._glance(key, way.hits)

    def _like(self, state: dict[tuple[str, ...], Any], body: model.Body) -> bool:
        return any(name in body and state.get((name,)) == body[name] for name in ("email", "phone"))

    def _confirmed(self, exchange: Exchange, way: model.Way) -> None:
        """The answer counts the leads and names no others."""
        one = len(way.hits) == 1
        counted = "update_lead/" + ("one_match_is_counted_as_one" if one else "several_matches_with_bulk_are_counted")
        with self.speaking_of(counted):
            data = data_of(exchange)
        self.held(data.get("leadsUpdated") == len(way.hits), f"leadsUpdated is {len(way.hits)}", counted, data)
        if one:
            named = data.get("leadId") == way.hits[0]
            self.held(named, f"leadId is {way.hits[0]}", "update_lead/one_match_is_named_by_its_id", data)
            return
        with self.speaking_of(counted):
            names_some(data.get("leadId"), way.hits)

    def _views(self, id: str, key: str) -> Iterator[Lead]:
        """The lead by its id or, where the target cannot show it so, in the list. Raises CannotTry where it is not."""
        if self.octanist.offers("get_lead"):
            exchange = self.octanist.call("get_lead", path={"id": id}, key=key)
            self.held(exchange.status == 200, f"the lead {id} is found", _READ, exchange.status)
            with self.speaking_of(_READ):
                yield data_of(exchange)
            return
        self.octanist.needs("list_leads")
        for leads, _ in self._pages(key, 100):
            found = [lead for lead in leads if lead.get("id") == id]
            yield from found
            if found:
                return
        raise CannotTry(f"no operation of the target shows the lead {id}")

    def _glance(self, key: str, written: tuple[str, ...]) -> None:
        """Those leads that the first page of the list shows are as they are known."""
        if self.octanist.offers("list_leads") and self.leads_of(key):
            leads, _ = next(self._pages(key, len(self.leads_of(key)) + 1))
            mine = [lead for lead in leads if lead.get("id") in self.states]
            for lead in mine:
                self.as_known(lead["id"], lead, _READ if lead["id"] in written else _OTHERS)

    def _pages(self, key: str, limit: int) -> Iterator[tuple[list[Lead], bool]]:
        for page in range(1, _MOST_PAGES + 1):
            query = {"limit": min(limit, 100), "page": page}
            exchange = self.octanist.call("list_leads", query=query, key=key)
            self.held(exchange.status == 200, "the leads are listed", _VISITED, exchange.status)
            body: Any = exchange.json
            self.held(isinstance(body, dict) and isinstance(body.get("data"), list), "leads as data", _VISITED, body)
            meta = body.get("meta")
            pagination: Any = meta.get("pagination") if isinstance(meta, dict) else None
            self.held(isinstance(pagination, dict), "meta with pagination", _VISITED, meta)
            more = pagination.get("hasMore") is True
            yield [lead for lead in body["data"] if isinstance(lead, dict)], more
            if not more:
                return


def keys(octanist: Octanist) -> tuple[str, ...]:
    """The keys whose leads take part: also that of another organization, where it can create leads."""
    for operation_id in ("create_lead", "list_leads", "get_lead", "check_key"):
        with suppress(CannotTry):
            octanist.offers(operation_id)
    try:
        octanist.foreign_lead()
    except CannotTry:
        return ("full",)
    return ("full", "other")
