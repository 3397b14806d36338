"""What holds for every Octanist operation on leads."""

from __future__ import annotations

from mock_server.behaviours import consequence, of, on_refusal
from mock_server.call import Call
from mock_server.errors import NotFound, Unauthorized
from mock_server.octanist.behaviours.facts import LEAD_OPERATIONS, names_anothers

UNMEETABLE: dict[str, str] = {
    "a_sequence_of_calls_is_answered_as_documented": "every sequence shows it; its single calls are counted",
}

_on_leads = of(*LEAD_OPERATIONS)


@_on_leads
@on_refusal
def a_missing_key_is_401_unauthorized(call: Call) -> bool:
    return isinstance(call.error, Unauthorized) and b"x-api-key" not in call.headers


@_on_leads
@on_refusal
def an_invalid_key_is_401_unauthorized(call: Call) -> bool:
    return isinstance(call.error, Unauthorized) and b"x-api-key" in call.headers


@consequence
@_on_leads
@on_refusal
def errors_use_the_nested_envelope(call: Call) -> bool:
    return 400 <= call.status < 500 and isinstance(call.content, dict)


@consequence
@of("get_lead", "update_lead")
@on_refusal
def leads_of_other_organizations_are_invisible(call: Call) -> bool:
    """What shows it is a lead that another organization has under the identifier that found nothing here."""
    return isinstance(call.error, NotFound) and names_anothers(call)


@consequence
def replies_are_json(call: Call) -> bool:
    return isinstance(call.content, dict)
