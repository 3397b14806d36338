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
    with httpx.Client() as client, embedded_sandbox(0) as root:
        ring = key_ring(root, client)
        jobs = [Job(at_root(api, root, ring[api], embedded=True), requirements(api)) for api in openapi.APIS]
        return {id: sent for job in jobs for id, sent in _costs_of(job, client).items()}


def _costs_of(job: Job, client: httpx.Client) -> dict[str, int]:
    target = target_for(job, client, 0, "quick")
    counted: dict[str, int] = {}

    def count(result: Result) -> None:
        counted[result.requirement.id] = target.requests - sum(counted.values())

    run(target, job.chosen, Report(0), count)
    return counted


if __name__ == "__main__":
    path = Path(order.__file__).with_name("costs.json")
    path.write_text(json.dumps(costs(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
