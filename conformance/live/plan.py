"""What a run is about to do to a target: told, and agreed to, before the first request that changes anything."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import ceil

import openapi
from conformance.arguments import Job
from conformance.config import ConfigError, TargetConfig, without_credentials
from conformance.live.budget import CREATES, Limits, reads
from conformance.live.order import Cost, cost, measured, open_points
from conformance.wording import many

_HEADROOM = 1.25
"""How many times what the checks have sent to the sandbox a run may send: leads that are there already make lists
longer, and a failure is shrunk."""

_CREATED = {
    "create_lead": "leads named Conformance or with e-mail addresses conformance-...@example.com",
    "create_conversation": "conversations of customers such as conformance-...@example.com",
}
"""What each of the operations that create leaves behind."""

_BESIDE = Cost(requests=300, creates=50)
"""What each target may be sent beside that: the preflight, and what shrinks a failure where few checks are chosen."""


def limits_of(jobs: Sequence[Job], effort: str, most: int | None, seconds_between: float, read_only: bool) -> Limits:
    """The limits of a run: what the user allows, and without that what its plan promises of targets outside."""
    if all(job.config.embedded for job in jobs):
        return Limits(most, None, seconds_between, read_only)
    bounds = [_bound(job, effort) for job in jobs]
    requests = sum(each.requests for each in bounds) if most is None else most
    return Limits(requests, min(requests, sum(each.creates for each in bounds)), seconds_between, read_only)


def _bound(job: Job, effort: str) -> Cost:
    """The most that a target is sent at an effort."""
    costs = [cost(each, effort) for each in job.chosen]
    costs.append(measured(open_points(job.config.api), effort))
    return Cost(
        _BESIDE.requests + ceil(_HEADROOM * sum(each.requests for each in costs)),
        _BESIDE.creates + ceil(_HEADROOM * sum(each.creates for each in costs)),
    )


def told(jobs: Sequence[Job], limits: Limits) -> list[str]:
    """The plan of a run, as lines."""
    lines = []
    for job in jobs:
        lines += [f"plan for {job.config.api} at {without_credentials(job.config.base_url)}", *_of(job, limits)]
    requests = (
        "as many requests as it takes" if limits.requests is None else f"at most {many(limits.requests, 'request')}"
    )
    pace = f", one every {limits.seconds_between:g} s" if limits.seconds_between else ""
    return [*lines, f"in all      {requests}{pace}; {_creates(jobs, limits)}"]


def agree() -> None:
    """Ask whether to go on. Raises ConfigError where the answer is no, or where nobody can be asked."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigError("this would change the target: read the plan above, then pass --yes")
    if _answered("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
        raise ConfigError("nothing was sent that changes the target")


def _answered(question: str) -> str:
    """What a person answers; nothing where the input ends instead."""
    try:
        return input(question)
    except EOFError:
        print()
        return ""


def _of(job: Job, limits: Limits) -> list[str]:
    config, contract = job.config, openapi.read(job.config.api)
    operations = [each for each in contract.operations.values() if config.capabilities.get(each.id) is not False]
    called = [each for each in operations if not limits.read_only or reads(each.id, each.method)]
    lines = [
        f"  calls     {', '.join(each.id for each in called) or 'nothing'}, for {many(len(job.chosen), 'requirement')}",
        f"  keys      {', '.join(config.keys) or 'none'}",
    ]
    if limits.read_only:
        return [*lines, "  changes   nothing (--read-only)"]
    if creating := _creating(config):
        lines += [f"  creates   {_CREATED[each]}" for each in creating]
        lines.append("            they stay, because no documented operation deletes them")
    return [*lines, *_changed(job)]


def _creating(config: TargetConfig) -> list[str]:
    """The operations that create and that the target is not said to lack."""
    operations = openapi.read(config.api).operations
    return [each for each in CREATES if each in operations and config.capabilities.get(each) is not False]


def _changed(job: Job) -> list[str]:
    """What happens to the leads and conversations that the target file names."""
    config = job.config
    lines = []
    fixtures = [*config.lead_ids, *filter(None, (config.shared_email, config.shared_phone))]
    if fixtures:
        leads = "lead" if len(fixtures) == 1 else "leads"
        lines.append(f"  changes   {', '.join(_updatable(config.api))} of the {leads} {', '.join(fixtures)};")
        lines.append("            they are put back at the end, as far as an update can: never updated_at, nor what")
        lines.append("            no operation shows or an update cannot set. What is not as it was is listed")
    if config.conversation_ids:
        conversations = "the conversation" if len(config.conversation_ids) == 1 else "the conversations"
        lines.append(f"  uses up   {conversations} {', '.join(config.conversation_ids)}: each may get a lead")
    return lines or ["  changes   no lead that it has not created"]


def _updatable(api: str) -> list[str]:
    """The fields that the body of an update may have, as the contract says."""
    contract = openapi.read(api)
    update = contract.operations["update_lead"]
    body = contract.document["paths"][update.path][update.method.lower()]["requestBody"]
    schema = contract.inlined(body["content"]["application/json"]["schema"])
    return [name for name in schema["properties"] if name != "id"]


def _creates(jobs: Sequence[Job], limits: Limits) -> str:
    if limits.read_only or not any(_creating(job.config) for job in jobs):
        return "nothing is created"
    if limits.creates is None:
        return "as many of them create something as it takes"
    return f"at most {limits.creates} of them {'creates' if limits.creates == 1 else 'create'} something"
