"""Count the requests that each check sends to the embedded sandbox, and write them where the suite finds them."""

from __future__ import annotations

import json
from pathlib import Path

import httpx

import openapi
from conformance import order
from conformance.arguments import Job, target_for
from conformance.config import at_root
from conformance.embedded import embedded_sandbox, key_ring
from conformance.outcomes import Result
from conformance.register import requirements
from conformance.run import Report, run


def costs() -> dict[str, int]:
    """Requests by id of a requirement, at the effort quick."""
    counted: dict[str, int] = {}
    with httpx.Client() as client, embedded_sandbox(0) as root:
        for api in openapi.APIS:
            job = Job(at_root(api, root, key_ring(root, client)[api], embedded=True), requirements(api))
            target = target_for(job, client, 0, "quick")

            def count(result: Result, target: object = target, before: int = sum(counted.values())) -> None:
                sent = sum(counted.values()) - before
                counted[result.requirement.id] = getattr(target, "requests", 0) - sent

            run(target, job.chosen, Report(0), count)
    return counted


if __name__ == "__main__":
    path = Path(order.__file__).with_name("costs.json")
    path.write_text(json.dumps(costs(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
