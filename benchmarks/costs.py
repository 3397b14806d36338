"""Count what each check sends to the embedded sandbox, and write it where the suite finds it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import httpx

import openapi
from conformance.arguments import Job, target_for
from conformance.config import at_root
from conformance.embedded import embedded_sandbox, key_ring
from conformance.live import order
from conformance.live.budget import Budget
from conformance.outcomes import Result
from conformance.processes import Tell, told_by
from conformance.register import requirements
from conformance.run import Report, classify, run

CORES = 2


class _Meter:
    """How many requests, and how many that create, passed a budget since it was last read."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._read = (0, 0)

    def read(self) -> tuple[int, int]:
        now, before = (self._budget.requests, self._budget.creates), self._read
        self._read = now
        return now[0] - before[0], now[1] - before[1]


def costs() -> dict[str, dict[str, list[int]]]:
    """By id of a requirement, the requests and creates of its check, each a list by effort as `order.MEASURED` has it.

    What it takes to read the open points of an API stands at ``<api>/open_points``.
    """
    work = [(api, effort) for effort in reversed(order.MEASURED) for api in openapi.APIS]
    found = dict(told_by(CORES, _costs_of, work))
    ids = [id for api in openapi.APIS for id in found[api, order.MEASURED[0]]]
    return {id: _by_effort([found[id.partition("/")[0], effort][id] for effort in order.MEASURED]) for id in ids}


def _by_effort(told: list[tuple[int, int]]) -> dict[str, list[int]]:
    requests, creates = zip(*told, strict=True)
    return {"requests": list(requests), "creates": list(creates)}


def _costs_of(piece: tuple[str, str], tell: Tell) -> None:
    """Tell what each check of an API sends at an effort."""
    api, effort = piece
    with httpx.Client() as client, embedded_sandbox(0) as root:
        job = Job(at_root(api, root, key_ring(root, client)[api], embedded=True), requirements(api))
        target = target_for(job, client, 0, effort)
        counted, meter = dict[str, tuple[int, int]](), _Meter(target.budget)
        run(target, job.chosen, Report(0), partial(_count, counted, meter))
        classify(target)
        counted[order.open_points(api)] = meter.read()
    tell((piece, counted))


def _count(counted: dict[str, tuple[int, int]], meter: _Meter, result: Result) -> None:
    counted[result.requirement.id] = meter.read()


if __name__ == "__main__":
    path = Path(order.__file__).with_name("costs.json")
    lines = [f" {json.dumps(id)}: {json.dumps(told)}" for id, told in sorted(costs().items())]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
