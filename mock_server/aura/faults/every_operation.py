"""Faults of what holds for every operation: the envelope of errors, and credentials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Caller, Headers, Reply
from mock_server.aura.faults.bends import Bend, answering_with, each_kind
from mock_server.faults import Faults, rendering_errors
from mock_server.store import Organization, World

FAULTS = Faults("aura")


@FAULTS.breaks("every_operation/errors_use_the_flat_envelope", "shape")
def nests_errors(api: Api) -> Api:
    def nest(answer: Answer, error: errors.CallRefused) -> Answer:
        content = answer.content
        return replace(answer, content={"success": False, "error": {"code": content["code"]}, "requestId": "req_1"})

    return rendering_errors(api, nest)


@FAULTS.breaks("every_operation/errors_use_the_flat_envelope", "rare")
def validation_errors_lack_a_code(api: Api) -> Api:
    def drop(answer: Answer, error: errors.CallRefused) -> Answer:
        if isinstance(error, errors.Invalid):
            del answer.content["code"]
        return answer

    return rendering_errors(api, drop)


@FAULTS.breaks("every_operation/errors_use_the_flat_envelope", "stateful")
def every_third_error_has_no_text(api: Api) -> Api:
    seen: list[Answer] = []

    def silence(answer: Answer, error: errors.CallRefused) -> Answer:
        seen.append(answer)
        return replace(answer, content={**answer.content, "error": ""}) if len(seen) % 3 == 0 else answer

    return rendering_errors(api, silence)


@FAULTS.breaks("every_operation/errors_use_the_flat_envelope", "field")
def errors_about_phones_name_the_field_as_code(api: Api) -> Api:
    def swap(answer: Answer, error: errors.CallRefused) -> Answer:
        text = answer.content["error"]
        return replace(answer, content={**answer.content, "code": ["phone"]}) if "phone" in text else answer

    return rendering_errors(api, swap)


def _identifying(known: Callable[[bytes, Headers], bool]) -> Bend:
    """A credential that is refused passes for the key `full` where it is `known(credential, headers)`."""

    def bend(api: Api) -> Api:
        def identify(world: World, headers: Headers) -> Caller:
            try:
                return api.identify(world, headers)
            except errors.Unauthorized:
                if not known(headers.get(b"authorization", b""), headers):
                    raise
                return Caller(world.organization("aura", api.key_ring["full"]))

        return replace(api, identify=identify)

    return bend


def _refusing_keys_with(error: Callable[[str], errors.CallRefused], *, revoked: bool) -> Bend:
    def bend(api: Api) -> Api:
        def identify(world: World, headers: Headers) -> Caller:
            try:
                return api.identify(world, headers)
            except errors.Unauthorized as refusal:
                if ("revoked" in refusal.message) == revoked:
                    raise error("No.") from None
                raise

        return replace(api, identify=identify)

    return bend


def _is_revoked(credential: bytes, headers: Headers) -> bool:
    return b"revoked" in credential


def _is_malformed(credential: bytes, headers: Headers) -> bool:
    return not _is_revoked(credential, headers)


def _after_a_refusal() -> Callable[[bytes, Headers], bool]:
    """A revoked key that works the second time."""
    seen: set[bytes] = set()

    def known(credential: bytes, headers: Headers) -> bool:
        again = credential in seen
        seen.add(credential)
        return again and _is_revoked(credential, headers)

    return known


each_kind(
    FAULTS,
    "every_operation/a_malformed_key_is_refused",
    takes_any_bearer_text_for_a_key=("lax", _identifying(_is_malformed)),
    asks_for_a_key_when_reading_only=(
        "rare",
        _identifying(lambda credential, headers: b"content-type" in headers and _is_malformed(credential, headers)),
    ),
    takes_a_short_text_for_a_key=(
        "rare",
        _identifying(lambda credential, headers: len(credential) < 20 and _is_malformed(credential, headers)),
    ),
    malformed_keys_find_nothing=("status", _refusing_keys_with(errors.NotFound, revoked=False)),
)
each_kind(
    FAULTS,
    "every_operation/a_revoked_key_is_refused",
    revoked_keys_still_work=("lax", _identifying(_is_revoked)),
    revoked_keys_still_write=(
        "rare",
        _identifying(lambda credential, headers: b"content-type" in headers and _is_revoked(credential, headers)),
    ),
    revoked_keys_work_again=("stateful", lambda api: _identifying(_after_a_refusal())(api)),
    revoked_keys_find_nothing=("status", _refusing_keys_with(errors.NotFound, revoked=True)),
)


@FAULTS.breaks("every_operation/replies_are_json", "shape")
def answers_not_found_without_a_body(api: Api) -> Api:
    def empty(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, content=None) if isinstance(error, errors.NotFound) else answer

    return rendering_errors(api, empty)


@FAULTS.breaks("every_operation/replies_are_json", "rare")
def validation_errors_are_called_html(api: Api) -> Api:
    def call(answer: Answer, error: errors.CallRefused) -> Answer:
        html = ("content-type", "text/html")
        return replace(answer, headers=(*answer.headers, html)) if isinstance(error, errors.Invalid) else answer

    return rendering_errors(api, call)


def _every_second_empty() -> Callable[[Answer], Answer]:
    seen: list[Any] = []

    def empty(answer: Answer) -> Answer:
        seen.append(answer)
        return replace(answer, content=None) if len(seen) % 2 == 0 else answer

    return empty


each_kind(
    FAULTS,
    "every_operation/replies_are_json",
    every_second_read_is_answered_with_nothing=(
        "stateful",
        lambda api: answering_with("get_lead", _every_second_empty())(api),
    ),
    a_created_lead_is_called_plain_text=(
        "shape",
        answering_with("create_lead", lambda answer: replace(answer, headers=(("content-type", "text/plain"),))),
    ),
)


@FAULTS.breaks("every_operation/replies_are_json", "rare")
def an_update_of_nothing_is_answered_with_nothing(api: Api) -> Api:
    nothing: list[Reply] = []

    def wrap(handler: Any) -> Any:
        def handle(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
            reply: Reply = handler(organization, id=id, body=body)
            nothing[:] = [] if body else [reply]
            return reply

        return handle

    def render(organization: Organization, reply: Reply) -> Answer:
        answer = api.render(organization, reply)
        return replace(answer, content=None) if nothing and nothing[0] is reply else answer

    return replace(api.wrapping("update_lead", wrap), render=render)
