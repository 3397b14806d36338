"""POST /v1/leads (seed 001)."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conformance import contract_layer
from conformance.aura import ANY_TEXT, CREATED, NOT_JSON_BODIES, Aura, Lead, phone_numbers, same, shows, unchanged
from conformance.compare import instant, is_uuid
from conformance.exchange import Exchange
from conformance.target import brief, expect, expect_refusal, expect_status
from conformance.values import (
    NOT_EMAILS,
    RARE_KEYS,
    RARE_NUMBERS,
    RARE_PHONES,
    TIMEZONES,
    email_forms,
    json_values,
    phones,
    texts,
)

# One value for each documented metadata key, of the type that the examples show.
METADATA: dict[str, Any] = {
    "city": "Boston",
    "country": "United States",
    "countryCode": "US",
    "dataConsentAcceptedAt": "2026-05-08T14:23:11.000Z",
    "dclid": "dclid-1",
    "epik": "epik-1",
    "fbclid": "fbclid-1",
    "gadSource": "1",
    "gbraid": "gbraid-1",
    "gclid": "gclid-1",
    "gclsrc": "aw.ds",
    "hyclid": "hyclid-1",
    "ipAddress": "192.0.2.1",
    "language": "en-US",
    "latitude": 42.5,
    "liFatId": "li-1",
    "longitude": -71.25,
    "msclkid": "msclkid-1",
    "partner": "partner-1",
    "rdtCid": "rdt-1",
    "ref": "ref-1",
    "referrer": "https://example.com/book-a-call",
    "region": "MA",
    "scCid": "sc-1",
    "screenHeight": 1080,
    "screenWidth": 1920,
    "setterCode": "setter-1",
    "ttclid": "ttclid-1",
    "twclid": "twclid-1",
    "userAgent": "Mozilla/5.0",
    "utmCampaign": "Spring-2026",
    "utmContent": "content-1",
    "utmId": "utm-1",
    "utmMedium": "cpc",
    "utmSource": "Google",
    "utmTerm": "term-1",
    "wbraid": "wbraid-1",
    "yclid": "yclid-1",
}


# Numbers that an implementation may take for nothing; the documented example has them.
NOTHING_MUCH = {"latitude": 0, "longitude": 0, "screenHeight": 0, "screenWidth": 0}

# Texts that have a form of their own: a server may look at it (AU-26), so their values have it, too.
FORMS: dict[str, tuple[str, ...]] = {
    "countryCode": ("DE", "JP"),
    "dataConsentAcceptedAt": ("2020-02-29T23:59:59.000Z", "2026-01-01T00:00:00.000Z"),
    "ipAddress": ("2001:db8::1", "198.51.100.255"),
    "language": ("de-DE", "pt-BR"),
    "referrer": ("https://example.com/?q=a%20b+c&d=%C3%BC#e", "https://example.org/"),
}
METADATA_TEXTS = tuple(key for key, value in METADATA.items() if isinstance(value, str) and key not in FORMS)
# Every documented key that is any text with one text after the other, those with a form, and numbers of all kinds.
RARE_METADATA: tuple[dict[str, Any], ...] = (
    *({key: values[at] for key, values in FORMS.items()} for at in (0, 1)),
    *(dict(zip(METADATA_TEXTS, some, strict=False)) for some in (ANY_TEXT, ANY_TEXT[::-1])),
    {"latitude": -33.86882, "longitude": 151.209296, "screenHeight": 1, "screenWidth": 65536},
)
# Keys that are not documented, and values of any kind.
UNKNOWN_METADATA: tuple[dict[str, Any], ...] = (
    {"Custom": "value", "custom_snake": {"nested": [1]}},
    *({key: "value"} for key in RARE_KEYS),
    {f"number{at}": number for at, number in enumerate(RARE_NUMBERS)},
    {f"text{at}": text for at, text in enumerate(ANY_TEXT)},
    {"nothing": None, "list": [], "object": {}, "false": False, "deep": [[[[{"deep": [{"deep": {}}]}]]]]},
)


def replies_match_the_contract(aura: Aura) -> None:
    contract_layer.check(aura, "create_lead")


def answers_with_the_lead_and_success_true(aura: Aura) -> None:
    exchange = _create(aura)
    expect_status(exchange, "the lead is created", *CREATED)
    body = exchange.json
    expect(isinstance(body, dict) and body.get("success") is True, "success true", body)
    shows(aura.created(exchange))


def email_alone_is_enough(aura: Aura) -> None:
    for email in (aura.email(), *email_forms(aura.token())):
        aura.created(aura.call("create_lead", body={"email": email}))


def email_is_stored(aura: Aura) -> None:
    aura.for_each((aura.email(), *email_forms(aura.token())), lambda email: _stored(aura, email=email))


def missing_email_is_refused(aura: Aura) -> None:
    full = {"full_name": "John Doe", "phone": aura.phone(), "company": "Acme Corp", "timezone": "Europe/Berlin"}
    bodies: list[dict[str, Any]] = [{}, full, *({name: value} for name, value in full.items()), {"metadata": METADATA}]
    for body in bodies:
        expect_refusal(aura.call("create_lead", body=body), f"a body of {', '.join(body) or 'nothing'}, without email,")
    aura.new_lead()
    expect_refusal(aura.call("create_lead", body=full), "a second body without email")


def null_email_is_refused(aura: Aura) -> None:
    _email_refused(aura, None)


def empty_email_is_refused(aura: Aura) -> None:
    _email_refused(aura, "")


def invalid_email_is_refused(aura: Aura) -> None:
    aura.for_each(NOT_EMAILS, lambda text: expect_refusal(_create(aura, email=text), f"email {text!r}"))


def a_body_that_is_not_json_is_refused(aura: Aura) -> None:
    def refused(body: bytes) -> None:
        raw = body.replace(b"company", b"email").replace(b"Acme Corp", aura.email().encode())
        exchange = aura.call("create_lead", raw=raw)
        expect_status(exchange, f"the body {raw!r} is refused", 400, 415, 422)

    aura.for_each(NOT_JSON_BODIES, refused)


def full_name_is_stored(aura: Aura) -> None:
    aura.for_any(texts(), lambda name: _stored(aura, full_name=name), always=ANY_TEXT)


def company_is_stored(aura: Aura) -> None:
    aura.for_any(texts(), lambda name: _stored(aura, company=name), always=ANY_TEXT)


def phone_is_stored(aura: Aura) -> None:
    aura.for_any(phones(), lambda phone: _stored(aura, phone=phone), always=RARE_PHONES)


def timezone_is_stored(aura: Aura) -> None:
    aura.for_each(TIMEZONES, lambda timezone: _stored(aura, timezone=timezone))


def new_leads_have_status_new(aura: Aura) -> None:
    shows(aura.created(_create(aura)), status="new")
    full = aura.created(_create(aura, full_name="John Doe", phone=aura.phone(), company="Acme", metadata=METADATA))
    shows(full, status="new")
    qualified = aura.new_lead(status="qualified")
    for twin in aura.leads_with_the_same_email(qualified):
        shows(twin, status="new")


def phone_without_a_plus_sign_is_refused(aura: Aura) -> None:
    phone_numbers.refused(aura, phone_numbers.WITHOUT_PLUS, _attempt(aura))


def phone_with_spaces_or_hyphens_is_refused(aura: Aura) -> None:
    phone_numbers.refused(aura, phone_numbers.WITH_SEPARATORS, _attempt(aura))


def phone_with_a_leading_zero_is_refused(aura: Aura) -> None:
    phone_numbers.refused(aura, phone_numbers.LEADING_ZERO, _attempt(aura))


def phone_with_other_characters_is_refused(aura: Aura) -> None:
    phone_numbers.refused(aura, phone_numbers.OTHER_CHARACTERS, _attempt(aura))


def phone_of_one_digit_is_refused(aura: Aura) -> None:
    phone_numbers.refused(aura, phone_numbers.ONE_DIGIT, _attempt(aura))


def phone_of_two_digits_is_accepted(aura: Aura) -> None:
    phone_numbers.accepted(aura, phone_numbers.TWO_DIGITS, lambda number: aura.created(_create(aura, phone=number)))


def phone_of_fifteen_digits_is_accepted(aura: Aura) -> None:
    phone_numbers.accepted(aura, phone_numbers.FIFTEEN_DIGITS, lambda number: aura.created(_create(aura, phone=number)))


def phone_of_sixteen_digits_is_refused(aura: Aura) -> None:
    phone_numbers.refused(aura, phone_numbers.SIXTEEN_DIGITS, _attempt(aura))


def documented_metadata_keys_are_kept(aura: Aura) -> None:
    def kept(metadata: dict[str, Any]) -> None:
        lead = aura.created(_create(aura, metadata=metadata))
        _keeps(lead, metadata)
        _keeps(aura.read(lead), metadata)

    some = st.dictionaries(st.sampled_from(METADATA_TEXTS), texts())
    aura.for_any(some, kept, always=[METADATA, NOTHING_MUCH, *RARE_METADATA])


def unknown_metadata_keys_are_accepted(aura: Aura) -> None:
    def accepted(unknown: dict[str, Any]) -> None:
        _keeps(aura.created(_create(aura, metadata={**unknown, "utmSource": "google"})), {"utmSource": "google"})

    unknown = st.dictionaries(texts(12).map(lambda key: f"x{key}"), json_values(), min_size=1, max_size=4)
    aura.for_any(unknown, accepted, always=UNKNOWN_METADATA)


def null_metadata_is_skipped(aura: Aura) -> None:
    without = aura.created(_create(aura, full_name="John Doe"))
    aura.created(_create(aura, metadata=METADATA))
    lead = aura.created(_create(aura, full_name="John Doe", metadata=None))
    for shown in (lead, aura.read(lead)):
        shows(shown, full_name="John Doe", metadata=without.get("metadata"))


def every_lead_has_an_id_of_its_own(aura: Aura) -> None:
    same_fields = {"full_name": "Same Name", "phone": aura.phone(), "company": "Same Corp"}
    ids = [aura.created(_create(aura, **fields))["id"] for fields in ({}, {}, {}, same_fields, same_fields)]
    for id in ids:
        expect(is_uuid(id), "an id that is a UUID", id)
    expect(len(set(ids)) == len(ids), "five different ids", ids)


def timestamps_are_set(aura: Aura) -> None:
    for _ in range(3):
        lead = aura.created(_create(aura))
        for name in ("created_at", "updated_at"):
            expect(instant(lead.get(name)) is not None, f"{name} is a date-time", lead.get(name))


def a_created_lead_can_be_read(aura: Aura) -> None:
    for metadata in (METADATA, {"utmSource": "google"}, NOTHING_MUCH):
        sent = {
            "email": aura.email(),
            "full_name": f"John Doe {aura.token()}",
            "phone": aura.phone(),
            "company": f"Acme {aura.token()}",
            "timezone": "America/New_York",
        }
        lead = aura.created(_create(aura, **sent, metadata=metadata))
        stored = aura.read(lead)
        shows(stored, **sent, id=lead["id"])
        _keeps(stored, metadata)


def the_other_leads_stay_as_they_are(aura: Aura) -> None:
    own = [aura.read(aura.new_lead(full_name=f"Lead {at}", phone=aura.phone())) for at in range(3)]
    before = [*own, *(aura.read({"id": id}) for id in aura.made()[:1])]
    for lead in own:
        aura.created(_create(aura, full_name="Another", phone=lead.get("phone"), company=lead.get("full_name")))
    aura.created(_create(aura, full_name="Another", company="Elsewhere", metadata=METADATA))
    for lead in before:
        unchanged(lead, aura.read(lead))


def _create(aura: Aura, **fields: Any) -> Exchange:
    return aura.call("create_lead", body={"email": aura.email(), **fields})


def _email_refused(aura: Aura, email: Any) -> None:
    """This is refused as email, alone and beside other fields, for the first lead and for a later one."""
    for fields in (
        {},
        {"phone": aura.phone()},
        {"full_name": "John Doe", "company": "Acme Corp"},
        {"metadata": METADATA},
    ):
        expect_refusal(_create(aura, email=email, **fields), f"email {email!r}")
    aura.new_lead()
    expect_refusal(_create(aura, email=email), f"email {email!r}, a second time,")


def _attempt(aura: Aura) -> phone_numbers.Attempt:
    return lambda number: _create(aura, phone=number)


def _stored(aura: Aura, **fields: Any) -> None:
    """The fields are in the answer to the create, and in what is read later."""
    lead = aura.created(_create(aura, **fields))
    shows(lead, **fields)
    shows(aura.read(lead), **fields)


def _keeps(lead: Lead, metadata: dict[str, Any]) -> None:
    kept = lead.get("metadata") or {}
    for key, value in metadata.items():
        expect(same(key, kept.get(key), value), f"metadata.{key} is {brief(value)}", kept.get(key), field="metadata")
