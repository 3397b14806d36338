"""All scenarios, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_server.scenarios import events, rules
from mock_server.scenarios.events import Undo
from mock_server.scenarios.rules import Rule

if TYPE_CHECKING:
    from mock_server.call import Call

SLOW = 3.0
"""Seconds that a slow answer takes."""

SPARED = 2
"""So many calls succeed before a key is revoked."""


@dataclass(frozen=True)
class Place:
    """The operations of an API that can meet a situation, the usual one first, and the ids of the requirements and
    open points that it stands on. An empty operation stands for every one.
    """

    operations: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """A situation, and the rules of surviving it.

    It comes about by `fault`, a fault on demand that lets `spared` calls through and then spoils the next `times` (all,
    where that is None), or by `event`, and then only a call meets it that is answered with `status`. `trigger` says
    what a client has to do to meet it; `places` are by API.
    """

    id: str
    title: str
    text: str
    trigger: str
    places: Mapping[str, Place]
    rules: tuple[Rule, ...]
    fault: str = ""
    times: int | None = 1
    spared: int = 0
    event: Callable[[Call], Undo | None] | None = None
    status: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "text": self.text,
            "trigger": self.trigger,
            "apis": {
                api: {"operations": list(filter(None, place.operations)), "sources": list(place.sources)}
                for api, place in self.places.items()
            },
            "rules": [{"id": rule.id, "text": rule.text, "judged": rule.judge is not None} for rule in self.rules],
        }


_CALLED = "the operation has to be called"
_SUCCEEDS = "the operation has to be called, and to succeed"
_ANY = ("update_lead", "create_lead", "get_lead", "list_leads")
_SHOWING_A_LEAD = ("get_lead", "update_lead", "create_lead")

_REPEATED_CREATE = {
    "aura": "aura/AU-28",
    "octanist": "octanist/OC-27",
    "vorel": "vorel/create_lead/a_second_lead_for_a_conversation_is_answered_409",
}
"""What the documents say, or leave open, about a create that is sent twice."""

_WHOLE_REPLIES = {
    "aura": "aura/every_operation/replies_are_json",
    "octanist": "octanist/every_operation/replies_are_json",
    "vorel": "vorel/update_lead/replies_match_the_contract",
}

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        id="rate_limited_once",
        title="One 429, then success",
        text="The call is refused with 429, as it is when a limit has been used up; Retry-After and X-RateLimit-Reset "
        "say when the next minute begins. Nothing was changed. The next call succeeds, whenever it comes.",
        trigger=_CALLED,
        places={
            "aura": Place(
                _ANY,
                ("aura/every_operation/the_hundred_and_first_call_in_a_minute_is_limited", "aura/AU-44"),
            ),
            "vorel": Place(_ANY, ("vorel/every_operation/a_rate_limited_answer_says_when_to_retry", "vorel/VO-33")),
        },
        rules=(rules.WAITED, rules.SUCCEEDED_LATER, rules.NO_WRITE_TWICE),
        fault="status=429",
    ),
    Scenario(
        id="server_error_once",
        title="One 500, then success",
        text="The call is answered with 500, in the API's envelope. Nothing was changed, which the client cannot know. "
        "The next call succeeds.",
        trigger=_CALLED,
        places={
            "aura": Place(_ANY, ("aura/AU-02",)),
            "octanist": Place(("update_lead",), ("octanist/update_lead/server_fault_is_500_internal_error",)),
            "vorel": Place(_ANY, ("vorel/VO-03",)),
        },
        rules=(rules.SUCCEEDED_LATER, rules.NO_WRITE_TWICE),
        fault="status=500",
    ),
    Scenario(
        id="slow_answer",
        title="A slow answer",
        text=f"The call takes effect at once, but its answer takes {SLOW:g} seconds: no document promises a time. A "
        "client may wait. If it hangs up, it does not know what became of the call.",
        trigger=_SUCCEEDS,
        places={api: Place(_ANY, (source,)) for api, source in _REPEATED_CREATE.items()},
        rules=(rules.FOUND_OUT_UNLESS_IT_WAITED, rules.NO_SECOND_LEAD, rules.FEW_TIMES),
        fault=f"delay={SLOW:g}",
    ),
    Scenario(
        id="ambiguous_email",
        title="An e-mail that two leads have",
        text="The client updates a lead by its e-mail. By then another lead has the same e-mail, and the update is "
        "refused with 409; nothing was changed. The leads can be told apart by their ids. It does not happen in an "
        "organization with the setting bulk_updates.",
        trigger="a lead has to be updated by its e-mail, without an id, while bulk_updates is off",
        places={
            "octanist": Place(
                ("update_lead",),
                (
                    "octanist/update_lead/several_matches_are_refused_or_all_updated",
                    "octanist/update_lead/several_matches_without_bulk_answer_409_conflict",
                    "octanist/OC-06",
                ),
            )
        },
        rules=(rules.ONCE_MORE_AT_MOST, rules.USED_AN_ID),
        event=events.a_twin_appears,
        status=409,
    ),
    Scenario(
        id="unknown_field",
        title="A field that no page names",
        text="The lead in the answer has one field more than is documented. The documents say what is in an answer, "
        "and nowhere that nothing else is; Aura promises custom fields without showing one.",
        trigger=_SUCCEEDS,
        places={
            "aura": Place(_SHOWING_A_LEAD, ("aura/AU-23", "aura/AU-24")),
            "octanist": Place(("get_lead",), ("octanist/get_lead/lead_asked_for_is_returned",)),
            "vorel": Place(_SHOWING_A_LEAD, ("vorel/update_lead/the_reply_is_the_bare_lead",)),
        },
        rules=(rules.WENT_ON, rules.NOT_TAKEN_FOR_A_FAILURE),
        fault="extra=a_field_of_next_year",
    ),
    Scenario(
        id="unknown_status",
        title="A status that no page names",
        text="The lead in the answer has a status that no page names. Aura publishes no list of statuses. The other "
        "two do, and the scenario does not happen there.",
        trigger=_SUCCEEDS,
        places={"aura": Place(_SHOWING_A_LEAD, ("aura/AU-17",))},
        rules=(rules.WENT_ON, rules.NOT_TAKEN_FOR_A_FAILURE),
        fault="unknown_enum=status",
    ),
    Scenario(
        id="revoked_key",
        title="The key is revoked halfway",
        text=f"The first {SPARED} calls are answered as ever. From then on each call with the key is refused with 401, "
        "until the scenario is taken back. A client that stops is seen to do nothing: ask for the verdict of a "
        "finished one.",
        trigger=f"more than {SPARED} calls have to be made",
        places={
            "aura": Place(("",), ("aura/every_operation/a_revoked_key_is_refused",)),
            "octanist": Place(("",), ("octanist/every_operation/an_invalid_key_is_401_unauthorized",)),
            "vorel": Place(("",), ("vorel/every_operation/a_revoked_key_is_refused", "vorel/VO-06")),
        },
        rules=(rules.STOPPED, rules.SOMEBODY_WAS_TOLD),
        fault="status=401",
        times=None,
        spared=SPARED,
    ),
    Scenario(
        id="vanished_lead",
        title="A lead that vanishes between read and update",
        text="The client has read a lead and updates it. In between the lead has gone for good, and the update is "
        "refused with 404, as for any lead that is not there.",
        trigger="a lead has to be read, alone or in a list, and then updated",
        places={
            "aura": Place(("update_lead",), ("aura/update_lead/unknown_lead_is_not_found",)),
            "octanist": Place(
                ("update_lead",),
                (
                    "octanist/update_lead/unknown_id_is_404_not_found",
                    "octanist/update_lead/unknown_email_is_404_not_found",
                    "octanist/update_lead/unknown_phone_is_404_not_found",
                ),
            ),
            "vorel": Place(("update_lead",), ("vorel/update_lead/an_unknown_lead_is_refused_with_404",)),
        },
        rules=(rules.ONCE_MORE_AT_MOST, rules.WENT_ON),
        event=events.the_lead_vanishes,
        status=404,
    ),
    Scenario(
        id="truncated_answer",
        title="An answer of which half is missing",
        text="The call takes effect, and its answer has a status of success, but the JSON ends halfway: the documents "
        "promise JSON, connections promise nothing.",
        trigger=_SUCCEEDS,
        places={api: Place(_ANY, (source, _REPEATED_CREATE[api])) for api, source in _WHOLE_REPLIES.items()},
        rules=(rules.FOUND_OUT, rules.NO_SECOND_LEAD, rules.NOT_TAKEN_FOR_WHOLE),
        fault="truncated",
    ),
    Scenario(
        id="dropped_connection",
        title="A connection that is dropped after the write",
        text="The call takes effect, and the connection is closed before any of the answer is sent. The client "
        "does not know that it took effect; a create that is repeated blindly makes a second lead, or a conflict.",
        trigger=_SUCCEEDS,
        places={api: Place(("create_lead", "update_lead"), (source,)) for api, source in _REPEATED_CREATE.items()},
        rules=(rules.FOUND_OUT, rules.NO_SECOND_LEAD),
        fault="close=after",
    ),
)
"""In the order in which they are shown."""
