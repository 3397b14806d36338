"""Faults: the limits of an update, of texts and of scores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server import errors
from mock_server.api import Handler, Reply
from mock_server.faults import Faults
from mock_server.store import Organization
from mock_server.vorel.faults.parts import (
    When,
    after_updating,
    both,
    excusing,
    failing,
    lead_of,
    letting_through,
    rule,
    showing,
    stores,
    takes,
    taking,
    where,
    without,
)

FAULTS = Faults("vorel")


# -- limits --------------------------------------------------------------------------------------------------
for _field, _longest in {"name": 200, "phone": 32, "intent": 40, "timeline": 40, "source": 40}.items():
    _longer = rule("UpdateLead", _field, maxLength=_longest + 1)
    _endless = rule("UpdateLead", _field, maxLength=None)
    _within = f"update_lead/{_field}_of_{_longest}_characters_is_accepted"
    _beyond = f"update_lead/{_field}_of_{_longest + 1}_characters_is_refused"
    FAULTS.add(
        f"{_field}_ends_a_character_early", _within, rule("UpdateLead", _field, maxLength=_longest - 1), "strict"
    )
    FAULTS.add(
        f"cuts_a_long_{_field}_by_a_character",
        _within,
        stores(_field, lambda text, last=_longest - 1: text[:last]),  # type: ignore[misc]
        "shape",
    )
    FAULTS.add(
        f"{_field}_ends_a_character_late",
        _beyond,
        both(_longer, letting_through("update_lead", _field, _longest, whole=True)),
        "lax",
    )
    FAULTS.add(
        f"cuts_a_{_field}_instead_of_refusing_it",
        _beyond,
        both(_endless, letting_through("update_lead", _field, _longest, whole=False)),
        "shape",
    )

for _name, _slug, _kind, _rules in (
    ("scores_begin_at_1", "qualification_score_of_0_is_accepted", "strict", {"minimum": 1}),
    ("scores_end_at_99", "qualification_score_of_100_is_accepted", "strict", {"maximum": 99}),
    ("scores_begin_at_minus_1", "qualification_score_of_minus_1_is_refused", "lax", {"minimum": -1}),
    ("scores_may_be_negative", "qualification_score_of_minus_1_is_refused", "lax", {"minimum": None}),
    ("scores_end_at_101", "qualification_score_of_101_is_refused", "lax", {"maximum": 101}),
    ("scores_have_no_end", "qualification_score_of_101_is_refused", "lax", {"maximum": None}),
    ("scores_may_be_fractions", "a_fractional_qualification_score_is_refused", "lax", {"type": "number"}),
    ("scores_may_be_anything", "a_qualification_score_that_is_no_number_is_refused", "lax", {"type": None}),
    ("stores_a_score_as_text", "qualification_score_is_never_stored_as_text", "lax", {"type": None}),
):
    FAULTS.add(_name, f"update_lead/{_slug}", rule("UpdateLead", "qualification_score", **_rules), _kind)

FAULTS.add(
    "a_score_of_0_counts_as_missing",
    "update_lead/qualification_score_of_0_is_accepted",
    takes(
        "update_lead", lambda body: body if body.get("qualification_score") else without(body, "qualification_score")
    ),
    "rare",
)
FAULTS.add(
    "a_score_of_0_clears_the_score",
    "update_lead/qualification_score_of_0_is_accepted",
    after_updating(lambda before, lead, body: lead.update(qualification_score=lead["qualification_score"] or None)),
    "shape",
)
FAULTS.add(
    "rounds_fractional_scores",
    "update_lead/a_fractional_qualification_score_is_refused",
    both(rule("UpdateLead", "qualification_score", type="number"), stores("qualification_score", round)),
    "shape",
)
FAULTS.add(
    "clamps_scores",
    "update_lead/qualification_score_of_101_is_refused",
    both(
        rule("UpdateLead", "qualification_score", maximum=None),
        stores("qualification_score", lambda score: min(score, 100)),
    ),
    "shape",
)


# -- now and then ----------------------------------------------------------------------------------------------


def _too_long(field: str, longest: int, more: When) -> When:
    def when(organization: Organization, arguments: dict[str, Any]) -> bool:
        text = arguments["body"].get(field)
        return isinstance(text, str) and len(text) > longest and more(organization, arguments)

    return when


def _whole(field: str) -> Callable[..., Reply]:
    """The text is stored, however long it is."""

    def then(handler: Handler, organization: Organization, body: dict[str, Any], **others: Any) -> Reply:
        reply = handler(organization, body={**body, field: "short"}, **others)
        reply.data[field] = body[field]
        return reply

    return then


for _field, _longest in {"name": 200, "phone": 32, "intent": 40, "timeline": 40, "source": 40}.items():
    FAULTS.add(
        f"a_long_{_field}_fits_once",
        f"update_lead/{_field}_of_{_longest}_characters_is_accepted",
        where(
            "update_lead",
            lambda organization, arguments, field=_field, longest=_longest: (  # type: ignore[misc]
                len(lead_of(organization, arguments).get(field) or "") == longest
                and len(arguments["body"].get(field) or "") == longest
            ),
            failing(errors.Invalid),
        ),
        "stateful",
    )
    FAULTS.add(
        f"a_{_field}_too_long_passes_beside_a_status",
        f"update_lead/{_field}_of_{_longest + 1}_characters_is_refused",
        excusing(
            "update_lead",
            _too_long(_field, _longest, lambda organization, arguments: "status" in arguments["body"]),
            _whole(_field),
        ),
        "rare",
    )


def _score(when: Callable[[Any], bool]) -> When:
    """Whether a score was sent of which `when` holds."""
    return lambda organization, arguments: (
        "qualification_score" in arguments["body"] and when(arguments["body"]["qualification_score"])
    )


def _scored(change: Callable[[Any], Any]) -> Callable[..., Reply]:
    return taking(lambda body: {**body, "qualification_score": change(body["qualification_score"])})


def _is_number(score: Any) -> bool:
    return isinstance(score, int | float) and not isinstance(score, bool)


def _is_text(score: Any) -> bool:
    return isinstance(score, str)


def _two_digits(score: str) -> int:
    return int(score[:2])


for _name, _slug, _kind, _bend in (
    (
        "keeps_two_digits_of_a_score",
        "qualification_score_of_100_is_accepted",
        "rare",
        where("update_lead", _score(lambda score: score == 100), _scored(lambda score: 10)),
    ),
    (
        "a_score_of_100_counts_as_missing",
        "qualification_score_of_100_is_accepted",
        "strict",
        where(
            "update_lead", _score(lambda score: score == 100), taking(lambda body: without(body, "qualification_score"))
        ),
    ),
    (
        "a_negative_score_loses_its_sign",
        "qualification_score_of_minus_1_is_refused",
        "shape",
        excusing(
            "update_lead",
            _score(lambda score: _is_number(score) and -100 <= score < 0 and score == int(score)),
            _scored(lambda score: -int(score)),
        ),
    ),
    (
        "a_negative_score_clears_the_score",
        "qualification_score_of_minus_1_is_refused",
        "rare",
        excusing("update_lead", _score(lambda score: score == -1), _scored(lambda score: None)),
    ),
    (
        "takes_fractions_below_one",
        "a_fractional_qualification_score_is_refused",
        "rare",
        excusing("update_lead", _score(lambda score: isinstance(score, float) and 0 < score < 1), _scored(round)),
    ),
    (
        "takes_true_for_a_score",
        "a_qualification_score_that_is_no_number_is_refused",
        "rare",
        excusing("update_lead", _score(lambda score: score is True), _scored(int)),
    ),
    (
        "takes_a_score_out_of_a_list",
        "a_qualification_score_that_is_no_number_is_refused",
        "shape",
        excusing(
            "update_lead",
            _score(lambda score: isinstance(score, list) and len(score) == 1),
            _scored(lambda score: score[0]),
        ),
    ),
    (
        "answers_a_score_as_the_text_it_was",
        "qualification_score_is_never_stored_as_text",
        "shape",
        excusing(
            "update_lead",
            _score(lambda score: score == "50"),
            lambda handler, organization, body, **others: showing(
                lambda lead: {**lead, "qualification_score": str(lead["qualification_score"])}
            )(handler, organization, body={**body, "qualification_score": 50}, **others),
        ),
    ),
    (
        "keeps_a_score_with_a_leading_zero_as_text",
        "qualification_score_is_never_stored_as_text",
        "rare",
        excusing(
            "update_lead",
            _score(lambda score: isinstance(score, str) and score[:1] == "0" and score.isdigit()),
            taking(dict),
        ),
    ),
    (
        "takes_a_score_as_text_for_no_score",
        "qualification_score_is_never_stored_as_text",
        "strict",
        excusing("update_lead", _score(_is_text), taking(lambda body: without(body, "qualification_score"))),
    ),
    (
        "every_text_but_50_clears_the_score",
        "qualification_score_is_never_stored_as_text",
        "rare",
        excusing("update_lead", _score(_is_text), _scored(lambda score: 50 if score == "50" else None)),
    ),
    (
        "reads_two_digits_of_a_score_that_is_text",
        "qualification_score_is_never_stored_as_text",
        "rare",
        excusing("update_lead", _score(lambda score: _is_text(score) and score.isdecimal()), _scored(_two_digits)),
    ),
):
    FAULTS.add(_name, f"update_lead/{_slug}", _bend, _kind)


FAULTS.add(
    "shows_a_score_of_100_as_text",
    "update_lead/qualification_score_of_100_is_accepted",
    where(
        "update_lead", _score(lambda score: score == 100), showing(lambda lead: {**lead, "qualification_score": "100"})
    ),
    "shape",
)
FAULTS.add(
    "takes_a_score_of_101_beside_a_status",
    "update_lead/qualification_score_of_101_is_refused",
    excusing(
        "update_lead",
        lambda organization, arguments: (
            arguments["body"].get("qualification_score") == 101 and "status" in arguments["body"]
        ),
        taking(dict),
    ),
    "rare",
)
