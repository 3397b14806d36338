"""Octanist, wrong in how a key is checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

from mock_server import errors
from mock_server.api import Answer, Api, Handler, Reply
from mock_server.faults import Faults, rendering
from mock_server.octanist.faults.bends import Bend, around, refusing
from mock_server.octanist.faults.every_operation import KEY, as_full, identifying, revoked_key_still_works
from mock_server.store import Organization

FAULTS = Faults("octanist")


@FAULTS.breaks("check_key/replies_match_the_contract", "shape")
def check_answers_success_as_text(api: Api) -> Api:
    def edit(answer: Answer) -> Answer:
        return replace(answer, content={"success": "true"}) if "data" not in answer.content else answer

    return rendering(api, edit)


@FAULTS.breaks("check_key/a_valid_key_is_confirmed", "shape")
def check_answers_without_success(api: Api) -> Api:
    def edit(answer: Answer) -> Answer:
        return replace(answer, content={"valid": True}) if "data" not in answer.content else answer

    return rendering(api, edit)


FAULTS.add(
    "check_refuses_with_403",
    "check_key/a_missing_or_invalid_key_is_refused",
    refusing(errors.Unauthorized, status=403),
    "status",
)


@FAULTS.breaks("check_key/a_missing_or_invalid_key_is_refused", "lax")
def check_takes_a_revoked_key(api: Api) -> Api:
    return revoked_key_still_works(api)


# -- rarer ones --------------------------------------------------------------------------------------------

_CONTRACT = "check_key/replies_match_the_contract"
_VALID = "check_key/a_valid_key_is_confirmed"


def _checking(run: Callable[[Handler, Organization], Reply]) -> Bend:
    return around("check_key", lambda handler, organization, arguments: run(handler, organization))


@FAULTS.breaks(_CONTRACT, "stateful")
def third_check_is_a_server_fault(api: Api) -> Api:
    checks = count(1)

    def run(handler: Handler, organization: Organization) -> Reply:
        if next(checks) == 3:
            raise errors.Broken("Checked too often.")
        return handler(organization)

    return _checking(run)(api)


@FAULTS.breaks(_CONTRACT, "lax")
def check_confirms_with_success_false(api: Api) -> Api:
    def edit(answer: Answer) -> Answer:
        return replace(answer, content={"success": False}) if "data" not in answer.content else answer

    return rendering(api, edit)


@FAULTS.breaks(_VALID, "stateful")
def key_is_confirmed_once(api: Api) -> Api:
    confirmed: set[str] = set()

    def run(handler: Handler, organization: Organization) -> Reply:
        if organization.tenant in confirmed:
            raise errors.Unauthorized("Missing or invalid API key.")
        confirmed.add(organization.tenant)
        return handler(organization)

    return _checking(run)(api)


@FAULTS.breaks(_VALID, "tenant")
def keys_of_other_organizations_are_not_confirmed(api: Api) -> Api:
    def run(handler: Handler, organization: Organization) -> Reply:
        if organization.tenant != api.key_ring["full"]:
            raise errors.Unauthorized("Missing or invalid API key.")
        return handler(organization)

    return _checking(run)(api)


@FAULTS.breaks("check_key/a_missing_or_invalid_key_is_refused", "rare")
def check_takes_an_empty_key(api: Api) -> Api:
    return identifying(lambda _, headers: as_full(api, headers) if headers.get(KEY) == b"" else headers)(api)
