"""Octanist, wrong in how a key is checked."""

from __future__ import annotations

from dataclasses import replace

from mock_server import errors
from mock_server.api import Answer, Api
from mock_server.faults import Faults, rendering
from mock_server.octanist.faults.bends import refusing
from mock_server.octanist.faults.every_operation import revoked_key_still_works

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
