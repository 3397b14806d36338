"""Which documented behaviours the clients' own calls have met, and which never."""

from __future__ import annotations

from typing import Any

from mock_server.api import Reply
from mock_server.control.wire import Operator
from mock_server.coverage import coverage
from mock_server.met import Coverage


def get_coverage(operator: Operator, query: dict[str, Any]) -> Reply:
    """By API, what was met and what was not: of one key's calls, or of all together.

    An API that was not asked for by name and never called is left out.
    """
    known = _known(operator.concerning(query), query)
    return Reply(
        {
            "schema": 1,
            "apis": {
                api: _counted(api, each)
                for api, each in known.items()
                if "api" in query or any(one.calls for one in each)
            },
        }
    )


def clear_coverage(operator: Operator, query: dict[str, Any]) -> Reply:
    """Start anew."""
    known = _known(operator.concerning(query), query)
    forgotten = 0
    for each in (one for several in known.values() for one in several):
        forgotten += each.calls
        each.clear()
    operator.world.forget_coverage()
    return Reply({"forgotten": forgotten})


def _counted(api: str, known: list[Coverage]) -> dict[str, Any]:
    behaviours = coverage(api, known)
    return {
        "met": sum(each.times > 0 for each in behaviours),
        "total": len(behaviours),
        "calls": sum(each.calls for each in known),
        "behaviours": [each.as_json() for each in behaviours],
    }


def _known(operator: Operator, query: dict[str, Any]) -> dict[str, list[Coverage]]:
    """By API, the coverage that an operator means; of everything, that of nobody in particular too."""
    apis = [query["api"]] if "api" in query else list(operator.apis)
    if operator.everything:
        return {api: operator.world.coverage(api) for api in apis}
    chosen = operator.organizations(query.get("api"))
    return {api: [each.coverage for each in chosen if each.api == api] for api in apis}
