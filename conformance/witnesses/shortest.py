"""The shortest chain of calls that shows a failure, found by sending shorter ones.

Whether a shorter chain still shows the failure is judged without the check: it is sent to the target, and to a
reference that does what is documented. It shows the failure as long as the two answer the deciding call differently
in the same places as before, each of them says there what it said before, and it does so when it is sent again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

import httpx

from conformance.client import open_client
from conformance.config import at_root
from conformance.embedded import embedded_sandbox, key_ring
from conformance.exchange import Exchange
from conformance.outcomes import CannotTry, HeldBack, Result, TargetFault
from conformance.target import Target, brief
from conformance.transport import TIMEOUT
from conformance.witnesses.answers import OF_TIME, Comparison, differences, said
from conformance.witnesses.chain import Answered, Chain, MadeUp, brought, numbered
from conformance.witnesses.replay import Send, a_run, found_at, renewal, sender, sent_again
from conformance.witnesses.witness import witness

CALLS = 150
"""How many further calls a failure is worth, to find its shortest chain."""

SECONDS = 20.0
"""How long that is done for all failures of a target."""

_REFERENCE_SHARE = 6
"""How many calls to the reference go with one to the target."""

_TELLING = 6
"""From this length on, a value that an earlier call sent is taken to come from there."""

_LONGEST_WITNESS = 60
"""How many calls are given as a witness without proof that all of them are needed."""

_LONGEST_STORY = 600
"""How many calls of a check are looked at; of a longer one, only those that it judged by."""

_SMALLER = "the calls were made smaller afterwards, so what was expected and got may tell of more than they hold"

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
    with open_client(timeout=TIMEOUT) as client, embedded_sandbox(0) as root:
        config = at_root(api, root, key_ring(root, client).get(api, {}), embedded=True)
        target: Target = import_module(f"conformance.{api}").TARGET(config, client)

        def forget() -> None:
            try:
                client.post(f"{root}/_sandbox/reset").raise_for_status()
            except httpx.HTTPError as error:
                raise TargetFault(f"the sandbox that is compared with fails: {type(error).__name__}") from None

        yield Reference(target, forget)


class _Unproven(Exception):
    """Nothing can be learned about shorter chains: the reference answers the check's calls as the target does."""


class Shortener:
    """Gives the failures of a target their shortest witnesses, as long as there is time for it.

    The sandbox that they are held against is started for the first failure, and lives as long as this context.
    `calls` is how many may be sent to the target for all failures; None stands for any number.
    """

    def __init__(self, target: Target, calls: int | None = None) -> None:
        self._target = target
        self._calls = calls
        self._stack = ExitStack()
        self._reference: Reference | None = None
        self._left = SECONDS

    def __enter__(self) -> Shortener:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def shortened(self, result: Result) -> Result:
        """The result with the shortest witness that a few calls can prove; as it is where that cannot be looked for."""
        calls = CALLS if self._calls is None else min(CALLS, self._calls)
        if not result.story or self._left <= 0 or calls <= 0 or self._target.budget.left == 0:
            return result
        began, requests = time.monotonic(), self._target.requests
        try:
            if self._reference is None:
                self._reference = self._stack.enter_context(documented(self._target.api))
            return shortest(result, self._target, self._reference, calls)
        except (HeldBack, TargetFault):
            self._left = 0
            return result
        finally:
            self._left -= time.monotonic() - began
            if self._calls is not None:
                self._calls -= self._target.requests - requests


def shortest(result: Result, target: Target, reference: Reference, limit: int) -> Result:
    """The failed result with a witness from which no call and no member of a body can be left out.

    Not more than `limit` calls are sent to the target. Where they do not suffice, or nothing can be proven, the
    witness is as short as it got, and `minimal` is false.
    """
    try:
        search = _Search(result, sender(target), reference, limit)
    except (_Unproven, CannotTry, TargetFault):
        return result
    minimal = search.run()
    if search.found is None:
        return replace(result, witness=search.as_it_was)
    chain, told = search.found, search.renewed
    of_more = search.bodies_are_smaller and not _says(chain.calls[-1].json, told(result.got))
    return replace(
        result,
        detail=result.detail or (_SMALLER if of_more else ""),
        witness=chain.calls,
        made_up=tuple(each.text for each in chain.made_up),
        expected=told(result.expected),
        got=told(result.got),
        minimal=minimal,
    )


def _says(answer: Any, text: str) -> bool:
    """Whether a text is what is shown of any part of a JSON value."""
    parts = answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ()
    return brief(answer) == text or any(_says(part, text) for part in parts)


@dataclass
class _Allowance:
    """How many calls may still be sent. `exceeded` is whether more were wanted."""

    left: int
    exceeded: bool = False

    def spend(self, calls: int) -> bool:
        """Take so many; False where so many are not left."""
        if calls > self.left:
            self.exceeded = True
            return False
        self.left -= calls
        return True


@dataclass(frozen=True)
class _Shape:
    """A call but for what is made anew each time. `named` are the texts of that kind in it."""

    headers: tuple[tuple[str, str], ...]
    said: tuple[str | None, ...]
    named: tuple[Answered | MadeUp, ...] = field(compare=False)


def _shape(call: Exchange, story: Chain) -> _Shape:
    pieces = [call.request.method, *story.pieces(said(call.request))]
    return _Shape(
        tuple(call.request.headers.items()),
        tuple(each if isinstance(each, str) else None for each in pieces),
        tuple(each for each in pieces if not isinstance(each, str)),
    )


class _Search:
    """Sends ever shorter chains. `found` is the shortest that showed the failure, as it was sent and answered.

    Calls are numbers in the story: all that the check sent. The deciding one is the last of those that it judged by
    at which target and reference differ.
    """

    def __init__(self, result: Result, send: Send, reference: Reference, limit: int) -> None:
        whole = len(result.story) <= _LONGEST_STORY
        self._story = story = Chain(result.story if whole else result.trace, numbered(result.made_up))
        self._send = send
        self._reference = reference
        self._to_target = _Allowance(limit)
        self._to_reference = _Allowance(limit * _REFERENCE_SHARE)
        self._documented = reference.answers(story)
        self._departures = differences(story.calls, self._documented, renewal(story, _REFERENCE_RUN))
        self._judged, self._likely = self._numbers(result.trace), self._numbers(result.witness)
        shown = [at for at in self._judged if self._departures[at]]
        if not shown:
            raise _Unproven("the reference answers the same")
        self._shown = shown[-1]
        self._deciding = _lasting(self._departures[self._shown]) or self._departures[self._shown]
        self._same = self._deciding | self._whose()
        self._needed = [story.needed_by(each) for each in story.calls]
        self._needed[self._shown] |= (sources := self._brought())
        self._shapes = [_shape(each, story) for each in story.calls]
        self._linked = {each for at in sources for each in self._numbers(witness(story.calls[: at + 1]))}
        self._bodies: dict[int, bytes] = {}
        self._kept: list[int] = []
        self._known: set[tuple[tuple[int, ...], tuple[tuple[int, bytes], ...]]] = set()
        self.found: Chain | None = None

    @property
    def as_it_was(self) -> tuple[Exchange, ...]:
        """All that was sent up to the deciding call: where nothing shorter shows the failure, all may matter.

        Of more than anybody would look at, only what the check judged by, with what that needs.
        """
        everything = list(range(self._shown + 1))
        kept = everything if len(everything) <= _LONGEST_WITNESS else self._closed(self._judged)
        return tuple(self._story.calls[at] for at in kept)

    @property
    def bodies_are_smaller(self) -> bool:
        """Whether the chain that was found lacks members that the check has sent."""
        return bool(self._bodies)

    def run(self) -> bool:
        """Look for the shortest chain; whether it is proven that there is no shorter one."""
        try:
            if any(self._try(kept, {}) for kept in self._beginnings()):
                while self._fewer_calls() or self._smaller_bodies():
                    pass
        except (CannotTry, HeldBack, TargetFault):
            return False
        return self.found is not None and not self._to_target.exceeded and not self._to_reference.exceeded

    def _beginnings(self) -> Iterator[list[int]]:
        """Chains that may show the failure, the shorter ones first."""
        everything = list(range(self._shown + 1))
        for calls in (self._likely, sorted({*self._likely, *self._linked}), self._judged, everything):
            calls = [at for at in calls if at <= self._shown]
            size = 1
            while size < 2 * len(calls):
                yield self._closed(calls[-size:])
                size *= 2

    def _numbers(self, calls: Sequence[Exchange]) -> list[int]:
        known = {id(each) for each in calls}
        return [at for at, each in enumerate(self._story.calls) if id(each) in known]

    def _closed(self, calls: Sequence[int]) -> list[int]:
        """The calls up to the deciding one, that one, and all that they need."""
        kept, needed = set[int](), {self._shown, *(at for at in calls if at <= self._shown)}
        while needed:
            kept |= needed
            needed = set[int]().union(*(self._needed[at] for at in needed)) - kept
        return sorted(kept)

    def _brought(self) -> set[int]:
        """The calls that what is wrong in the deciding answer comes from: ids, made-up texts, and telling values."""
        answer = self._story.calls[self._shown]
        texts = [text for place in self._deciding for text in _texts(answer.json, place)]
        pieces = [piece for text in texts for piece in self._story.pieces(text)]
        calls = {piece.call for piece in pieces if isinstance(piece, Answered)}
        named = {piece.text for piece in pieces if isinstance(piece, MadeUp)}
        valued = {json.dumps(text) for text in texts if len(text) >= _TELLING} - named
        pairs = {pair for place in self._deciding for pair in _pair(answer.json, place)}
        valued |= {pair for pair in pairs if self._story.pieces(pair) == [pair]}  # others may be of earlier examples
        spoken = [said(each.request) for each in self._story.calls[: self._shown]]
        calls |= {next((at for at, text in enumerate(spoken) if each in text), self._shown) for each in named}
        calls |= {max((at for at, text in enumerate(spoken) if each in text), default=self._shown) for each in valued}
        return {at for at in calls if at < self._shown}

    def _whose(self) -> frozenset[str]:
        """The places at which an answer of the wrong status names what a write has brought: it has to name it again."""
        if "status" not in self._deciding:
            return frozenset()
        writes = [each for each in self._story.calls[: self._shown] if each.request.method != "GET"]
        known = {each.text for write in writes for each in brought(write, 0)}
        named = (each for each in brought(self._story.calls[self._shown], 0) if each.text in known)
        return frozenset(
            "".join(f"/{step}" for step in each.place) for each in named if not {*map(type, each.place)} & {int}
        )

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
        key = (tuple(kept), tuple(sorted(bodies.items())))
        if key in self._known or not self._holds(kept, bodies):
            self._known.add(key)
            return False
        self._kept, self._bodies = kept, dict(bodies)
        return True

    def _holds(self, kept: list[int], bodies: Mapping[int, bytes]) -> bool:
        calls = [_with_body(self._story.calls[at], bodies.get(at)) for at in kept]
        chain = Chain(calls, self._story.made_up)
        if self._refuted([_shape(each, self._story) for each in calls]):
            return False
        if not self._to_reference.spend(len(calls)):
            return False
        documented = self._reference.answers(chain)
        if not self._as_before(kept, self._documented, documented, lambda text: text):
            return False
        if not self._follows(chain, kept, documented):
            return False
        # Sent twice: what goes wrong every third time, or after what the check had left there, is no chain's doing.
        again = self._found(chain, kept, documented) and self._found(chain, kept, documented)
        if again is None:
            return False
        self.found, self._run = again
        return True

    def _refuted(self, shapes: Sequence[_Shape]) -> bool:
        """Whether the check has sent these calls before, in this order, and the last was answered as documented.

        Then the failure also takes what is not among them, which the check has left at the target. That is told of
        calls that have nothing in common, each of which makes sense without the others.
        """
        named = [each.text for shape in shapes for each in shape.named]
        if len(set(named)) < len(named) or any(isinstance(each, Answered) for shape in shapes for each in shape.named):
            return False
        earlier = iter(range(self._shown))
        if not all(any(self._shapes[at] == each for at in earlier) for each in shapes[:-1]):
            return False
        return any(self._shapes[at] == shapes[-1] and not self._departures[at] for at in earlier)

    def _follows(self, chain: Chain, kept: list[int], documented: Sequence[Exchange]) -> bool:
        """Whether up to the deciding call the same calls succeed at the reference as at the target.

        What later calls take from its answers has to be in them, if it was there before.
        """
        pairs = [(self._story.calls[at], each) for at, each in zip(kept, documented, strict=True) if at != self._shown]
        taken = [(self._documented[kept[each.call]], documented[each.call], each.place) for each in chain.answered]
        return all(_succeeded(one) == _succeeded(two) for one, two in pairs) and all(
            isinstance(found_at(new.json, place), str) or not isinstance(found_at(old.json, place), str)
            for old, new, place in taken
        )

    def _found(self, chain: Chain, kept: list[int], documented: Sequence[Exchange]) -> tuple[Chain, str] | None:
        """The chain as it was sent to the target and answered, and its run, if it shows the failure."""
        if not self._to_target.spend(len(kept)):
            return None
        run = a_run()
        answers = sent_again(chain, self._send, run)
        if not self._as_before(kept, self._story.calls, answers, renewal(self._story, run)):
            return None
        sent = Chain(answers, [replace(each, text=each.renewed(run)) for each in chain.made_up])
        departures = differences(answers, documented, renewal(sent, _REFERENCE_RUN))
        if any(_lasting(new) - self._departures[at] for at, new in zip(kept, departures, strict=True)):
            return None
        return (sent, run) if self._deciding <= departures[kept.index(self._shown)] else None

    def _as_before(
        self, kept: list[int], before: Sequence[Exchange], now: Sequence[Exchange], renewed: Callable[[str], str]
    ) -> bool:
        """Whether all have the status that they had, and the deciding answer says the same where that matters."""
        changed = differences([before[at] for at in kept], now, renewed)
        if any("status" in places for places in changed):
            return False
        return not touch(changed[kept.index(self._shown)], self._same)


def _lasting(places: frozenset[str]) -> frozenset[str]:
    """The places but those of times, which depend on how fast calls follow each other."""
    return frozenset(place for place in places if not place.endswith(OF_TIME))


def touch(changed: frozenset[str], places: frozenset[str]) -> bool:
    """Whether some change is at one of the places, or around or inside of it."""
    return any(
        one == two or one.startswith(f"{two}/") or two.startswith(f"{one}/") for one in changed for two in places
    )


def _texts(answer: Any, place: str) -> Iterator[str]:
    """What an answer says at a place, in words; nothing of a list of leads, unless the place is in it."""
    value = answer
    for step in place.removesuffix(OF_TIME).split("/")[1:]:
        try:
            value = value[int(step) if isinstance(value, list) else step]
        except (LookupError, ValueError, TypeError):
            return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            if not isinstance(each, list):
                yield from _texts(each, "")


def _pair(answer: Any, place: str) -> Iterator[str]:
    """The member at a place, as a body says it, where its value is a number, true or false."""
    above, _, name = place.rpartition("/")
    around = found_at(answer, above.split("/")[1:])
    if isinstance(around, dict) and isinstance(around.get(name), (bool, int, float)):
        yield f"{json.dumps(name)}: {json.dumps(around[name])}"


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
