"""POST /check (adjacent)."""

from __future__ import annotations

from conformance import contract_layer
from conformance.octanist import Octanist
from conformance.target import expect, expect_status


def replies_match_the_contract(octanist: Octanist) -> None:
    contract_layer.check(octanist, "check_key")


def a_valid_key_is_confirmed(octanist: Octanist) -> None:
    for key in ("full", "other", "full"):
        if octanist.has_key(key):
            exchange = octanist.call("check_key", key=key)
            expect_status(exchange, f"the key {key!r} is confirmed", 200)
            body = exchange.json
            expect(isinstance(body, dict) and body.get("success") is True, "success true", body)


def a_missing_or_invalid_key_is_refused(octanist: Octanist) -> None:
    malformed = "{malformed}" if octanist.has_key("malformed") else "not a key"
    headers = {
        "a missing key": {},
        "an empty key": octanist.key_header(""),
        "a malformed key": octanist.key_header(malformed),
    }
    if octanist.has_key("revoked"):
        headers["a revoked key"] = octanist.key_header("{revoked}")
    for what, sent in headers.items():
        exchange = octanist.send("check_key", "POST", "/check", sent, None)
        expect_status(exchange, f"{what} is refused", 401)
