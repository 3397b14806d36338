"""Octanist, wrong in what holds for every operation: keys, organizations, envelopes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Caller, Handler, Headers, Reply
from mock_server.faults import Faults, rendering_errors
from mock_server.octanist.faults.bends import Bend, around, refusing
from mock_server.store import Organization, World

FAULTS = Faults("octanist")

_KEY = b"x-api-key"

# -- keys and organizations --------------------------------------------------------------------------------


def identifying(change: Callable[[World, Headers], Headers]) -> Bend:
    return lambda api: replace(api, identify=lambda world, headers: api.identify(world, change(world, headers)))


def as_full(api: Api, headers: Headers) -> Headers:
    return {**headers, _KEY: api.key_ring["full"].encode()}


@FAULTS.breaks("every_operation/a_missing_key_is_401_unauthorized", "lax")
def missing_key_opens_the_first_organization(api: Api) -> Api:
    return identifying(lambda world, headers: headers if _KEY in headers else as_full(api, headers))(api)


FAULTS.add(
    "missing_key_is_403_forbidden",
    "every_operation/a_missing_key_is_401_unauthorized",
    refusing(errors.Unauthorized, status=403, code="FORBIDDEN"),
    "status",
)
FAULTS.add(
    "unauthorized_has_another_code",
    "every_operation/a_missing_key_is_401_unauthorized",
    refusing(errors.Unauthorized, code="INVALID_API_KEY"),
    "shape",
)


@FAULTS.breaks("every_operation/an_invalid_key_is_401_unauthorized", "lax")
def any_text_is_a_key(api: Api) -> Api:
    def identify(world: World, headers: Headers) -> Caller:
        try:
            return api.identify(world, headers)
        except errors.Unauthorized:
            if headers.get(_KEY):
                return Caller(world.organization("octanist", api.key_ring["full"]))
            raise

    return replace(api, identify=identify)


@FAULTS.breaks("every_operation/an_invalid_key_is_401_unauthorized", "lax")
def revoked_key_still_works(api: Api) -> Api:
    revoked = api.key_ring["revoked"].encode()
    return identifying(lambda _, headers: as_full(api, headers) if headers.get(_KEY) == revoked else headers)(api)


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
