"""Faults: the merge of attributes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.store import Lead, Organization
from mock_server.vorel.faults.parts import (
    Attributes,
    Bend,
    after_updating,
    both,
    instead,
    merging,
    rule,
    showing,
    true,
    where,
)
from mock_server.vorel.operations import merged

FAULTS = Faults("vorel")


def _deeply(stored: Any, sent: Any) -> Any:
    """A merge that goes on into nested objects."""
    if not isinstance(stored, dict) or not isinstance(sent, dict):
        return sent
    together = {key: _deeply(stored.get(key), value) for key, value in sent.items()}
    return {key: value for key, value in {**stored, **together}.items() if value is not None}


def _appended(stored: Any, sent: Any) -> Any:
    return stored + sent if isinstance(stored, list) and isinstance(sent, list) else sent


def _nulls(sent: Attributes) -> list[str]:
    return [key for key, value in sent.items() if value is None]


def _nulls_kept(stored: Attributes, sent: Attributes) -> Attributes:
    return {**stored, **sent}


for _name, _slug, _kind, _merge in (
    ("replaces_the_attributes", "unmentioned_attribute_keys_stay", "lax", lambda stored, sent: merged({}, sent)),
    (
        "a_merge_drops_false_attributes",
        "unmentioned_attribute_keys_stay",
        "rare",
        lambda stored, sent: true(merged(stored, sent)),
    ),
    (
        "a_null_drops_every_other_attribute",
        "unmentioned_attribute_keys_stay",
        "rare",
        lambda stored, sent: merged({} if None in sent.values() else stored, sent),
    ),
    (
        "merges_known_attributes_only",
        "a_new_attribute_key_is_added",
        "strict",
        lambda stored, sent: merged(stored, {key: value for key, value in sent.items() if key in stored}),
    ),
    (
        "ignores_new_attributes_that_are_false",
        "a_new_attribute_key_is_added",
        "rare",
        lambda stored, sent: merged(stored, {key: value for key, value in sent.items() if value or value is None}),
    ),
    (
        "keeps_the_stored_attribute",
        "a_sent_attribute_key_is_replaced",
        "strict",
        lambda stored, sent: merged(sent, stored),
    ),
    (
        "appends_to_attributes_that_are_lists",
        "a_sent_attribute_key_is_replaced",
        "rare",
        lambda stored, sent: merged(stored, {key: _appended(stored.get(key), value) for key, value in sent.items()}),
    ),
    (
        "stores_attributes_as_texts",
        "a_sent_attribute_key_is_replaced",
        "shape",
        lambda stored, sent: merged(stored, {key: v if v is None else str(v) for key, v in sent.items()}),
    ),
    ("merges_attributes_deeply", "a_nested_attribute_object_is_replaced_whole", "lax", _deeply),
    (
        "an_empty_object_is_no_attribute",
        "a_nested_attribute_object_is_replaced_whole",
        "rare",
        lambda stored, sent: merged(stored, {key: value for key, value in sent.items() if value != {}}),
    ),
    ("stores_null_for_an_attribute", "a_null_attribute_value_deletes_that_key", "shape", _nulls_kept),
    (
        "ignores_null_for_an_attribute",
        "a_null_attribute_value_deletes_that_key",
        "lax",
        lambda stored, sent: merged(stored, merged({}, sent)),
    ),
    (
        "null_deletes_one_attribute_only",
        "a_null_attribute_value_deletes_that_key",
        "rare",
        lambda stored, sent: merged(stored, {**merged({}, sent), **dict.fromkeys(_nulls(sent)[:1])}),
    ),
    (
        "shows_no_attributes_as_a_list",
        "a_null_attribute_value_deletes_that_key",
        "shape",
        lambda stored, sent: merged(stored, sent) or [],
    ),
    (
        "creates_a_key_for_null",
        "a_null_for_an_absent_attribute_key_creates_no_key",
        "lax",
        lambda stored, sent: {
            **dict.fromkeys(key for key in _nulls(sent) if key not in stored),
            **merged(stored, sent),
        },
    ),
    (
        "empty_attributes_empty_them",
        "empty_attributes_change_no_attribute",
        "lax",
        lambda stored, sent: sent and merged(stored, sent),
    ),
):
    FAULTS.add(_name, f"update_lead/{_slug}", merging(_merge), _kind)


@FAULTS.breaks("update_lead/a_sent_attribute_key_is_replaced", "rare")
def takes_true_for_one(api: Api) -> Api:
    """Attributes are written only where they differ, and true does not differ from 1."""

    def unequal(before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        if lead["attributes"] == before["attributes"]:
            lead["attributes"] = before["attributes"]

    return after_updating(unequal)(api)


@FAULTS.breaks("update_lead/a_null_for_an_absent_attribute_key_creates_no_key", "strict")
def refuses_null_for_an_absent_attribute(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        stored = (organization.leads.get(id) or {}).get("attributes", {})
        for key, value in body.get("attributes", {}).items():
            if value is None and key not in stored:
                raise errors.Invalid("attributes: there is no such key")
        return handler(organization, id=id, body=body)

    return instead("update_lead", handle)(api)


def _any_attributes(store: Callable[[Attributes, Any], Any]) -> Bend:
    """An update that takes any value for attributes, and stores what `store` makes of it."""

    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        sent = body.get("attributes", {})
        if isinstance(sent, dict):
            return handler(organization, id=id, body=body)
        reply = handler(organization, id=id, body={**body, "attributes": {}})
        reply.data["attributes"] = store(reply.data["attributes"], sent)
        return reply

    return both(rule("UpdateLead", "attributes", type=None), instead("update_lead", handle))


def _spread(stored: Attributes, sent: Any) -> Any:
    """What JavaScript's spread syntax makes of a text or a list: a key for each place."""
    return {**stored, **{str(at): each for at, each in enumerate(sent)}} if isinstance(sent, str | list) else stored


_SLUG = "update_lead/attributes_that_are_no_object_are_never_stored"
FAULTS.add("stores_any_attributes", _SLUG, _any_attributes(lambda stored, sent: sent), "lax")
FAULTS.add("spreads_texts_and_lists_into_attributes", _SLUG, _any_attributes(_spread), "shape")
FAULTS.add(
    "null_removes_the_attributes",
    "update_lead/null_for_attributes_never_removes_the_object",
    _any_attributes(lambda stored, sent: stored if sent is not None else None),
    "lax",
)
FAULTS.add(
    "attributes_that_count_as_false_empty_them",
    _SLUG,
    _any_attributes(lambda stored, sent: stored if sent else {}),
    "rare",
)

# -- now and then ----------------------------------------------------------------------------------------------

_FIELDS = frozenset({"id", "name", "email", "phone", "status", "source", "attributes", "notes"})


def _spread_by_dots(sent: Attributes) -> Attributes:
    """Keys with a dot, taken for the way to a nested key."""
    return {
        key.partition(".")[0] if "." in key else key: {key.partition(".")[2]: value} if "." in key else value
        for key, value in sent.items()
    }


def _few(stored: Attributes, sent: Attributes, most: int) -> Attributes:
    room = [key for key in sent if key not in stored and sent[key] is not None][: max(0, most - len(stored))]
    return merged(stored, {key: value for key, value in sent.items() if key in stored or value is None or key in room})


def _changed(sent: Attributes, change: Callable[[Any], Any]) -> Attributes:
    return {key: None if value is None else change(value) for key, value in sent.items()}


def _as_text_if_large(value: Any) -> Any:
    """Whole numbers from 2^53 on as texts, as some keep identifiers."""
    return str(value) if isinstance(value, int) and abs(value) >= 2**53 else value


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"


for _name, _slug, _kind, _merge in (
    (
        "takes_dots_in_attribute_keys_for_a_way",
        "a_new_attribute_key_is_added",
        "shape",
        lambda stored, sent: merged(stored, _spread_by_dots(sent)),
    ),
    (
        "keeps_fifteen_attributes",
        "a_new_attribute_key_is_added",
        "stateful",
        lambda stored, sent: _few(stored, sent, 15),
    ),
    (
        "drops_attributes_named_as_a_field",
        "a_new_attribute_key_is_added",
        "field",
        lambda stored, sent: merged(stored, {key: value for key, value in sent.items() if key not in _FIELDS}),
    ),
    (
        "drops_attributes_without_a_name",
        "a_new_attribute_key_is_added",
        "rare",
        lambda stored, sent: merged(stored, {key: value for key, value in sent.items() if key.strip()}),
    ),
    (
        "drops_attributes_named_as_in_a_prototype",
        "a_new_attribute_key_is_added",
        "rare",
        lambda stored, sent: merged(stored, {key: value for key, value in sent.items() if key != "constructor"}),
    ),
    (
        "writes_attribute_keys_in_small_letters",
        "a_new_attribute_key_is_added",
        "shape",
        lambda stored, sent: merged(stored, {key.lower(): value for key, value in sent.items()}),
    ),
    (
        "keeps_large_numbers_as_texts",
        "a_sent_attribute_key_is_replaced",
        "rare",
        lambda stored, sent: merged(stored, _changed(sent, _as_text_if_large)),
    ),
    (
        "takes_dates_for_instants",
        "a_sent_attribute_key_is_replaced",
        "rare",
        lambda stored, sent: merged(
            stored, _changed(sent, lambda value: f"{value}T00:00:00Z" if _is_date(value) else value)
        ),
    ),
    (
        "cuts_attributes_at_255_characters",
        "a_sent_attribute_key_is_replaced",
        "rare",
        lambda stored, sent: merged(
            stored, _changed(sent, lambda value: value[:255] if isinstance(value, str) else value)
        ),
    ),
    (
        "a_second_text_of_an_attribute_is_ignored",
        "a_sent_attribute_key_is_replaced",
        "stateful",
        lambda stored, sent: merged(
            stored,
            {
                key: value
                for key, value in sent.items()
                if not (isinstance(value, str) and isinstance(stored.get(key), str))
            },
        ),
    ),
    (
        "an_attribute_of_another_spelling_goes",
        "unmentioned_attribute_keys_stay",
        "field",
        lambda stored, sent: merged(
            {
                key: value
                for key, value in stored.items()
                if key in sent or key.lower() not in {each.lower() for each in sent}
            },
            sent,
        ),
    ),
    (
        "a_nested_object_is_kept_as_text",
        "a_nested_attribute_object_is_replaced_whole",
        "shape",
        lambda stored, sent: merged(
            stored, _changed(sent, lambda value: json.dumps(value) if isinstance(value, dict) else value)
        ),
    ),
    (
        "merges_one_level_below",
        "a_nested_attribute_object_is_replaced_whole",
        "lax",
        lambda stored, sent: merged(
            stored,
            {
                key: {**stored[key], **value}
                if isinstance(value, dict) and isinstance(stored.get(key), dict) and value
                else value
                for key, value in sent.items()
            },
        ),
    ),
    (
        "null_makes_an_absent_attribute_empty",
        "a_null_for_an_absent_attribute_key_creates_no_key",
        "shape",
        lambda stored, sent: {
            **dict.fromkeys((key for key in _nulls(sent) if key not in stored), ""),
            **merged(stored, sent),
        },
    ),
    (
        "null_stays_beside_values",
        "a_null_for_an_absent_attribute_key_creates_no_key",
        "rare",
        lambda stored, sent: {**(dict.fromkeys(_nulls(sent)) if len(sent) > 2 else {}), **merged(stored, sent)},
    ),
    (
        "empty_attributes_drop_the_false_ones",
        "empty_attributes_change_no_attribute",
        "rare",
        lambda stored, sent: merged(stored, sent) if sent else true(stored),
    ),
):
    FAULTS.add(_name, f"update_lead/{_slug}", merging(_merge), _kind)

FAULTS.add(
    "empty_attributes_are_shown_as_sent",
    "update_lead/empty_attributes_change_no_attribute",
    where(
        "update_lead",
        lambda organization, arguments: arguments["body"].get("attributes") == {},
        showing(lambda lead: {**lead, "attributes": {}}),
    ),
    "shape",
)
