"""Octanist, wrong in what holds for every operation: keys, organizations, envelopes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Caller, Handler, Headers, Reply
from mock_server.faults import Faults, knowing_everybody, rendering, rendering_errors
from mock_server.octanist.faults.bends import Bend, around, refusing
from mock_server.store import Organization, World

FAULTS = Faults("octanist")

KEY = b"x-api-key"

# -- keys and organizations --------------------------------------------------------------------------------


def identifying(change: Callable[[World, Headers], Headers]) -> Bend:
    return lambda api: replace(api, identify=lambda world, headers: api.identify(world, change(world, headers)))


def as_full(api: Api, headers: Headers) -> Headers:
    return {**headers, KEY: api.key_ring["full"].encode()}


@FAULTS.breaks("every_operation/a_missing_key_is_401_unauthorized", "lax")
def missing_key_opens_the_first_organization(api: Api) -> Api:
    return identifying(lambda world, headers: headers if KEY in headers else as_full(api, headers))(api)


FAULTS.add(
    "missing_key_is_403_forbidden",
    "every_operation/a_missing_key_is_401_unauthorized",
    refusing(errors.Unauthorized, status=403, code="FORBIDDEN"),
    "status",
)
FAULTS.add(
    "unauthorized_has_another_code",
    "every_operation/a_missing_key_is_401_unauthorized",
    refusing(errors.Unauthorized, code="INVALID_APIKEY"),
    "shape",
)


@FAULTS.breaks("every_operation/an_invalid_key_is_401_unauthorized", "lax")
def any_text_is_a_key(api: Api) -> Api:
    def identify(world: World, headers: Headers) -> Caller:
        try:
            return api.identify(world, headers)
        except errors.Unauthorized:
            if headers.get(KEY):
                return Caller(world.organization("octanist", api.key_ring["full"]))
            raise

    return replace(api, identify=identify)


@FAULTS.breaks("every_operation/an_invalid_key_is_401_unauthorized", "lax")
def revoked_key_still_works(api: Api) -> Api:
    revoked = api.key_ring["revoked"].encode()
    return identifying(lambda _, headers: as_full(api, headers) if headers.get(KEY) == revoked else headers)(api)


@FAULTS.breaks("every_operation/leads_of_other_organizations_are_invisible", "tenant")
def all_keys_open_one_organization(api: Api) -> Api:
    def identify(world: World, headers: Headers) -> Caller:
        api.identify(world, headers)
        return Caller(world.organization("octanist", api.key_ring["full"]))

    return replace(api, identify=identify)


def _reaching_others(operation_id: str, names: tuple[str, ...]) -> Bend:
    """An operation that looks for leads in every organization where its own has none."""

    def bend(api: Api) -> Api:
        worlds: list[World] = []

        def identify(world: World, headers: Headers) -> Caller:
            worlds[:] = [world]
            return api.identify(world, headers)

        def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
            wanted = arguments.get("body", arguments)
            try:
                return handler(organization, **arguments)
            except errors.NotFound:
                others = [each for each in worlds[0].opened() if each.api == organization.api]
                for other in others:
                    if any(lead[name] == wanted.get(name) for lead in other.leads for name in names):
                        return handler(other, **arguments)
                raise

        return replace(around(operation_id, run)(api), identify=identify)

    return bend


_INVISIBLE = "every_operation/leads_of_other_organizations_are_invisible"
FAULTS.add("ids_are_read_in_every_organization", _INVISIBLE, _reaching_others("get_lead", ("id",)), "tenant")
FAULTS.add("ids_are_updated_in_every_organization", _INVISIBLE, _reaching_others("update_lead", ("id",)), "tenant")
FAULTS.add(
    "phones_are_updated_in_every_organization", _INVISIBLE, _reaching_others("update_lead", ("phone",)), "tenant"
)

# -- the envelope ------------------------------------------------------------------------------------------


@FAULTS.breaks("every_operation/errors_use_the_nested_envelope", "shape")
def errors_are_flat_texts(api: Api) -> Api:
    def flatten(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, content={"error": answer.content["error"]["message"]})

    return rendering_errors(api, flatten)


@FAULTS.breaks("every_operation/errors_use_the_nested_envelope", "shape")
def missing_key_is_answered_in_the_older_form(api: Api) -> Api:
    def flatten(answer: Answer, error: errors.CallRefused) -> Answer:
        older = {"error": "Invalid or missing API key"}
        return replace(answer, content=older) if isinstance(error, errors.Unauthorized) else answer

    return rendering_errors(api, flatten)


@FAULTS.breaks("every_operation/replies_are_json", "shape")
def not_found_has_no_body(api: Api) -> Api:
    def empty(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, content=None) if isinstance(error, errors.NotFound) else answer

    return rendering_errors(api, empty)


# -- rarer ones --------------------------------------------------------------------------------------------


@FAULTS.breaks("every_operation/a_missing_key_is_401_unauthorized", "stateful")
def missing_key_opens_the_organization_of_the_last_caller(api: Api) -> Api:
    seen: list[bytes] = []

    def change(world: World, headers: Headers) -> Headers:
        if KEY in headers:
            seen[:] = [headers[KEY]]
        return {**headers, KEY: seen[0]} if seen and KEY not in headers else headers

    return identifying(change)(api)


@FAULTS.breaks("every_operation/a_missing_key_is_401_unauthorized", "rare")
def missing_key_opens_reads(api: Api) -> Api:
    return identifying(
        lambda _, headers: headers if KEY in headers or b"content-type" in headers else as_full(api, headers)
    )(api)


@FAULTS.breaks("every_operation/an_invalid_key_is_401_unauthorized", "rare")
def empty_key_opens_the_first_organization(api: Api) -> Api:
    return identifying(lambda _, headers: as_full(api, headers) if headers.get(KEY) == b"" else headers)(api)


@FAULTS.breaks("every_operation/an_invalid_key_is_401_unauthorized", "status")
def invalid_key_is_403_forbidden(api: Api) -> Api:
    def identify(world: World, headers: Headers) -> Caller:
        try:
            return api.identify(world, headers)
        except errors.Unauthorized:
            if headers.get(KEY):
                raise errors.Forbidden("This key is not valid.") from None
            raise

    return replace(api, identify=identify)


@FAULTS.breaks(_INVISIBLE, "tenant")
def leads_are_listed_for_every_organization(api: Api) -> Api:
    served, opened = knowing_everybody(api)

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        theirs = [lead for other in opened.values() if other is not organization for lead in other.leads]
        return replace(reply, data=[*reply.data, *theirs])

    return around("list_leads", run)(served)


@FAULTS.breaks(_INVISIBLE, "stateful")
def leads_that_their_organization_has_read_are_read_by_all(api: Api) -> Api:
    cache: dict[str, Reply] = {}

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        try:
            cache[arguments["id"]] = handler(organization, **arguments)
        except errors.NotFound:
            if arguments["id"] not in cache:
                raise
        return cache[arguments["id"]]

    return around("get_lead", run)(api)


@FAULTS.breaks(_INVISIBLE, "strict")
def emails_of_other_organizations_conflict(api: Api) -> Api:
    served, opened = knowing_everybody(api)

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        email = arguments["body"].get("email")
        if email and sum(bool(other.leads.find("email", email)) for other in opened.values()) > 1:
            raise errors.Conflict("Multiple leads match; provide a more specific identifier.")
        return handler(organization, **arguments)

    return around("update_lead", run)(served)


def _flat(answer: Answer) -> Answer:
    return replace(answer, content={"success": False, "error": answer.content["error"]["message"]})


@FAULTS.breaks("every_operation/errors_use_the_nested_envelope", "stateful")
def errors_are_flat_from_the_third_on(api: Api) -> Api:
    refused = count(1)
    return rendering_errors(api, lambda answer, error: _flat(answer) if next(refused) > 2 else answer)


@FAULTS.breaks("every_operation/errors_use_the_nested_envelope", "rare")
def long_messages_are_lists(api: Api) -> Api:
    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        if len(error.message) > 50:
            answer.content["error"]["message"] = [error.message]
        return answer

    return rendering_errors(api, edit)


@FAULTS.breaks("every_operation/errors_use_the_nested_envelope", "lax")
def conflicts_say_success(api: Api) -> Api:
    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, content={**answer.content, "success": isinstance(error, errors.Conflict)})

    return rendering_errors(api, edit)


@FAULTS.breaks("every_operation/errors_use_the_nested_envelope", "shape")
def errors_lack_meta(api: Api) -> Api:
    def drop(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, content={name: part for name, part in answer.content.items() if name != "meta"})

    return rendering_errors(api, drop)


def _meta_of_errors(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Bend:
    return lambda api: rendering_errors(
        api,
        lambda answer, error: replace(answer, content={**answer.content, "meta": change(answer.content["meta"])}),
    )


_ENVELOPE = "every_operation/errors_use_the_nested_envelope"
FAULTS.add(
    "errors_have_no_request_id", _ENVELOPE, _meta_of_errors(lambda meta: {"timestamp": meta["timestamp"]}), "field"
)
FAULTS.add(
    "errors_have_their_time_without_a_zone",
    _ENVELOPE,
    _meta_of_errors(lambda meta: {**meta, "timestamp": meta["timestamp"].rstrip("Z")}),
    "shape",
)


_AS_HTML = (("Content-Type", "text/html"),)
_JSON = "every_operation/replies_are_json"


@FAULTS.breaks(_JSON, "shape")
def updates_are_answered_as_html(api: Api) -> Api:
    return rendering(
        api, lambda answer: replace(answer, headers=_AS_HTML) if "leadsUpdated" in answer.content["data"] else answer
    )


@FAULTS.breaks(_JSON, "rare")
def conflicts_are_answered_as_html(api: Api) -> Api:
    return rendering_errors(
        api,
        lambda answer, error: replace(answer, headers=_AS_HTML) if isinstance(error, errors.Conflict) else answer,
    )


@FAULTS.breaks(_JSON, "stateful")
def every_second_read_has_no_body(api: Api) -> Api:
    reads = count(1)

    def edit(answer: Answer) -> Answer:
        read = isinstance(answer.content.get("data"), dict) and "labelId" in answer.content["data"]
        return replace(answer, content=None) if read and next(reads) % 2 == 0 else answer

    return rendering(api, edit)
