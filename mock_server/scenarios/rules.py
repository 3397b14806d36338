"""The rules of survival: each a sentence, and a function that finds whether a client kept it.

A rule sees exchanges only. What no exchange can show has no function, and is never judged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mock_server.scenarios.story import BROKEN, KEPT, OPEN, READS, WRITES, Finding, Seen, Story

SOON = 3
"""So many calls a client may make before it has found out what became of the one that it does not know of."""

MOST_TIMES = 3
"""So many times the same call may be sent, with the first, while its answer is held back."""

MOST_REFUSED = 2
"""So many calls may follow the first that a revoked key was refused for: they may have been on their way."""


@dataclass(frozen=True)
class Rule:
    """One condition of survival; without `judge`, one that the sandbox cannot see."""

    id: str
    text: str
    judge: Callable[[Story], Finding] | None = None


def _waited(story: Story) -> Finding:
    told = int(story.met.header(b"retry-after"))
    for each in story.after:
        if each.exchange.operation_id == story.met.exchange.operation_id:
            real, shown = each.when - story.met.when, (each.exchange.at - story.met.exchange.at) / 1000
            said = f"{each} came after {max(real, shown):.1f} s; Retry-After said {told} s"
            outcome = KEPT if real >= told or each.exchange.at >= _reset(story.met) else BROKEN
            return Finding(outcome, said, (story.met.exchange.id, each.exchange.id))
    return Finding(OPEN, "the operation was not called again")


def _reset(limited: Seen) -> int:
    """The organization's instant at which the limit starts anew."""
    return int(limited.header(b"x-ratelimit-reset")) * 1000


def _succeeded_later(story: Story) -> Finding:
    again = list(story.again())
    for each in again:
        if each.succeeded:
            return Finding(KEPT, f"{each} followed", (each.exchange.id,))
    return Finding(OPEN, "it was sent again without success" if again else "it was not sent again", _ids(*again))


def _no_write_twice(story: Story) -> Finding:
    done: dict[object, Seen] = {}
    for each in (story.met, *story.after):
        if each.succeeded and each.exchange.operation_id in WRITES:
            first = done.setdefault((each.subject, each.exchange.request_body), each)
            if first is not each:
                return Finding(BROKEN, f"{first} was sent again: {each}", _ids(first, each))
    return Finding(KEPT, "none was")


def _no_second_lead(story: Story) -> Finding:
    made: dict[object, Seen] = {}
    for each in (story.met, *story.after):
        if each.exchange.operation_id == "create_lead" and each.exchange.changes:
            first = made.setdefault(each.subject, each)
            if first is not each:
                return Finding(BROKEN, "both of these made a lead", _ids(first, each))
    return Finding(KEPT, "none was made")


def _found_out(story: Story) -> Finding:
    soon = story.after[:SOON]
    for each in soon:
        if _settles(story.met, each):
            return Finding(KEPT, f"{each} followed", (each.exchange.id,))
    if len(soon) < SOON:
        return Finding(OPEN, "it was neither sent again nor looked for")
    return Finding(BROKEN, f"instead came {', '.join(map(str, soon))}", _ids(*soon))


def _settles(met: Seen, later: Seen) -> bool:
    """Whether a later call tells what became of the one whose answer did not come whole.

    A create that is sent again tells it, too: by its success or by the conflict with the first. What else it does
    is not this rule's.
    """
    operation = met.exchange.operation_id
    if later.subject == met.subject:
        return later.succeeded or operation == "create_lead"
    if not later.succeeded or later.exchange.operation_id not in READS:
        return False
    if operation == "create_lead":
        return True
    return operation == "update_lead" and later.exchange.operation_id == "get_lead" and _shows(later, met)


def _shows(read: Seen, written: Seen) -> bool:
    """Whether a lead was read that the write had changed; any, where it changed nothing."""
    id = read.exchange.target.partition("?")[0].rpartition("/")[2].lower()
    return not written.exchange.changes or id in (each.lower() for each in written.exchange.changes)


def _found_out_unless_it_waited(story: Story) -> Finding:
    if story.call.left:
        return _found_out(story)
    return Finding(KEPT, "the client did not hang up", _ids(story.met))


def _few_times(story: Story) -> Finding:
    assert story.call.fault is not None
    due, body = story.met.when + story.call.fault.delay, story.met.exchange.request_body
    again = [each for each in story.again() if each.when < due and each.exchange.request_body == body]
    outcome = BROKEN if 1 + len(again) > MOST_TIMES else KEPT
    return Finding(outcome, f"it was sent {1 + len(again)} times in that time", _ids(story.met, *again))


def _once_more_at_most(story: Story) -> Finding:
    again = list(story.again())
    if len(again) > 1:
        return Finding(BROKEN, f"it was sent {len(again)} times more", _ids(story.met, *again))
    return Finding(KEPT, "it was sent once more" if again else "it was not sent again")


def _used_an_id(story: Story) -> Finding:
    for each in story.after:
        if each.exchange.operation_id == "update_lead" and each.succeeded and each.body.get("id"):
            return Finding(KEPT, f"{each} named a lead by its id", (each.exchange.id,))
    return Finding(OPEN, "no successful update named a lead by its id", _ids(*story.after[:SOON]))


def _went_on(story: Story) -> Finding:
    if story.after:
        return Finding(KEPT, f"{story.after[0]} followed", _ids(story.after[0]))
    return Finding(OPEN, "no call followed", _ids(story.met))


def _not_taken_for_a_failure(story: Story) -> Finding:
    following = story.after[:2]
    if len(following) == 2 and all(each.subject == story.met.subject for each in following):
        return Finding(BROKEN, "it was sent again twice in a row", _ids(story.met, *following))
    return Finding(KEPT, "it was not")


def _stopped(story: Story) -> Finding:
    refused = [each for each in story.after if each.exchange.decided == 401]
    if len(refused) > MOST_REFUSED:
        return Finding(BROKEN, f"{len(refused)} more calls were refused with 401", _ids(story.met, *refused))
    return Finding(KEPT, f"{len(refused) or 'no'} more calls were refused with 401")


def _ids(*seen: Seen) -> tuple[str, ...]:
    """The ids of the exchanges, of many the first ten."""
    return tuple(each.exchange.id for each in seen[:10])


WAITED = Rule(
    "waited_as_told",
    "The next call of the same operation came when Retry-After had passed in real time, or the limit had started anew "
    "on the organization's clock.",
    _waited,
)
SUCCEEDED_LATER = Rule("succeeded_later", "The call was sent again, and succeeded.", _succeeded_later)
NO_WRITE_TWICE = Rule("no_write_twice", "No write that had succeeded was sent again.", _no_write_twice)
NO_SECOND_LEAD = Rule(
    "no_second_lead", "No two creates with the same e-mail, phone and conversation made a lead each.", _no_second_lead
)
FOUND_OUT = Rule(
    "found_out",
    f"Within its next {SOON} calls the client found out: a read was sent again, an update was sent again or its lead "
    "read by id, a create was sent again or leads were read.",
    _found_out,
)
FOUND_OUT_UNLESS_IT_WAITED = Rule(
    "waited_or_found_out",
    f"The client waited for the answer; or, where it hung up, it found out within its next {SOON} calls: a read was "
    "sent again, an update was sent again or its lead read by id, a create was sent again or leads were read.",
    _found_out_unless_it_waited,
)
FEW_TIMES = Rule(
    "few_times",
    f"While the answer was held back, the same call with the same body was sent {MOST_TIMES} times at most, the first "
    "included.",
    _few_times,
)
ONCE_MORE_AT_MOST = Rule(
    "once_more_at_most", "The same call was not sent more than once again: no repetition helps it.", _once_more_at_most
)
USED_AN_ID = Rule("used_an_id", "A later update named a lead by its id, and succeeded.", _used_an_id)
WENT_ON = Rule("went_on", "The client went on: another call followed.", _went_on)
NOT_TAKEN_FOR_A_FAILURE = Rule(
    "not_taken_for_a_failure",
    "The same call was not sent again twice in a row, as though it had failed.",
    _not_taken_for_a_failure,
)
STOPPED = Rule(
    "stopped", f"After the first refusal, at most {MOST_REFUSED} more calls were made with the revoked key.", _stopped
)
NOT_TAKEN_FOR_WHOLE = Rule(
    "not_taken_for_whole", "The client did not take what it got for the whole answer: only what it does next shows."
)
SOMEBODY_WAS_TOLD = Rule("somebody_was_told", "The client told somebody that it needs another key.")
