"""POST /leads (adjacent)."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from conformance import contract_layer
from conformance.octanist import CONSENT, Lead, Octanist, rare, refused, shows
from conformance.target import brief, expect
from conformance.values import json_values, texts

_CONSENTS = {"granted": True, "true": True, "denied": False, "false": False}
"""What the texts mean that the older pages have for a consent."""


def replies_match_the_contract(octanist: Octanist) -> None:
    contract_layer.check(octanist, "create_lead", sparing=octanist.effort == "quick")


def one_of_name_email_phone_and_custom_suffices(octanist: Octanist) -> None:
    alone = [
        {"name": f"Conformance {octanist.token()}"},
        {"email": octanist.email()},
        {"phone": octanist.phone()},
        {"custom": f"Conformance {octanist.token()}"},
        {"name": "J"},
        {"name": "李"},
        {"custom": "0"},
    ]
    ids = [octanist.created(octanist.call("create_lead", body=fields)) for fields in alone]
    expect(len(set(ids)) == len(ids), "a new lead for each", ids)
    for fields, views in zip(alone, octanist.views_of({"id": id} for id in ids), strict=True):
        for view in views:
            shows(view, **fields)
    octanist.created(octanist.call("create_lead", body={"custom": '{"company": "Acme Inc"}'}))


def none_of_the_four_is_400_validation_error(octanist: Octanist) -> None:
    for body in (
        {},
        {"note": "Nobody's"},
        {"sessionId": octanist.uuid()},
        {"website": "https://example.com", "path": "/contact", "gclid": octanist.token()},
        {"utm_source": "google", "note": "Nobody's", "ad_storage": True},
        {"Name": "John Doe", "e-mail": octanist.email(), "lead": {"email": octanist.email()}},
    ):
        refused(octanist.call("create_lead", body=body), f"the body {brief(body)}", 400, "VALIDATION_ERROR")


def new_lead_is_readable_by_its_id(octanist: Octanist) -> None:
    octanist.needs("get_lead")
    leads = [octanist.new_lead() for _ in range(3)]
    for lead in leads:
        octanist.shows(lead, **{name: lead[name] for name in ("id", "name", "email", "phone")})


def contact_fields_are_stored(octanist: Octanist) -> None:
    octanist.shows(octanist.new_lead(note="Called back"), note="Called back")
    contact = {"email": f"first.last+{octanist.token()}@mail.example.com", "phone": octanist.phone()}
    octanist.shows(octanist.new_lead(**contact), **contact)

    def stored(name: str, note: str, custom: str) -> None:
        lead = octanist.new_lead(name=name, note=note, custom=custom)
        for view in octanist.views(lead):
            shows(view, name=name, email=lead["email"], phone=lead["phone"], note=note)
            _has_custom(view, custom)

    triples = [(rare.TEXTS[at], rare.TEXTS[at - 5], rare.TEXTS[at - 10]) for at in range(len(rare.TEXTS))]
    any_three = st.tuples(texts(), texts(), texts())
    octanist.for_any(any_three, lambda three: stored(*three), always=triples)


def custom_object_reads_back_as_a_text(octanist: Octanist) -> None:
    def stored(custom: Any) -> None:
        lead = octanist.new_lead(custom=custom)
        for view in octanist.views(lead):
            text = view.get("custom")
            expect(isinstance(text, str), "custom as a text", text)
            expect(_parsed(text) == custom, f"a custom text that holds {brief(custom)}", text)

    objects = st.dictionaries(texts(12), json_values(), min_size=1, max_size=4)
    lists = st.lists(json_values(), min_size=1, max_size=4)
    samples = [{"company": "Acme Inc", "size": 12, "tags": ["a", "b"]}, ["one", {"two": False}]]
    octanist.for_any(objects | lists, stored, always=samples)


def attribution_is_stored(octanist: Octanist) -> None:
    for _ in range(2):
        sent = octanist.attribution()
        octanist.shows(octanist.new_lead(**sent), **sent)


def consent_is_stored(octanist: Octanist) -> None:
    for first in (True, False):
        sent: dict[str, Any] = {name: (at % 2 == 0) is first for at, name in enumerate(CONSENT)}
        for view in octanist.views(octanist.new_lead(**sent)):
            for name, flag in sent.items():
                got = view.get(name)
                expect(_says(got) is flag, f"{name} is {brief(flag)}", got)


def _says(consent: Any) -> bool | None:
    """The yes or no of a consent; None for what is neither."""
    if isinstance(consent, str):
        return _CONSENTS.get(consent.lower())
    return consent if isinstance(consent, bool) else None


def _has_custom(view: Lead, custom: str) -> None:
    """The custom text is as it was sent, save that JSON in it may be written in another way."""
    got, as_json = view.get("custom"), _parsed(custom)
    same = got == custom or (isinstance(as_json, dict | list) and as_json == _parsed(got))
    expect(same, f"custom is {brief(custom)}", got)


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None
