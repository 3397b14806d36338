"""Why an exchange was answered as it was: the documented requirements and open points behind it, in sentences."""

from __future__ import annotations

from typing import Any

import openapi
from mock_server.har import concealed
from mock_server.journal import Exchange


def explanation(exchange: Exchange) -> dict[str, Any]:
    """What led to the answer: the requirements that the call met and the open points that it touched.

    The requirements that decided come first, and the first of them is `decided_by`. `sentences` says the same for
    people, first what happened and then why. The caller's credential is masked.
    """
    exchange = concealed(exchange)
    contract = openapi.read(exchange.api)
    requirements = [contract.requirements[id] for id in exchange.requirements]
    points = [(contract.open_points[id], reading) for id, reading in exchange.readings.items()]
    return {
        "exchange": exchange.id,
        "status": exchange.status,
        "decided_by": exchange.decided_by,
        "requirements": [
            {"id": each.id, "level": each.level, "text": each.text, "source": each.source} for each in requirements
        ],
        "open_points": [
            {"id": point.id, "text": point.text, "reading": reading, "setting": point.setting}
            for point, reading in points
        ],
        "sentences": [
            *_what_happened(exchange),
            *(f"{each.text} ({each.id}; {each.source})" for each in requirements),
            *(_of_a_reading(exchange.api, point, reading) for point, reading in points),
        ],
    }


def _what_happened(exchange: Exchange) -> list[str]:
    operation = f"the operation {exchange.operation_id} of {exchange.api}"
    asked = operation if exchange.operation_id else f"no documented operation of {exchange.api}"
    answered = "was answered" if exchange.status else "would have been answered"
    said = [f"{exchange.method} {exchange.target.partition('?')[0]} is {asked}; it {answered} {exchange.decided}."]
    if exchange.refusal:
        said.append(f"It was refused: {exchange.refusal}")
    if exchange.fault:
        what = f"{exchange.fault}: {exchange.cut}" if exchange.cut else exchange.fault
        said.append(f"The answer was spoilt on purpose, by {what}. Nothing counts as covered by it.")
    return said


def _of_a_reading(api: str, point: openapi.OpenPoint, reading: str) -> str:
    switch = f", as the setting {point.setting} says" if point.setting else ""
    return f"Open point {api}/{point.id}: {point.text} Here: {reading}{switch}."
