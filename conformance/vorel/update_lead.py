"""PATCH /leads/{id} (seed 004)."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conformance import contract_layer
from conformance.compare import instant, same_instant, same_json
from conformance.outcomes import CannotTry
from conformance.target import ROUNDS, brief, expect, expect_error, expect_status
from conformance.values import NOT_EMAILS, PLAUSIBLE_STATUSES, phones, texts
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
from conformance.vorel.fields import (
    digits_of,
    everything,
    everything_else,
    neighbour_of,
    one_by_one,
    spaced_text_of,
    statuses_in_every_order,
    text_of,
)
from conformance.vorel.updates import (
    all_refused,
    chosen,
    faulty_updates,
    full_lead,
    is_refused,
    is_typed,
    is_updated,
    is_updated_beside_others,
    older_lead,
    single_changes,
    text_can_be_updated,
    texts_fit,
    values_refused,
)


def replies_match_the_contract(vorel: Vorel) -> None:
    vorel.patch({"id": vorel.uuid()}, {"name": "Ada Lovelace"})  # every generated request is about a lead that exists
    contract_layer.check(vorel, "update_lead")


# -- the reply -----------------------------------------------------------------------------------------------


def the_reply_is_the_bare_lead(vorel: Vorel) -> None:
    lead = full_lead(vorel)

    def whole(changes: dict[str, Any]) -> None:
        for _ in range(2):  # the second time, nothing is left to change
            reply = vorel.update(lead, changes)
            lacking = [name for name in REQUIRED if name not in reply]
            expect(not lacking, f"a lead with {', '.join(REQUIRED)}", reply)

    vorel.for_each([*single_changes(vorel), dict.fromkeys(NULLABLE)], whole)


def the_reply_names_the_lead_of_the_path(vorel: Vorel) -> None:
    leads = vorel.new_leads(3)
    for lead in (leads[1], leads[0], leads[2], leads[0]):
        shows(vorel.update(lead, {"name": f"Lead {vorel.token()}"}), id=lead["id"])
    for lead in (leads[1], leads[2]):
        for changes in single_changes(vorel):
            shows(vorel.update(lead, changes), id=lead["id"])


def the_reply_has_the_documented_types(vorel: Vorel) -> None:
    is_typed(vorel.update(vorel.new_lead(), {"name": "Ada Lovelace"}))
    lead = full_lead(vorel)
    cleared: dict[str, Any] = dict.fromkeys(NULLABLE)
    everything = everything_else(vorel)
    statuses: list[dict[str, Any]] = [{"status": status} for status in STATUSES]
    scores: list[dict[str, Any]] = [{"qualification_score": score} for score in (0, 1, 100)]
    vorel.for_each(
        [everything, cleared, *single_changes(vorel), *statuses, *scores],
        lambda changes: is_typed(vorel.update(lead, changes)),
    )

    def typed_if_accepted(changes: dict[str, Any]) -> None:
        exchange = vorel.patch(lead, changes)
        if 200 <= exchange.status < 300:
            is_typed(vorel.lead_in(exchange))

    no_texts: tuple[Any, ...] = (12345, True, ["text"], {"text": "text"})
    vorel.for_each([{name: value} for name in TEXTS for value in no_texts], typed_if_accepted)


def a_successful_update_is_answered_200(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    vorel.for_each(
        single_changes(vorel), lambda changes: expect_status(vorel.patch(lead, changes), "the update is accepted", 200)
    )


# -- what can be updated -------------------------------------------------------------------------------------


def name_can_be_updated(vorel: Vorel) -> None:
    text_can_be_updated(vorel, "name", "Ada Lovelace", 200)


def email_can_be_updated(vorel: Vorel) -> None:
    lead = older_lead(vorel)
    local, domain = vorel.token(), f"{'a' * 40}.example.com"
    emails = (
        vorel.email(),
        f"first.last+{local}@mail.example.com",
        f"{local}@{domain}",
        f"{local}_x-y@a.b.example.com",
        f"{int(local, 16)}@example.com",
        f"a@{local}.example.com",
    )
    vorel.for_each(emails, lambda email: is_updated(vorel, lead, email=email))
    is_updated_beside_others(vorel, lead, "email", vorel.email(), vorel.email())


def phone_can_be_updated(vorel: Vorel) -> None:
    lead = older_lead(vorel)
    other_forms = ("0123 4", "01234", "0013712345678", "(001371) 23-45.6 x7", "1371234567", "0")
    every_length = [digits_of(size) for size in range(8, 18)]
    vorel.for_any(
        phones(),
        lambda phone: is_updated(vorel, lead, phone=phone),
        always=["+13715552671", *other_forms, *every_length],
    )
    is_updated_beside_others(vorel, lead, "phone", vorel.phone(), vorel.phone())


def intent_can_be_updated(vorel: Vorel) -> None:
    text_can_be_updated(vorel, "intent", "buy")


def timeline_can_be_updated(vorel: Vorel) -> None:
    text_can_be_updated(vorel, "timeline", "this month")


def source_can_be_updated(vorel: Vorel) -> None:
    text_can_be_updated(vorel, "source", "website")


def qualification_score_can_be_updated(vorel: Vorel) -> None:
    lead = older_lead(vorel)
    for score in range(101):
        shows(vorel.update(lead, {"qualification_score": score}), qualification_score=score)
    scores = st.integers(0, 100)
    vorel.for_any(scores, lambda score: is_updated(vorel, lead, qualification_score=score), always=[50, 1])
    is_updated_beside_others(vorel, lead, "qualification_score", 20, 70)


def status_can_be_set_to_each_of_the_five_values(vorel: Vorel) -> None:
    lead = older_lead(vorel, status="new")
    for status in statuses_in_every_order():
        shows(vorel.update(lead, {"status": status}), status=status)
    for status in STATUSES:
        is_updated(vorel, lead, status=status)
    is_updated_beside_others(vorel, lead, "status", *STATUSES)


def a_new_attribute_key_is_added(vorel: Vorel) -> None:
    lead = older_lead(vorel, attributes=attributes.STORED)

    def added(key: str, value: Any) -> None:
        for seen in attributes.after(vorel, lead, {key: value}):
            kept = key in seen and same_json(seen[key], value)
            expect(kept, f"attributes.{key} is {brief(value)}", seen.get(key, "no such key"))

    vorel.for_each(attributes.KEYS, lambda key: added(key, f"of {key}"))
    vorel.for_any(attributes.values, lambda value: added(f"newKey_{vorel.token()}", value), always=attributes.VALUES)
    for beside in single_changes(vorel):
        key = f"newKey_{vorel.token()}"
        seen = attributes_of(vorel.update(lead, {**beside, "attributes": {key: 1}}))
        expect(seen.get(key) == 1, f"attributes.{key} is 1", seen.get(key, "no such key"))
    seen = attributes.before(vorel, lead)
    lacking = [key for key in attributes.KEYS if key not in seen]
    expect(not lacking, f"attributes with {brief(lacking)}, which were added before", seen)


# -- what an update needs, and what it leaves alone ------------------------------------------------------------


def an_empty_update_is_refused(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    all_refused(vorel, [{}], lead)
    vorel.update(lead, {"source": "website"})
    all_refused(vorel, [{}, {}], lead)


def an_update_of_only_conversation_id_is_refused(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    ids = [lead.get("conversation_id"), vorel.uuid(), None, ""]
    all_refused(vorel, [{"conversation_id": id} for id in ids], lead)


def an_update_of_only_notes_is_refused(vorel: Vorel) -> None:
    all_refused(vorel, [{"notes": notes} for notes in ("Called back", "", None, [], ["Called back"], {"text": "x"})])


def an_update_of_only_unknown_fields_is_refused(vorel: Vorel) -> None:
    now = "2026-01-17T08:00:00Z"
    all_refused(
        vorel,
        [
            {"favourite_colour": "red"},
            {"Name": "Ada", "lead_status": "new"},
            {"name ": "Ada"},
            {"names": "Ada"},
            {"id": vorel.uuid()},
            {"created_at": now},
            {"updated_at": now},
            {"data": {"name": "Ada"}},
            {"lead": {"name": "Ada"}},
            {"attributes.bedrooms": 4},
            {"bedrooms": 4},
            {"": "Ada"},
            {"unknown": None},
        ],
    )


def omitted_fields_are_left_untouched(vorel: Vorel) -> None:
    def changed(lead: Lead, changes: dict[str, Any]) -> None:
        before = vorel.seen(lead)
        for after in (vorel.update(lead, changes), vorel.read_back(lead)):
            unchanged(before, after, but=(*changes, "updated_at"))

    vorel.for_each(NULLABLE, lambda name: changed(full_lead(vorel), {name: None}))
    lead = full_lead(vorel)
    some = st.sets(st.sampled_from(list(everything(vorel))), min_size=2, max_size=6)
    vorel.for_any(
        some.map(lambda names: chosen(vorel, sorted(names))),
        lambda changes: changed(lead, changes),
        always=single_changes(vorel),
    )
    for _ in range(ROUNDS[vorel.effort] if vorel.reads() else 0):
        changes = {"name": f"Name {vorel.token()}", "intent": "rent", "source": vorel.token(), "timeline": "soon"}
        bodies = [{name: text} for name, text in changes.items()]
        exchanges = vorel.at_once("update_lead", bodies, path={"id": lead["id"]})
        if all(exchange.status == 200 for exchange in exchanges):
            shows(vorel.read_back(lead), **changes)


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
    statuses: list[dict[str, Any]] = [{"status": status} for status in STATUSES]
    cleared: list[dict[str, Any]] = one_by_one(dict.fromkeys(NULLABLE))
    vorel.for_each([*moved, *alone, *single_changes(vorel), *statuses, *cleared], kept)


def sent_notes_never_appear_in_the_lead(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    note = f"note {vorel.token()}"

    def hidden(body: dict[str, Any]) -> None:
        exchange = vorel.patch(lead, body)
        seen = [vorel.read_back(lead)]
        if vorel.accepted(exchange, "an update with notes"):
            seen.append(vorel.lead_in(exchange))
        for each in seen:
            expect(note not in repr(each), "a lead without the notes that were sent", each)

    beside: dict[str, Any] = {"name": "Ada Lovelace"}
    notes: tuple[Any, ...] = (note, f"{note} {text_of(400)}", [note], {"text": note})
    attributed: dict[str, Any] = {"attributes": {"bedrooms": 3}, "notes": note}
    vorel.for_each([*({**beside, "notes": each} for each in notes), {"notes": note, **beside}, attributed], hidden)


def created_at_never_changes(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    before = vorel.seen(lead)
    vorel.let_time_pass(before.get("created_at"))
    statuses: list[dict[str, Any]] = [{"status": status} for status in STATUSES]
    cleared: list[dict[str, Any]] = one_by_one(dict.fromkeys(NULLABLE))
    for changes in (*single_changes(vorel), *statuses, *cleared, everything_else(vorel)):
        shows(vorel.update(lead, changes), created_at=before.get("created_at"))
    shows(vorel.read_back(lead), created_at=before.get("created_at"))


def updated_at_never_moves_backwards(vorel: Vorel) -> None:
    lead = vorel.new_lead()
    shown = vorel.seen(lead).get("updated_at")
    for changes in single_changes(vorel):
        earlier, shown = shown, vorel.update(lead, changes).get("updated_at")
        was, is_now = instant(earlier), instant(shown)
        expect(is_now is not None, "updated_at is a date-time", shown)
        later = was is None or is_now is None or is_now >= was or same_instant(earlier, shown)
        expect(later, f"updated_at not before {earlier}", shown)


def updating_one_lead_leaves_the_others(vorel: Vorel) -> None:
    shared = {"name": "Same Name", "phone": vorel.phone(), "email": vorel.email(), "attributes": {"bedrooms": 3}}
    leads = vorel.new_leads(3, **shared)

    def left(at: int, changes: dict[str, Any]) -> None:
        others = [lead for lead in leads if lead is not leads[at]]
        before = [vorel.seen(lead) for lead in others]
        vorel.update(leads[at], changes)
        for was, lead in zip(before, others, strict=True):
            unchanged(was, vorel.read_back(lead))

    again: list[dict[str, Any]] = [{name: shared[name]} for name in ("email", "phone", "attributes")]
    for changes in (
        {"name": "Other Name"},
        *again,
        {"phone": None},
        {"email": None, "status": "lost"},
        everything_else(vorel),
    ):
        left(1, changes)
    left(0, {"attributes": {"bedrooms": None}, "phone": None})
    left(2, {"name": None, "source": "fair"})


def a_refused_update_changes_nothing(vorel: Vorel) -> None:
    lead = full_lead(vorel)
    refusals = []

    def nothing(body: dict[str, Any]) -> None:
        before = vorel.seen(lead)
        exchange = vorel.patch(lead, body)
        if 400 <= exchange.status < 500:
            refusals.append(exchange)
            unchanged(before, vorel.read_back(lead), but=() if vorel.reads() else ("updated_at",))

    vorel.for_each(faulty_updates(vorel), nothing)
    if not refusals:
        raise CannotTry("no faulty update was refused, which is the business of other requirements")
    before = vorel.seen(lead)  # what was refused does not come with the next update either
    unchanged(before, vorel.update(lead, {"intent": before.get("intent")}))


# -- null ----------------------------------------------------------------------------------------------------


def null_clears_a_nullable_field(vorel: Vorel) -> None:
    def cleared(names: tuple[str, ...]) -> None:
        lead = full_lead(vorel)
        for shown in (vorel.update(lead, dict.fromkeys(names)), vorel.read_back(lead)):
            for name in names:
                expect(shown.get(name) is None, f"{name} is null or absent", {name: shown.get(name)})

    vorel.for_each([*((name,) for name in NULLABLE), NULLABLE], cleared)
    beside: list[dict[str, Any]] = [{"name": "Grace Hopper"}, {"attributes": {"bedrooms": 9}}, {"status": "lost"}]
    for each in beside:
        lead = full_lead(vorel)
        for shown in (vorel.update(lead, {"phone": None, **each, "email": None}), vorel.read_back(lead)):
            shows(shown, phone=None, email=None)


def null_for_status_never_clears_the_status(vorel: Vorel) -> None:
    lead = vorel.new_lead()

    def kept(status: str) -> None:
        for beside in ({}, {"name": "Grace Hopper"}):
            vorel.update(lead, {"status": status})
            exchange = vorel.patch(lead, {**beside, "status": None})
            if vorel.accepted(exchange, "null for status"):
                for each in (vorel.lead_in(exchange), vorel.read_back(lead)):
                    expect(each.get("status") in STATUSES, "one of the five statuses", each.get("status"))
            else:
                shows(vorel.read_back(lead), status=status)

    vorel.for_each(("qualified", "booked", "converted", "lost", "new"), kept)


def null_for_attributes_never_removes_the_object(vorel: Vorel) -> None:
    def kept(lead: Lead, body: dict[str, Any]) -> None:
        before = attributes.before(vorel, lead)
        exchange = vorel.patch(lead, body)
        accepted = vorel.accepted(exchange, "null for attributes")
        for shown in (vorel.read_back(lead), *([vorel.lead_in(exchange)] if accepted else [])):
            left = attributes_of(shown)
            emptied = accepted and not left  # VO-16
            expect(emptied or same_json(left, before), f"attributes stay {brief(before)}", left)

    stored: attributes.Attributes
    for stored in ({"bedrooms": 3}, {}, attributes.STORED):
        lead = vorel.new_lead(attributes=stored)
        kept(lead, {"attributes": None})
        if stored:
            vorel.update(lead, {"attributes": stored})
        kept(lead, {"name": "Grace Hopper", "attributes": None})


# -- limits, each at its edge and beyond -----------------------------------------------------------------------


def name_of_200_characters_is_accepted(vorel: Vorel) -> None:
    texts_fit(vorel, "name", text_of(200), text_of(200)[::-1], spaced_text_of(200))


def name_of_201_characters_is_refused(vorel: Vorel) -> None:
    values_refused(vorel, "name", [text_of(201), spaced_text_of(208), text_of(2000)])


def phone_of_32_characters_is_accepted(vorel: Vorel) -> None:
    texts_fit(vorel, "phone", digits_of(32), digits_of(31).replace("+", "00"))


def phone_of_33_characters_is_refused(vorel: Vorel) -> None:
    values_refused(vorel, "phone", [digits_of(33), digits_of(320)])


def intent_of_40_characters_is_accepted(vorel: Vorel) -> None:
    texts_fit(vorel, "intent", text_of(40), text_of(40)[::-1], spaced_text_of(40))


def intent_of_41_characters_is_refused(vorel: Vorel) -> None:
    values_refused(vorel, "intent", [text_of(41), spaced_text_of(48), text_of(400)])


def timeline_of_40_characters_is_accepted(vorel: Vorel) -> None:
    texts_fit(vorel, "timeline", text_of(40), text_of(40)[::-1], spaced_text_of(40))


def timeline_of_41_characters_is_refused(vorel: Vorel) -> None:
    values_refused(vorel, "timeline", [text_of(41), spaced_text_of(48), text_of(400)])


def source_of_40_characters_is_accepted(vorel: Vorel) -> None:
    texts_fit(vorel, "source", text_of(40), text_of(40)[::-1], spaced_text_of(40))


def source_of_41_characters_is_refused(vorel: Vorel) -> None:
    values_refused(vorel, "source", [text_of(41), spaced_text_of(48), text_of(400)])


def qualification_score_of_0_is_accepted(vorel: Vorel) -> None:
    is_updated(vorel, vorel.new_lead(qualification_score=50), qualification_score=0)


def qualification_score_of_100_is_accepted(vorel: Vorel) -> None:
    is_updated(vorel, vorel.new_lead(qualification_score=50), qualification_score=100)


def qualification_score_of_minus_1_is_refused(vorel: Vorel) -> None:
    values_refused(vorel, "qualification_score", [-1, -100])


def qualification_score_of_101_is_refused(vorel: Vorel) -> None:
    values_refused(vorel, "qualification_score", [101, 1000])


def a_fractional_qualification_score_is_refused(vorel: Vorel) -> None:
    values_refused(vorel, "qualification_score", [50.5, 0.5, 99.999])


def a_qualification_score_that_is_no_number_is_refused(vorel: Vorel) -> None:
    values_refused(vorel, "qualification_score", [True, False, [50], {"value": 50}, "12abc", "fifty", "50%", "5 0"])


def qualification_score_is_never_stored_as_text(vorel: Vorel) -> None:
    lead = vorel.new_lead(qualification_score=40)

    def converted(text: str) -> None:
        exchange = vorel.patch(lead, {"qualification_score": text})
        accepted = vorel.accepted(exchange, f'the score "{text}"')
        for each in (vorel.read_back(lead), *([vorel.lead_in(exchange)] if accepted else [])):
            score = each.get("qualification_score")
            expect(not isinstance(score, str), "a qualification_score that is no text", score)
            if accepted and text in plain:
                shows(each, qualification_score=int(text))

    plain = ("50", "0", "100", "7")
    vorel.for_each((*plain, "050", "+50", " 50 ", "5e1", "50.0", ""), converted)


# -- types and formats -----------------------------------------------------------------------------------------


def an_undocumented_status_is_refused(vorel: Vorel) -> None:
    lead = vorel.new_lead(status="qualified")
    strange = texts(20).filter(lambda text: text.strip().lower() not in STATUSES)
    known = ["won", "open", "closed", "NEW", "Qualified", "", "unknown", "new,lost", "deleted", "new ", " lost"]
    known += PLAUSIBLE_STATUSES
    no_texts: tuple[Any, ...] = (0, 1, 5, True, False, [], ["lost"], {}, {"status": "lost"})
    vorel.for_any(strange, lambda status: is_refused(vorel, lead, {"status": status}), always=(*known, *no_texts))


def an_invalid_email_is_refused(vorel: Vorel) -> None:
    values_refused(vorel, "email", ["", *NOT_EMAILS])


def a_number_in_a_text_field_is_refused(vorel: Vorel) -> None:
    all_refused(vorel, [{name: 12345} for name in TEXTS])


def a_body_that_is_not_a_json_object_is_refused(vorel: Vorel) -> None:
    lead = vorel.new_lead(name="Ada Lovelace")

    def refused(raw: bytes) -> None:
        exchange = vorel.call("update_lead", path={"id": lead["id"]}, raw=raw)
        expect_status(exchange, f"the body {raw!r} is refused", 400, 415, 422)
        shows(vorel.read_back(lead), name="Ada Lovelace")

    broken = (b'{"name": "Grace"', b'{name: "Grace"}', b"name=Grace", b'{"name": "Grace",,}', b"")
    odd = (b'{"name": "Grace"} x', b"{'name': 'Grace'}", b'{"name": Grace}')
    no_objects = (b"[]", b'[{"name": "Grace"}]', b'"name"', b"5", b"true", b"null")
    vorel.for_each((*broken, *odd, *no_objects), refused)


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
        {"Bedrooms": 5, "AREA": "Harbour"},
        {"bedrooms ": 6, "budget.min": 7},
        {"bedroom": None, "": 0},
        {"attributes": {"bedrooms": 8}},
    ]
    vorel.for_any(attributes.objects, stay, always=always)


def a_sent_attribute_key_is_replaced(vorel: Vorel) -> None:
    lead = vorel.new_lead(attributes={"bedrooms": 3, "area": "Old Town"})

    def replaced(value: Any) -> None:
        for seen in attributes.after(vorel, lead, {"bedrooms": value}):
            found = seen.get("bedrooms", "no such key")
            expect(same_json(found, value), f"attributes.bedrooms is {brief(value)}", found)

    vorel.for_any(attributes.values, replaced, always=(*attributes.VALUES, *reversed(attributes.VALUES[:16])))


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
            absent = [name for name in (key, *further) if name in seen and further.get(name) is None]
            expect(not absent, f"attributes without {', '.join(absent)}", seen)

    further: list[attributes.Attributes] = [
        {},
        {"area": "Old Town"},
        {"area": "Harbour", "floor": 2, "sea_view": True},
        {"bedrooms": None},
        dict.fromkeys(("other", "name", "status", "constructor", "BEDROOMS", "")),
    ]
    vorel.for_each(further, created)


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

    texts = ("bedrooms", "", "{}", "null", '{"bedrooms": 1}')
    lists: tuple[Any, ...] = ([], ["bedrooms"], [["bedrooms", 1]], [{"bedrooms": 1}], [{}], [None])
    vorel.for_each([*texts, 5, 0, -1, 1.5, True, False, *lists], kept)


# -- which lead, and whose -------------------------------------------------------------------------------------


def a_malformed_lead_id_is_refused(vorel: Vorel) -> None:
    lead = vorel.new_lead(name="Ada Lovelace")

    def refused(id: str) -> None:
        exchange = vorel.call("update_lead", path={"id": id}, body={"name": "Changed"})
        expect_status(exchange, f"the id {id!r} is refused", 400, 404, 422)
        shows(vorel.read_back(lead), name="Ada Lovelace")

    id = lead["id"]
    vorel.for_each((*MALFORMED_IDS, id[:-1], id + "0", id + "x", "x" + id, id[:-1] + "g", id[1:]), refused)


def an_unknown_lead_is_never_updated(vorel: Vorel) -> None:
    lead = vorel.new_lead(name="Ada Lovelace")
    conversation_id = lead.get("conversation_id")
    unknown: list[Any] = [vorel.uuid(), neighbour_of(lead["id"]), "00000000-0000-0000-0000-000000000000"]
    if conversation_id != lead["id"]:
        unknown.append(conversation_id)

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
    for changes in (*single_changes(vorel), everything_else(vorel), {"phone": None}):
        expect_status(vorel.patch(lead, changes, key="other_scope"), "an update without leads:write is refused", 403)


def an_update_refused_for_its_scope_changes_nothing(vorel: Vorel) -> None:
    lead = full_lead(vorel)
    before = vorel.seen(lead)
    keys = [key for key in ("read_only", "other_scope") if vorel.has_key(key)] or ["read_only"]
    for key in keys:
        for changes in (everything_else(vorel), {"phone": None}, {"attributes": {"bedrooms": None}}):
            vorel.patch(lead, changes, key=key)
            unchanged(before, vorel.read_back(lead))
