"""Looking at what was exchanged, and why it was answered so."""

from __future__ import annotations

from typing import Any

from mock_server.api import Reply
from mock_server.control.wire import Operator
from mock_server.errors import Invalid, NotFound
from mock_server.events import Stream
from mock_server.explain import explanation
from mock_server.har import as_json, har
from mock_server.journal import Exchange
from mock_server.store import Organization

HAR = "application/har+json"


def get_journal(operator: Operator, query: dict[str, Any]) -> Reply:
    """The latest exchanges, oldest first, as JSON or as a HAR."""
    operator = operator.concerning(query)
    _check_operation(operator, query.get("operation", ""))
    journals = [each.journal for each in _recorded(operator)]
    exchanges = sorted(
        (each for journal in journals for each in journal if _wanted(each, query)), key=lambda each: each.place
    )
    exchanges = exchanges[-query["limit"] :]
    shown = query["credentials"] == "shown"
    if HAR in operator.accept:
        return Reply(har(exchanges, query.get("root", operator.root), shown=shown), media_type=HAR)
    dropped = sum(journal.dropped for journal in journals)
    return Reply({"exchanges": [as_json(each, shown=shown) for each in exchanges], "dropped": dropped})


def clear_journal(operator: Operator, query: dict[str, Any]) -> Reply:
    """Forget exchanges; what they have covered stays known."""
    operator = operator.concerning(query)
    count = 0
    for organization in _recorded(operator):
        count += len(organization.journal)
        organization.journal.clear()
    return Reply({"forgotten": count})


def get_events(operator: Operator, query: dict[str, Any]) -> Reply:
    """A stream of the exchanges as they happen."""
    operator = operator.concerning(query)
    chosen = None if operator.everything else {each.id for each in _recorded(operator)}
    return Reply(Stream(operator.world, lambda each: chosen is None or each.id.rpartition("-")[0] in chosen))


def explain_exchange(operator: Operator, exchange: str) -> Reply:
    """Why an exchange was answered as it was, in sentences."""
    everybody = (each for each in operator.world.everybody() if each.id == exchange.rpartition("-")[0])
    found = next((each for one in everybody for each in one.journal if each.id == exchange), None)
    if found is None:
        raise NotFound(f"exchange: the journal has no {exchange[:50]!r}, or no longer")
    return Reply(explanation(found))


def _recorded(operator: Operator) -> list[Organization]:
    """The organizations whose exchanges an operator means; of all, those of nobody in particular too."""
    everybody = [each for each in operator.world.everybody() if each.api in operator.apis]
    return everybody if operator.everything else operator.organizations()


def _check_operation(operator: Operator, id: str) -> None:
    """Raises Invalid for an operation that no API has; the empty one stands for calls that are none."""
    known = [each for api in operator.apis.values() for each in api.handlers]
    if id and id not in known:
        raise Invalid(f"operation: no API has an operation {id[:50]!r}; there are {', '.join(dict.fromkeys(known))}")


def _wanted(exchange: Exchange, query: dict[str, Any]) -> bool:
    """Whether the filters let an exchange through."""
    return (
        query.get("api", exchange.api) == exchange.api
        and query.get("operation", exchange.operation_id) == exchange.operation_id
        and query.get("status", exchange.status) == exchange.status
        and ("requirement" not in query or any(each.startswith(query["requirement"]) for each in exchange.requirements))
        and query.get("method", exchange.method).upper() == exchange.method.upper()
        and query.get("exchange", exchange.id) == exchange.id
        and ("lead" not in query or query["lead"] in exchange.changes)
    )
