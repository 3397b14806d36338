"""PATCH /leads/{id} (seed 004)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hypothesis import strategies as st

from conformance import contract_layer
from conformance.compare import instant, is_uuid, same_instant, same_json
from conformance.outcomes import CannotTry
from conformance.target import brief, expect, expect_error, expect_status
from conformance.values import NOT_EMAILS, phones, texts
from conformance.vorel import (
    MALFORMED_IDS,
    NULLABLE,
    REQUIRED,
    STATUSES,
    TEXTS,
    Lead,
    Vorel,
    attributes,
    attributes_of,
    shows,
    unchanged,
)
from conformance.vorel.fields import digits_of, everything, everything_else, one_by_one, text_of


def replies_match_the_contract(vorel: Vorel) -> None:
    contract_layer.check(vorel, "update_lead")


# -- the reply -----------------------------------------------------------------------------------------------


def the_reply_is_the_bare_lead(vorel: Vorel) -> None:
    lead = _full_lead(vorel)

    def whole(changes: dict[str, Any]) -> None:
        reply = vorel.update(lead, changes)
        lacking = [name for name in REQUIRED if name not in reply]
        expect(not lacking, f"a lead with {', '.join(REQUIRED)}", reply)

    vorel.for_each(_single_changes(vorel), whole)


def the_reply_names_the_lead_of_the_path(vorel: Vorel) -> None:
    leads = vorel.new_leads(3)
    for lead in (leads[1], leads[0], leads[2], leads[0]):
        shows(vorel.update(lead, {"name": f"Lead {vorel.token()}"}), id=lead["id"])


def the_reply_has_the_documented_types(vorel: Vorel) -> None:
    _typed(vorel.update(vorel.new_lead(), {"name": "Ada Lovelace"}))
    lead = _full_lead(vorel)
    cleared: dict[str, Any] = dict.fromkeys(NULLABLE)
    everything = everything_else(vorel)
    vorel.for_each([everything, cleared, *_single_changes(vorel)], lambda changes: _typed(vorel.update(lead, changes)))


def a_successful_update_is_answered_200(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    vorel.for_each(
        _single_changes(vorel), lambda changes: expect_status(vorel.patch(lead, changes), "the update is accepted", 200)
    )


# -- what can be updated -------------------------------------------------------------------------------------


def name_can_be_updated(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    vorel.for_any(texts(100), lambda name: _updated(vorel, lead, name=name), always=["Ada Lovelace", "0"])


def email_can_be_updated(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    local, domain = vorel.token(), f"{'a' * 40}.example.com"
    emails = (vorel.email(), f"first.last+{local}@mail.example.com", f"{local}@{domain}")
    vorel.for_each(emails, lambda email: _updated(vorel, lead, email=email))


def phone_can_be_updated(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    vorel.for_any(
        phones(),
        lambda phone: _updated(vorel, lead, phone=phone),
        always=["+14155552671", "0171 2345678", "01712345678"],
    )


def intent_can_be_updated(vorel: Vorel) -> None:
    _text_can_be_updated(vorel, "intent", "buy")


def timeline_can_be_updated(vorel: Vorel) -> None:
    _text_can_be_updated(vorel, "timeline", "this month")


def source_can_be_updated(vorel: Vorel) -> None:
    _text_can_be_updated(vorel, "source", "website")


def qualification_score_can_be_updated(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    vorel.for_any(st.integers(0, 100), lambda score: _updated(vorel, lead, qualification_score=score), always=[50, 1])


def status_can_be_set_to_each_of_the_five_values(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    for status in ("qualified", "booked", "converted", "lost", "new", "booked"):
        _updated(vorel, lead, status=status)


def a_new_attribute_key_is_added(vorel: Vorel) -> None:
    lead = vorel.new_lead(attributes=attributes.STORED)

    def added(value: Any) -> None:
        key = f"newKey_{vorel.token()}"
        for seen in attributes.after(vorel, lead, {key: value}):
            expect(same_json(seen.get(key), value), f"attributes.{key} is {brief(value)}", seen)

    vorel.for_any(attributes.values, added, always=attributes.VALUES)


# -- what an update needs, and what it leaves alone ------------------------------------------------------------


def an_empty_update_is_refused(vorel: Vorel) -> None:
    _all_refused(vorel, [{}])


def an_update_of_only_conversation_id_is_refused(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    _all_refused(vorel, [{"conversation_id": lead.get("conversation_id")}, {"conversation_id": vorel.uuid()}], lead)


def an_update_of_only_notes_is_refused(vorel: Vorel) -> None:
    _all_refused(vorel, [{"notes": "Called back"}])


def an_update_of_only_unknown_fields_is_refused(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    _all_refused(vorel, [{"favourite_colour": "red"}, {"Name": "Ada", "lead_status": "new"}], lead)


def omitted_fields_are_left_untouched(vorel: Vorel) -> None:
    def changed(lead: Lead, changes: dict[str, Any]) -> None:
        before = vorel.seen(lead)
        for after in (vorel.update(lead, changes), vorel.read_back(lead)):
            unchanged(before, after, but=(*changes, "updated_at"))

    vorel.for_each(NULLABLE, lambda name: changed(_full_lead(vorel), {name: None}))
    lead = _full_lead(vorel)
    some = st.sets(st.sampled_from(list(everything(vorel))), min_size=2, max_size=6)
    vorel.for_any(
        some.map(lambda names: _chosen(vorel, names)),
        lambda changes: changed(lead, changes),
        always=_single_changes(vorel),
    )


def conversation_id_never_changes(vorel: Vorel) -> None:
    lead, other = vorel.new_leads(2) if vorel.can("create_lead") else (vorel.new_lead(), {})
    before = vorel.seen(lead)

    def kept(body: dict[str, Any]) -> None:
        exchange = vorel.patch(lead, body)
        if "conversation_id" not in body:
            shows(vorel.updated(exchange), conversation_id=before.get("conversation_id"))
        elif vorel.accepted(exchange, "an update with conversation_id"):
            shows(vorel.lead_in(exchange), conversation_id=before.get("conversation_id"))
        shows(vorel.read_back(lead), conversation_id=before.get("conversation_id"))

    elsewhere = [vorel.uuid(), other.get("conversation_id", vorel.uuid()), None]
    if vorel.can("create_conversation"):
        elsewhere.append(vorel.conversation())
    moved = [{"name": "Ada Lovelace", "conversation_id": id} for id in elsewhere]
    alone = [{"conversation_id": id} for id in elsewhere]
    vorel.for_each([*moved, *alone, *_single_changes(vorel)], kept)


def sent_notes_never_appear_in_the_lead(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    note = f"note {vorel.token()}"
    exchange = vorel.patch(lead, {"name": "Ada Lovelace", "notes": note})
    seen = [vorel.read_back(lead)]
    if vorel.accepted(exchange, "an update with notes"):
        seen.append(vorel.lead_in(exchange))
    for each in seen:
        expect(note not in repr(each), "a lead without the notes that were sent", each)


def created_at_never_changes(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    before = vorel.seen(lead)
    vorel.let_time_pass(before.get("created_at"))
    for changes in _single_changes(vorel):
        shows(vorel.update(lead, changes), created_at=before.get("created_at"))
    shows(vorel.read_back(lead), created_at=before.get("created_at"))


def updated_at_never_moves_backwards(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    shown = vorel.seen(lead).get("updated_at")
    for changes in _single_changes(vorel):
        earlier, shown = shown, vorel.update(lead, changes).get("updated_at")
        was, is_now = instant(earlier), instant(shown)
        expect(is_now is not None, "updated_at is a date-time", shown)
        later = was is None or is_now is None or is_now >= was or same_instant(earlier, shown)
        expect(later, f"updated_at not before {earlier}", shown)


def updating_one_lead_leaves_the_others(vorel: Vorel) -> None:
    shared = {"name": "Same Name", "phone": vorel.phone(), "email": vorel.email(), "attributes": {"bedrooms": 3}}
    leads = vorel.new_leads(3, **shared)
    before = [vorel.seen(lead) for lead in leads]
    for changes in (everything_else(vorel), {"attributes": {"bedrooms": None}, "phone": None}):
        vorel.update(leads[1], changes)
        unchanged(before[0], vorel.read_back(leads[0]))
        unchanged(before[2], vorel.read_back(leads[2]))


def a_refused_update_changes_nothing(vorel: Vorel) -> None:
    lead = _full_lead(vorel)
    refusals = []

    def nothing(body: dict[str, Any]) -> None:
        before = vorel.seen(lead)
        exchange = vorel.patch(lead, body)
        if 400 <= exchange.status < 500:
            refusals.append(exchange)
            unchanged(before, vorel.read_back(lead), but=() if vorel.reads() else ("updated_at",))

    vorel.for_each(_faulty_updates(vorel), nothing)
    if not refusals:
        raise CannotTry("no faulty update was refused, which is the business of other requirements")


# -- null ----------------------------------------------------------------------------------------------------


def null_clears_a_nullable_field(vorel: Vorel) -> None:
    def cleared(names: tuple[str, ...]) -> None:
        lead = _full_lead(vorel)
        for shown in (vorel.update(lead, dict.fromkeys(names)), vorel.read_back(lead)):
            for name in names:
                expect(shown.get(name) is None, f"{name} is null or absent", {name: shown.get(name)})

    vorel.for_each([*((name,) for name in NULLABLE), NULLABLE], cleared)
    lead = _full_lead(vorel)
    for shown in (vorel.update(lead, {"phone": None, "name": "Grace Hopper", "email": None}), vorel.read_back(lead)):
        shows(shown, phone=None, email=None, name="Grace Hopper")


def null_for_status_never_clears_the_status(vorel: Vorel) -> None:
    lead = vorel.new_lead(status="qualified")

    def kept(body: dict[str, Any]) -> None:
        exchange = vorel.patch(lead, body)
        seen = [vorel.read_back(lead)]
        if vorel.accepted(exchange, "null for status"):
            seen.append(vorel.lead_in(exchange))
        for each in seen:
            expect(each.get("status") == "qualified", "the status qualified, as before", each.get("status"))

    bodies: list[dict[str, Any]] = [{"status": None}, {"name": "Grace Hopper", "status": None}]
    vorel.for_each(bodies, kept)


def null_for_attributes_never_removes_the_object(vorel: Vorel) -> None:
    lead = vorel.new_lead(attributes={"bedrooms": 3})

    def kept(body: dict[str, Any]) -> None:
        exchange = vorel.patch(lead, body)
        attributes_of(vorel.read_back(lead))
        if vorel.accepted(exchange, "null for attributes"):
            attributes_of(vorel.lead_in(exchange))

    bodies: list[dict[str, Any]] = [{"attributes": None}, {"name": "Grace Hopper", "attributes": None}]
    vorel.for_each(bodies, kept)


# -- limits, each at its edge and beyond -----------------------------------------------------------------------


def name_of_200_characters_is_accepted(vorel: Vorel) -> None:
    _updated(vorel, vorel.new_lead(), name=text_of(200))


def name_of_201_characters_is_refused(vorel: Vorel) -> None:
    _values_refused(vorel, "name", [text_of(201), text_of(2000)])


def phone_of_32_characters_is_accepted(vorel: Vorel) -> None:
    _updated(vorel, vorel.new_lead(), phone=digits_of(32))


def phone_of_33_characters_is_refused(vorel: Vorel) -> None:
    _values_refused(vorel, "phone", [digits_of(33), digits_of(320)])


def intent_of_40_characters_is_accepted(vorel: Vorel) -> None:
    _updated(vorel, vorel.new_lead(), intent=text_of(40))


def intent_of_41_characters_is_refused(vorel: Vorel) -> None:
    _values_refused(vorel, "intent", [text_of(41), text_of(400)])


def timeline_of_40_characters_is_accepted(vorel: Vorel) -> None:
    _updated(vorel, vorel.new_lead(), timeline=text_of(40))


def timeline_of_41_characters_is_refused(vorel: Vorel) -> None:
    _values_refused(vorel, "timeline", [text_of(41), text_of(400)])


def source_of_40_characters_is_accepted(vorel: Vorel) -> None:
    _updated(vorel, vorel.new_lead(), source=text_of(40))


def source_of_41_characters_is_refused(vorel: Vorel) -> None:
    _values_refused(vorel, "source", [text_of(41), text_of(400)])


def qualification_score_of_0_is_accepted(vorel: Vorel) -> None:
    _updated(vorel, vorel.new_lead(qualification_score=50), qualification_score=0)


def qualification_score_of_100_is_accepted(vorel: Vorel) -> None:
    _updated(vorel, vorel.new_lead(qualification_score=50), qualification_score=100)


def qualification_score_of_minus_1_is_refused(vorel: Vorel) -> None:
    _values_refused(vorel, "qualification_score", [-1, -100])


def qualification_score_of_101_is_refused(vorel: Vorel) -> None:
    _values_refused(vorel, "qualification_score", [101, 1000])


def a_fractional_qualification_score_is_refused(vorel: Vorel) -> None:
    _values_refused(vorel, "qualification_score", [50.5, 0.5, 99.999])


def a_qualification_score_that_is_no_number_is_refused(vorel: Vorel) -> None:
    _values_refused(vorel, "qualification_score", [True, False, [50], {"value": 50}])


def qualification_score_is_never_stored_as_text(vorel: Vorel) -> None:
    lead = vorel.new_lead(qualification_score=40)
    exchange = vorel.patch(lead, {"qualification_score": "50"})
    seen = [vorel.read_back(lead)]
    if vorel.accepted(exchange, 'the score "50"'):
        seen.append(vorel.lead_in(exchange))
    for each in seen:
        score = each.get("qualification_score")
        expect(not isinstance(score, str), "a qualification_score that is no text", score)


# -- types and formats -----------------------------------------------------------------------------------------


def an_undocumented_status_is_refused(vorel: Vorel) -> None:
    lead = vorel.new_lead(status="qualified")
    strange = texts(20).filter(lambda text: text.strip().lower() not in STATUSES)
    known = ["won", "open", "closed", "NEW", "Qualified", "", "unknown", "new,lost", "deleted"]
    vorel.for_any(strange, lambda status: _refused(vorel, lead, {"status": status}), always=known)


def an_invalid_email_is_refused(vorel: Vorel) -> None:
    _values_refused(vorel, "email", ["", *NOT_EMAILS])


def a_number_in_a_text_field_is_refused(vorel: Vorel) -> None:
    _all_refused(vorel, [{name: 12345} for name in TEXTS])


def a_body_that_is_not_a_json_object_is_refused(vorel: Vorel) -> None:
    lead = vorel.new_lead(name="Ada Lovelace")

    def refused(raw: bytes) -> None:
        exchange = vorel.call("update_lead", path={"id": lead["id"]}, raw=raw)
        expect_status(exchange, f"the body {raw.decode()!r} is refused", 400, 415, 422)
        shows(vorel.read_back(lead), name="Ada Lovelace")

    broken = (b'{"name": "Grace"', b'{name: "Grace"}', b"name=Grace", b'{"name": "Grace",,}', b"")
    no_objects = (b"[]", b'[{"name": "Grace"}]', b'"name"', b"5", b"true", b"null")
    vorel.for_each((*broken, *no_objects), refused)


# -- attributes ------------------------------------------------------------------------------------------------


def unmentioned_attribute_keys_stay(vorel: Vorel) -> None:
    lead = vorel.new_lead(attributes=attributes.STORED)

    def stay(sent: attributes.Attributes) -> None:
        before = attributes.before(vorel, lead)
        for seen in attributes.after(vorel, lead, sent):
            for key in before.keys() - sent.keys():
                kept = key in seen and same_json(seen[key], before[key])
                expect(kept, f"attributes.{key} stays {brief(before[key])}", seen.get(key, "no such key"))

    always: list[attributes.Attributes] = [
        {"bedrooms": 4},
        {"area": "Harbour", "sea_view": True},
        {"budget": {"min": 5}},
        {"bedrooms": None},
    ]
    vorel.for_any(attributes.objects, stay, always=always)


def a_sent_attribute_key_is_replaced(vorel: Vorel) -> None:
    lead = vorel.new_lead(attributes={"bedrooms": 3, "area": "Old Town"})

    def replaced(value: Any) -> None:
        for seen in attributes.after(vorel, lead, {"bedrooms": value}):
            expect(same_json(seen.get("bedrooms"), value), f"attributes.bedrooms is {brief(value)}", seen)

    vorel.for_any(attributes.values, replaced, always=(*attributes.VALUES, *reversed(attributes.VALUES)))


def a_nested_attribute_object_is_replaced_whole(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    stored = {"min": 100, "max": {"amount": 200, "currency": "EUR"}, "tags": ["a", "b"]}

    def replaced(value: Any) -> None:
        vorel.update(lead, {"attributes": {"budget": stored}})
        for seen in attributes.after(vorel, lead, {"budget": value}):
            expect(same_json(seen.get("budget"), value), f"attributes.budget is {brief(value)}", seen.get("budget"))

    always: list[attributes.Attributes] = [
        {"min": 50},
        {},
        {"max": {"amount": 5}},
        {"tags": ["c"]},
        {"other": {"min": 1}},
    ]
    vorel.for_any(attributes.objects, replaced, always=always)


def a_null_attribute_value_deletes_that_key(vorel: Vorel) -> None:
    lead = vorel.new_lead()

    def deleted(keys: tuple[str, ...]) -> None:
        vorel.update(lead, {"attributes": attributes.STORED})
        sent: dict[str, Any] = {**dict.fromkeys(keys), "added": vorel.token()}
        for seen in attributes.after(vorel, lead, sent if len(keys) > 1 else dict.fromkeys(keys)):
            left = [key for key in keys if key in seen]
            expect(not left, f"attributes without {', '.join(keys)}", seen)

    stored = tuple(attributes.STORED)
    vorel.for_each([*((key,) for key in stored), ("bedrooms", "area"), stored], deleted)
    for seen in attributes.after(vorel, lead, dict.fromkeys(attributes.before(vorel, lead))):
        expect(seen == {}, "no attributes, once every key is deleted", seen)


def a_null_for_an_absent_attribute_key_creates_no_key(vorel: Vorel) -> None:
    lead = vorel.new_lead(attributes={"bedrooms": 3})

    def created(further: attributes.Attributes) -> None:
        key = f"absent_{vorel.token()}"
        for seen in attributes.after(vorel, lead, {**further, key: None}):
            expect(key not in seen, f"attributes without {key}", seen)

    vorel.for_each([{}, {"area": "Old Town"}], created)


def empty_attributes_change_no_attribute(vorel: Vorel) -> None:
    lead = vorel.new_lead(attributes=attributes.STORED)

    def kept(body: dict[str, Any]) -> None:
        before = attributes.before(vorel, lead)
        exchange = vorel.patch(lead, body)
        seen = [attributes_of(vorel.read_back(lead))]
        if vorel.accepted(exchange, "an update with empty attributes"):
            seen.append(attributes_of(vorel.lead_in(exchange)))
        for each in seen:
            expect(same_json(each, before), f"attributes stay {brief(before)}", each)

    bodies: list[dict[str, Any]] = [{"attributes": {}}, {"name": "Grace Hopper", "attributes": {}}]
    vorel.for_each(bodies, kept)


def attributes_that_are_no_object_are_never_stored(vorel: Vorel) -> None:
    lead = vorel.new_lead(attributes=attributes.STORED)

    def kept(value: Any) -> None:
        before = attributes.before(vorel, lead)
        exchange = vorel.patch(lead, {"attributes": value})
        seen = [attributes_of(vorel.read_back(lead))]
        if 200 <= exchange.status < 300:
            seen.append(attributes_of(vorel.lead_in(exchange)))
        else:
            vorel.refused(exchange, f"attributes {brief(value)}, where it is not ignored,")
        for each in seen:
            expect(same_json(each, before), f"attributes stay {brief(before)}", each)

    vorel.for_each(["bedrooms", "", 5, 0, True, False, [], ["bedrooms"], [["bedrooms", 1]], [{"bedrooms": 1}]], kept)


# -- which lead, and whose -------------------------------------------------------------------------------------


def a_malformed_lead_id_is_refused(vorel: Vorel) -> None:
    lead = vorel.new_lead(name="Ada Lovelace")

    def refused(id: str) -> None:
        exchange = vorel.call("update_lead", path={"id": id}, body={"name": "Changed"})
        expect_status(exchange, f"the id {id!r} is refused", 400, 404, 422)
        shows(vorel.read_back(lead), name="Ada Lovelace")

    vorel.for_each((*MALFORMED_IDS, lead["id"][:-1], lead["id"] + "0"), refused)


def an_unknown_lead_is_never_updated(vorel: Vorel) -> None:
    lead = vorel.new_lead(name="Ada Lovelace")
    conversation_id = lead.get("conversation_id")
    unknown = [vorel.uuid(), conversation_id] if conversation_id != lead["id"] else [vorel.uuid()]

    def never(id: str) -> None:
        expect_error(vorel.patch({"id": id}, {"name": "Changed", "status": "new"}), "an unknown lead")
        if vorel.can("get_lead"):
            expect_error(vorel.call("get_lead", path={"id": id}), "reading a lead that nobody created")
        elif vorel.can("list_leads"):
            expect(id not in [each["id"] for each in vorel.listed()], "no new lead in the list", id)
        expect_error(vorel.patch({"id": id}, {"name": "Changed again"}), "a second update of an unknown lead")
        shows(vorel.read_back(lead), name="Ada Lovelace")

    vorel.for_each([id for id in unknown if isinstance(id, str)], never)


def an_unknown_lead_is_refused_with_404(vorel: Vorel) -> None:
    vorel.new_lead()
    for changes in ({"name": "Ada Lovelace"}, {"attributes": {"bedrooms": 3}}):
        expect_status(vorel.patch({"id": vorel.uuid()}, changes), "an unknown lead is not found", 404)


def another_tenants_lead_stays_unchanged(vorel: Vorel) -> None:
    theirs = vorel.foreign_lead(name="Theirs", phone=vorel.phone(), attributes={"bedrooms": 3})
    before = vorel.read_back(theirs, key="other")
    for changes in ({"name": "Changed"}, {"phone": None, "status": "lost"}, {"attributes": {"bedrooms": None}}):
        vorel.patch(theirs, changes)
        unchanged(before, vorel.read_back(theirs, key="other"))


def another_write_scope_does_not_open_an_update(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    for changes in ({"name": "Changed"}, {"status": "lost"}):
        expect_status(vorel.patch(lead, changes, key="other_scope"), "an update without leads:write is refused", 403)


def an_update_refused_for_its_scope_changes_nothing(vorel: Vorel) -> None:
    lead = _full_lead(vorel)
    before = vorel.seen(lead)
    keys = [key for key in ("read_only", "other_scope") if vorel.has_key(key)] or ["read_only"]
    for key in keys:
        for changes in (everything_else(vorel), {"phone": None}, {"attributes": {"bedrooms": None}}):
            vorel.patch(lead, changes, key=key)
            unchanged(before, vorel.read_back(lead))


# -- what the checks are made of -------------------------------------------------------------------------------


def _full_lead(vorel: Vorel) -> Lead:
    """A lead in which every field that an update can set is set."""
    return vorel.new_lead(**everything(vorel))


def _single_changes(vorel: Vorel) -> list[dict[str, Any]]:
    """A new value for each field, one at a time."""
    return one_by_one(everything_else(vorel))


def _chosen(vorel: Vorel, names: Iterable[str]) -> dict[str, Any]:
    values = everything_else(vorel)
    return {name: values[name] for name in names}


def _faulty_updates(vorel: Vorel) -> Iterator[dict[str, Any]]:
    """Updates of every field, of which one is faulty, once as the last and once as the first."""
    faulty = {
        "name": text_of(201),
        "email": "plain",
        "phone": digits_of(33),
        "intent": text_of(41),
        "timeline": text_of(41),
        "qualification_score": 101,
        "status": "unknown",
        "source": text_of(41),
        "attributes": "text",
        "conversation_id": vorel.uuid(),
        "notes": "Called back",
    }
    for name, value in faulty.items():
        good = {other: new for other, new in everything_else(vorel).items() if other != name}
        yield {**good, name: value}
        yield {name: value, **good}


def _text_can_be_updated(vorel: Vorel, field: str, plain: str) -> None:
    lead = vorel.new_lead()
    vorel.for_any(texts(20), lambda text: _updated(vorel, lead, **{field: text}), always=[plain, "0"])


def _updated(vorel: Vorel, lead: Lead, **changes: Any) -> None:
    """The changes are in the answer to the update, and in what is read later."""
    shows(vorel.update(lead, changes), **changes)
    shows(vorel.read_back(lead), **changes)


def _refused(vorel: Vorel, lead: Lead, body: dict[str, Any]) -> None:
    vorel.refused(vorel.patch(lead, body), brief(body))


def _all_refused(vorel: Vorel, bodies: Iterable[dict[str, Any]], lead: Lead | None = None) -> None:
    """Every one of the updates is refused."""
    lead = lead or vorel.new_lead()
    vorel.for_each(bodies, lambda body: _refused(vorel, lead, body))


def _values_refused(vorel: Vorel, field: str, values: Iterable[Any]) -> None:
    """Every one of the values of a field is refused, and not stored all the same."""
    lead = vorel.new_lead()
    before = vorel.seen(lead)

    def refused(value: Any) -> None:
        vorel.refused(vorel.patch(lead, {field: value}), f"{field} {brief(value)}")
        shows(vorel.read_back(lead), **{field: before.get(field)})

    vorel.for_each(values, refused)


def _typed(lead: Lead) -> None:
    """Every documented key has its documented type."""
    for name in ("id", "conversation_id"):
        expect(is_uuid(lead.get(name)), f"{name} is a UUID", {name: lead.get(name)})
    for name in ("created_at", "updated_at"):
        expect(instant(lead.get(name)) is not None, f"{name} is a date-time", {name: lead.get(name)})
    attributes_of(lead)
    expect(lead.get("status") in STATUSES, "status is one of the five", {"status": lead.get("status")})
    for name in TEXTS:
        expect(isinstance(lead.get(name), str | None), f"{name} is a text or null", {name: lead.get(name)})
    expect("@" in (lead.get("email") or "@"), "email is an e-mail address or null", {"email": lead.get("email")})
    score = lead.get("qualification_score")
    whole = score is None or (isinstance(score, int) and not isinstance(score, bool) and 0 <= score <= 100)
    expect(whole, "qualification_score is a whole number from 0 to 100, or null", score)
