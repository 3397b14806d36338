"""The shortest chain of calls that shows a failure, found by sending shorter ones.

Whether a shorter chain still shows the failure is judged without the check: it is sent to the target, and to a
reference that does what is documented. It shows the failure as long as the two answer the deciding call differently
in the same places as before, and each of them says there what it said before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module

import httpx

from conformance.answers import OF_TIME, Comparison, differences
from conformance.chain import Chain, numbered
from conformance.config import at_root
from conformance.embedded import embedded_sandbox, key_ring
from conformance.exchange import Exchange
from conformance.outcomes import CannotTry, Result, TargetFault
from conformance.replay import Send, a_run, renewal, sender, sent_again
from conformance.target import Target
from conformance.transport import TIMEOUT

CALLS = 40
"""How many further calls a failure is worth, to find its shortest chain."""

SECONDS = 20.0
"""How long that is done for all failures of a target."""

_REFERENCE_SHARE = 15
"""How many calls to the reference go with one to the target."""

_REFERENCE_RUN = "1000000000"
"""The reference forgets everything between two chains, and can be sent the same texts each time."""


@dataclass(frozen=True)
class Reference:
    """A target that does what is documented. `forget` makes it as if it had never been called."""

    target: Target
    forget: Callable[[], object]

    def answers(self, chain: Chain) -> list[Exchange]:
        """What it answers to a chain."""
        self.forget()
        return sent_again(chain, sender(self.target), _REFERENCE_RUN)


@contextmanager
def documented(api: str) -> Iterator[Reference]:
    """The sandbox as the reference, in a process of its own. Raises TargetFault where it does not start."""
    with httpx.Client(timeout=TIMEOUT) as client, embedded_sandbox(0) as root:
        config = at_root(api, root, key_ring(root, client).get(api, {}), embedded=True)
        target: Target = import_module(f"conformance.{api}").TARGET(config, client)
        yield Reference(target, lambda: client.post(f"{root}/_sandbox/reset").raise_for_status())


class _Unproven(Exception):
    """Nothing can be learned about shorter chains: the reference cannot follow, or the target may not be called."""


def shortest(result: Result, target: Target, reference: Reference, limit: int) -> Result:
    """The failed result with a witness from which no call and no member of a body can be left out.

    Not more than `limit` calls are sent to the target. Where they do not suffice, or nothing can be proven, the
    witness is as short as it got, and `minimal` is false.
    """
    try:
        search = _Search(Chain(result.story, numbered(result.made_up)), sender(target), reference, limit)
    except (_Unproven, CannotTry, TargetFault):
        return result
    minimal = search.run(result.witness)
    if search.found is None:
        return replace(result, minimal=False)
    chain, told = search.found, search.renewed
    return replace(
        result,
        witness=chain.calls,
        made_up=tuple(each.text for each in chain.made_up),
        expected=told(result.expected),
        got=told(result.got),
        minimal=minimal,
    )


@dataclass
class _Allowance:
    """How many calls may still be sent."""

    left: int

    def spend(self, calls: int) -> None:
        """Raises _Unproven where that is more than is left."""
        if calls > self.left:
            raise _Unproven("no calls are left")
        self.left -= calls


class _Search:
    """Sends ever shorter chains. `found` is the shortest that showed the failure, as it was sent and answered."""

    def __init__(self, story: Chain, send: Send, reference: Reference, limit: int) -> None:
        self._story = story
        self._send = send
        self._reference = reference
        self._to_target = _Allowance(limit)
        self._to_reference = _Allowance(limit * _REFERENCE_SHARE)
        self._documented = reference.answers(story)
        self._departures = differences(story.calls, self._documented, renewal(story, _REFERENCE_RUN))
        shown = [at for at, places in enumerate(self._departures) if places]
        if not shown:
            raise _Unproven("the reference answers the same")
        self._shown = shown[-1]
        self._deciding = _lasting(self._departures[self._shown]) or self._departures[self._shown]
        others = enumerate(zip(story.calls, self._documented, strict=True))
        if any(_succeeded(one) != _succeeded(two) for at, (one, two) in others if at != self._shown):
            raise _Unproven("the reference cannot follow")
        self._needed = [story.needed_by(each) for each in story.calls]
        self._bodies: dict[int, bytes] = {}
        self._kept = list(range(len(story.calls)))
        self.found: Chain | None = None

    def run(self, likely: Sequence[Exchange]) -> bool:
        """Look for the shortest chain; whether it is proven that there is no shorter one."""
        try:
            self._try([at for at, each in enumerate(self._story.calls) if any(each is one for one in likely)])
            while self._fewer_calls() or self._smaller_bodies():
                pass
            return self.found is not None or self._holds(self._kept, {})
        except (_Unproven, CannotTry, TargetFault):
            return False

    def renewed(self, text: str) -> str:
        """What was said of the story, said of the chain that was found."""
        assert self.found is not None
        comparison = Comparison(renewal(self._story, self._run))
        for at, new in zip(self._kept, self.found.calls, strict=True):
            comparison.differences(self._story.calls[at], new)
        return comparison.renewed(text)

    def _fewer_calls(self) -> bool:
        """Leave out calls: many at once at first, in the end each alone. Whether any could be left out."""
        size, before = max(1, len(self._kept) // 2), len(self._kept)
        while size:
            at = 0
            while at < len(self._kept):
                shorter = self._without(set(self._kept[at : at + size]))
                at += 0 if shorter and self._try(shorter) else size
            size //= 2
        return len(self._kept) < before

    def _smaller_bodies(self) -> bool:
        """Leave out members of bodies, each alone. Whether any could be left out."""
        left_out = [smaller for smaller in self._bodies_without_a_member() if self._try(self._kept, smaller)]
        return bool(left_out)

    def _bodies_without_a_member(self) -> Iterator[dict[int, bytes]]:
        for at in self._kept:
            for name in _members(self._body(at)):
                rest = {key: value for key, value in _members(self._body(at)).items() if key != name}
                yield {**self._bodies, at: json.dumps(rest).encode()}

    def _body(self, at: int) -> bytes | None:
        return self._bodies.get(at, self._story.calls[at].request.body)

    def _without(self, dropped: set[int]) -> list[int]:
        """The kept calls without some, and without those that need them; none if the deciding ones would go."""
        kept: list[int] = []
        for at in self._kept:
            if at not in dropped and self._needed[at] <= {*kept}:
                kept.append(at)
        return kept if self._shown in kept and len(kept) < len(self._kept) else []

    def _try(self, kept: list[int], bodies: Mapping[int, bytes] | None = None) -> bool:
        """Take these calls instead of what is kept now, if they still show the failure."""
        bodies = self._bodies if bodies is None else bodies
        if self._shown not in kept or not self._holds(kept, bodies):
            return False
        self._kept, self._bodies = kept, dict(bodies)
        return True

    def _holds(self, kept: list[int], bodies: Mapping[int, bytes]) -> bool:
        calls = [_with_body(self._story.calls[at], bodies.get(at)) for at in kept]
        chain = Chain(calls, self._story.made_up)
        self._to_reference.spend(len(calls))
        documented = self._reference.answers(chain)
        if not self._as_before(kept, self._documented, documented, lambda text: text):
            return False
        self._to_target.spend(len(calls))
        run = a_run()
        answers = sent_again(chain, self._send, run)
        if not self._as_before(kept, self._story.calls, answers, renewal(self._story, run)):
            return False
        sent = Chain(answers, [replace(each, text=each.renewed(run)) for each in chain.made_up])
        departures = differences(answers, documented, renewal(sent, _REFERENCE_RUN))
        if any(_lasting(new) - self._departures[at] for at, new in zip(kept, departures, strict=True)):
            return False
        if not self._deciding <= departures[kept.index(self._shown)]:
            return False
        self.found, self._run = sent, run
        return True

    def _as_before(
        self, kept: list[int], before: Sequence[Exchange], now: Sequence[Exchange], renewed: Callable[[str], str]
    ) -> bool:
        """Whether all have the status that they had, and the deciding answer says the same where that matters."""
        changed = differences([before[at] for at in kept], now, renewed)
        if any("status" in places for places in changed):
            return False
        return not _touch(changed[kept.index(self._shown)], self._deciding)


def _lasting(places: frozenset[str]) -> frozenset[str]:
    """The places but those of times, which depend on how fast calls follow each other."""
    return frozenset(place for place in places if not place.endswith(OF_TIME))


def _touch(changed: frozenset[str], places: frozenset[str]) -> bool:
    """Whether some change is at one of the places, or around or inside of it."""
    return any(
        one == two or one.startswith(f"{two}/") or two.startswith(f"{one}/") for one in changed for two in places
    )


def _succeeded(exchange: Exchange) -> bool:
    return 200 <= exchange.status < 300


def _members(body: bytes | None) -> dict[str, object]:
    try:
        value = json.loads(body or b"null")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _with_body(call: Exchange, body: bytes | None) -> Exchange:
    return call if body is None else replace(call, request=replace(call.request, body=body))
